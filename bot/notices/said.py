"""What one resident is told at once, in every form a way of telling may need."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from bot.followup.outcome import Outcome
from bot.storage.tables import Notice, Resident, Ticket
from bot.tickets.house import house
from bot.tickets.joined import standing_for
from bot.tickets.notice import MUST
from flows.channel import Channel
from flows.prompt import Prompt


@dataclass(frozen=True)
class Said:
    who: str
    """Whom it is for; see `bot.storage.tables.Notice`."""
    last: int
    """Id of the last notice in it."""
    key: str
    """The same however often it is tried: whoever takes it can tell a repetition."""
    openid: str
    phone: str
    may_call: bool
    """They agreed to be called."""
    must: bool
    text: str
    """To read, with links."""
    speech: tuple[str, ...]
    """Clauses to hear."""
    short: str
    """A text message."""
    values: dict[str, str]
    """For a template message: about the latest ticket."""
    url: str


class Rung(Protocol):
    """One way of telling somebody."""

    name: str

    def reaches(self, said: Said) -> bool:
        """Whether there is a way to this resident at all."""
        ...

    def tell(self, said: Said) -> Outcome:
        """`Retry`: this way, later; `GiveUp`: the next way. Blocking."""
        ...


def compose(session: Session, notices: list[Notice], label: Callable[[str, str], str]) -> Said:
    """All of these, the newest of each ticket only, as one message."""
    latest = {notice.ticket_id: notice for notice in notices}
    about = house(session)
    profile = about.community.profile
    prompts, short = [], []
    for notice in latest.values():
        ticket = session.get_one(Ticket, notice.ticket_id)
        state = standing_for(session, ticket).state
        values: dict[str, str | int] = {
            "number": ticket.number,
            "category": ticket.category,
            "place": ticket.place,
            "note": notice.note,
            "url": about.link(ticket.token),
            "community": profile.name,
            "hotline": profile.hotline,
        }
        prompts.append(Prompt(key=f"notice_{notice.about}", values=values))
        short.append(Prompt(key="notice.short", values={**values, "state": state}))
    resident = session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    by_wechat = resident is not None and resident.channel == Channel.WECHAT
    return Said(
        who=notices[-1].who,
        last=notices[-1].id,
        # WeChat takes 32 characters; a row's number alone begins anew with a new database.
        key=f"notice:{ticket.id[:12]}:{notices[-1].id}",
        openid=resident.address if resident and by_wechat else "",
        phone=ticket.phone or (resident.phone if resident else "") or _line(resident),
        may_call=resident is not None and resident.told_by == "call",
        must=any(notice.about in MUST for notice in latest.values()),
        text="\n\n".join(about.wording.text([prompt], Channel.WECHAT) for prompt in prompts),
        speech=about.wording.speech(prompts),
        short="\n".join(about.wording.text([prompt], Channel.WECHAT) for prompt in short),
        values={
            **{name: str(value) for name, value in values.items()},
            "category": label("category", ticket.category),
            "state": label("state", state),
        },
        url=about.link(ticket.token),
    )


def _line(resident: Resident | None) -> str:
    """The calling line, when it is a number somebody can dial."""
    if resident is None or resident.channel != Channel.PHONE:
        return ""
    address = resident.address
    return address if address.isascii() and address.isdigit() and len(address) >= 7 else ""
