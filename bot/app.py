"""The web application: every page, callback and interface over one set of services."""

from importlib import import_module

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.sessions import SessionMiddleware

from bot import health
from bot.channels.wechat import callback as wechat
from bot.desk import router as desk
from bot.desk.signed import COOKIE, session_key
from bot.outlets.open311 import router as open311
from bot.pages import board, docs, errors, home, ticket
from bot.pages.guard import Guard
from bot.pages.templates import STATIC
from bot.services import Services

HOURS = 12
"""How long a sign-in lasts: one long shift."""


def create_app(services: Services) -> FastAPI:
    """Builds the application; starts nothing. `app.state.services` holds what handlers use."""
    app = FastAPI(title="邻声 Linsheng", version="1", docs_url=None, redoc_url=None)
    app.state.services = services
    errors.install(app)
    # First, for routes are tried in order, and nothing comes as often.
    app.include_router(wechat.router)
    open311.install(app)
    desk.install(app)
    app.add_middleware(
        SessionMiddleware,
        secret_key=session_key(services),
        session_cookie=COOKIE,
        max_age=HOURS * 3600,
        path="/desk",
        same_site="lax",
        https_only=services.settings.base_url.startswith("https://"),
    )
    app.add_middleware(Guard)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in (health.router, home.router, ticket.router, board.router, docs.router):
        app.include_router(router)
    for name in (
        "bot.channels.microphone",
        "bot.outlets.callback",
        "bot.sources.router",
    ):
        app.include_router(import_module(name).router)
    return app
