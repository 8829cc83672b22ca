"""The tables. Personal data is encrypted column by column; look-ups go by keyed hash."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Double,
    ForeignKey,
    Index,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.storage.types import Encrypted, Instant


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON}

    @classmethod
    def table(cls) -> Table:
        """For statements that give no objects back, and take a third of the time."""
        assert isinstance(cls.__table__, Table)
        return cls.__table__


class Resident(Base):
    """Somebody who spoke with us over one channel address (phone number, openid)."""

    __tablename__ = "residents"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """HMAC of channel and address: finds the resident without storing the number in clear."""
    address: Mapped[str] = mapped_column(Encrypted)
    """Phone number or openid."""
    phone: Mapped[str] = mapped_column(Encrypted, default="")
    name: Mapped[str] = mapped_column(Encrypted, default="")
    place: Mapped[dict[str, Any] | None] = mapped_column(Encrypted.json(), default=None)
    """Known home, a `flows.report.Place`."""
    pace: Mapped[str] = mapped_column(String(16), default="normal")
    pauses: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    """How long they pause inside a turn, by step: hundredths of a second, the latest last."""
    told_by: Mapped[str] = mapped_column(String(16), default="")
    """How they want to be told: `call` (they agreed to be called), `no_call` (they refused that),
    `none`; empty: by the ladder, and never asked whether we may call."""
    may_learn: Mapped[bool] = mapped_column(default=False)
    """They agreed that what was misheard of them is used to measure hearing."""
    created: Mapped[datetime]
    seen: Mapped[datetime]


class ConversationRow(Base):
    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    resident_id: Mapped[str | None] = mapped_column(ForeignKey("residents.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    state: Mapped[dict[str, Any]] = mapped_column(Encrypted.json())
    """The `flows.conversation.Conversation` after the last turn."""
    turns: Mapped[int] = mapped_column(default=0)
    open: Mapped[bool] = mapped_column(default=True)
    """The resident's next input may continue it."""
    live: Mapped[bool] = mapped_column(default=False)
    """A call is on it: its last input was not the end of one. A second call gets its own."""
    created: Mapped[datetime]
    updated: Mapped[datetime] = mapped_column(index=True)


class TurnRow(Base):
    """One committed turn: the event a conversation is replayed from."""

    __tablename__ = "turns"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """Idempotency key: WeChat MsgId, or call id + number. Seen before, it gives the same answer."""
    heard: Mapped[dict[str, Any]] = mapped_column(Encrypted.json())
    """Under `inputs`, the `flows.heard.Heard` and those that followed within the turn, as a list;
    in a conversation's first turn also what it began as, under `begun`."""
    turn: Mapped[dict[str, Any]] = mapped_column(Encrypted.json())
    """Under `turns`, the `flows.conversation.Turn` each input gave, as a list."""
    answer: Mapped[dict[str, Any]] = mapped_column(Encrypted.json())
    """The rendered `bot.dialogue.answer.Answer`, given again for a repeated key."""
    at: Mapped[datetime]


class Recording(Base):
    """Sound or a picture a resident gave. The bytes lie encrypted under `home/recordings/`."""

    __tablename__ = "recordings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    call_id: Mapped[str] = mapped_column(String(128), default="", index=True)
    media_type: Mapped[str] = mapped_column(String(40))
    """`audio/l16;rate=8000`, `audio/amr`, `image/jpeg`."""
    state: Mapped[str] = mapped_column(String(16), default="open", index=True)
    """`open` while being written, `done`, `heard_late` when recognised after a restart, `erased`
    until the file is gone."""
    heard_until: Mapped[float] = mapped_column(Double, default=0.0)
    """Seconds that committed turns have covered; what lies behind is recognised after a crash."""
    created: Mapped[datetime]


