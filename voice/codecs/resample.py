import av
import numpy as np

from voice.sound import Sound


def resample(sound: Sound, rate: int) -> Sound:
    """The same sound at another rate (Hz), band-limited; itself when nothing changes."""
    if rate == sound.rate or not sound.pcm:
        return Sound(sound.pcm, rate)
    samples = np.frombuffer(sound.pcm, "<i2").reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.rate = sound.rate
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    pcm = b"".join(bytes(part.planes[0])[: part.samples * 2] for part in parts)
    return Sound(pcm, rate)
