"""`linsheng say`: a text to a sound file."""

from pathlib import Path

import typer

from bot.commands.settings import read_settings
from bot.failure import Failure
from bot.speech import open_voice
from locales.wording import load_spoken
from voice.codecs import encode_mp3, encode_wav
from voice.synthesis.protocol import SynthesisError

app = typer.Typer(add_completion=False)
_ENCODERS = {".wav": encode_wav, ".mp3": encode_mp3}


@app.command()
def say(
    text: str = typer.Argument(help="要说的话（中文）"),
    output: Path = typer.Option(..., "-o", "--output", help="写到哪个文件：.wav 或 .mp3"),
    pace: float = typer.Option(1.0, min=0.5, max=2.0, help="语速：1 是平常，小于 1 更慢"),
) -> None:
    """把一句话合成为声音文件，就是居民在电话里听到的声音。"""
    encode = _ENCODERS.get(output.suffix.lower())
    if encode is None:
        raise Failure(f"文件名要以 .wav 或 .mp3 结尾，现在是 {output.name}。")
    settings = read_settings()
    voice = open_voice(settings)
    try:
        sound = voice.speak(load_spoken().speakable(text), pace)
        output.write_bytes(encode(sound))
    except SynthesisError as error:
        raise Failure(f"没能说出来：{error}") from None
    except OSError as error:
        raise Failure(f"{output} 写不进去（{error.strerror}）。") from None
    finally:
        voice.close()
    typer.echo(f"{output}：{sound.seconds:.1f} 秒。{voice.reason}")
