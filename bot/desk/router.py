"""Everything under `/desk`; nothing of it belongs into the public OpenAPI description."""

from fastapi import FastAPI

from bot.desk import (
    alerts,
    change,
    duty,
    figures,
    listing,
    live,
    merge,
    outlets,
    preview,
    recordings,
    report,
    sign_in,
    slip,
    ticket_page,
    voices,
)
from bot.desk.signed import NotSignedIn, answer_not_signed_in


def install(app: FastAPI) -> None:
    app.add_exception_handler(NotSignedIn, answer_not_signed_in)
    for part in (
        sign_in,
        listing,
        live,
        slip,
        ticket_page,
        change,
        duty,
        merge,
        alerts,
        outlets,
        figures,
        preview,
        recordings,
        report,
        voices,
    ):
        app.include_router(part.router, prefix="/desk", include_in_schema=False)
