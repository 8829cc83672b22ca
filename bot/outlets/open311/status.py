"""Open311 knows `open` and `closed`; we know nine states."""

CLOSED = ("resolved", "closed", "merged", "dismissed")
"""“closed: it has been resolved” (GeoReport v2): a worker's word is enough, the resident's verdict
is finer than Open311 can say and stands in `extended_attributes`."""
OPEN = ("open", "assigned", "in_progress", "reopened")


def status(state: str) -> str:
    """
    >>> status("in_progress"), status("resolved")
    ('open', 'closed')
    """
    return "closed" if state in CLOSED else "open"
