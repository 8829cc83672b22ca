"""`/healthz`: the process is alive; `/readyz`: which parts are ready; `/metrics`: counters."""

import shutil
from typing import TypedDict

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from bot.channels.asterisk.state import look
from bot.metrics import registry
from bot.services import Services
from bot.settings import Settings

router = APIRouter()

ROOM = 200 * 1024 * 1024
"""Bytes that must be free in the data folder: sound is written before it is recognised, and ten
calls of half an hour need 290 MB at 16 kB/s; below 200 MB it is time to act."""


class Part(TypedDict):
    ready: bool
    essential: bool
    detail: str


@router.get("/healthz", response_model=dict[str, str])
def healthz() -> dict[str, str]:
    """The process answers. Nothing else is looked at."""
    return {"status": "alive"}


@router.get("/readyz")
def readyz(services: Services = Depends(Services.of)) -> JSONResponse:
    """Each part: `ready`, `essential`, `detail`. 503 when an essential part is not ready."""
    parts = {
        "database": _database(services),
        "storage": _storage(services),
        "hearing": _engine(services.recogniser, essential=True),
        "speaking": _engine(services.synthesiser, essential=True),
        "phone": _optional(services.settings.embedded_sip),
        "asterisk": _asterisk(services.settings),
        "wechat": _optional(services.settings.wechat_appid),
    }
    ready = all(part["ready"] for part in parts.values() if part["essential"])
    return JSONResponse({"ready": ready, "parts": parts}, 200 if ready else 503)


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _database(services: Services) -> Part:
    try:
        with services.database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except Exception as error:  # whatever it is, the answer is "not ready"
        # The type only: drivers put addresses and passwords into their messages.
        return {"ready": False, "essential": True, "detail": type(error).__name__}
    return {"ready": True, "essential": True, "detail": services.database.engine.dialect.name}


def _storage(services: Services) -> Part:
    try:
        free = shutil.disk_usage(services.settings.home).free
    except OSError as error:
        return {"ready": False, "essential": True, "detail": error.strerror or "unreadable"}
    return {"ready": free > ROOM, "essential": True, "detail": f"{free // 2**20} MB free"}


def _engine(engine: object, *, essential: bool) -> Part:
    name = getattr(engine, "name", type(engine).__name__)
    return {"ready": engine is not None, "essential": essential, "detail": str(name)}


def _asterisk(settings: Settings) -> Part:
    if not settings.asterisk_ari_url:
        return _optional("")
    state = look(settings)
    return {"ready": state.answered, "essential": False, "detail": state.sentence}


def _optional(value: str) -> Part:
    return {"ready": bool(value), "essential": False, "detail": value or "not configured"}
