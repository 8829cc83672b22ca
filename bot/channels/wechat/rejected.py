"""A callback that is refused."""

from bot.metrics import wechat_rejected_total


class Rejected(Exception):
    """Not from WeChat, not now, or not readable. Counted when raised, answered with `status`.

    `reason` is one of a few fixed words: it becomes a metrics label and is safe to show.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        wechat_rejected_total.labels(reason).inc()
