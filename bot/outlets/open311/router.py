from fastapi import FastAPI

from bot.outlets.open311 import catalogue, create, requests
from bot.outlets.open311.request_error import RequestError, answer_error


def install(app: FastAPI) -> None:
    """Adds the routes and Open311's own form of errors."""
    app.add_exception_handler(RequestError, answer_error)
    for router in (catalogue.router, requests.router, create.router):
        app.include_router(router, prefix="/open311/v2", tags=["Open311 GeoReport v2"])
