"""Recorded prompts: kept, trimmed, levelled, published, shared, and heard before synthesis."""

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from bot.storage.box import Box, load_or_make_secret
from tests.support.services import FakeSynthesiser
from voice.codecs import encode_mp3, encode_wav
from voice.recorded.exchange import PackError, export, import_
from voice.recorded.pack import Pack, Speaker, clause_id
from voice.recorded.recorded import Recorded, Shelf
from voice.recorded.tempo import tempo
from voice.sound import AudioError, Sound
from voice.synthesis.for_phone import for_phone

BOX = Box("a secret for tests only")
AT = datetime(2026, 11, 24, tzinfo=UTC)
TEXT = "还有别的事吗？"
WHO = Speaker(
    name="王阿姨",
    language="普通话",
    licence="CC-BY-4.0",
    consent="同意公开使用",
    witness="小陈",
    at=AT,
)


def voice(seconds: float = 1.0, silence: float = 0.5, level: float = 6000) -> Sound:
    """Silence, a hum, silence, at 16 kHz."""
    hum = np.sin(np.arange(int(16000 * seconds)) * 2 * np.pi * 220 / 16000) * level
    quiet = np.zeros(int(16000 * silence))
    return Sound(np.concatenate([quiet, hum, quiet]).astype("<i2").tobytes(), 16000)


