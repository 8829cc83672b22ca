"""The access token: one for all threads and processes, kept in the `secrets` table."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.storage.database import Database
from bot.storage.tables import Secret

log = logging.getLogger(__name__)

EARLY = timedelta(minutes=4)
"""WeChat gives a new token to whoever asks in the last five minutes of the old one, which stays
good: asking within them renews without a gap."""

FORCE_EVERY = timedelta(minutes=75)
"""A forced renewal is allowed 20 times a day."""

Fetch = Callable[[bool], tuple[str, int]]
"""Gets a token from WeChat (`True`: force a new one); returns it and the seconds it lives."""


class Tokens:
    """`stable_token` gives every caller the same token while it is good, so two processes that both
    ask do no harm; threads of one process wait for one another, so 50 of them ask once."""

    def __init__(self, database: Database, appid: str, fetch: Fetch) -> None:
        self._database = database
        self._name = f"wechat_token:{appid}"[:64]
        self._forced = f"wechat_forced:{appid}"[:64]
        self._fetch = fetch
        self._lock = threading.Lock()
        self._held: tuple[str, datetime] | None = None

    def get(self) -> str:
        """A token that is good as far as we know. Raises `ApiError`."""
        held = self._held
        if held and held[1] > datetime.now(UTC):
            return held[0]
        with self._lock:
            return self._stored() or self._renew(force=False)

    def replace(self, bad: str) -> str:
        """Another token than `bad`, which WeChat refused. Raises `ApiError`."""
        with self._lock:
            stored = self._stored()
            if stored and stored != bad:
                return stored
            token = self._renew(force=False)
            if token == bad and self._may_force():
                token = self._renew(force=True)
            return token

    def _stored(self) -> str | None:
        with self._database.read() as session:
            row = session.get(Secret, self._name)
            self._held = (row.value, row.expires) if row and _good(row) else None
            return self._held[0] if self._held else None

    def _renew(self, *, force: bool) -> str:
        token, seconds = self._fetch(force)
        lives = timedelta(seconds=seconds)
        # A short-lived one is used for half its life rather than asked for again at every call.
        expires = datetime.now(UTC) + max(lives - EARLY, lives / 2)
        try:
            with self._database.begin() as session:
                _put(session, self._name, token, expires)
        except IntegrityError:
            # The very first one, in another process in the same moment; WeChat gave both the same.
            log.debug("访问令牌别处已存")
        self._held = (token, expires)
        return token

    def _may_force(self) -> bool:
        try:
            with self._database.begin() as session:
                row = session.get(Secret, self._forced, with_for_update=True)
                if row and _good(row):
                    return False
                _put(session, self._forced, "", datetime.now(UTC) + FORCE_EVERY)
                return True
        except IntegrityError:
            return False


def _good(row: Secret) -> bool:
    return row.expires > datetime.now(UTC)


def _put(session: Session, name: str, value: str, expires: datetime) -> None:
    row = session.get(Secret, name)
    if row is None:
        session.add(Secret(name=name, value=value, expires=expires))
    else:
        row.value, row.expires = value, expires
