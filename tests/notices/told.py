"""A desk that changes tickets, and residents who are told."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from bot.channels.wechat.api import Api
from bot.channels.wechat.budget import refill
from bot.channels.wechat.message import Message
from bot.followup.dispatcher import Dispatcher
from bot.notices.profile import NoticeRules
from bot.notices.said import Said, compose
from bot.notices.tell import Tell
from bot.notices.ways import Caller, ladder
from bot.services import Services
from bot.storage.tables import Notice, Outgoing, Ticket, TicketEvent
from bot.tickets.change import change_state
from bot.tickets.notice import NOTICE
from tests.simulators.wechat import WeChatSimulator
from tests.simulators.wechat.user import User
from tests.support.services import Clock
from tests.support.talking import caller, follower

LAMP = "三幢二单元楼道灯坏了"


class Told:
    def __init__(self, services: Services, sim: WeChatSimulator, clock: Clock) -> None:
        self.services, self.sim, self.clock = services, sim, clock

    def user(self) -> User:
        """Somebody who wrote just now, and whom nobody has heard of before."""
        user = self.sim.user(f"o{uuid4().hex}")
        self.writes(user)
        return user

    def writes(self, user: User, event: str = "") -> None:
        """Both sides' accounts are filled anew."""
        kind = "event" if event else "text"
        now = datetime.now(UTC)
        message = Message(
            openid=user.openid, account="gh", kind=kind, event=event, created=int(now.timestamp())
        )
        (user.quota.touched if event else user.quota.wrote)()
        database = self.services.database
        with database.begin() as session:
            refill(session, database.box, [message], now)

    def reports(self, user: User, text: str = LAMP) -> str:
        ticket = follower(self.services, user.openid).says(text).ticket
        assert ticket
        assert ticket.state == "open"
        return ticket.number

    def calls_in(self, phone: str) -> str:
        call = caller(self.services, phone)
        call.says(LAMP)
        ticket = call.says("对").ticket
        assert ticket
        assert ticket.state == "open"
        return ticket.number

    def changes(self, number: str, *states: str, note: str = "") -> None:
        for state in states:
            with self.services.database.begin() as session:
                change_state(session, number, state, "王师傅", note)

    def deliver(
        self,
        caller: Caller | None = None,
        api: Api | None = None,
        *,
        once: bool = False,
        **rules: Any,
    ) -> None:
        """Until nothing is due any more, however long it would have waited.

        once: one look at what waits, for what somebody else is at.
        """
        settings, database = self.services.settings, self.services.database
        chosen = NoticeRules.model_validate(rules)
        rungs = ladder(chosen, api or Api(settings, database), caller)
        dispatcher = Dispatcher(database, {NOTICE: Tell(database, chosen, rungs)})
        for _ in range(30):
            with database.begin() as session:
                for row in session.scalars(select(Outgoing).where(Outgoing.state == "waiting")):
                    row.due = datetime.now(UTC)
            if not dispatcher.once() or once:
                return
        raise AssertionError("it never ends")

    def said(self) -> Said:
        """All that waits, as a way of telling gets it."""
        wording = self.services.wording
        with self.services.database.read() as session:
            return compose(session, list(session.scalars(select(Notice))), wording.label)

    def attempts(self, number: str) -> list[tuple[str, bool]]:
        """As the ticket's history shows them."""
        with self.services.database.read() as session:
            query = select(TicketEvent).join(Ticket).where(
                Ticket.number == number, TicketEvent.kind == "told"
            )  # fmt: skip
            events = session.scalars(query.order_by(TicketEvent.id))
            return [(event.data["way"], event.data["reached"]) for event in events]

    def ticket(self, number: str) -> Ticket:
        with self.services.database.read() as session:
            return session.scalars(select(Ticket).where(Ticket.number == number)).one()

    def states(self) -> list[str]:
        with self.services.database.read() as session:
            return list(session.scalars(select(Notice.state).order_by(Notice.id)))
