"""`linsheng voice pack`: recorded prompts as a file, to hand on and to take in."""

from pathlib import Path
from typing import Literal

import typer

from bot.commands.settings import read_settings
from bot.failure import Failure
from bot.storage.open import open_box
from voice.recorded.exchange import BIGGEST, PackError, export, import_
from voice.recorded.pack import PACKS, Pack
from voice.recorded.recorded import Shelf

app = typer.Typer(help="语音包：导出、导入大家录的句子。", no_args_is_help=True)

_WHICH = typer.Option(PACKS[0], "--which", help="哪一套：mandarin 普通话，dialect 方言")


def _pack(which: str) -> Pack:
    settings = read_settings()
    return Shelf(settings.voices, open_box(settings)).pack(which)


@app.command("export")
def export_pack(
    file: Path = typer.Argument(help="写到哪个文件：.zip"),
    which: Literal["mandarin", "dialect"] = _WHICH,
) -> None:
    """把录好的句子导出成一个文件，连同说话人和本人的同意。"""
    pack = _pack(which)
    try:
        data = export(pack)
        file.write_bytes(data)
    except PackError as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"{file} 写不进去（{error.strerror}）。") from None
    typer.echo(f"{file}：{len(pack.takes())} 句，{len(data) // 1024} KB。")


@app.command("import")
def import_pack(
    file: Path = typer.Argument(help="语音包文件：.zip"),
    which: Literal["mandarin", "dialect"] = _WHICH,
    publish: bool = typer.Option(False, help="马上用起来；不写就先听听，在网页上发布"),
) -> None:
    """把别人分享的语音包收进来。同一句原来的录音会换掉。"""
    pack = _pack(which)
    try:
        if file.stat().st_size > BIGGEST:
            raise Failure(f"{file} 太大，最多 {BIGGEST // 2**20} MB。")
        count = import_(pack, file.read_bytes(), publish=publish)
    except PackError as error:
        raise Failure(f"{file}：{error}") from None
    except OSError as error:
        raise Failure(f"{error.filename or file}：{error.strerror}。") from None
    speaker = pack.speaker()
    assert speaker is not None
    then = "已经用上" if publish else "请到 /desk/voices 听一听再发布"
    typer.echo(
        f"收下 {count} 句，{speaker.name}（{speaker.language}，{speaker.licence}）。{then}。"
    )
