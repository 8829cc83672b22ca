from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono 16-bit little-endian PCM.

    >>> Sound(bytes(16000), 8000).seconds
    1.0
    """

    pcm: bytes
    """Samples, 2 bytes each."""
    rate: int
    """Hz: 8000 on the phone, 22050 (espeak) or 24000 (Kokoro) from synthesis."""

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / self.rate


class AudioError(ValueError):
    """The bytes hold no sound we can read. The message says so in words a person understands."""
