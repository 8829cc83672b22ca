"""`api.weixin.qq.com`: the calls an Official Account makes."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from voice.codecs import decode
from voice.sound import AudioError

if TYPE_CHECKING:
    from tests.simulators.wechat.simulator import WeChatSimulator

Take = Callable[[str, dict[str, str], str], int]
"""Openid, fields, key; gives WeChat's error code."""
LARGEST = 2048
"""Bytes of a text message."""
LARGEST_VOICE = 2 * 1024 * 1024
LONGEST_VOICE = 60.0
"""Seconds."""


def create_api(simulator: "WeChatSimulator") -> Starlette:
    async def stable_token(request: Request) -> Response:
        if wrong := await simulator.faults.strike("token", request):
            return wrong
        body = await _json(request)
        if body is None:
            return _error(47001)
        if body.get("grant_type") != "client_credential":
            return _error(40002)
        if body.get("appid") != simulator.account.appid:
            return _error(40013)
        if body.get("secret") != simulator.account.secret:
            return _error(40125)
        result = simulator.tokens.stable(force=body.get("force_refresh") is True)
        if isinstance(result, int):
            return _error(result)
        return JSONResponse({"access_token": result[0], "expires_in": result[1]})

    async def send(request: Request) -> Response:
        if wrong := await simulator.faults.strike("send", request):
            return wrong
        if code := simulator.tokens.check(request.query_params.get("access_token", "")):
            return _error(code)
        body = await _json(request)
        if body is not None and body.get("msgtype") == "voice":
            voice = body.get("voice")
            media_id = voice.get("media_id") if isinstance(voice, dict) else ""
            found = simulator.media.get(str(media_id))
            if found is None or not found.media_type.startswith("audio/"):
                return _error(40007)
            return _error(simulator.push(str(body.get("touser")), "", found.data))
        text = (body or {}).get("text")
        if body is None or body.get("msgtype") != "text" or not isinstance(text, dict):
            return _error(47001)
        content = str(text.get("content", ""))
        if not content:
            return _error(44004)
        if len(content.encode()) > LARGEST:
            return _error(45002)
        return _error(simulator.push(str(body.get("touser")), content))

    async def form(request: Request, name: str, take: Take) -> Response:
        """A message in a form's fields: what both kinds refuse, then `take`."""
        if wrong := await simulator.faults.strike(name, request):
            return wrong
        if code := simulator.tokens.check(request.query_params.get("access_token", "")):
            return _error(code)
        body = await _json(request) or {}
        data = body.get("data")
        if not isinstance(data, dict) or not data or not body.get("template_id"):
            return _error(47001)
        fields = {name: str(field.get("value", "")) for name, field in data.items()}
        if not all(_fits(name, value) for name, value in fields.items()):
            return _error(47003)
        return _error(take(str(body.get("touser")), fields, str(body.get("client_msg_id", ""))))

    async def template(request: Request) -> Response:
        return await form(request, "template", simulator.template)

    async def subscribed(request: Request) -> Response:
        return await form(
            request, "subscribed", lambda openid, fields, _: simulator.notify(openid, fields)
        )

    async def upload(request: Request) -> Response:
        if wrong := await simulator.faults.strike("upload", request):
            return wrong
        if code := simulator.tokens.check(request.query_params.get("access_token", "")):
            return _error(code)
        async with request.form() as form:
            file = form.get("media")
            if not isinstance(file, UploadFile) or request.query_params.get("type") != "voice":
                return _error(40004)
            data = await file.read()
        if len(data) > LARGEST_VOICE:
            return _error(40006)
        try:
            seconds = decode(data).seconds
        except AudioError:
            return _error(40005)
        if seconds > LONGEST_VOICE:
            return _error(45007)
        media_id = simulator.media.put(data, file.content_type or "")
        return JSONResponse({"type": "voice", "media_id": media_id, "created_at": 0})

    async def media(request: Request) -> Response:
        if wrong := await simulator.faults.strike("media", request):
            return wrong
        if code := simulator.tokens.check(request.query_params.get("access_token", "")):
            return _error(code)
        media_id = request.query_params.get("media_id", "")
        found = simulator.media.get(media_id)
        if found is None:
            return _error(40007)
        if found.media_type.startswith("video/"):
            return JSONResponse({"video_url": f"{simulator.api_base}/video/{media_id}"})
        return Response(found.data, media_type=found.media_type)

    async def video(request: Request) -> Response:
        found = simulator.media.get(request.path_params["media_id"])
        if found is None:
            return Response(status_code=404)
        return Response(found.data, media_type=found.media_type)

    return Starlette(
        routes=[
            Route("/cgi-bin/stable_token", stable_token, methods=["POST"]),
            Route("/cgi-bin/message/custom/send", send, methods=["POST"]),
            Route("/cgi-bin/message/template/send", template, methods=["POST"]),
            Route("/cgi-bin/message/subscribe/bizsend", subscribed, methods=["POST"]),
            Route("/cgi-bin/media/upload", upload, methods=["POST"]),
            Route("/cgi-bin/media/get", media),
            Route("/video/{media_id}", video),
        ]
    )


def _fits(name: str, value: str) -> bool:
    """The rules of 2023 for the kinds of field the tests use."""
    if name.startswith("thing"):
        return 0 < len(value) <= 20
    if name.startswith("phrase"):
        return 0 < len(value) <= 5
    if name.startswith("character_string"):
        return 0 < len(value) <= 32 and value.isascii()
    return bool(value)


async def _json(request: Request) -> dict[str, object] | None:
    try:
        body = json.loads(await request.body())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _error(code: int) -> Response:
    return JSONResponse({"errcode": code, "errmsg": "ok" if code == 0 else f"error {code}"})
