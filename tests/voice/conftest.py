from collections.abc import Iterator
from pathlib import Path

import pytest

from voice.models.catalogue import MODELS, VOSK_SMALL
from voice.models.status import status
from voice.recognition.vosk import VoskRecogniser
from voice.synthesis.build import build
from voice.synthesis.voice import Voice

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def models() -> Path:
    """The fetched models; a test that needs them fails without them, loudly."""
    folder = ROOT / ".linsheng" / "models"
    missing = [status(model, folder).sentence for model in MODELS if not status(model, folder)]
    assert not missing, f"run `make setup` first: {missing}"
    return folder


@pytest.fixture(scope="session")
def recogniser(models: Path) -> VoskRecogniser:
    return VoskRecogniser(models / VOSK_SMALL)


@pytest.fixture(scope="session")
def voice(models: Path) -> Iterator[Voice]:
    """The product's voice; what it said is kept between runs, like the service's."""
    made = build("kokoro", models, ROOT / ".linsheng" / "cache" / "voice")
    yield made
    made.close()
