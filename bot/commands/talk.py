"""`linsheng talk`: the real conversation on a terminal, one line a turn."""

import json
import secrets
import sys
from collections.abc import Iterator

import typer

from bot.commands.settings import read_settings
from bot.community import read_community, read_wording
from bot.dialogue.answer import Answer, Inbound
from bot.dialogue.dialogue import Dialogue
from bot.storage.open import open_database
from flows.channel import Channel
from flows.heard import HeardKind

app = typer.Typer()

_COMMANDS = {
    "/silence": HeardKind.SILENCE,
    "/unclear": HeardKind.UNCLEAR,
    "/nobody": HeardKind.NO_PERSON,
    "/hangup": HeardKind.ENDED,
    "/picture": HeardKind.PICTURE,
    "/scene": HeardKind.SCENE,
    "/location": HeardKind.LOCATION,
}
_KEYS = "0123456789*#"
_HELP = "可用：/key 1（按键）、" + "、".join(_COMMANDS)


@app.command()
def talk(
    channel: Channel = typer.Option(Channel.PHONE, help="phone 电话、wechat 微信、desk 服务台"),
    sender: str = typer.Option("", "--from", help="谁在说：电话号码或微信号；不填就是匿名"),
    as_json: bool = typer.Option(False, "--json", help="每一轮输出一行 JSON"),
) -> None:
    """在终端里和邻声对话：每行一句，真的会立单。

    除了说话，还可以输入：/key 1 按键，/silence 不说话，/unclear 说了但听不清，
    /nobody 转人工没人接，/picture 发照片，/scene hm/3/2 扫码，/location 地点 发位置，/hangup 挂断。
    """
    settings = read_settings()
    community = read_community(settings.community)
    wording = read_wording(community)
    database = open_database(settings)
    try:
        dialogue = Dialogue(database, community, wording, settings)
        _Talk(dialogue, channel, sender.strip(), as_json=as_json).run()
    finally:
        database.close()


class _Talk:
    def __init__(self, dialogue: Dialogue, channel: Channel, sender: str, *, as_json: bool) -> None:
        self._dialogue = dialogue
        self._channel = channel
        self._sender = sender
        self._as_json = as_json
        self._run = secrets.token_hex(8)
        self._count = 0
        self._conversation = ""

    def run(self) -> None:
        """Until the call is over or the input ends, which hangs up."""
        answer = self._take(HeardKind.OPENED)
        self._show(answer)
        on_phone = self._channel is Channel.PHONE
        for line in _lines():
            for kind, text in self._parse(line):
                answer = self._take(kind, text)
                self._show(answer)
                if kind is HeardKind.ENDED or (answer.done and on_phone):
                    return
        if on_phone:
            self._take(HeardKind.ENDED)

    def _parse(self, line: str) -> list[tuple[HeardKind, str]]:
        """The inputs a line stands for: one, but for several keys in a row."""
        words = HeardKind.SPEECH if self._channel is Channel.PHONE else HeardKind.TEXT
        if not line.startswith("/"):
            return [(words, line)]
        name, _, rest = line.partition(" ")
        rest = rest.strip()
        if name == "/key" and rest and all(key in _KEYS for key in rest):
            return [(HeardKind.KEY, key) for key in rest]
        if name in _COMMANDS:
            return [(_COMMANDS[name], rest)]
        typer.echo(f"不认识 {line[:40]!r}。{_HELP}", err=True)
        return []

    def _take(self, kind: HeardKind, text: str = "") -> Answer:
        self._count += 1
        is_key = kind is HeardKind.KEY
        answer = self._dialogue.take(
            Inbound(
                channel=self._channel,
                address=self._sender,
                key=f"talk:{self._run}:{self._count}",
                kind=kind,
                text="" if is_key else text,
                pressed=text if is_key else "",
                conversation=self._conversation,
            )
        )
        # A chat has no lines: who writes again goes on wherever they stand.
        if self._channel is Channel.PHONE or not self._sender:
            self._conversation = answer.conversation
        return answer

    def _show(self, answer: Answer) -> None:
        if not self._as_json:
            typer.echo("\n".join(f"邻声：{line}" for line in answer.text.splitlines()))
            if answer.transfer:
                typer.echo("（正在转人工；没人接就输入 /nobody）")
            return
        ticket = answer.ticket.model_dump(mode="json") if answer.ticket else None
        turn = {
            "say": answer.text,
            "step": answer.step,
            "slots": answer.slots,
            "ticket": ticket,
            "done": answer.done,
        }
        typer.echo(json.dumps(turn, ensure_ascii=False))
        sys.stdout.flush()


def _lines() -> Iterator[str]:
    """Lines of the standard input, stripped, without empty ones."""
    interactive = sys.stdin.isatty()
    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
    while True:
        try:
            line = input("您：") if interactive else sys.stdin.readline()
        except (EOFError, KeyboardInterrupt):
            return
        if not line and not interactive:
            return
        if line.strip():
            yield line.strip()
