"""`linsheng replay`: takes a stored conversation once more and reports what differs."""

import typer

from bot.commands.settings import read_settings
from bot.community import read_community
from bot.dialogue.replay import ConversationMissing, replay
from bot.failure import Failure
from bot.storage.open import open_database

app = typer.Typer()


@app.command()
def replay_command(
    conversation: str = typer.Argument(help="对话编号，或者六位单号"),
) -> None:
    """按当时的记录把一次对话重放一遍，报告有没有不一样的地方。

    完全一致时退出码是 0，有差异时是 1。
    """
    settings = read_settings()
    community = read_community(settings.community)
    database = open_database(settings)
    try:
        with database.read() as session:
            result = replay(session, conversation.strip(), community)
    except ConversationMissing:
        raise Failure(f"没有找到 {conversation!r}：请填对话编号，或者六位单号。") from None
    finally:
        database.close()
    if not result.differences:
        typer.echo(f"对话 {result.conversation}：{result.turns} 轮，全部一致。")
        return
    typer.echo(f"对话 {result.conversation}：{result.turns} 轮，{len(result.differences)} 处不同。")
    for difference in result.differences:
        typer.echo(f"第 {difference.turn} 轮 {difference.field}")
        typer.echo(f"  当时：{difference.stored!r}")
        typer.echo(f"  现在：{difference.replayed!r}")
    raise typer.Exit(1)