def webm(sound: Sound) -> bytes:
    """What a browser's MediaRecorder sends."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as output:
        stream = output.add_stream("libopus", rate=48000)
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48000, frame_size=960)
        frame = av.AudioFrame.from_ndarray(
            np.frombuffer(sound.pcm, "<i2").reshape(1, -1), format="s16", layout="mono"
        )
        frame.rate = sound.rate
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return file.getvalue()


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    made = Pack(tmp_path / "voices" / "mandarin", BOX)
    made.introduce(WHO)
    return made


@pytest.mark.parametrize("encode", [encode_wav, encode_mp3, webm])
def test_a_take_is_trimmed_to_where_somebody_speaks(pack: Pack, encode: object) -> None:
    take = pack.record(TEXT, encode(voice()), "小陈", AT)  # type: ignore[operator]
    assert take.begin == pytest.approx(0.42, abs=0.06)
    assert take.end == pytest.approx(1.58, abs=0.1)
    assert pack.take(clause_id(TEXT)) == take


def test_what_is_published_is_as_loud_as_every_other_voice(pack: Pack) -> None:
    machine = np.frombuffer(for_phone(voice(silence=0.1)).pcm, "<i2") / 32768
    for level in (300, 3000, 30000):
        pack.record(TEXT, encode_wav(voice(level=level)), "小陈", AT)
        pack.publish(clause_id(TEXT))
        sound = pack.said(TEXT)
        assert sound is not None
        samples = np.frombuffer(sound.pcm, "<i2") / 32768
        assert _decibels(samples) == pytest.approx(_decibels(machine), abs=1)
        assert np.abs(samples).max() < 0.95


def _decibels(samples: np.ndarray) -> float:
    middle = samples[2000:-2000]
    return float(20 * np.log10(np.sqrt((middle**2).mean())))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "空"),
        (b"no sound" * 100, "不是能读的录音"),
        (encode_wav(Sound(bytes(32000), 16000)), "没有听到声音"),
        (encode_wav(voice(seconds=25)), "太长"),
    ],
)
def test_no_recording_of_a_voice(pack: Pack, data: bytes, says: str) -> None:
    with pytest.raises(AudioError, match=says):
        pack.record(TEXT, data, "小陈", AT)
    assert pack.takes() == {}


def test_a_voice_is_sealed_on_disk(pack: Pack) -> None:
    pack.record(TEXT, encode_wav(voice()), "小陈", AT)
    pack.publish(clause_id(TEXT))
    files = [path for path in pack.folder.rglob("*") if path.is_file()]
    assert len(files) == 4
    kept = b"".join(path.read_bytes() for path in files)
    sound = pack.said(TEXT)
    assert sound is not None
    for clear in (b"RIFF", WHO.name.encode(), TEXT.encode(), sound.pcm[4000:4100]):
        assert clear not in kept
    stranger = Pack(pack.folder, Box("the secret of somebody else"))
    assert stranger.speaker() is None
    assert stranger.said(TEXT) is None
    with pytest.raises(AudioError):
        stranger.original(clause_id(TEXT))


def test_nobody_is_published_who_did_not_agree(tmp_path: Path) -> None:
    pack = Pack(tmp_path, BOX)
    pack.record(TEXT, encode_wav(voice()), "小陈", AT)
    with pytest.raises(PermissionError):
        pack.publish(clause_id(TEXT))


def test_trimming_waits_for_the_next_publication(pack: Pack) -> None:
    pack.record(TEXT, encode_wav(voice()), "小陈", AT)
    pack.publish(clause_id(TEXT))
    before = pack.said(TEXT)
    pack.trim(clause_id(TEXT), 0.5, 1.0)
    assert pack.said(TEXT) == before
    assert pack.stale(clause_id(TEXT))
    pack.publish(clause_id(TEXT))
    after = pack.said(TEXT)
    assert after is not None
    assert after.seconds == pytest.approx(0.5, abs=0.01)
    assert not pack.stale(clause_id(TEXT))
    for begin, end in ((1.0, 0.5), (-1, 1), (0, 9), (0.5, 0.6)):
        with pytest.raises(AudioError):
            pack.trim(clause_id(TEXT), begin, end)


def test_a_recorded_clause_is_heard_instead_of_the_machine(tmp_path: Path) -> None:
    machine = FakeSynthesiser()
    heard = Recorded(machine, tmp_path, BOX)
    shelf = Shelf(tmp_path, BOX)
    mandarin = shelf.pack("mandarin")
    assert heard.speak(TEXT).seconds == pytest.approx(0.7)
    mandarin.introduce(WHO)
    mandarin.record(TEXT, encode_wav(voice()), "小陈", AT)
    mandarin.publish(clause_id(TEXT))
    assert heard.speak(TEXT).seconds == pytest.approx(1.16, abs=0.06)
    assert heard.speak("对吗？").seconds == pytest.approx(0.3)
    assert machine.spoken == [TEXT, "对吗？"]
    # The second pack wins when it is chosen, and the first fills its gaps.
    dialect = shelf.pack("dialect")
    dialect.introduce(WHO)
    dialect.record("对吗？", encode_wav(voice(2.0)), "小陈", AT)
    dialect.publish(clause_id("对吗？"))
    assert heard.speak("对吗？").seconds == pytest.approx(0.3)
    shelf.activate("dialect")
    assert heard.speak("对吗？").seconds == pytest.approx(2.16, abs=0.06)
    assert heard.speak(TEXT).seconds == pytest.approx(1.16, abs=0.06)
    mandarin.unpublish(clause_id(TEXT))
    assert heard.speak(TEXT).seconds == pytest.approx(0.7)
    with pytest.raises(KeyError):
        shelf.activate("../elsewhere")


def test_slower_at_the_same_pitch() -> None:
    slow = tempo(voice(silence=0), 0.8)
    assert slow.seconds == pytest.approx(1.25, abs=0.05)
    samples = np.frombuffer(slow.pcm, "<i2").astype(float)
    peak = np.argmax(np.abs(np.fft.rfft(samples))) * slow.rate / len(samples)
    assert peak == pytest.approx(220, abs=4)


def test_a_pack_travels(pack: Pack, tmp_path: Path) -> None:
    pack.record(TEXT, encode_wav(voice()), "小陈", AT)
    pack.record("对吗？", webm(voice(0.6)), "小陈", AT)
    data = export(pack)
    other = Pack(tmp_path / "other", BOX)
    assert import_(other, data) == 2
    assert other.speaker() == WHO
    assert other.said(TEXT) is None
    assert import_(other, data, publish=True) == 2
    sound = other.said(TEXT)
    assert sound is not None
    assert sound.seconds == pytest.approx(1.16, abs=0.1)


def test_what_was_meant_for_one_community_stays_there(pack: Pack) -> None:
    pack.introduce(WHO.model_copy(update={"licence": "community"}))
    with pytest.raises(PackError, match="只同意在本社区用"):
        export(pack)


def _zip(**files: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return made.getvalue()


def test_no_pack_harms(pack: Pack, tmp_path: Path) -> None:
    pack.record(TEXT, encode_wav(voice()), "小陈", AT)
    with zipfile.ZipFile(io.BytesIO(export(pack))) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        (name,) = (each for each in archive.namelist() if each.endswith(".wav"))
        wav = archive.read(name)

    def changed(path: str = name, sound: bytes = wav, **fields: object) -> bytes:
        clause = {**manifest["clauses"][0], "file": path}
        listed = {**manifest, "clauses": [clause], **fields}
        files: dict[str, str | bytes] = {"manifest.json": json.dumps(listed)}
        return _zip(**files, **{path.replace("/", "__"): sound})

    assert import_(Pack(tmp_path / "good", BOX), changed()) == 1
    bad = {
        "不是完整的语音包": b"PK no zip",
        "缺东西": _zip(nothing=b""),
        "有误：speaker": changed(speaker={"name": "谁"}),
        "有误：format": changed(format="other/9"),
        "文件名不对": changed(path="sounds/../../evil.wav"),
        "对不上": changed(sound=wav + b"x"),
        "的录音用不了": changed(
            sound=(quiet := encode_wav(Sound(bytes(32000), 16000))),
            clauses=[
                {**manifest["clauses"][0], "sha256": hashlib.sha256(quiet).hexdigest()},
            ],
        ),
        "一句太大": _zip(big=bytes(2_000_000)),
        "太多": _zip(**{f"f{n}": b"" for n in range(1100)}),
    }
    for number, (says, data) in enumerate(bad.items()):
        target = Pack(tmp_path / f"bad{number}", BOX)
        with pytest.raises(PackError, match=says):
            import_(target, data)
        assert not target.folder.exists()


def test_the_command_hands_a_pack_on(tmp_path: Path) -> None:
    def linsheng(home: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "LINSHENG_HOME": str(tmp_path / home)}
        command = [sys.executable, "-m", "bot", "voice", "pack", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def shelf(home: str) -> Shelf:
        return Shelf(tmp_path / home / "voices", Box(load_or_make_secret(tmp_path / home)))

    file = str(tmp_path / "pack.zip")
    refused = linsheng("here", "export", file)
    assert refused.returncode == 1
    assert "同意" in refused.stderr
    assert "Traceback" not in refused.stderr
    pack = shelf("here").pack("mandarin")
    pack.introduce(WHO)
    pack.record(TEXT, encode_wav(voice()), "小陈", AT)
    assert "1 句" in linsheng("here", "export", file).stdout
    assert "王阿姨" in linsheng("there", "import", file, "--which", "dialect", "--publish").stdout
    there = shelf("there").pack("dialect")
    assert there.said(TEXT)
    assert there.count() == 1
    broken = linsheng("there", "import", str(tmp_path / "nothing.zip"))
    assert broken.returncode == 1
    assert broken.stderr.count("\n") == 1
