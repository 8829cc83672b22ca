"""The ladder's rungs: WeChat's three kinds of message, a call, a text message."""

import logging
import re
from typing import Protocol

from jinja2 import TemplateError

from bot.channels.wechat.api import Api
from bot.channels.wechat.deliver import outcome_of
from bot.channels.wechat.errors import ApiError
from bot.channels.wechat.texts import clean, split
from bot.followup.outcome import GiveUp, Outcome, Retry, Sent
from bot.notices.profile import NoticeRules, Template, TextMessages, render
from bot.notices.said import Rung, Said
from bot.outlets.exchange import exchange

log = logging.getLogger(__name__)

_MOBILE = re.compile(r"1[3-9]\d{9}")


class WechatMessage:
    """A customer-service message, while WeChat's window is open and its budget lasts."""

    name = "wechat"

    def __init__(self, api: Api) -> None:
        self._api = api

    def reaches(self, said: Said) -> bool:
        return bool(said.openid)

    def tell(self, said: Said) -> Outcome:
        try:
            # What needs no answer leaves the last message for what does.
            self._api.send_text(said.openid, split(clean(said.text))[0], keep=0 if said.must else 1)
        except ApiError as error:
            return outcome_of(error)
        return Sent()


class WechatTemplate:
    """A template message: needs no window, says little, leads to the page."""

    name = "template"

    def __init__(self, api: Api, template: Template) -> None:
        self._api, self._template = api, template

    def reaches(self, said: Said) -> bool:
        return bool(said.openid)

    def tell(self, said: Said) -> Outcome:
        values = {**said.values, "text": said.short, "phone": "", "key": said.key}
        try:
            fields = {k: render(source, values) for k, source in self._template.fields.items()}
            self._send(said, fields)
        except TemplateError as error:
            return GiveUp(f"模板消息的写法有误：{error}")
        except ApiError as error:
            return outcome_of(error)
        return Sent()

    def _send(self, said: Said, fields: dict[str, str]) -> None:
        self._api.send_template(said.openid, self._template.id, fields, said.url, said.key)


class WechatSubscribed(WechatTemplate):
    """A subscription notice, which WeChat puts in place of template messages: reaches whoever
    agreed to one and has not had it yet. Only WeChat knows who that is; others are told by the next
    way."""

    name = "subscribed"

    def _send(self, said: Said, fields: dict[str, str]) -> None:
        self._api.send_subscribed(said.openid, self._template.id, fields, said.url)


class Caller(Protocol):
    """Whatever sees to it that somebody is called. `NotYet`: it is under way."""

    def call(self, said: Said) -> Outcome: ...


class ConsoleCaller:
    """Calls nobody: writes down that it would have. For trying the ladder out."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[str, ...]]] = []

    def call(self, said: Said) -> Outcome:
        self.calls.append((said.phone, said.speech))
        log.info("要打给尾号 %s：%s", said.phone[-4:], "".join(said.speech))
        return Sent()


class PhoneCall:
    """Only those who agreed are called (facts: consent is taken, and refusals are honoured)."""

    name = "call"

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def reaches(self, said: Said) -> bool:
        return bool(said.phone) and said.may_call

    def tell(self, said: Said) -> Outcome:
        return self._caller.call(said)


class TextMessage:
    name = "sms"

    def __init__(self, gateway: TextMessages) -> None:
        """Raises `Failure` when the secret the profile names is not there."""
        self._gateway = gateway
        self._headers = {"Content-Type": "application/json", **gateway.headers}
        if gateway.secret:
            self._headers["Authorization"] = f"Bearer {gateway.secret.read('notices.sms')}"

    def reaches(self, said: Said) -> bool:
        return _MOBILE.fullmatch(said.phone) is not None and said.must

    def tell(self, said: Said) -> Outcome:
        values = {**said.values, "text": said.short, "phone": said.phone, "key": said.key}
        try:
            body = render(self._gateway.body, values).encode()
        except TemplateError as error:
            return GiveUp(f"短信的写法有误：{error}")
        headers = {**self._headers, "Idempotency-Key": said.key}
        answer = exchange("POST", self._gateway.url, content=body, headers=headers)
        if isinstance(answer, Retry | GiveUp):
            return answer
        if self._gateway.accepted and not re.search(self._gateway.accepted, answer.body.decode()):
            return GiveUp(f"短信网关没有收下：{answer.text}")
        return Sent()


def ladder(rules: NoticeRules, api: Api | None, caller: Caller | None = None) -> tuple[Rung, ...]:
    """Those there are, in order. What none of them reaches is a person's task. Raises `Failure`."""
    rungs: list[Rung] = []
    if api:
        rungs.append(WechatMessage(api))
    if api and rules.template:
        rungs.append(WechatTemplate(api, rules.template))
    if api and rules.subscribed:
        rungs.append(WechatSubscribed(api, rules.subscribed))
    if caller:
        rungs.append(PhoneCall(caller))
    if rules.sms:
        rungs.append(TextMessage(rules.sms))
    return tuple(rungs)
