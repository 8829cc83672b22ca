"""A driver for pyttsx3 that speaks with Kokoro: `install(models)`, then `pyttsx3.init("kokoro")`.

pyttsx3 finds drivers as modules of its own package, so this one is put there under that name.
"""

import sys
import types
from pathlib import Path
from typing import Any

from voice.codecs import encode_wav
from voice.synthesis.kokoro_model import KokoroModel

RATE = 200
"""pyttsx3's default words a minute; it stands for the voice's own pace."""
VOICES = ("zf_xiaobei", "zf_xiaoni", "zm_yunjian")


def install(models: Path) -> None:
    """Make the driver known to pyttsx3. Raises `SynthesisError` when the model is unusable."""
    model = KokoroModel(models)
    module = types.ModuleType("pyttsx3.drivers.kokoro")
    module.buildDriver = lambda proxy: KokoroDriver(proxy, model)  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module


class KokoroDriver:
    """What pyttsx3 asks of a driver; the names are its own."""

    def __init__(self, proxy: Any, model: KokoroModel) -> None:
        self._proxy = proxy
        self._model = model
        self._running = False
        self._properties: dict[str, Any] = {"voice": VOICES[0], "rate": RATE, "volume": 1.0}

    def save_to_file(self, text: str, filename: str) -> None:
        pace = self._properties["rate"] / RATE
        sound = self._model.speak(text, self._properties["voice"], pace)
        Path(filename).write_bytes(encode_wav(sound))

    def say(self, text: str) -> None:
        raise NotImplementedError("Linsheng has no loudspeaker; save_to_file instead")

    def getProperty(self, name: str) -> Any:  # noqa: N802
        return list(VOICES) if name == "voices" else self._properties[name]

    def setProperty(self, name: str, value: Any) -> None:  # noqa: N802
        if name not in self._properties:
            raise KeyError(name)
        self._properties[name] = value

    def startLoop(self) -> None:  # noqa: N802
        # Setting it free runs all that is queued, the end of the loop included.
        self._proxy.setBusy(False)

    def endLoop(self) -> None:  # noqa: N802
        pass

    def iterate(self) -> None:
        pass

    def stop(self) -> None:
        """Called at the end of every loop; there is nothing to stop."""

    def destroy(self) -> None:
        pass
