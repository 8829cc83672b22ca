"""WeChat's servers as far as an Official Account sees them, honest about their limits and moods."""

from tests.simulators.wechat.account import Account
from tests.simulators.wechat.faults import Drop, ErrCode, Hang, Html, Status
from tests.simulators.wechat.simulator import WeChatSimulator
from tests.simulators.wechat.user import Received, User

__all__ = [
    "Account",
    "Drop",
    "ErrCode",
    "Hang",
    "Html",
    "Received",
    "Status",
    "User",
    "WeChatSimulator",
]