UNDONE = "state IN ('draft', 'open', 'assigned', 'in_progress', 'reopened')"
"""Written out, so that the databases see that their partial indexes serve."""
NUMBERED = "state IN ('closed', 'dismissed', 'merged') AND number < 'a'"
"""Ended, and its number not yet given back."""
_NUMBERED = text(NUMBERED)
_SAID = text("kind = 'verdict'")
_CALLED, _LATE = text("callback <> ''"), text("alert <> ''")
_UNDONE, _DANGER = text(UNDONE), text(f"{UNDONE} AND urgency = 'emergency'")


class Ticket(Base):
    __tablename__ = "tickets"
    __table_args__ = (
        Index(None, "state", "updated"),
        Index(None, "organisation", "state"),
        # The few that wait for somebody, among all there ever were.
        Index(None, "callback", postgresql_where=_CALLED, sqlite_where=_CALLED),
        Index(None, "alert", postgresql_where=_LATE, sqlite_where=_LATE),
        Index("ix_tickets_undone", "created", postgresql_where=_UNDONE, sqlite_where=_UNDONE),
        Index("ix_tickets_danger", "created", postgresql_where=_DANGER, sqlite_where=_DANGER),
        Index("ix_tickets_numbered", "updated", postgresql_where=_NUMBERED, sqlite_where=_NUMBERED),
        Index(None, "created"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(6), unique=True)
    """Six digits; letters among them once a ticket long ended gave its number back."""
    token: Mapped[str] = mapped_column(String(43), unique=True)
    """Capability of the public page `/t/{token}`; 256 random bits."""
    state: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    resident_id: Mapped[str | None] = mapped_column(ForeignKey("residents.id"), index=True)
    category: Mapped[str] = mapped_column(String(32), default="other")
    urgency: Mapped[str] = mapped_column(String(16), default="normal")
    place_id: Mapped[str | None] = mapped_column(String(200), default=None, index=True)
    place: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Encrypted, default="")
    phone: Mapped[str] = mapped_column(Encrypted, default="")
    name: Mapped[str] = mapped_column(Encrypted, default="")
    report: Mapped[dict[str, Any]] = mapped_column(Encrypted.json())
    """The whole `flows.report.Report`."""
    organisation: Mapped[str] = mapped_column(String(64), default="")
    assignee: Mapped[str | None] = mapped_column(ForeignKey("staff.id"), index=True)
    """Whoever has taken it, or was handed it."""
    callback: Mapped[str] = mapped_column(String(16), default="")
    """Why a person must call: `asked`, `emergency`, `not_understood`, `tell`; `calling` while one
    is being called with the resident on the line; empty for no."""
    note: Mapped[str] = mapped_column(Encrypted, default="")
    """The worker's latest word to the resident."""
    source: Mapped[str] = mapped_column(String(64), default="")
    """Name of the Open311 key or alert source; empty for residents."""
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    """The ticket that stands for this one while it is `merged`."""
    due: Mapped[datetime | None] = mapped_column(default=None)
    """When it should be done; none once somebody says it is, and for drafts."""
    alert: Mapped[str] = mapped_column(String(16), default="")
    """What the desk must look at: `soon`, `overdue`, `escalated` (for the supervisor too), `untold`
    (the resident could not be asked); empty while all is well."""
    created: Mapped[datetime]
    updated: Mapped[datetime]


