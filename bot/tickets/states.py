"""A ticket's life: which state may follow which."""

ALLOWED: dict[str, frozenset[str]] = {
    "draft": frozenset({"open", "dismissed", "merged"}),
    "open": frozenset({"assigned", "in_progress", "resolved", "dismissed", "merged"}),
    "assigned": frozenset({"open", "in_progress", "resolved", "dismissed", "merged"}),
    "in_progress": frozenset({"assigned", "resolved", "dismissed", "merged"}),
    "resolved": frozenset({"closed", "reopened"}),
    "closed": frozenset({"reopened"}),
    "reopened": frozenset({"assigned", "in_progress", "resolved", "dismissed", "merged"}),
    "merged": frozenset({"reopened"}),
    "dismissed": frozenset({"reopened"}),
}
"""`open` after `assigned`: handed back. Whatever was ended wrongly is reopened, never lost."""

UNDER_WAY = frozenset({"open", "assigned", "in_progress", "reopened"})
"""Filed, and somebody still has to do something."""

ENDED = frozenset({"closed", "merged", "dismissed"})


class TransitionError(ValueError):
    """This state may not follow that one; the message is for the person at the desk."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(f"单子现在是 {old}，不能改成 {new}")
        self.old = old
        self.new = new


def check(old: str, new: str) -> None:
    """Raises `TransitionError` unless `new` may follow `old`.

    >>> check("resolved", "closed")
    """
    if new not in ALLOWED.get(old, frozenset()):
        raise TransitionError(old, new)
