"""Whether an outside system and we say the same of a ticket, and what follows when it speaks."""

from bot.tickets.states import ENDED, UNDER_WAY

DONE = frozenset({"closed", "resolved"})
"""What a foreign system may say to mean: it is done. `closed` is all GeoReport v2 knows."""


def conflict_of(ours: str, theirs: str) -> str:
    """In which way the two disagree; empty when they do not, or when they said nothing yet.

    >>> conflict_of("reopened", "closed"), conflict_of("closed", "in_progress")
    ('they_done', 'we_done')
    >>> conflict_of("resolved", "closed"), conflict_of("open", "")
    ('', '')
    """
    if theirs in DONE and ours in UNDER_WAY:
        return "they_done"
    if theirs == "dismissed" and ours != "dismissed":
        return "they_dismissed"
    if theirs and theirs not in DONE | {"dismissed"} and ours in ENDED:
        return "we_done"
    return ""


def follows(ours: str, before: str, theirs: str) -> str:
    """The state our ticket goes into when they newly say `theirs`, or empty for none.

    Their “done” is a worker's word: it resolves, and only the resident's own verdict closes. The
    same word again, after our resident said no, changes nothing: that is a conflict for a person.

    >>> follows("in_progress", "open", "closed"), follows("reopened", "closed", "closed")
    ('resolved', '')
    >>> follows("open", "", "in_progress"), follows("closed", "open", "in_progress")
    ('in_progress', '')
    """
    if theirs == before or ours not in UNDER_WAY:
        return ""
    if theirs in DONE:
        return "resolved"
    return theirs if theirs in ("assigned", "in_progress") and theirs != ours else ""
