"""`/docs`: the OpenAPI description as a plain page, without scripts from elsewhere."""

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import HTMLResponse

from bot.pages.templates import page

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    return page(request, "docs.html", schema=request.app.openapi())
