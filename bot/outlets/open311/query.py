"""The filters of `GET requests`, checked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, select

from bot.outlets.open311.request_error import RequestError
from bot.outlets.open311.status import CLOSED, OPEN
from bot.storage.tables import Ticket

SPAN = timedelta(days=90)
MOST = 1000
"""“A span of 90 days or first 1000 requests returned, whichever is smallest” (GeoReport v2)."""


@dataclass(frozen=True)
class Query:
    numbers: tuple[str, ...]
    codes: tuple[str, ...]
    states: tuple[str, ...]
    start: datetime
    end: datetime
    offset: int
    limit: int

    @classmethod
    def parse(
        cls,
        *,
        service_request_id: str,
        service_code: str,
        start_date: str,
        end_date: str,
        status: str,
        page: str,
        page_size: str,
        codes: Collection[str],
    ) -> "Query":
        """Raises `RequestError` 400 or 404 for a value nothing can be found by."""
        wanted = _parts(service_code)
        for code in wanted:
            if code not in codes:
                raise RequestError(404, "service_code", code=code[:40])
        states: tuple[str, ...] = ()
        for word in _parts(status) or ("open", "closed"):
            if word not in ("open", "closed"):
                raise RequestError(400, "status")
            states += OPEN if word == "open" else CLOSED
        start, end = _range(_instant("start_date", start_date), _instant("end_date", end_date))
        size = _number("page_size", page_size, MOST, MOST)
        return cls(
            numbers=_parts(service_request_id)[:MOST],
            codes=wanted,
            states=states,
            start=start,
            end=end,
            offset=(_number("page", page, 1, 1_000_000) - 1) * size,
            limit=size,
        )

    def select(self) -> Select[Ticket]:
        newest = select(Ticket).order_by(Ticket.created.desc(), Ticket.number).limit(self.limit)
        if self.numbers:
            return newest.where(Ticket.number.in_(self.numbers), Ticket.state.in_(OPEN + CLOSED))
        newest = newest.where(
            Ticket.state.in_(self.states),
            Ticket.created >= self.start,
            Ticket.created <= self.end,
        ).offset(self.offset)
        return newest.where(Ticket.category.in_(self.codes)) if self.codes else newest


def _parts(text: str) -> tuple[str, ...]:
    cleaned = (part.strip().replace("\x00", "") for part in text.split(","))
    return tuple(part for part in cleaned if part)


def _instant(field: str, text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        # A "+" in a query string arrives as a space unless it was escaped; nobody escapes it.
        at = datetime.fromisoformat(text.strip().replace(" ", "+"))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise RequestError(400, "date", field=field) from None


def _range(start: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    """Both ends; a missing one lies 90 days from the other, or the last 90 days if both miss."""
    try:
        if start is None:
            end = end or datetime.now(UTC) + timedelta(minutes=1)
            return end - SPAN, end
        end = end or start + SPAN
    except OverflowError:
        raise RequestError(400, "range") from None
    if not timedelta(0) <= end - start <= SPAN:
        raise RequestError(400, "range")
    return start, end


def _number(field: str, text: str, default: int, most: int) -> int:
    if not text.strip():
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 0 < int(text) <= most):
        raise RequestError(400, "number", field=field, most=most)
    return int(text)
