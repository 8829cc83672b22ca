import io

import av
import av.error

from voice.sound import AudioError, Sound

LONGEST = 600.0
"""Seconds of a recording that are read; a WeChat voice message has at most 60."""
BIGGEST = 32 * 1024 * 1024
"""Bytes of a file that are looked at: ten minutes of CD quality would be 100 MB, of a
telephone's wav 10 MB."""


def decode(data: bytes, rate: int | None = None) -> Sound:
    """Read a wav, AMR, MP3, M4A, WebM or Ogg file; a cut-off one gives what is left of it.

    rate: Hz of the result; None keeps the file's own.
    Raises `AudioError` when it is no such file, is empty, or is too long or too big.
    """
    if not data:
        raise AudioError("文件是空的，里面没有声音。")
    if len(data) > BIGGEST:
        raise AudioError(f"文件太大（{len(data) // 1_000_000} MB），最多 {BIGGEST // 2**20} MB。")
    pcm = bytearray()
    try:
        with av.open(io.BytesIO(data), "r") as container:
            if not container.streams.audio:
                raise AudioError("文件里没有声音。")
            stream = container.streams.audio[0]
            rate = rate or stream.rate
            if not rate:
                raise AudioError("文件没有说明采样率，读不了。")
            resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
            try:
                for frame in container.decode(stream):
                    _append(pcm, resampler.resample(frame), rate)
            except av.error.FFmpegError:
                if not pcm:  # nothing before the damage
                    raise
            _append(pcm, resampler.resample(None), rate)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        if isinstance(error, AudioError):
            raise
        raise AudioError("这不是能读的录音文件（可用 wav、amr、mp3、m4a、webm）。") from None
    if not pcm:
        raise AudioError("录音里没有声音（文件可能被截断了）。")
    return Sound(bytes(pcm), rate)


def _append(pcm: bytearray, frames: list[av.AudioFrame], rate: int) -> None:
    for frame in frames:
        pcm += bytes(frame.planes[0])[: frame.samples * 2]
    if len(pcm) > LONGEST * rate * 2:
        raise AudioError(f"录音太长，最多 {LONGEST / 60:.0f} 分钟。")
