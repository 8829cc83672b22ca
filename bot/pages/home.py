"""`/`: who we are and how to reach us."""

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import HTMLResponse

from bot.pages.templates import page

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request) -> HTMLResponse:
    return page(request, "home.html")
