"""Refusals in Open311's own error format: `[{"code": 403, "description": "…"}]`."""

from fastapi.requests import Request
from starlette.responses import Response

from bot.metrics import open311_rejected_total
from bot.outlets.open311.render import Data, Format, render
from bot.pages.words import say


class RequestError(Exception):
    """`reason` names the text in `desk.yaml` under `open311.errors`, and the metric's label."""

    def __init__(self, status: int, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.description = say(f"open311.errors.{reason}", **values)


async def answer_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)
    open311_rejected_total.labels(error.reason).inc()
    form = Format.XML if request.url.path.endswith(".xml") else Format.JSON
    entry: Data = {"code": error.status, "description": error.description}
    return render(form, "errors", [entry], error.status)
