"""A client of GeoReport v2: files our tickets with another server and asks how they stand.

Specification: https://wiki.open311.org/GeoReport_v2.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal
from urllib.parse import quote, urlencode

from bot.followup.outcome import GiveUp, Retry
from bot.outlets.exchange import Answer, exchange
from bot.outlets.open311.parse import ParseError, parse
from bot.outlets.open311.request_view import w3
from bot.outlets.protocol import Message, Receipt
from bot.pages.words import say

Entry = dict[str, str]

_BATCH = 50
"""Numbers in one question, so that the address stays below 2,000 characters."""


class Open311Client:
    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        jurisdiction_id: str = "",
        form: Literal["json", "xml"] = "json",
        services: dict[str, str] | None = None,
    ) -> None:
        """services: our category to their `service_code`, with `default`; empty: the same codes."""
        self._url = url
        self._api_key = api_key
        self._jurisdiction = {"jurisdiction_id": jurisdiction_id} if jurisdiction_id else {}
        self._form = form
        self._services = services or {}

    def send(self, message: Message) -> Receipt | Retry | GiveUp:
        """File the ticket. GeoReport v2 cannot change a request, so of one that was filed already
        nothing is sent."""
        if message.foreign_id:
            return Receipt()
        if message.foreign_token:
            return self.number_for(message.foreign_token)
        if message.again:
            found = self._filed_before(message)
            if not isinstance(found, Receipt) or found.foreign_id:
                return found
        fields = self._fields(message)
        if isinstance(fields, GiveUp):
            return fields
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "Idempotency-Key": message.id,
        }
        body = urlencode({**fields, **self._jurisdiction, "api_key": self._api_key}).encode()
        answer = exchange("POST", self._path("requests"), content=body, headers=headers)
        return self._receipt(answer)

    def stand(self, numbers: Sequence[str]) -> list[Entry] | Retry | GiveUp:
        """How these requests stand: `service_request_id`, `status`, `status_notes`, …"""
        found: list[Entry] = []
        for start in range(0, len(numbers), _BATCH):
            wanted = ",".join(numbers[start : start + _BATCH])
            entries = self._get("requests", service_request_id=wanted)
            if not isinstance(entries, list):
                return entries
            found += entries
        return found

    def _fields(self, message: Message) -> dict[str, str] | GiveUp:
        record = message.record
        category = str(record["category"])
        code = self._services.get(category) or self._services.get("default")
        if self._services and not code:
            return GiveUp(f"profile 的 services 里没有 {category}，也没有 default")
        words = record.get("description") or record["category_name"]
        fields = {
            "service_code": code or category,
            # The marker finds the request again when an answer was lost on its way.
            "description": f"{words} {_marker(record)}"[:4000],
            "address_string": str(record["place"] or record["community"])[:200],
            "address_id": str(record["place_id"]),
            "phone": str(record.get("phone", "")),
            "first_name": str(record.get("name", "")),
            "media_url": str(record.get("link", "")),
        }
        return {name: value for name, value in fields.items() if value}

    def _filed_before(self, message: Message) -> Receipt | Retry | GiveUp:
        """The request an earlier attempt made, if it did arrive; an empty receipt if not."""
        entries = self._get("requests", start_date=w3(message.created - timedelta(days=1)))
        if isinstance(entries, Retry):
            return entries
        if isinstance(entries, GiveUp):
            return Receipt()  # a server that lists nothing: file it
        marker = _marker(message.record)
        for entry in entries:
            if marker in entry.get("description", "") and entry.get("service_request_id"):
                return Receipt(foreign_id=entry["service_request_id"])
        return Receipt()

    def number_for(self, token: str) -> Receipt | Retry | GiveUp:
        """The number a token was given for, from a server that makes numbers later."""
        entries = self._get(f"tokens/{quote(token, safe='')}")
        if not isinstance(entries, list):
            return entries
        number = next((e["service_request_id"] for e in entries if e.get("service_request_id")), "")
        return Receipt(foreign_id=number) if number else Retry("对方还没有给出编号", 60.0)

    def _receipt(self, answer: Answer | Retry | GiveUp) -> Receipt | Retry | GiveUp:
        if not isinstance(answer, Answer):
            return answer
        try:
            entries = parse(answer.body, answer.headers.get("content-type", ""))
        except ParseError as error:
            return Retry(f"看不懂对方的回答（{error}）：{answer.text}")
        entry = entries[0] if entries else {}
        number, token = entry.get("service_request_id", ""), entry.get("token", "")
        if not (number or token):
            return Retry(f"对方的回答里没有编号：{answer.text}")
        notice = entry.get("service_notice", "")
        return Receipt(notice, number, "" if number else token)

    def _get(self, path: str, **params: str) -> list[Entry] | Retry | GiveUp:
        asked = {**params, **self._jurisdiction, "api_key": self._api_key}
        answer = exchange("GET", self._path(path), params=asked)
        if not isinstance(answer, Answer):
            return answer
        try:
            return parse(answer.body, answer.headers.get("content-type", ""))
        except ParseError as error:
            return Retry(f"看不懂对方的回答（{error}）：{answer.text}")

    def _path(self, name: str) -> str:
        return f"{self._url}/{name}.{self._form}"


def _marker(record: dict[str, object]) -> str:
    return say("outlets.marker", number=record["number"], community=record["community"])
