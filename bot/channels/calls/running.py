"""The calls that go on in this process, whichever way they came."""

import asyncio

from bot.channels.calls.limits import read_limits
from bot.channels.calls.reception import Reception, Session
from bot.channels.calls.strain import strain
from bot.channels.line import Line
from bot.services import Services

_FAREWELL_SECONDS = 12.0
"""How long running calls may take to say goodbye when the service stops."""


class RunningCalls:
    def __init__(self, services: Services) -> None:
        """Raises `Failure` when the profile's limits are wrong."""
        self.limits = read_limits(services.community.profile, services.settings.community)
        self._reception = Reception(services, self.limits)
        self._sessions: dict[Session, asyncio.Task[None]] = {}
        self._working: list[asyncio.Task[None]] = []
        self.stopping = False

    def start(self, line: Line) -> None:
        """Answer the call and converse, or take a message."""
        if not self._working:
            parts = (strain.watch_loop(), self._reception.later.run())
            self._working = [asyncio.ensure_future(part) for part in parts]
        self._run(self._reception.receive(line))

    def add(self, session: Session) -> "asyncio.Task[None]":
        """A call that we made; the task ends with it."""
        self._reception.add(session)
        return self._run(session)

    @property
    def crowded(self) -> bool:
        """Not even a sentence can be said to one more."""
        return self._reception.crowded

    def _run(self, session: Session) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(session.run())
        self._sessions[session] = task
        task.add_done_callback(lambda _: self._over(session))
        return task

    def _over(self, session: Session) -> None:
        self._sessions.pop(session, None)
        self._reception.over(session)

    async def drain(self) -> None:
        """Let all say goodbye; those that take too long are cut."""
        self.stopping = True
        for session in self._sessions:
            session.leave()
        if self._sessions:
            _, late = await asyncio.wait(list(self._sessions.values()), timeout=_FAREWELL_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for part in self._working:
            part.cancel()
