import io
import wave

import av
import numpy as np

from voice.sound import Sound


def encode_wav(sound: Sound) -> bytes:
    """A RIFF file, 16-bit mono at the sound's own rate."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(sound.rate)
        writer.writeframes(sound.pcm)
    return file.getvalue()


def encode_mp3(sound: Sound, rate: int = 16000, bit_rate: int = 32000) -> bytes:
    """MP3, mono; 4 kB a second by default. `rate`: one MP3 knows, 8000 to 48000."""
    return _encode(sound, "mp3", "libmp3lame", "s16p", rate, bit_rate, frame_size=1152)


def encode_amr(sound: Sound) -> bytes:
    """AMR-NB at 12.2 kbit/s, 8000 Hz: what WeChat's voice messages are."""
    return _encode(sound, "amr", "libopencore_amrnb", "s16", 8000, 12200, frame_size=160)


def _encode(
    sound: Sound, container: str, codec: str, form: str, rate: int, bit_rate: int, frame_size: int
) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = bit_rate
        stream.layout = "mono"
        resampler = av.AudioResampler(format=form, layout="mono", rate=rate, frame_size=frame_size)
        samples = np.frombuffer(sound.pcm, "<i2").reshape(1, -1)
        if samples.size == 0:
            samples = np.zeros((1, sound.rate // 50), "<i2")  # a file must hold one frame
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.rate = sound.rate
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return file.getvalue()
