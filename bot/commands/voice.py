"""`linsheng voice prepare`: what is said in every call, spoken once ahead of time."""

import sys

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.commands.pack import app as pack_app
from bot.commands.settings import read_settings
from bot.failure import Failure
from bot.speech import open_voice
from voice.synthesis.prepare import prepare as prepare_clauses

app = typer.Typer(help="语音：预先合成常用语句。", no_args_is_help=True, add_completion=False)
app.add_typer(pack_app, name="pack")


@app.callback()
def _voice() -> None:
    """语音：预先合成常用语句。"""


@app.command()
def prepare(
    first: bool = typer.Option(
        False, "--first", help="只做头一通电话就要用的，其余由 serve 空闲时做"
    ),
) -> None:
    """预先合成常说的话和本社区的地名，接电话时就不用等。断了再运行一次，会接着做，只做变了的。"""
    from locales.load import ProfileError, load_community
    from locales.wording import load_wording

    settings = read_settings()
    try:
        community = load_community(settings.community)
        wording = load_wording(community.profile)
    except ProfileError as error:
        raise Failure(str(error)) from None
    clauses = (
        wording.first_clauses() if first else wording.fixed_clauses(community.gazetteer.usual())
    )
    voice = open_voice(settings, community.profile)
    bars = Progress(
        TextColumn("合成语句"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
    try:
        with bars:
            task = bars.add_task("")

            def progress(done: int, total: int) -> None:
                bars.update(task, completed=done, total=total)
                if bars.disable and (done == total or done % 20 == 0):
                    print(f"合成语句 {done}/{total}", file=sys.stderr, flush=True)

            failed = prepare_clauses(voice, clauses, progress)
    except OSError as error:
        raise Failure(f"语音缓存写不进去（{error.strerror}）。") from None
    finally:
        voice.close()
    for text, reason in failed:
        print(f"没能合成“{text}”：{reason}", file=sys.stderr)
    typer.echo(f"常用语句已就绪。{voice.reason}")
    if failed:
        raise typer.Exit(1)
