import av
import av.filter
import numpy as np

from voice.sound import Sound


def tempo(sound: Sound, pace: float) -> Sound:
    """Slower (below 1) or faster at the same pitch; FFmpeg's `atempo`, 0.5 to 2.

    >>> round(tempo(Sound(bytes(16000), 8000), 0.8).seconds, 1)
    1.2
    """
    if pace == 1.0 or not sound.pcm:
        return sound
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="s16", sample_rate=sound.rate, layout="mono")
    stretched = graph.add("atempo", str(pace))
    sink = graph.add("abuffersink")
    source.link_to(stretched)
    stretched.link_to(sink)
    graph.configure()
    samples = np.frombuffer(sound.pcm, "<i2").reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.rate = sound.rate
    graph.push(frame)
    graph.push(None)
    pcm = bytearray()
    while True:
        try:
            part = graph.pull()
        except (av.error.EOFError, av.error.BlockingIOError):
            return Sound(bytes(pcm), sound.rate)
        assert isinstance(part, av.AudioFrame)
        pcm += bytes(part.planes[0])[: part.samples * 2]
