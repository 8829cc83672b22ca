"""The chat of `/try` over one WebSocket: text, and speech between pressing and releasing a button.

To us: `{"type":"hello","from":ID,"greet":bool,"muted":bool}` first; then
`{"type":"text","text":…}`; or `{"type":"start","rate":8000|16000}`, binary frames (16-bit
little-endian mono PCM), and `{"type":"stop"}` or `{"type":"cancel"}`; `{"type":"mute","on":bool}`.

From us: `{"type":"heard","text":…}` (what was recognised),
`{"type":"say","text","ticket","step"}`, then, unless muted, one binary message with the reply as
MP3; `{"type":"error","message":…}`, after which everything goes on.
"""

import asyncio
import contextlib
import json
import logging
import re
from typing import Any
from uuid import uuid4

from starlette.websockets import WebSocket

from bot.channels.calls.tape import Tape
from bot.channels.chat_messages import Hello, Mute, NotUnderstood, Start, Text, read
from bot.channels.try_page import words
from bot.dialogue.answer import Answer, Inbound
from bot.dialogue.recognised import recognised
from bot.pages.aloud import aloud
from bot.services import Services
from flows.channel import Channel
from flows.heard import HeardKind
from voice.recognition.protocol import Recognition
from voice.sound import Sound

log = logging.getLogger(__name__)

LONGEST = 60.0
"""Seconds of one utterance; as long as a WeChat voice message."""
LONGEST_TEXT = 1000
"""Characters."""
_FRAME = 64 * 1024
"""Bytes of one binary message: 2 s at 16 kHz; the page sends 100 ms."""
_IDLE = 1800
"""Seconds without any message after which the socket is closed."""


_last_words: set[asyncio.Task[None]] = set()
"""Turns that are still taken for browsers that went away."""


class _Utterance:
    """Speech that is arriving: on the tape first, then kept to be recognised."""

    def __init__(self, tape: Tape, rate: int) -> None:
        self.tape = tape
        self.rate = rate
        self.pcm = bytearray()

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / self.rate

    def take(self, frame: bytes) -> None:
        """Blocking: the frame is durable when this returns."""
        self.tape.write(frame)
        self.pcm += frame


