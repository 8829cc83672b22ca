"""A whole web application over a real database, and hands to use it with."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from bot.dialogue.answer import Inbound
from bot.residents.staff import add_staff
from bot.services import Services
from bot.storage.tables import Recording, Resident, Staff, Ticket, TicketEvent
from flows.channel import Channel
from flows.heard import HeardKind
from flows.report import Category, Place, Report
from flows.ticket_number import ticket_number

_serial = count(10000)


@dataclass
class Site:
    services: Services
    client: TestClient
    passwords: dict[str, str] = field(default_factory=dict)

    def ticket(self, **changed: Any) -> Ticket:
        """A filed report of a dark stairwell, with `changed` columns."""
        now = datetime.now(UTC) - timedelta(minutes=5)
        words = changed.get("description", "楼道里的灯坏了，黑漆漆的")
        report = Report(
            words=(words,),
            category=Category(code="lighting", confidence=0.9, top=("lighting", "power", "road")),
            place=Place(text="和睦新村3幢2单元", id="hm/3/2", confidence=0.9),
            phone="13800001234",
            name="王秀英",
        )
        columns: dict[str, Any] = {
            "id": secrets.token_hex(16),
            "number": ticket_number(next(_serial)),
            "token": secrets.token_urlsafe(32),
            "state": "open",
            "channel": "phone",
            "category": "lighting",
            "place_id": "hm/3/2",
            "place": "和睦新村3幢2单元",
            "description": words,
            "phone": "13800001234",
            "name": "王秀英",
            "report": report.model_dump(mode="json"),
            "organisation": "wy",
            "created": now,
            "updated": now,
        }
        row = Ticket(**{**columns, **changed})
        event = TicketEvent(ticket_id=row.id, at=now, actor="resident", kind="filed", data={})
        with self.services.database.begin() as session:
            session.add(row)
            session.flush()
            session.add(event)
        return row

    def wechat_ticket(self, openid: str, **changed: Any) -> Ticket:
        """A ticket of somebody who reported through WeChat."""
        now = datetime.now(UTC)
        resident = Resident(
            id=secrets.token_hex(16),
            channel="wechat",
            address_hash=secrets.token_hex(32),
            address=openid,
            created=now,
            seen=now,
        )
        with self.services.database.begin() as session:
            session.add(resident)
        return self.ticket(channel="wechat", resident_id=resident.id, **changed)

    def account(self, name: str, role: str, organisation: str = "") -> str:
        """A new account; returns its one-time password."""
        return add_staff(self.services.database, name, role, organisation)

    def sign_in(self, role: str, name: str = "小陈", organisation: str = "") -> None:
        """A new account, signed in, past its first password."""
        self.passwords[name] = self.account(name, role, organisation)
        with self.services.database.begin() as session:
            session.query(Staff).filter_by(name=name).one().must_change = False
        answer = self.post(
            "/desk/sign-in", "/desk/sign-in", name=name, password=self.passwords[name]
        )
        assert answer.url.path == "/desk"

    @property
    def app(self) -> FastAPI:
        assert isinstance(self.client.app, FastAPI)
        return self.client.app

    def report(self, words: str) -> Ticket:
        """A ticket from a real conversation by WeChat, in one turn."""
        answer = self.services.dialogue.take(
            Inbound(
                channel=Channel.WECHAT,
                address=secrets.token_hex(8),
                key=secrets.token_hex(8),
                kind=HeardKind.TEXT,
                text=words,
            )
        )
        assert answer.ticket is not None
        with self.services.database.read() as session:
            return session.query(Ticket).filter_by(number=answer.ticket.number).one()

    def now(self, ticket: Ticket) -> Ticket:
        """The ticket as it stands in the database."""
        with self.services.database.read() as session:
            return session.get_one(Ticket, ticket.id)

    def events(self, ticket: Ticket) -> list[TicketEvent]:
        with self.services.database.read() as session:
            found = session.query(TicketEvent).filter_by(ticket_id=ticket.id)
            return list(found.order_by(TicketEvent.id))

    def recording(self, ticket: Ticket, data: bytes, media_type: str) -> str:
        """A recording attached to the ticket's report; returns its id."""
        recording_id = self.services.recordings.store(data, media_type)
        with self.services.database.begin() as session:
            row = session.get_one(Ticket, ticket.id)
            row.report = {**row.report, "attachments": [recording_id]}
            assert session.get(Recording, recording_id)
        return recording_id

    def form(self, path: str, action: str = "") -> dict[str, str]:
        """The hidden fields of the form on `path` that posts to `action` (the first form if "")."""
        return hidden(self.client.get(path).text, action)

    def post(self, page: str, action: str, **fields: str) -> Response:
        """Fill in the form on `page` that posts to `action`, and send it; redirects followed."""
        answer: Response = self.client.post(action, data={**self.form(page, action), **fields})
        return answer


def hidden(html: str, action: str = "") -> dict[str, str]:
    for form in re.findall(r"<form\b.*?</form>", html, re.DOTALL):
        if action and f'action="{action}"' not in form and f'formaction="{action}"' not in form:
            continue
        if not action and 'method="post"' not in form:
            continue
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    raise AssertionError(f"no form posts to {action or 'anything'}")
