"""What to do about each of WeChat's error codes; the only place that knows them."""

from enum import Enum, auto


class Policy(Enum):
    REFRESH = auto()
    """The access token is no longer good: get another and try once more."""
    RETRY = auto()
    """Busy or unreachable: the same again, later."""
    STOP_USER = auto()
    """This resident cannot be reached this way now: unfollowed, window closed, budget used up."""
    ALARM = auto()
    """The operator must act (address list, secret, permissions, daily limit); then try again."""
    OUR_BUG = auto()
    """What we sent is wrong: sending it again cannot help."""


_POLICIES = {
    Policy.REFRESH: (40001, 40014, 42001),
    Policy.RETRY: (-1, 45011),
    Policy.STOP_USER: (43004, 43019, 43101, 45015, 45047, 48002),
    Policy.ALARM: (45009, 48001, 40164, 40125, 50002, 40013, 40243, 89503, 89506, 89507),
    Policy.OUR_BUG: (40003, 40007, 44004, 45002, 47001, 47003),
}
_BY_CODE = {code: policy for policy, codes in _POLICIES.items() for code in codes}

WINDOW_CLOSED, BUDGET_SPENT = 45015, 45047

MEDIA_GONE = 40007
"""Also what an expired media id gets, three days after it came."""


def policy(code: int) -> Policy:
    """A code nobody listed is for the operator to look at.

    >>> policy(45047).name, policy(99999).name
    ('STOP_USER', 'ALARM')
    """
    return _BY_CODE.get(code, Policy.ALARM)


class ApiError(Exception):
    """WeChat refused, or could not be understood or reached (then `code` is -1)."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"微信接口 {code}: {message[:200]}")
        self.code = code
        self.policy = policy(code)
