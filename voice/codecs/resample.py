import av
import numpy as np

from voice.sound import Sound


class Resampler:
    """Of 16-bit mono PCM that comes in parts; band-limited."""

    def __init__(self, rate: int, to: int) -> None:
        """Hz."""
        self._rate = rate
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=to)

    def feed(self, pcm: bytes) -> bytes:
        """What is ready; some milliseconds stay behind until more comes."""
        if not pcm:
            return b""
        samples = np.frombuffer(pcm, "<i2").reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.rate = self._rate
        return self._pcm(frame)

    def finish(self) -> bytes:
        """What stayed behind."""
        return self._pcm(None)

    def _pcm(self, frame: av.AudioFrame | None) -> bytes:
        parts = self._resampler.resample(frame)
        return b"".join(bytes(part.planes[0])[: part.samples * 2] for part in parts)


def resample(sound: Sound, rate: int) -> Sound:
    """The same sound at another rate (Hz), band-limited; itself when nothing changes."""
    if rate == sound.rate or not sound.pcm:
        return Sound(sound.pcm, rate)
    resampler = Resampler(sound.rate, rate)
    return Sound(resampler.feed(sound.pcm) + resampler.finish(), rate)
