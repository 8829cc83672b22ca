"""Who may do what. Seeing, correcting, noting, calling back, recording a prompt: everybody."""

from bot.tickets.states import ALLOWED

_WORKER = frozenset({"open", "assigned", "in_progress", "resolved", "reopened"})
_ALL = _WORKER | {"closed", "dismissed"}
_MAY = {"worker": _WORKER, "supervisor": _ALL, "admin": _ALL}

_ORDER = ("open", "assigned", "in_progress", "resolved", "closed", "reopened", "dismissed")
_NEXT = {"draft": "open", "open": "assigned", "assigned": "in_progress", "reopened": "assigned"}
KNOWN = frozenset(_ORDER)
"""Every state somebody at the desk may ever choose."""


def actions(role: str, state: str) -> tuple[str, ...]:
    """The states this role may put a ticket into from `state`, in the order of its life.

    >>> actions("worker", "open")
    ('assigned', 'in_progress', 'resolved')
    """
    # A volunteer completes what was cut off or not understood, and no more.
    may = _MAY.get(role, frozenset({"open"}) if state == "draft" else frozenset())
    return tuple(target for target in _ORDER if target in ALLOWED.get(state, ()) and target in may)


def may_publish(role: str) -> bool:
    """Whose decision it is what residents hear; recording is everybody's.

    >>> may_publish("volunteer"), may_publish("supervisor")
    (False, True)
    """
    return role in ("supervisor", "admin")


def likeliest(offered: tuple[str, ...], state: str) -> str:
    """Which of the offered states usually comes next; its button stands out.

    >>> likeliest(("assigned", "resolved"), "in_progress")
    'resolved'
    """
    wanted = _NEXT.get(state, "resolved")
    return wanted if wanted in offered else ""
