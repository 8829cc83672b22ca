"""Telling a resident what became of their ticket."""

from sqlalchemy.orm import Session

from bot.followup.outbox import enqueue
from bot.storage.tables import Resident, Ticket, TicketEvent
from bot.tickets.house import house
from flows.channel import Channel
from flows.prompt import Prompt

_TOLD = ("assigned", "in_progress", "resolved", "closed", "reopened", "dismissed")


def notice(session: Session, ticket: Ticket, event: TicketEvent, note: str) -> None:
    """Queue the WeChat message for this change of state, in the same commit.

    A resident of the telephone hears it when they call again; nothing is queued for them here.
    """
    if ticket.state not in _TOLD or not ticket.resident_id:
        return
    resident = session.get(Resident, ticket.resident_id)
    if resident is None or resident.channel != Channel.WECHAT:
        return
    about = house(session)
    prompt = Prompt(
        key=f"notice_{ticket.state}",
        values={
            "number": ticket.number,
            "category": ticket.category,
            "place": ticket.place,
            "note": note,
            "url": about.link(ticket.token),
            "community": about.community.profile.name,
            "hotline": about.community.profile.hotline,
        },
    )
    text = about.wording.text([prompt], Channel.WECHAT)
    key = f"ticket:{ticket.id}:{event.id}"
    enqueue(session, key, "wechat_message", {"openid": resident.address, "text": text})
