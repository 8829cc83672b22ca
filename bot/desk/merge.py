"""Merging two reports of one matter at the desk, and taking them apart."""

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.desk.change import At, Mistake
from bot.desk.sight import sees_ticket
from bot.pages.words import say
from bot.storage.tables import Ticket
from bot.tickets.change import TransitionError, change_state
from bot.tickets.find import find_by_number
from bot.tickets.merge import MergeError, merge
from flows.ticket_number import is_ticket_number

router = APIRouter(prefix="/tickets/{number}")


@router.post("/merge")
def merge_into(at: At = Depends()) -> Response:
    """This ticket into the one with the number `into`."""
    number = "".join(at.fields.get("into", "").split())

    def change(session: Session, ticket: Ticket) -> str:
        target = find_by_number(session, number) if is_ticket_number(number) else None
        if target is None or not sees_ticket(at.member, target):
            raise Mistake(say("desk.not_found", number=number[:12]))
        try:
            merge(session, ticket, target, at.member.name)
        except MergeError as error:
            raise Mistake(say(f"merge.{error.reason}")) from None
        except TransitionError:
            raise Mistake(say("merge.state")) from None
        return "merge.done"

    return at.apply(change)


@router.post("/apart")
def apart(at: At = Depends()) -> Response:
    """It was another matter after all: it stands by itself again."""

    def change(session: Session, ticket: Ticket) -> str:
        if ticket.state != "merged":
            raise Mistake(say("merge.not_merged"))
        change_state(session, ticket, "reopened", at.member.name)
        return "merge.apart"

    return at.apply(change)
