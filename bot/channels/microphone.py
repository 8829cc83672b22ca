"""`/try` and `WS /media`: the WeChat-like chat in a browser, with a hold-to-talk microphone.

Open only while residents could not reach it: it answers anybody, without asking who they are.
"""

import logging

from fastapi import APIRouter, HTTPException
from fastapi.requests import Request
from fastapi.responses import FileResponse, Response
from starlette.websockets import WebSocket

from bot.channels.chat import Chat, same_origin
from bot.channels.try_page import ASSETS, HERE, words
from bot.pages.templates import page
from bot.services import Services
from bot.settings import Settings

router = APIRouter(include_in_schema=False)
log = logging.getLogger(__name__)


def _is_open(settings: Settings) -> bool:
    if not settings.public_url or settings.is_local:
        return True
    log.warning(
        "/try 没有打开：LINSHENG_PUBLIC_URL 指向 %s，试用页只在本机开放；"
        "要试用请去掉这项设置，或设成 http://127.0.0.1:端口。",
        settings.public_url,
    )
    return False


@router.get("/try")
def chat_page(request: Request) -> Response:
    if not _is_open(Services.of(request).settings):
        raise HTTPException(404)
    return page(request, "try.html", t=words())


@router.get("/try/{name}")
def asset(request: Request, name: str) -> Response:
    if name not in ASSETS or not _is_open(Services.of(request).settings):
        raise HTTPException(404)
    return FileResponse(HERE / name, media_type=ASSETS[name])


@router.websocket("/media")
async def media(socket: WebSocket) -> None:
    services = Services.of(socket)
    if not _is_open(services.settings):
        await socket.close(4404)
        return
    if not same_origin(socket):
        log.warning("refused a media socket from another web page")
        await socket.close(4403)
        return
    await socket.accept()
    await Chat(socket, services).run()
