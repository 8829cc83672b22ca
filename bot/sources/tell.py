"""The answer goes back to the source, through the outbox."""

import json
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from bot.followup.outbox import enqueue
from bot.followup.outcome import Deliver, GiveUp, Outcome, Retry, Sent
from bot.outlets.exchange import exchange
from bot.sources.profile import Source
from bot.storage.tables import Alert, Ticket
from bot.webhook_signature import sign


def tell(session: Session, source: Source, alert: Alert, answered: Alert) -> None:
    """Queue what became of `alert`; `answered` is the question that was answered, itself or the one
    it was folded into. A source without a callback is told nothing."""
    if not source.callback or answered.answered is None:
        return
    ticket = session.get(Ticket, answered.ticket_id) if answered.ticket_id else None
    payload = {
        "id": alert.alert_id,
        "answer": answered.state,
        "reason": answered.reason or None,
        "ticket": ticket.number if ticket else None,
        "repeats": answered.alert_id if alert.id != answered.id else None,
        "at": answered.answered.isoformat(timespec="seconds"),
    }
    enqueue(session, f"{source.adapter}:{alert.id}", source.adapter, payload)


def deliver(source: Source, secret: str, now: Callable[[], float] = time.time) -> Deliver:
    """The adapter: a signed POST of the answer, tried for as long as it takes."""

    def send(payload: dict[str, Any]) -> Outcome:
        body = json.dumps(payload, ensure_ascii=False).encode()
        id = f"{source.adapter}:{payload['id']}"
        headers = {
            **sign(secret, id, int(now()), body),
            "Idempotency-Key": id,
            "Content-Type": "application/json",
        }
        answer = exchange("POST", source.callback, content=body, headers=headers)
        if isinstance(answer, Retry):
            return Retry(answer.reason, answer.after, patient=True)
        return answer if isinstance(answer, GiveUp) else Sent()

    return send
