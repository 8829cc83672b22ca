"""What residents gave us to hear and see: a row each, the bytes encrypted in a file."""

import re
import secrets
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, select

from bot.storage.box import Box
from bot.storage.chunks import ChunkWriter, is_written, read_chunks
from bot.storage.database import Database
from bot.storage.tables import Recording
from voice.codecs import decode
from voice.sound import Sound

ERASED = "erased"
"""State of a recording whose resident is forgotten: its file goes, then the row."""
_PCM = re.compile(r"audio/l16;\s*rate=(\d+)")


class RecordingMissing(KeyError):
    """There is no such recording, or its file lies on another machine."""


class Writer:
    """A recording being made. `write` is blocking; one thread at a time."""

    def __init__(self, recording_id: str, chunks: ChunkWriter, recordings: "Recordings") -> None:
        self.id = recording_id
        self._chunks = chunks
        self._recordings = recordings

    def write(self, data: bytes) -> None:
        """Durable against kill -9 when it returns.

        Raises `StorageFull`: nothing of `data` was kept, everything before is whole, and a later
        write may succeed again.
        """
        self._chunks.write(data)

    def close(self) -> None:
        """The recording is complete. Harmless when called again. Raises `StorageFull`."""
        self._chunks.close()
        self._recordings.mark(self.id, "done")

    def leave(self) -> None:
        """Nothing more comes, but the recording stays `open` for somebody to hear it later."""
        self._chunks.abandon()


class Recordings:
    """The recordings under `home/recordings/`, in 256 folders by the start of their id."""

    def __init__(self, home: Path, database: Database, box: Box) -> None:
        self._folder = home / "recordings"
        self._database = database
        self._box = box

    def start(self, call_id: str, media_type: str, conversation_id: str | None = None) -> Writer:
        """A new recording, `open` until its writer is closed. Raises `StorageFull`."""
        recording_id = secrets.token_hex(16)
        # File before row: a row whose file is missing belongs to another machine.
        chunks = ChunkWriter(self._path(recording_id), self._box)
        try:
            with self._database.begin() as session:
                session.add(
                    Recording(
                        id=recording_id,
                        conversation_id=conversation_id,
                        call_id=call_id[:128],
                        media_type=media_type,
                        created=datetime.now(UTC),
                    )
                )
        except BaseException:
            chunks.abandon()
            self._path(recording_id).unlink(missing_ok=True)
            raise
        return Writer(recording_id, chunks, self)

    def store(self, data: bytes, media_type: str, call_id: str = "") -> str:
        """Keep a whole recording or picture; returns its id. Raises `StorageFull`."""
        writer = self.start(call_id, media_type)
        writer.write(data)
        writer.close()
        return writer.id

    def read(self, recording_id: str) -> bytes:
        """All that was written, even if the writer was killed. Raises `RecordingMissing`."""
        try:
            return b"".join(read_chunks(self._path(recording_id), self._box))
        except FileNotFoundError:
            raise RecordingMissing(recording_id) from None

    def sound(self, recording_id: str) -> Sound:
        """Raises `RecordingMissing`, and `AudioError` when it is no sound."""
        with self._database.read() as session:
            row = session.get(Recording, recording_id)
        if row is None:
            raise RecordingMissing(recording_id)
        data = self.read(recording_id)
        if raw := _PCM.fullmatch(row.media_type):
            return Sound(data[: len(data) // 2 * 2], int(raw[1]))
        return decode(data)

    def left_open(self) -> list[Recording]:
        """Those of this machine whose writer died, oldest first."""
        query = select(Recording).where(Recording.state == "open").order_by(Recording.created)
        with self._database.read() as session:
            rows = list(session.scalars(query))
        return [row for row in rows if self._is_dead(row.id)]

    def mark(self, recording_id: str, state: str) -> None:
        """Set the state: `done` or `heard_late`."""
        with self._database.begin() as session:
            row = session.get(Recording, recording_id)
            if row is not None and row.state == "open":
                row.state = state

    def sweep(self) -> int:
        """Delete the files of erased recordings. Returns how many of them lie on other machines:
        each sweeps its own."""
        with self._database.read() as session:
            erased = list(session.scalars(select(Recording.id).where(Recording.state == ERASED)))
        here = [id for id in erased if self._path(id).exists()]
        for id in here:
            self._path(id).unlink(missing_ok=True)
        alone = self._database.engine.dialect.name == "sqlite"
        with self._database.begin() as session:
            gone = erased if alone else here
            session.execute(delete(Recording).where(Recording.id.in_(gone)))
        return len(erased) - len(gone)

    def _is_dead(self, recording_id: str) -> bool:
        try:
            return not is_written(self._path(recording_id))
        except FileNotFoundError:
            return False

    def _path(self, recording_id: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{32}", recording_id):
            raise RecordingMissing(recording_id)
        return self._folder / recording_id[:2] / recording_id
