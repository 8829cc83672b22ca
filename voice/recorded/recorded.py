"""People's voices before the machine's: a clause somebody recorded is heard as they said it."""

from contextlib import suppress
from pathlib import Path

from voice.recorded.pack import PACKS, Pack
from voice.recorded.tempo import tempo
from voice.recorded.vault import Vault
from voice.sound import Sound
from voice.synthesis.protocol import Synthesiser


class Recorded(Synthesiser):
    """`folder` holds the packs, and `active`: the name of the one callers hear first."""

    def __init__(self, inner: Synthesiser, folder: Path, vault: Vault) -> None:
        self.name = inner.name
        self._inner = inner
        self._shelf = Shelf(folder, vault)

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        """8000 Hz. Raises `SynthesisError` when nobody recorded it and it cannot be made."""
        sound = self._shelf.said(text)
        return self._inner.speak(text, pace) if sound is None else tempo(sound, pace)

    def foresee(self, text: str, pace: float = 1.0) -> None:
        """What is recorded needs no preparing."""
        if self._shelf.said(text) is None:
            self._inner.foresee(text, pace)


class Shelf:
    """All packs of a community. Looked at for every clause: a publication needs no restart."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    def pack(self, name: str) -> Pack:
        """Raises KeyError for a name that is none of `PACKS`."""
        if name not in PACKS:
            raise KeyError(name)
        return Pack(self._folder / name, self._vault)

    @property
    def active(self) -> str:
        """The pack that is heard; what it lacks, the Mandarin one says before a machine does."""
        with suppress(OSError, ValueError):
            name = (self._folder / "active").read_text(encoding="utf-8").strip()
            if name in PACKS:
                return name
        return PACKS[0]

    def activate(self, name: str) -> None:
        """Raises KeyError for a name that is none of `PACKS`."""
        self.pack(name)
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "active.new").write_text(name, encoding="utf-8")
        (self._folder / "active.new").replace(self._folder / "active")

    def said(self, text: str) -> Sound | None:
        """The clause as somebody recorded and published it."""
        for name in dict.fromkeys((self.active, PACKS[0])):
            if sound := self.pack(name).said(text):
                return sound
        return None
