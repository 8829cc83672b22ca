"""`linsheng models fetch`: brings the speech models onto this machine."""

import sys

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bot.commands.settings import read_settings
from bot.failure import Failure
from voice.models.catalogue import MODELS, File
from voice.models.fetch import FetchError
from voice.models.fetch import fetch as fetch_models

app = typer.Typer(
    help="语音模型：听懂话和说话要用的文件。", no_args_is_help=True, add_completion=False
)


@app.callback()
def _models() -> None:
    """语音模型：听懂话和说话要用的文件。"""


@app.command()
def fetch() -> None:
    """下载并校验语音模型，约 140 MB。断了再运行一次，会接着下载；已有的不再下载。"""
    settings = read_settings()
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = settings.models
    report = _Bars() if sys.stderr.isatty() else _Lines()
    try:
        with report:
            fetch_models(MODELS, folder, report.progress, report.note)
    except FetchError as error:
        raise Failure(str(error)) from None
    for model in MODELS:
        typer.echo(f"{model.title}已就绪：{folder / model.name}（许可 {model.licence}）")


class _Bars:
    """A bar for each file, on a terminal."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> None:
        self._bars.start()

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def progress(self, file: File, done: int) -> None:
        if file.name not in self._tasks:
            self._tasks[file.name] = self._bars.add_task(file.name, total=file.size)
        self._bars.update(self._tasks[file.name], completed=done)

    def note(self, line: str) -> None:
        self._bars.console.print(line, markup=False, highlight=False)


class _Lines:
    """A line a quarter of each file, where there is no terminal (a log, a container)."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def progress(self, file: File, done: int) -> None:
        quarter = done * 4 // file.size
        if quarter > self._said.get(file.name, -1):
            self._said[file.name] = quarter
            self.note(f"{file.name} {quarter * 25}%（{file.size / 1e6:.1f} MB）")

    def note(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)
