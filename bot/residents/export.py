"""All that a person gave, for them to take away: readable texts, JSON, and their recordings."""

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from bot.desk.transcript import transcript
from bot.residents.person import Person
from bot.storage.full import StorageFull, is_full
from bot.storage.recordings import RecordingMissing, Recordings
from bot.storage.tables import Base, ConversationRow, Recording, Ticket, TicketEvent, TurnRow
from voice.codecs import encode_wav

Write = Callable[[str, bytes], None]
"""A file's path inside the parcel, and its bytes."""

_ENDINGS = {"audio/amr": "amr", "audio/speex": "speex", "image/jpeg": "jpg", "image/png": "png",
            "image/gif": "gif", "image/webp": "webp", "video/mp4": "mp4"}  # fmt: skip
_INSIDE = frozenset({"address_hash", "token", "report", "resident_id", "conversation_id"})
"""Columns that are our own affair, or say once more what others say."""


@contextmanager
def parcel(path: Path) -> Iterator[Write]:
    """A new zip or, without that ending, a new folder; readable for nobody else. Raises
    FileExistsError, `StorageFull` (then nothing is left of it)."""
    zipped = path.suffix.lower() == ".zip"
    try:
        if zipped:
            path.touch(mode=0o600, exist_ok=False)
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                yield archive.writestr
        else:
            path.mkdir(mode=0o700, parents=True)
            yield lambda name, data: _write(path / name, data)
    except OSError as error:
        if not is_full(error):
            raise
        if zipped:
            path.unlink(missing_ok=True)
        raise StorageFull("导出的资料") from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def export(
    session: Session, person: Person, recordings: Recordings, zone: ZoneInfo, write: Write
) -> list[str]:
    """Write all of it; returns the ids of recordings whose file is not on this machine."""
    write("本人.json", _json([_row(resident) for resident in person.residents]))
    for conversation in sorted(person.conversations, key=lambda row: row.created):
        name = f"对话/{_stamp(conversation.created, zone)} {conversation.id[:8]}"
        write(f"{name}.txt", _readable(session, conversation.id, zone).encode())
        write(f"{name}.json", _json(_conversation(session, conversation)))
    for ticket in (*person.tickets, *person.named):
        own = ticket in person.tickets
        write(f"工单/{ticket.number}.json", _json(_ticket(session, ticket, whole=own)))
    missing = []
    for recording in person.recordings:
        try:
            ending, data = _sound(recordings, recording)
        except RecordingMissing:
            missing.append(recording.id)
            continue
        write(f"录音和图片/{_stamp(recording.created, zone)} {recording.id[:8]}.{ending}", data)
    return missing


def _readable(session: Session, conversation: str, zone: ZoneInfo) -> str:
    lines = transcript(session, conversation)
    return "".join(
        f"{line.at.astimezone(zone):%Y-%m-%d %H:%M:%S} {'本人' if line.resident else '邻声'}："
        f"{line.text}\n"
        for line in lines
    )


def _conversation(session: Session, row: ConversationRow) -> dict[str, Any]:
    query = select(TurnRow).where(TurnRow.conversation_id == row.id).order_by(TurnRow.seq)
    turns = [
        {"at": turn.at, "heard": turn.heard["inputs"], "answer": turn.answer.get("text", "")}
        for turn in session.scalars(query)
    ]
    return {"id": row.id, "channel": row.channel, "begun": row.created, "turns": turns}


def _ticket(session: Session, ticket: Ticket, *, whole: bool) -> dict[str, Any]:
    """whole: it is theirs; else only that their number stands in it."""
    if not whole:
        return {"number": ticket.number, "phone": ticket.phone, "name": ticket.name}
    query = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
    events = [
        {"at": event.at, "actor": event.actor, "kind": event.kind, **event.data}
        for event in session.scalars(query)
    ]
    return {**_row(ticket), "history": events}


def _row(row: Base) -> dict[str, Any]:
    columns = [column.key for column in inspect(type(row)).columns if column.key not in _INSIDE]
    return {name: getattr(row, name) for name in columns}


def _sound(recordings: Recordings, row: Recording) -> tuple[str, bytes]:
    """Raises `RecordingMissing`."""
    if row.media_type.startswith("audio/l16"):
        return "wav", encode_wav(recordings.sound(row.id))
    return _ENDINGS.get(row.media_type, "bin"), recordings.read(row.id)


def _stamp(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H%M%S}"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_iso).encode()


def _iso(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()
