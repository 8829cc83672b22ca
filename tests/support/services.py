"""A running service's parts for tests: real database, real conversation, scripted ear and voice."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.dialogue.dialogue import Dialogue
from bot.services import Services
from bot.settings import Settings
from bot.storage.box import Box, load_or_make_secret
from bot.storage.database import Database
from bot.storage.recordings import Recordings
from locales.load import load_community
from locales.wording import load_wording
from voice.recognition.protocol import Recogniser, Recognition, Rereading
from voice.recorded.recorded import Recorded
from voice.sound import Sound
from voice.synthesis.protocol import Synthesiser


class FakeRecogniser:
    """Hears the given texts, one per utterance, then nothing. Silence (all zeros) is never heard.

    `heard` keeps what it was given, in seconds.
    """

    name = "fake"
    rate = 8000

    def __init__(self, texts: Iterable[str] = (), confidence: float = 0.95) -> None:
        self.texts = list(texts)
        self.confidence = confidence
        self.heard: list[float] = []

    def stream(self) -> "FakeStream":
        return FakeStream(self)

    def reread(
        self,
        sound: Sound,
        phrases: tuple[str, ...] = (),
        alternatives: int = 0,
        within: float = 1.0,
    ) -> Rereading:
        return Rereading()

    def recognise(self, sound: Sound) -> Recognition:
        self.heard.append(sound.seconds)
        text = self.texts.pop(0) if self.texts and any(sound.pcm) else ""
        confidence = self.confidence if text else 0.0
        return Recognition(text=text, confidence=confidence, seconds=sound.seconds)


class FakeStream:
    def __init__(self, recogniser: FakeRecogniser) -> None:
        self._recogniser = recogniser
        self._pcm = bytearray()

    def accept(self, pcm: bytes) -> str:
        self._pcm += pcm
        return ""

    def finish(self) -> Recognition:
        return self._recogniser.recognise(Sound(bytes(self._pcm), self._recogniser.rate))

    def close(self) -> None:
        pass


class FakeSynthesiser:
    """A tenth of a second of sound for each character; `spoken` keeps the texts."""

    name = "fake/voice"

    def __init__(self) -> None:
        self.spoken: list[str] = []

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        self.spoken.append(text)
        samples = int(800 * len(text) / pace)
        return Sound(b"\x00\x10" * samples, 8000)

    def foresee(self, text: str, pace: float = 1.0) -> None:
        self.speak(text, pace)


class Clock:
    """A time that only passes when told to; starts on a Monday morning in Shanghai."""

    def __init__(self, at: datetime = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def make_settings(home: Path, **more: Any) -> Settings:
    """Settings that no environment variable and no `.env` file of the machine changes."""
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    given = {"home": home, "secret_key": "a secret for tests only", **more}
    return Settings(_env_file=None, **{**defaults, **given})


def make_services(
    tmp_path: Path,
    recogniser: Recogniser | None = None,
    synthesiser: Synthesiser | None = None,
    clock: Callable[[], datetime] | None = None,
    **settings: Any,
) -> Services:
    """Everything a service has, on SQLite under `tmp_path` unless `database_url` says otherwise.

    settings: fields of `Settings`, such as `human_extension`.
    """
    chosen = make_settings(tmp_path, **settings)
    box = Box(chosen.secret_key.get_secret_value() or load_or_make_secret(chosen.home))
    database = Database(chosen.database, box)
    database.migrate()
    community = load_community(chosen.community)
    wording = load_wording(community.profile)
    timing = {"clock": clock} if clock else {}
    return Services(
        settings=chosen,
        database=database,
        community=community,
        wording=wording,
        recordings=Recordings(chosen.home, database, box),
        dialogue=Dialogue(database, community, wording, chosen, **timing),
        recogniser=recogniser or FakeRecogniser(),
        synthesiser=Recorded(synthesiser or FakeSynthesiser(), chosen.voices, box),
    )
