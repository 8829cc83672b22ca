"""What a turn wants done, done in the turn's transaction."""

import logging
from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy.orm import Session

from bot.residents.consent import agree
from bot.residents.remember import remember_pace, remember_report
from bot.storage.tables import Resident
from bot.tickets.amend import amend_ticket
from bot.tickets.callback import call_person, person_took, promise_callback
from bot.tickets.draft import Origin, save_draft
from bot.tickets.events import RESIDENT
from bot.tickets.file import file_ticket
from bot.tickets.find import TicketMissing
from bot.tickets.merge import MergeError, merge
from bot.tickets.note import add_note
from bot.tickets.set_right import set_right
from bot.tickets.verdict import give_verdict
from flows.effects import (
    AddNote,
    AmendTicket,
    CallPerson,
    Effect,
    EndConversation,
    FileTicket,
    FindTicket,
    GiveVerdict,
    JoinTicket,
    PersonTook,
    PromiseCallback,
    RememberPace,
    SaveDraft,
    SetRight,
    TellByCall,
)

log = logging.getLogger(__name__)


def apply(
    session: Session, effects: Iterable[Effect], origin: Origin, resident: Resident | None
) -> None:
    """In order. One about a ticket that does not exist is logged and left out: the turn stands."""
    for effect in effects:
        try:
            _apply(session, effect, origin, resident)
        except TicketMissing as missing:
            log.warning("%s: there is no ticket %s", effect.kind, missing)


def _apply(session: Session, effect: Effect, origin: Origin, resident: Resident | None) -> None:
    match effect:
        case SaveDraft(number=number, report=report):
            save_draft(session, number, report, origin)
        case FileTicket(number=number, report=report):
            file_ticket(session, number, report, origin)
            if resident is not None:
                remember_report(resident, report)
        case JoinTicket(number=number, into=into, report=report):
            file_ticket(session, number, report, origin)
            # Ended while they were asked: then it stands by itself.
            with suppress(MergeError, TicketMissing):
                merge(session, number, into, RESIDENT)
            if resident is not None:
                remember_report(resident, report)
        case AmendTicket(number=number, report=report):
            amend_ticket(session, number, report)
        case AddNote(number=number, text=text):
            add_note(session, number, RESIDENT, text)
        case GiveVerdict(number=number, solved=solved, text=text):
            give_verdict(session, number, solved, text)
        case PromiseCallback(reason=reason, number=number, report=report):
            promise_callback(session, number, reason.value, report, origin)
        case CallPerson(number=number, report=report):
            call_person(session, number, report, origin)
        case PersonTook(number=number):
            person_took(session, number)
        case SetRight(number=number, report=report, by=by):
            set_right(session, number, report, by, origin)
        case TellByCall():
            agree(session, effect, origin, resident)
        case RememberPace(pace=pace):
            if resident is not None:
                remember_pace(resident, pace)
        case FindTicket() | EndConversation():
            pass  # answered within the turn; seen by the channel
