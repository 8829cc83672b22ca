"""The tickets as any outside system sees them."""

from typing import Any

import httpx


def requests(url: str) -> list[dict[str, Any]]:
    """Every public service request, newest first."""
    answer = httpx.get(f"{url}/open311/v2/requests.json", timeout=10)
    answer.raise_for_status()
    listed: list[dict[str, Any]] = answer.json()
    return listed


def request(url: str, number: str) -> dict[str, Any] | None:
    """The one with this ticket number, or None."""
    return next((r for r in requests(url) if str(r["service_request_id"]) == number), None)
