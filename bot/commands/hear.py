"""`linsheng hear`: sound files to words; how well, where it is known what was said."""

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.commands.misheard import export_misheard
from bot.commands.settings import read_settings
from bot.commands.transcripts import Said, read_transcripts
from bot.failure import Failure
from voice.codecs import decode
from voice.recognition.pool.pool import Pool
from voice.recognition.protocol import RecogniserFailed, RecogniserMissing, Recognition
from voice.recognition.score import Score, score
from voice.sound import AudioError

app = typer.Typer(add_completion=False)
_MANY = 5
"""Files from which a bar shows how far it is."""
_READINGS = 5
"""Asked for with `--json`; ten gain 1 % of characters over five."""
_PATIENT = 60.0
"""Seconds for them."""
_SOUNDS = {".wav", ".amr", ".mp3", ".m4a", ".webm", ".ogg", ".opus", ".flac", ".aac"}
"""What is taken out of a folder."""


@app.command()
def hear(
    files: list[Path] = typer.Argument(None, help="录音文件：wav、amr、mp3、m4a、webm；或文件夹"),
    as_json: bool = typer.Option(False, "--json", help="每个文件输出一行 JSON"),
    evaluate: Path = typer.Option(
        None, help="给有文稿的录音打分：文件夹里每个录音旁有同名 .txt，或有一个 transcripts.tsv"
    ),
    misheard: Path = typer.Option(
        None, help="把志愿者改正过、居民同意用的录音写进这个新文件夹，供 --evaluate 打分（不加密）"
    ),
) -> None:
    """识别录音文件，输出文字。有文件读不了时，其余的照样识别，最后以 1 结束。"""
    if [bool(files), bool(evaluate), bool(misheard)].count(True) != 1:
        raise Failure("请给出录音文件，或者 --evaluate 文件夹，或者 --misheard 文件夹。")
    if misheard:
        print(f"{export_misheard(misheard)} 段录音写进了 {misheard}；用完请删掉，它们没有加密。")
        return
    if evaluate:
        said = read_transcripts(evaluate, _sounds(evaluate))
        heard = _hear([each.file for each in said])
        failed = _scores(said, heard, as_json)
    else:
        failed = False
        chosen = [file for each in files for file in _sounds(each)]
        for file, found in _hear(chosen, readings=as_json):
            failed |= found is None
            if found is not None:
                line = json.dumps(_line(file, found), ensure_ascii=False)
                print(line if as_json else _words(file, found), flush=True)
    if failed:
        raise typer.Exit(1)


def _sounds(path: Path) -> list[Path]:
    """The file, or those of a folder and the folders in it, in order of their names."""
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix.lower() in _SOUNDS)
    if not found:
        raise Failure(f"{path} 里没有录音文件。")
    return found


def _hear(
    files: Sequence[Path], *, readings: bool = False
) -> Iterator[tuple[Path, Recognition | None]]:
    """In the order given, by every core; None where a file could not be read, said on stderr."""
    screen = Console(stderr=True)
    bar = Progress(
        TextColumn("识别"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=screen,
        disable=len(files) < _MANY or not screen.is_terminal,
    )
    try:
        pool = Pool(read_settings().vosk_folder, streams=1)
    except RecogniserMissing as error:
        raise Failure(str(error)) from None
    begun, sound, broken = time.monotonic(), 0.0, 0
    with closing(pool), ThreadPoolExecutor(2 * pool.cores) as threads, bar:
        task = bar.add_task("", total=len(files), rate="")
        for number, (file, found) in enumerate(
            zip(files, threads.map(lambda file: _try(pool, file, readings), files), strict=True), 1
        ):
            took = time.monotonic() - begun
            if isinstance(found, str):
                broken += 1
                screen.print(f"{file}：{found}", highlight=False, markup=False, soft_wrap=True)
                yield file, None
            else:
                sound += found.seconds
                yield file, found
            rate = f"每秒 {number / took:.1f} 个，{sound / took:.1f} 倍速"
            bar.update(task, completed=number, rate=rate)
    if len(files) >= _MANY:
        wrong = f"，{broken} 个读不了" if broken else ""
        screen.print(f"{len(files)} 个文件{wrong}；{rate}", highlight=False, soft_wrap=True)


def _try(pool: Pool, file: Path, readings: bool) -> Recognition | str:
    """What was heard, with other readings if they are wanted, or why nothing could be."""
    try:
        sound = decode(file.read_bytes())
        heard = pool.recognise(sound)
        if not readings:
            return heard
        others = pool.reread(sound, alternatives=_READINGS, within=_PATIENT).alternatives
        return replace(heard, alternatives=tuple(o for o in others if o != heard.text))
    except OSError as error:
        return error.strerror or str(error)
    except AudioError as error:
        return str(error)
    except RecogniserFailed:
        return "识别几次都没有成功"


def _scores(
    said: Sequence[Said], heard: Iterator[tuple[Path, Recognition | None]], as_json: bool
) -> bool:
    """Print a line for each recording and one for all; whether any could not be read."""
    total, failed = Score(), False
    for each, (file, found) in zip(said, heard, strict=True):
        if found is None:
            failed = True
            continue
        one = score(each.text, found.text)
        total += one
        if as_json:
            line = {**_line(file, found), "said": each.text, **_rates(one)}
            print(json.dumps(line, ensure_ascii=False), flush=True)
        else:
            print(f"{file}：{_percent(one)}\n  说 {each.text}\n  听 {found.text}", flush=True)
    if as_json:
        print(json.dumps({"files": len(said), **_rates(total)}, ensure_ascii=False))
    else:
        print(f"共 {len(said)} 个录音，{total.length} 个字：{_percent(total)}")
    return failed


def _percent(found: Score) -> str:
    rates = _rates(found)
    return f"错字 {rates['character_error']:.1%}，错音（不计声调）{rates['syllable_error']:.1%}"


def _rates(found: Score) -> dict[str, float]:
    """Of what was said; of silence, each word that was heard is a whole error."""
    length = max(1, found.length)
    return {
        "length": found.length,
        "character_error": round(found.characters / length, 4),
        "syllable_error": round(found.syllables / length, 4),
    }


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
