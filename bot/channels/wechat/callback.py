"""`GET|POST /wechat`: where WeChat reaches us. Never a 500: it would read that as a fault of ours
and show the resident a banner, and an attacker would learn something."""

import asyncio
import logging
import time
from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect
from wechatpy.replies import TextReply

from bot.channels.wechat.envelope import Envelope, Opened
from bot.channels.wechat.message import Message, parse
from bot.channels.wechat.reception import BUDGET, Reception
from bot.channels.wechat.rejected import Rejected
from bot.channels.wechat.signature import Once
from bot.channels.wechat.texts import clean
from bot.services import Services

log = logging.getLogger(__name__)
router = APIRouter()

LIMIT = 256 * 1024
"""Bytes of a callback. The longest text is 2 kB; encrypted, with all fields, under 10 kB."""
SLOWEST = 3.0
"""Seconds a body may take to arrive."""


class _Door:
    """What one application needs to answer; made at the first callback."""

    def __init__(self, services: Services) -> None:
        self.envelope = Envelope(services.settings)
        self.reception = Reception(services)
        self.once = Once()
        if not self.envelope.is_safe:
            log.warning("微信回调没有设 LINSHENG_WECHAT_AES_KEY，消息不加密：只适合试用。")


async def _door(request: Request, services: Services = Depends(Services.of)) -> _Door | None:
    """None when no account is configured. A coroutine, so that two first requests cannot make
    two doors."""
    if not services.settings.wechat_appid:
        return None
    state = request.app.state
    if not hasattr(state, "wechat"):
        state.wechat = _Door(services)
    door: _Door = state.wechat
    return door


@router.get("/wechat", include_in_schema=False)
async def check_url(request: Request, door: _Door | None = Depends(_door)) -> Response:
    """WeChat's check of the address, when the owner of the account saves it."""
    if door is None:
        return _not_configured()
    try:
        return PlainTextResponse(door.envelope.check_url(request.query_params))
    except Rejected as rejected:
        return _refuse(rejected)


@router.post("/wechat", include_in_schema=False)
async def receive(request: Request, door: _Door | None = Depends(_door)) -> Response:
    """One message or event."""
    if door is None:
        return _not_configured()
    deadline = asyncio.get_running_loop().time() + BUDGET
    try:
        opened = door.envelope.open(request.query_params, await _body(request))
        message = parse(opened.xml)
        if opened.crypto is None:
            door.once.check(request.query_params["signature"], message.key)
        signed = datetime.fromtimestamp(int(request.query_params["timestamp"]), UTC)
        reply = await door.reception.take(message, signed, deadline)
    except Rejected as rejected:
        return _refuse(rejected)
    except Exception:  # not stored, so not ours yet: WeChat sends it again in a moment
        log.exception("微信消息存不下，请微信重发")
        return PlainTextResponse("busy", 503)
    return Response(
        _render(opened, message, reply.text) if reply.text else "success",
        media_type="text/xml" if reply.text else "text/plain",
        background=BackgroundTask(door.reception.replied, message, reply),
    )


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(SLOWEST):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LIMIT:
                    raise Rejected(413, "too_large")
    except TimeoutError:
        raise Rejected(400, "slow") from None
    except ClientDisconnect:
        raise Rejected(400, "malformed") from None
    return bytes(body)


def _render(opened: Opened, message: Message, text: str) -> str:
    reply = TextReply(
        source=message.account, target=message.openid, content=clean(text), time=int(time.time())
    )
    return opened.seal(reply.render())


def _refuse(rejected: Rejected) -> Response:
    log.info("微信回调拒绝：%s", rejected.reason)
    return PlainTextResponse(rejected.reason, rejected.status)


def _not_configured() -> Response:
    log.warning(
        "有人访问 /wechat，但没有配置公众号："
        "请设 LINSHENG_WECHAT_APPID、_SECRET、_TOKEN 和 _AES_KEY。"
    )
    return PlainTextResponse("wechat is not configured", 404)