class TicketEvent(Base):
    """A ticket's history, never changed, only added to."""

    __tablename__ = "ticket_events"
    __table_args__ = (
        Index("ix_ticket_events_verdicts", "at", postgresql_where=_SAID, sqlite_where=_SAID),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    """`resident`, `system`, or a staff account's name."""
    kind: Mapped[str] = mapped_column(String(24))
    """`draft`, `filed`, `amended`, `state`, `note`, `verdict`, `callback`, `corrected`,
    `outlet`, `summary`, `calling`, `connected`; of the follow-up `remind`, `overdue`, `escalate`,
    `told`, `untold`."""
    data: Mapped[dict[str, Any]] = mapped_column(Encrypted.json())


class FollowUp(Base):
    """The next thing that happens to a ticket by itself. DBOS wakes up for it; this row decides."""

    __tablename__ = "follow_ups"
    __table_args__ = (Index(None, "stage", "due"),)

    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    phase: Mapped[str] = mapped_column(String(16))
    """`draft`, `work`, `verdict`; empty when nothing more will happen."""
    since: Mapped[datetime]
    """When the phase began."""
    stretch: Mapped[int]
    """Id of the event the plan was made at; timers of older plans are void."""
    stage: Mapped[str] = mapped_column(String(16), default="")
    """What comes next (`bot.followup.stages`); empty for nothing."""
    due: Mapped[datetime]
    set_at: Mapped[datetime]
    """When the timer was set: one set in the future was set by a wrong clock."""


class Notice(Base):
    """One thing a resident must be told of one ticket, until they were told or a person does it."""

    __tablename__ = "notices"
    __table_args__ = (Index(None, "who", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(String(32))
    """The resident's id; the ticket's, where nobody is known. What one `who` waits for goes out
    together."""
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"), index=True)
    about: Mapped[str] = mapped_column(String(24))
    """What is told: a ticket's state, `asked_again`, `closed_unheard`."""
    note: Mapped[str] = mapped_column(Encrypted, default="")
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    """`waiting`, `telling`, `told`, `desk` (a person tells them)."""
    rung: Mapped[str] = mapped_column(String(16), default="")
    """Where on the ladder it stands: those before it did not reach them."""
    tries: Mapped[int] = mapped_column(default=0)
    """On this rung."""
    busy_until: Mapped[datetime | None] = mapped_column(default=None)
    """Somebody is telling it; after this they were killed."""
    created: Mapped[datetime]


class OutgoingCall(Base):
    """A call to be made to one resident: queued by the ladder, made by whichever process has a
    telephone."""

    __tablename__ = "outgoing_calls"
    __table_args__ = (Index(None, "state", "due"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(String(32), index=True)
    """As in `notices`."""
    last: Mapped[int]
    """Id of the last notice it tells; with it all of theirs before that were not told."""
    phone: Mapped[str] = mapped_column(Encrypted)
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    """`waiting`, `dialling`, `talking`, `reached`, or `failed`: the next way is taken."""
    tries: Mapped[int] = mapped_column(default=0)
    result: Mapped[str] = mapped_column(String(24), default="")
    """How the last attempt ended: `busy`, `no_answer`, `refused`, `no_such_number`, `failed`,
    `cut`, `machine`, `interrupted`, `no_consent`, `nobody_dialled`."""
    due: Mapped[datetime]
    """By the house's clock."""
    busy_until: Mapped[datetime | None] = mapped_column(default=None)
    """Somebody is at it; after this they were killed, and it counts as made."""
    created: Mapped[datetime]


class WechatBudget(Base):
    """How many customer-service messages WeChat still lets through to one resident."""

    __tablename__ = "wechat_budgets"

    openid: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Keyed hash."""
    message_until: Mapped[datetime]
    message_left: Mapped[int] = mapped_column(default=0)
    touch_until: Mapped[datetime]
    touch_left: Mapped[int] = mapped_column(default=0)


class Outgoing(Base):
    """The outbox: what must still reach somebody. Written in the turn's commit, delivered after."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "state", "due"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """Idempotency key, so that a turn done again queues nothing twice."""
    kind: Mapped[str] = mapped_column(String(32))
    """Which adapter delivers it: `wechat_message`, …"""
    payload: Mapped[dict[str, Any]] = mapped_column(Encrypted.json())
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    """`waiting`, `sent`, `failed`."""
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    due: Mapped[datetime]
    created: Mapped[datetime]


class Incoming(Base):
    """The inbox: a channel's message, stored before anything is done with it."""

    __tablename__ = "inbox"
    __table_args__ = (Index(None, "state", "created"),)

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    """`wechat`; `outlet` and `open311` keep the answer that a repeated message gets again."""
    payload: Mapped[dict[str, Any]] = mapped_column(Encrypted.json())
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    """`waiting`, `done`, `failed`."""
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[datetime]


class OutletTicket(Base):
    """One ticket at one outlet: how far it was told, its number there, how it stands there."""

    __tablename__ = "outlet_tickets"
    __table_args__ = (UniqueConstraint("outlet", "ticket_id"), Index(None, "outlet", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    outlet: Mapped[str] = mapped_column(String(24))
    """Its name in the profile."""
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    """`waiting`, `sent`, or `failed`: refused for good, until somebody sends it again."""
    told: Mapped[int] = mapped_column(default=0)
    """Id of the last event that arrived there, or was refused."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Of the event that waits."""
    error: Mapped[str] = mapped_column(Text, default="")
    foreign_id: Mapped[str] = mapped_column(String(128), default="")
    foreign_token: Mapped[str] = mapped_column(String(128), default="")
    """What a number will be given for, where the other system makes it later."""
    foreign_state: Mapped[str] = mapped_column(String(32), default="")
    """What the other system said last."""
    foreign_note: Mapped[str] = mapped_column(Encrypted, default="")
    conflict: Mapped[str] = mapped_column(String(32), default="")
    """In which way the two disagree (`bot.outlets.agree`); empty when they do not."""
    receipt: Mapped[str] = mapped_column(Text, default="")
    """What the other system answered when it took the last event."""
    busy_until: Mapped[datetime | None] = mapped_column(default=None)
    """Somebody is telling it; after this they were killed."""
    created: Mapped[datetime]
    updated: Mapped[datetime]


class Alert(Base):
    """What a machine says it saw: a question to a person, until one answers it."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("source", "alert_id"),
        Index(None, "state", "muted", "last"),
        Index(None, "source", "kind", "received"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    source: Mapped[str] = mapped_column(String(24))
    """Its name in the profile."""
    alert_id: Mapped[str] = mapped_column(String(64))
    """The source's own id: the same again is the same alert."""
    kind: Mapped[str] = mapped_column(String(64))
    """The source's own code."""
    category: Mapped[str] = mapped_column(String(32))
    place: Mapped[str] = mapped_column(Text, default="")
    place_id: Mapped[str | None] = mapped_column(String(200), default=None)
    text: Mapped[str] = mapped_column(Encrypted, default="")
    confidence: Mapped[float | None] = mapped_column(Double, default=None)
    image: Mapped[str] = mapped_column(String(32), default="")
    """Id of the stored picture; empty for none."""
    state: Mapped[str] = mapped_column(String(16), default="open")
    """`open`, `confirmed`, `dismissed`, or `folded` into an earlier one."""
    muted: Mapped[bool] = mapped_column(default=False)
    """Its source was wrong too often of late: shown in the digest only."""
    into: Mapped[str | None] = mapped_column(ForeignKey("alerts.id"), default=None, index=True)
    """The alert it repeats."""
    count: Mapped[int] = mapped_column(default=1)
    """With those folded into it."""
    reason: Mapped[str] = mapped_column(String(32), default="")
    """Why it was dismissed (`bot.sources.answer.REASONS`)."""
    answered_by: Mapped[str] = mapped_column(String(64), default="")
    answered: Mapped[datetime | None] = mapped_column(default=None)
    ticket_id: Mapped[str | None] = mapped_column(ForeignKey("tickets.id"), default=None)
    at: Mapped[datetime]
    """When it was seen, as the source says."""
    received: Mapped[datetime]
    last: Mapped[datetime]
    """When it, or the last repeat, was received."""


class Staff(Base):
    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(64), default="")
    """Id in the profile; empty: the community's own, who see every ticket."""
    on_duty_until: Mapped[datetime | None] = mapped_column(default=None)
    must_change: Mapped[bool] = mapped_column(default=True)
    """The password is the one-time one; the first sign-in asks for a new one."""
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(default=None)
    created: Mapped[datetime]


class Secret(Base):
    """Small shared secrets with an expiry, such as WeChat's access token."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Encrypted)
    expires: Mapped[datetime]
