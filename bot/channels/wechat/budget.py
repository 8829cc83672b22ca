"""WeChat's budget of customer-service messages, one ledger for all processes, never overdrawn.

Five within the 48 h after a resident wrote, three within the minute after they clicked a menu,
followed or scanned (the platform's rules). A passive reply costs nothing.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.channels.wechat.message import Message
from bot.storage.box import Box
from bot.storage.database import Database
from bot.storage.once import insert_all_once
from bot.storage.tables import WechatBudget

AFTER_MESSAGE = (timedelta(hours=48), 5)
AFTER_TOUCH = (timedelta(minutes=1), 3)
MARGIN = timedelta(seconds=10)
"""Taken off each window: a message that is on its way when it closes would be refused."""
_TOUCHES = frozenset({"subscribe", "scan", "click"})
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_NOTHING = {"message_until": _LONG_AGO, "touch_until": _LONG_AGO,
            "message_left": 0, "touch_left": 0}  # fmt: skip


def refill(session: Session, box: Box, messages: Iterable[Message], now: datetime) -> None:
    """What residents just did opens a window anew; in the commit that stores it."""
    rows: dict[str, dict[str, dict[str, Any]]] = {"message": {}, "touch": {}}
    for message in messages:
        if message.kind == "event":
            window, (lasts, count) = "touch", AFTER_TOUCH
            if message.event not in _TOUCHES:
                continue
        else:
            window, (lasts, count) = "message", AFTER_MESSAGE
        # Counted from when it was sent, for that is what WeChat counts from.
        until = min(message.at or now, now) + lasts - MARGIN
        openid = box.digest(message.openid)
        known = rows[window].get(openid)
        if known is None or known[f"{window}_until"] < until:
            full = {f"{window}_until": until, f"{window}_left": count}
            rows[window][openid] = {"openid": openid, **_NOTHING, **full}
    for window, wanted in rows.items():
        if wanted:
            # In one order, so that two processes do not wait for one another.
            inserted = [wanted[openid] for openid in sorted(wanted)]
            changed = (f"{window}_until", f"{window}_left")
            insert_all_once(session, WechatBudget, "openid", inserted, changed)


class Budget:
    """Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spend(self, openid: str, keep: int = 0) -> str | None:
        """Take one message off: the window it came from, or None when no open window has more than
        `keep` left. Somebody who never wrote since this ledger began is WeChat's to judge ("")."""
        key = self._database.box.digest(openid)
        now = datetime.now(UTC)
        with self._database.begin() as session:
            for window in ("touch", "message"):
                left = getattr(WechatBudget, f"{window}_left")
                until = getattr(WechatBudget, f"{window}_until")
                taken = session.execute(
                    update(WechatBudget)
                    .where(WechatBudget.openid == key, until > now, left > keep)
                    .values({left: left - 1})
                    .returning(WechatBudget.openid)
                ).first()
                if taken:
                    return window
            return "" if session.get(WechatBudget, key) is None else None

    def give_back(self, openid: str, window: str) -> None:
        """WeChat said it did not send what was taken from `window`."""
        if not window:
            return
        left = getattr(WechatBudget, f"{window}_left")
        with self._database.begin() as session:
            session.execute(
                update(WechatBudget)
                .where(WechatBudget.openid == self._database.box.digest(openid))
                .values({left: left + 1})
            )

    def close(self, openid: str) -> None:
        """WeChat says there is nothing left: it knows better."""
        with self._database.begin() as session:
            session.execute(
                update(WechatBudget)
                .where(WechatBudget.openid == self._database.box.digest(openid))
                .values(message_left=0, touch_left=0)
            )
