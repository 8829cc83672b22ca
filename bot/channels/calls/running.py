"""The calls that go on in this process, whichever way they came."""

import asyncio

from bot.channels.calls.session import CallSession
from bot.channels.line import Line
from bot.services import Services

_FAREWELL_SECONDS = 12.0
"""How long running calls may take to say goodbye when the service stops."""


class RunningCalls:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._sessions: dict[CallSession, asyncio.Task[None]] = {}
        self.stopping = False

    def start(self, line: Line) -> None:
        """Answer the call and converse."""
        session = CallSession(line, self._services)
        task = asyncio.ensure_future(session.run())
        self._sessions[session] = task
        task.add_done_callback(lambda _: self._sessions.pop(session, None))

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
