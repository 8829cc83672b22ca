"""Which recogniser a model folder is for: its contents tell."""

from pathlib import Path

from voice.recognition.model_folder import check_model
from voice.recognition.protocol import Recogniser


def check_engine(folder: Path) -> str:
    """The engine's name, without loading anything.

    Raises `RecogniserMissing` with a line that says what to do.
    """
    check_model(folder)
    return "Vosk"


def forks(folder: Path) -> bool:
    """Whether what the engine loaded may be shared by fork: it has no threads then."""
    return True


def open_engine(folder: Path, streams: int) -> Recogniser:
    """Load the model. Raises `RecogniserMissing`."""
    from voice.recognition.vosk import VoskRecogniser

    return VoskRecogniser(folder, streams)
