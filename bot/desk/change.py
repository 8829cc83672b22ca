"""Changing a ticket from the desk: its state, a note, a correction, a call-back that was made."""

from collections.abc import Callable

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.desk.rights import KNOWN, actions
from bot.desk.sight import sees
from bot.desk.signed import Member, account, flash, posted
from bot.desk.ticket_page import LONGEST, find_ticket, ticket_page, version
from bot.pages.words import say
from bot.residents.may_learn import set_may_learn
from bot.residents.told_by import CHOICES, set_told_by
from bot.services import Services
from bot.storage.tables import Ticket
from bot.tickets.change import add_note, callback_done, change_state, correct
from bot.tickets.find import locked
from bot.tickets.verdict import give_verdict
from flows.report import Urgency

router = APIRouter(prefix="/tickets/{number}")

Change = Callable[[Session, Ticket], str]
"""Changes the locked ticket, returns the text path to show; raises `Mistake`, changing nothing."""


class Mistake(ValueError):
    """What was asked cannot be done; the message is for the person at the desk."""


class At:
    """One posted change: who, on which ticket, with which fields."""

    def __init__(
        self,
        request: Request,
        number: str,
        member: Member = Depends(account),
        fields: dict[str, str] = Depends(posted),
        services: Services = Depends(Services.of),
    ) -> None:
        self.request = request
        self.number = number
        self.member = member
        self.fields = fields
        self.services = services
        self.note = fields.get("note", "")

    def apply(self, change: Change, after: str = "") -> Response:
        """Do it in one transaction, unless somebody changed the ticket since the page was made.

        after: where to go then; empty: back to the ticket.
        """
        problem, status = "", 422
        try:
            with self.services.database.begin() as session:
                ticket = locked(session, find_ticket(session, self.number, self.member))
                if version(ticket) != self.fields.get("updated"):
                    status = 409
                    raise Mistake(say("ticket.conflict"))
                if len(self.note) > LONGEST:
                    raise Mistake(say("ticket.too_long", count=LONGEST))
                flash(self.request, change(session, ticket))
        except Mistake as mistake:
            problem = str(mistake)
        if not problem:
            return RedirectResponse(after or f"/desk/tickets/{self.number}", 303)
        with self.services.database.read() as session:
            return ticket_page(
                self.request, session, self.services, self.member, self.number,
                problem=problem, note=self.note, status=status,
            )  # fmt: skip


@router.post("/state")
def state(at: At = Depends()) -> Response:
    wanted = at.fields.get("state", "")

    def change(session: Session, ticket: Ticket) -> str:
        if wanted not in actions(at.member.role, ticket.state):
            allowed = actions("admin", ticket.state)
            path = "ticket.no_right" if wanted in allowed else "ticket.not_allowed"
            raise Mistake(say(path, state=_label(at.services, wanted)))
        if wanted == "dismissed" and not at.note:
            raise Mistake(say("ticket.reason_missing"))
        if wanted == "closed":
            # Its button says so: the resident told the desk.
            give_verdict(session, ticket.number, True, at.note, by=at.member.name)
        else:
            change_state(session, ticket, wanted, at.member.name, at.note)
        return "ticket.saved"

    return at.apply(change)


@router.post("/note")
def note(at: At = Depends()) -> Response:
    def change(session: Session, ticket: Ticket) -> str:
        if not at.note:
            raise Mistake(say("ticket.note_missing"))
        add_note(session, ticket, at.member.name, at.note)
        return "ticket.saved"

    return at.apply(change)


@router.post("/callback")
def callback(at: At = Depends()) -> Response:
    def change(session: Session, ticket: Ticket) -> str:
        callback_done(session, ticket, at.member.name, at.note)
        return "ticket.callback_saved"

    return at.apply(change)


@router.post("/told-by")
def wish(at: At = Depends()) -> Response:
    """How this resident wants to be told, as they said it."""

    def change(session: Session, ticket: Ticket) -> str:
        choice = at.fields.get("told_by", "")
        if choice not in CHOICES:
            raise Mistake(say("error.422.text"))
        changed = set_told_by(session, ticket, choice, at.member.name)
        return "ticket.saved" if changed else "ticket.nothing"

    return at.apply(change)


@router.post("/may-learn")
def consent(at: At = Depends()) -> Response:
    """Whether this resident lets us use what was misheard, as they said it."""

    def change(session: Session, ticket: Ticket) -> str:
        choice = at.fields.get("may_learn", "")
        if choice not in ("yes", "no"):
            raise Mistake(say("error.422.text"))
        changed = set_may_learn(session, ticket, choice == "yes", at.member.name)
        return "ticket.saved" if changed else "ticket.nothing"

    return at.apply(change)


@router.post("/correct")
def correction(at: At = Depends()) -> Response:
    """Only the fields that were sent are touched: one tap on a category sends nothing else."""

    def change(session: Session, ticket: Ticket) -> str:
        fields = _corrections(at)
        if ticket.description and fields.get("words") == "":
            raise Mistake(say("ticket.words_empty"))
        changed = correct(session, ticket, at.member.name, at.services.community, **fields)
        return "ticket.saved" if changed else "ticket.nothing"

    return at.apply(change)


def _corrections(at: At) -> dict[str, str]:
    """The checked fields of a correction; raises `Mistake`."""
    names = ("category", "place", "words", "urgency", "phone")
    found = {name: at.fields[name] for name in names if name in at.fields}
    if not sees(at.member, "phone", at.services.community.profile):
        # What they see of these is not all there is: they could only spoil it.
        found.pop("words", None)
        found.pop("phone", None)
    if found.get("category", "other") not in at.services.community.lexicon.categories:
        raise Mistake(say("error.422.text"))
    if found.get("urgency", "normal") not in list(Urgency):
        raise Mistake(say("error.422.text"))
    for name, most in (("place", 100), ("words", 4000)):
        if len(found.get(name, "")) > most:
            raise Mistake(say("ticket.too_long", count=most))
    if "phone" in found:
        found["phone"] = "".join(char for char in found["phone"] if char not in " -()+")
        digits = found["phone"]
        if digits and not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
            raise Mistake(say("ticket.bad_phone"))
    return found


def _label(services: Services, state: str) -> str:
    return services.wording.label("state", state) if state in KNOWN else state[:20]
