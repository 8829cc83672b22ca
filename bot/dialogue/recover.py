"""After a crash: what was said into calls that died with the process becomes part of a draft."""

import logging
from collections.abc import Collection
from datetime import timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.dialogue.answer import Answer, Inbound
from bot.dialogue.recognised import recognised
from bot.services import Services
from bot.storage.tables import ConversationRow, Recording, Resident, TurnRow
from flows.channel import Channel
from flows.heard import HeardKind
from voice.recognition.protocol import Recognition
from voice.sound import Sound

log = logging.getLogger(__name__)

_SHORTEST = 0.3
"""Seconds of sound below which there is no word in it."""
_LOUD = 300.0
"""RMS of 16-bit samples that is more than a line's hiss (about −40 dB of full scale)."""


def recover(services: Services, only: Collection[str] | None = None) -> int:
    """Recognise what lies behind `heard_until` in the recordings a dead process left open, take it
    as the caller's next words, and end the call. Returns how many calls were recovered.

    only: ids of the recordings to look at; all that were left open when it is not given.

    May be killed and run again: every turn has its key. A recording that fails stays for the next
    start; the others go on.
    """
    count = 0
    for recording in services.recordings.left_open():
        if only is not None and recording.id not in only:
            continue
        try:
            _recover(services, recording)
            count += 1
        except Exception:
            log.exception("录音 %s 没能补上，下次启动再试", recording.id)
    if count:
        log.info("补上了 %d 段中断的通话", count)
    return count


def _recover(services: Services, recording: Recording) -> None:
    if recording.media_type.startswith("audio/l16"):
        _Call(services, recording).finish()
    # Anything else was cut off while it was fetched: its channel fetches it again.
    services.recordings.mark(recording.id, "heard_late")


class _Call:
    def __init__(self, services: Services, recording: Recording) -> None:
        self._services = services
        self._recording = recording
        with services.database.read() as session:
            row = session.get(ConversationRow, recording.conversation_id or recording.id)
            resident = session.get(Resident, row.resident_id) if row and row.resident_id else None
            turn = _last_turn(session, row) if row else None
        self._address = resident.address if resident else ""
        self._live = row is not None and row.live
        self._calling = turn is not None and Answer.model_validate(turn.answer).transfer

    def finish(self) -> None:
        sound = self._services.recordings.sound(self._recording.id)
        start = int(self._recording.heard_until * sound.rate) * 2
        tail = Sound(sound.pcm[start:], sound.rate)
        heard = self._hear(tail)
        if heard is not None:
            kind = HeardKind.SPEECH if heard.text else HeardKind.UNCLEAR
            self._calling |= self._take(kind, sound.seconds, heard).transfer
            self._live = True
        if self._calling and self._live:
            # Nobody is on the line any more: whoever wanted a person is called back.
            self._take(HeardKind.NO_PERSON, sound.seconds)
        if self._live:
            self._take(HeardKind.ENDED, sound.seconds)

    def _hear(self, tail: Sound) -> Recognition | None:
        """What was said; None when nothing was."""
        if tail.seconds < _SHORTEST:
            return None
        try:
            heard = self._services.recogniser.recognise(tail)
        except Exception as error:  # no model, no memory: the recording stays to be listened to
            log.error("录音 %s 没能识别（%s）：留给志愿者听", self._recording.id, error)
            heard = Recognition(text="", confidence=0.0)
        return heard if heard.text or _is_loud(tail) else None

    def _take(self, kind: HeardKind, until: float, heard: Recognition | None = None) -> Answer:
        recording = self._recording
        return self._services.dialogue.take(
            Inbound(
                channel=Channel.PHONE,
                address=self._address,
                key=f"recover:{recording.id}:{kind.value}",
                kind=kind,
                **(recognised(heard) if heard else {}),
                recording=recording.id,
                heard_until=until,
                conversation=recording.conversation_id or recording.id,
                at=recording.created + timedelta(seconds=until),
            )
        )


def _last_turn(session: Session, row: ConversationRow) -> TurnRow | None:
    """The last that was answered: what a volunteer set right meanwhile is none."""
    query = select(TurnRow).where(TurnRow.conversation_id == row.id).order_by(TurnRow.seq.desc())
    turns = session.scalars(query.limit(20))
    return next((t for t in turns if t.heard["inputs"][0]["kind"] != HeardKind.FIXED), None)


def _is_loud(sound: Sound) -> bool:
    """Whether as much as a short word of it is louder than an empty line."""
    samples = np.frombuffer(sound.pcm, np.int16).astype(np.float32)
    frame = sound.rate // 10
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    return int((np.sqrt((frames**2).mean(axis=1)) > _LOUD).sum()) * 0.1 >= _SHORTEST