class Chat:
    """One browser's conversation."""

    def __init__(self, socket: WebSocket, services: Services) -> None:
        self._socket = socket
        self._services = services
        self._id = f"try-{uuid4().hex}"
        self._sender = ""
        self._muted = False
        self._turn = 0
        self._utterance: _Utterance | None = None
        self._stray = False
        """Sound came without a start, and that was said."""
        self._voice: asyncio.Task[None] | None = None
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Until the browser goes away. What it was saying then is still heard."""
        try:
            while True:
                message = await asyncio.wait_for(self._socket.receive(), _IDLE)
                if message["type"] == "websocket.disconnect":
                    break
                await self._safely(message)
        except TimeoutError:
            with contextlib.suppress(RuntimeError):
                await self._socket.close(1000)
        finally:
            self._hush()
            if self._utterance is not None:
                # In a task of its own: a server may cancel the handler of a socket that is gone.
                last = asyncio.ensure_future(self._safely({"text": '{"type":"stop"}'}))
                _last_words.add(last)
                last.add_done_callback(_last_words.discard)
                await asyncio.shield(last)

    async def _safely(self, message: Any) -> None:
        try:
            if (frame := message.get("bytes")) is not None:
                await self._frame(frame)
            else:
                await self._obey(message.get("text") or "")
        except Exception:
            log.exception("chat %s: a message broke", self._id)
            await self._complain("broken")

    async def _obey(self, text: str) -> None:
        try:
            message = read(text)
        except NotUnderstood as error:
            await self._complain(str(error))
            return
        if isinstance(message, Hello):
            await self._hello(message)
        elif isinstance(message, Mute):
            self._muted = message.on
            if message.on:
                self._hush()
        elif not self._sender:
            await self._complain("hello")
        elif isinstance(message, Text):
            await self._text(message.text.strip())
        elif isinstance(message, Start):
            await self._start(message.rate)
        elif message.type == "cancel":
            await self._drop()
        else:
            await self._stop()

    async def _hello(self, hello: Hello) -> None:
        self._sender = f"try:{hello.sender}"
        self._muted = hello.muted
        if hello.greet:
            await self._reply(await self._take(HeardKind.OPENED))

    async def _text(self, text: str) -> None:
        if not text:
            await self._complain("empty")
        elif len(text) > LONGEST_TEXT:
            await self._complain("text_long")
        else:
            await self._reply(await self._take(HeardKind.TEXT, text=text))

    async def _start(self, rate: int) -> None:
        if rate not in (8000, 16000):
            await self._complain("rate")
            return
        await self._drop()
        self._hush()
        writer = await asyncio.to_thread(
            self._services.recordings.start, self._id, f"audio/l16;rate={rate}"
        )
        self._utterance = _Utterance(Tape(writer), rate)
        self._stray = False

    async def _frame(self, frame: bytes) -> None:
        utterance = self._utterance
        if utterance is None:
            if not self._stray:
                await self._complain("not_speaking")
            self._stray = True
        elif len(frame) > _FRAME or len(frame) % 2:
            await self._complain("frame")
        else:
            await asyncio.to_thread(utterance.take, frame)
            if utterance.seconds >= LONGEST:
                await self._complain("too_long")
                await self._stop()

    async def _drop(self) -> None:
        utterance, self._utterance = self._utterance, None
        if utterance is not None:
            await asyncio.to_thread(utterance.tape.close)

    async def _stop(self) -> None:
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            await self._complain("not_speaking")
            return
        await asyncio.to_thread(utterance.tape.close)
        heard = await self._recognise(utterance)
        again = await asyncio.to_thread(self._listen_again, utterance, heard)
        await self._send({"type": "heard", "text": heard.text})
        kind = HeardKind.SPEECH if heard.text else HeardKind.UNCLEAR
        await self._reply(
            await self._take(
                kind,
                **{**recognised(heard), **again},
                recording=utterance.tape.id,
                heard_until=utterance.seconds,
            )
        )

    async def _recognise(self, utterance: _Utterance) -> Recognition:
        sound = Sound(bytes(utterance.pcm), utterance.rate)
        try:
            return await asyncio.to_thread(self._services.recogniser.recognise, sound)
        except Exception:
            log.exception("chat %s: recognition failed, the recording is kept", self._id)
            return Recognition(text="", confidence=0.0)

    def _listen_again(self, utterance: _Utterance, heard: Recognition) -> dict[str, Any]:
        latest = self._services.dialogue.latest(Channel.WECHAT, self._sender)
        try:
            sound = Sound(bytes(utterance.pcm), utterance.rate)
            return self._services.second.of_message(sound, latest.expects if latest else (), heard)
        except Exception:
            log.exception("chat %s: the second hearing failed, the first stands alone", self._id)
            return {}

    async def _take(self, kind: HeardKind, **what: Any) -> Answer:
        self._turn += 1
        inbound = Inbound(
            channel=Channel.WECHAT,
            address=self._sender,
            key=f"{self._id}:{self._turn}",
            kind=kind,
            **what,
        )
        return await asyncio.to_thread(self._services.dialogue.take, inbound)

    async def _reply(self, answer: Answer) -> None:
        ticket = answer.ticket
        await self._send(
            {
                "type": "say",
                "text": answer.text,
                "step": answer.step,
                "ticket": {"number": ticket.number, "url": ticket.url} if ticket else None,
            }
        )
        self._hush()
        if not self._muted:
            self._voice = asyncio.ensure_future(self._speak(answer.speech))

    async def _speak(self, clauses: tuple[str, ...]) -> None:
        try:
            sound = await asyncio.to_thread(aloud, clauses, self._services.synthesiser)
        except Exception as error:
            log.error("回复没能合成（%s）：只显示文字；请运行 linsheng doctor 检查语音。", error)
        else:
            await self._deliver(sound)

    def _hush(self) -> None:
        if self._voice is not None:
            self._voice.cancel()
            self._voice = None

    async def _complain(self, key: str) -> None:
        await self._send({"type": "error", "message": words()["errors"][key]})

    async def _send(self, message: dict[str, Any]) -> None:
        await self._deliver(json.dumps(message, ensure_ascii=False))

    async def _deliver(self, what: str | bytes) -> None:
        """To the browser, if it is still there; the turn stands either way."""
        async with self._sending:
            try:
                if isinstance(what, str):
                    await self._socket.send_text(what)
                else:
                    await self._socket.send_bytes(what)
            except Exception as error:  # each server has its own for a socket that is gone
                log.debug("chat %s: nobody there any more (%r)", self._id, error)


def same_origin(socket: WebSocket) -> bool:
    """Whether the page that opens the socket is ours: any web page may dial any address."""
    origin = socket.headers.get("origin")
    if origin is None:
        return True
    return re.sub(r"^https?://", "", origin) == socket.headers.get("host")
