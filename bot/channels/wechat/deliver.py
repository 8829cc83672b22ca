"""The outbox's `wechat_message`: a customer-service message."""

import logging
from typing import Any

from bot.channels.wechat.api import Api
from bot.channels.wechat.errors import ApiError, Policy
from bot.channels.wechat.texts import clean, split
from bot.followup.outcome import Deliver, GiveUp, Outcome, Retry, Sent

log = logging.getLogger(__name__)


def deliver(api: Api) -> Deliver:
    """The adapter for `{"openid", "text"}`."""
    said: dict[str, int] = {}

    def send(payload: dict[str, Any]) -> Outcome:
        openid, text = str(payload["openid"]), str(payload["text"])
        pieces = split(clean(text))
        # A long text that broke off goes on where it stopped, as long as this process lives.
        progress = f"{openid}\n{text}"
        for number, piece in enumerate(pieces):
            if number < said.get(progress, 0):
                continue
            try:
                api.send_text(openid, piece)
            except ApiError as error:
                return outcome_of(error)
            said[progress] = number + 1
        said.pop(progress, None)
        return Sent()

    return send


def outcome_of(error: ApiError) -> Outcome:
    """What the outbox does about an error of WeChat's, by the table in `errors.py`."""
    match error.policy:
        case Policy.STOP_USER:
            return GiveUp(str(error))
        case Policy.OUR_BUG:
            log.error("发不出去，是我们的错：%s", error)
            return GiveUp(str(error))
        case Policy.ALARM:
            log.error("请管理员处理：%s", error)
            return Retry(str(error))
        case _:
            return Retry(str(error))
