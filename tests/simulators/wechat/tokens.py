"""`stable_token`: one token for everybody, renewed early; forced renewal 20 times a day."""

import secrets
import threading
from dataclasses import dataclass

from tests.simulators.wechat.clock import Clock

LIFE = 7200
EARLY = 300
FORCED_A_DAY = 20
FORCED_APART = 30


@dataclass
class _Token:
    value: str
    expires: float
    revoked: bool = False


class TokenDesk:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: list[_Token] = []
        self._forced: list[float] = []
        self.asked = 0
        """How often anybody asked."""

    def stable(self, *, force: bool) -> tuple[str, int] | int:
        """Token and seconds left, or an error code."""
        now = self._clock.now()
        with self._lock:
            self.asked += 1
            current = self._tokens[-1] if self._tokens else None
            good = current is not None and not current.revoked and current.expires - now > EARLY
            if force:
                today = [at for at in self._forced if now - at < 86400]
                if len(today) >= FORCED_A_DAY:
                    return 45009
                if not today or now - today[-1] >= FORCED_APART:
                    self._forced = [*today, now]
                    for token in self._tokens:
                        token.revoked = True
                    good = False
            if not good:
                # The one before stays good until its own end: a renewal leaves no gap.
                current = _Token(secrets.token_urlsafe(90), now + LIFE)
                self._tokens.append(current)
            assert current is not None
            return current.value, int(current.expires - now)

    def revoke(self) -> None:
        """As if somebody else had forced a renewal: what is out there is no good any more."""
        with self._lock:
            for token in self._tokens:
                token.revoked = True

    def check(self, value: str) -> int:
        """0, or the error code a call with this token gets."""
        with self._lock:
            for token in self._tokens:
                if token.value == value:
                    if token.revoked:
                        return 40001
                    return 0 if token.expires > self._clock.now() else 42001
        return 40014
