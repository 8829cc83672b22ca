import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.codecs import (
    Resampler,
    alaw_decode,
    alaw_encode,
    decode,
    encode_amr,
    encode_mp3,
    encode_wav,
    resample,
)
from voice.sound import AudioError, Sound


def tone(seconds: float = 2.0, rate: int = 24000) -> Sound:
    wave = np.sin(np.arange(int(seconds * rate)) * 2 * np.pi * 440 / rate) * 9000
    return Sound(wave.astype("<i2").tobytes(), rate)


@pytest.mark.parametrize("encode", [encode_wav, encode_mp3, encode_amr])
def test_what_is_written_can_be_read(encode: object) -> None:
    assert callable(encode)
    sound = decode(encode(tone()), 8000)
    assert sound.rate == 8000
    assert sound.seconds == pytest.approx(2.0, abs=0.1)
    spectrum = np.abs(np.fft.rfft(np.frombuffer(sound.pcm, "<i2").astype(float)))
    assert np.argmax(spectrum) / sound.seconds == pytest.approx(440, abs=5)


@pytest.mark.parametrize("encode", [encode_wav, encode_mp3, encode_amr])
def test_a_cut_off_file_gives_what_is_left(encode: object) -> None:
    assert callable(encode)
    data = encode(tone())
    assert 0.5 < decode(data[: len(data) // 2]).seconds < 1.6


@pytest.mark.parametrize("encode", [encode_wav, encode_mp3, encode_amr])
def test_a_header_alone_is_an_audio_error(encode: object) -> None:
    assert callable(encode)
    with pytest.raises(AudioError):
        decode(encode(tone())[:8])


@pytest.mark.parametrize(
    "data", [b"", b"hello, this is no sound" * 99, b"\x02#!SILK_V3" + bytes(999), bytes(5000)]
)
def test_what_is_no_sound_is_an_audio_error(data: bytes) -> None:
    with pytest.raises(AudioError) as error:
        decode(data)
    assert "\n" not in str(error.value)


@given(st.binary(max_size=400), st.sampled_from([b"", b"RIFF", b"#!AMR\n", b"ID3", b"\xff\xfb"]))
def test_no_bytes_raise_anything_else(data: bytes, start: bytes) -> None:
    with contextlib.suppress(AudioError):
        decode(start + data)


def test_too_long_is_said() -> None:
    with pytest.raises(AudioError, match="10 分钟"):
        decode(encode_mp3(Sound(bytes(2 * 8000 * 601), 8000), rate=8000, bit_rate=8000))


def test_resampling_keeps_the_length() -> None:
    assert resample(tone(), 8000).seconds == pytest.approx(2.0, abs=0.001)
    assert resample(Sound(b"", 8000), 16000) == Sound(b"", 16000)


def test_what_comes_in_parts_is_resampled_as_a_whole() -> None:
    tone = (8000 * np.sin(np.arange(8000) / 5)).astype("<i2").tobytes()
    resampler = Resampler(8000, 16000)
    parts = [resampler.feed(tone[at : at + 322]) for at in range(0, len(tone), 322)]
    whole = resample(Sound(tone, 8000), 16000).pcm
    assert b"".join(parts) + resampler.finish() == whole
    assert sum(map(len, parts)) > len(whole) - 1600, "50 ms may stay behind"


def test_alaw_is_g711() -> None:
    every = np.arange(-32768, 32768, dtype="<i2")
    there = np.frombuffer(alaw_decode(alaw_encode(every.tobytes())), "<i2").astype(int)
    assert np.abs(there - every).max() <= 512
    assert np.abs(there - every)[np.abs(every.astype(int)) < 500].max() <= 8
    # Decision table of the recommendation: silence is D5, the largest codes are AA and 2A.
    assert alaw_encode(np.array([0, 32767, -32768], "<i2").tobytes()).hex() == "d5aa2a"
    codes = bytes(range(256))
    assert alaw_encode(alaw_decode(codes)) == codes
