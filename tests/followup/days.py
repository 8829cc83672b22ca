"""A community whose days pass when told to, with everything that comes due in them."""

import time
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.followup import timers
from bot.followup.act import act
from bot.followup.dispatcher import Dispatcher
from bot.services import Services
from bot.storage.tables import FollowUp, Ticket, TicketEvent
from bot.tickets.change import change_state
from bot.tickets.find import locked
from bot.tickets.follow import TIMER
from bot.tickets.told import told
from tests.support.services import Clock
from tests.support.talking import follower


class Days:
    """A community whose days pass when told to."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self.services, self.clock = services, clock

    def reports(self, text: str = "三幢二单元楼道灯坏了") -> str:
        ticket = follower(self.services).says(text).ticket
        assert ticket
        assert ticket.state == "open"
        return ticket.number

    def changes(self, number: str, state: str) -> None:
        with self.services.database.begin() as session:
            change_state(session, number, state, "王师傅")

    def tells(self, number: str) -> None:
        """Everything the resident waited for has reached them."""
        with self.services.database.begin() as session:
            ticket = locked(session, number)
            told(session, ticket, "system", ticket.state, "wechat", reached=True, reason="")

    def pass_to(self, at: datetime) -> None:
        """… and everything that is due has happened."""
        self.clock.at = at
        self.settle()

    def settle(self) -> None:
        """Timers go off in this thread, as DBOS would let them."""
        while True:
            with self.services.database.read() as session:
                late = select(FollowUp).where(FollowUp.stage != "", FollowUp.due <= self.clock())
                rows = list(session.scalars(late))
            if not rows:
                return
            for row in rows:
                with self.services.database.begin() as session:
                    act(session, row.ticket_id, row.stretch, row.stage)

    def history(self, number: str) -> list[str]:
        with self.services.database.read() as session:
            query = (
                select(TicketEvent.kind)
                .join(Ticket)
                .where(Ticket.number == number)
                .order_by(TicketEvent.id)
            )
            return list(session.scalars(query))

    def ticket(self, number: str) -> Ticket:
        with self.services.database.read() as session:
            return session.scalars(select(Ticket).where(Ticket.number == number)).one()


class DaysOnDbos(Days):
    """The same through the outbox and DBOS, which must be `running`."""

    def settle(self) -> None:
        dispatcher = Dispatcher(self.services.database, {TIMER: timers.deliver})
        for _ in range(200):
            handed = dispatcher.once()
            late = timers.catch_up(self.services.database, timedelta(0))
            if not handed and not late:
                return
            time.sleep(0.05)
        raise AssertionError("timers do not come to an end")
