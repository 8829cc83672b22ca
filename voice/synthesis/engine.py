from pathlib import Path

from voice.synthesis.espeak import Espeak
from voice.synthesis.protocol import Engine


def make(choice: str, models: Path) -> Engine:
    """The engine `kokoro` or `espeak`, in this process. Raises `SynthesisError`."""
    if choice == "kokoro":
        from voice.synthesis.kokoro import Kokoro  # loads onnxruntime and a dictionary

        return Kokoro(models)
    return Espeak()
