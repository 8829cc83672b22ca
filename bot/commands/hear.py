"""`linsheng hear`: sound files to words."""

import json
import sys
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import track

from bot.commands.settings import read_settings
from bot.failure import Failure
from voice.codecs import decode
from voice.recognition.protocol import RecogniserMissing, Recognition
from voice.recognition.vosk import VoskRecogniser
from voice.sound import AudioError

app = typer.Typer(add_completion=False)
_MANY = 5
"""Files from which a bar shows how far it is."""


@app.command()
def hear(
    files: list[Path] = typer.Argument(help="录音文件：wav、amr、mp3、m4a、webm"),
    as_json: bool = typer.Option(False, "--json", help="每个文件输出一行 JSON"),
) -> None:
    """识别录音文件，输出文字。有文件读不了时，其余的照样识别，最后以 1 结束。"""
    recogniser = open_recogniser()
    failed = False
    shown = len(files) >= _MANY and sys.stderr.isatty()
    for file in track(files, "识别", console=Console(stderr=True), disable=not shown):
        try:
            heard = recogniser.recognise(decode(file.read_bytes()))
        except (AudioError, OSError) as error:
            failed = True
            reason = error.strerror if isinstance(error, OSError) else error
            print(f"{file}：{reason}", file=sys.stderr)
            continue
        print(
            json.dumps(_line(file, heard), ensure_ascii=False) if as_json else _words(file, heard)
        )
    if failed:
        raise typer.Exit(1)


def open_recogniser() -> VoskRecogniser:
    """The recogniser of the settings. Raises `Failure` when its model is missing or broken."""
    try:
        return VoskRecogniser(read_settings().vosk_folder)
    except RecogniserMissing as error:
        raise Failure(str(error)) from None


def _line(file: Path, heard: Recognition) -> dict[str, Any]:
    return {
        "file": str(file),
        "text": heard.text,
        "confidence": round(heard.confidence, 3),
        "alternatives": list(heard.alternatives),
        "seconds": round(heard.seconds, 2),
    }


def _words(file: Path, heard: Recognition) -> str:
    return f"{file}：{heard.text or '（没有听到话）'}"
