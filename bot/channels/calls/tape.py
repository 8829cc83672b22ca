"""The call's recording: written before anybody listens to it."""

import logging
from typing import Protocol

from bot.channels.line import RATE

log = logging.getLogger(__name__)

MEDIA_TYPE = f"audio/l16;rate={RATE}"


class Writer(Protocol):
    """What `bot.storage.recordings.Recordings.start` gives back, as far as it matters here."""

    id: str

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...

    def leave(self) -> None: ...


class Tape:
    """Appends to a recording. A disk that fails is said once, loudly, and the call goes on."""

    def __init__(self, writer: Writer | None, most_mb: int = 1000) -> None:
        self._writer = writer
        self._failed = False
        self._left = most_mb * 2**20
        self.id = writer.id if writer else None

    @property
    def full(self) -> bool:
        return self._left <= 0

    def write(self, pcm: bytes) -> None:
        """Blocking; returns when the sound is durable. What would not fit any more is left out."""
        if self._writer is None or self.full:
            return
        self._left -= len(pcm)
        try:
            self._writer.write(pcm)
            self._failed = False
        except Exception as error:  # whatever the disk says, the caller comes first
            if not self._failed:
                log.error("录音写不下去（%s）：通话继续，这一段没有录音；请检查磁盘空间。", error)
            self._failed = True

    def close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            try:
                writer.close()
            except Exception as error:
                log.error("录音没能收尾（%s）：重启服务后会再处理；请检查磁盘空间。", error)

    def leave(self) -> None:
        """No more comes, and nobody has listened yet: `bot.dialogue.recover` may."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.leave()
