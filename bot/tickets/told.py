"""What became of telling a resident, and when they were asked whether it is solved."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.followup.stages import Stage
from bot.storage.tables import FollowUp, Ticket, TicketEvent
from bot.tickets.events import SYSTEM, add_event
from bot.tickets.follow import set_timer
from bot.tickets.house import house

ASKS = frozenset({"resolved", "asked_again"})
"""Notices with “修好了吗？” in them."""


def told(
    session: Session, ticket: Ticket, actor: str, about: str, way: str, reached: bool, reason: str
) -> None:
    """Note an attempt. Where the question comes only after the day on which silence should have
    closed the ticket, the silence begins now, and nobody has to knock at the door any more."""
    why = {"reason": reason} if reason else {}
    event = add_event(session, ticket, "told", actor, about=about, way=way, reached=reached, **why)
    row = session.get(FollowUp, ticket.id)
    if not (reached and about in ASKS and row and row.phase == "verdict" and not row.stage):
        return
    ticket.alert = ""
    if ticket.callback == "tell":
        ticket.callback = ""
        add_event(session, ticket, "callback", SYSTEM, done=True)
    wait_for_answer(session, row, event)


def asked(session: Session, row: FollowUp) -> TicketEvent | None:
    """When “修好了吗？” first reached them since the ticket was last resolved."""
    query = (
        select(TicketEvent)
        .where(
            TicketEvent.ticket_id == row.ticket_id,
            TicketEvent.kind == "told",
            TicketEvent.id >= row.stretch,
        )
        .order_by(TicketEvent.id)
    )
    return next(
        (
            event
            for event in session.scalars(query)
            if event.data.get("reached") and event.data.get("about") in ASKS
        ),
        None,
    )


def until_silent(session: Session, since: datetime) -> datetime:
    """When somebody who was asked at `since` and said nothing counts as content."""
    days = house(session).community.profile.follow_up.close_after
    return since + timedelta(days=days)


def wait_for_answer(session: Session, row: FollowUp, event: TicketEvent) -> None:
    """The question reached them at `event`: they have all the days from then on."""
    row.stretch = event.id
    set_timer(session, row, Stage("close", until_silent(session, event.at)), house(session).clock())
