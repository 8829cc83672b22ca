"""What the desk does to a ticket."""

from bot.tickets.callback import callback_done
from bot.tickets.change_state import ReasonMissing, change_state
from bot.tickets.correct import correct
from bot.tickets.note import add_note
from bot.tickets.states import TransitionError

__all__ = [
    "ReasonMissing",
    "TransitionError",
    "add_note",
    "callback_done",
    "change_state",
    "correct",
]
