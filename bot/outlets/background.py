"""The outlets' parts of the background work: a queue each, and questions to Open311 servers."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.followup.dispatcher import Dispatcher
from bot.outlets.build import build_outlets
from bot.outlets.deliver import Deliver
from bot.outlets.open311.client import Open311Client
from bot.outlets.poll import Poll
from bot.outlets.profile import Open311Outlet
from bot.services import Services


def background(services: Services) -> list[Callable[[asyncio.Event], Awaitable[None]]]:
    """One that is slow or down keeps nobody else waiting. Raises `Failure`."""
    parts: list[Callable[[asyncio.Event], Awaitable[None]]] = []
    database = services.database
    outlets = build_outlets(services.community.profile, services.settings)
    for outlet, adapter in outlets.values():
        deliver = Deliver(database, outlet, adapter)
        parts.append(Dispatcher(database, {outlet.adapter: deliver}, pause=2.0).run)
        if isinstance(outlet, Open311Outlet) and isinstance(adapter, Open311Client):
            parts.append(Poll(database, outlet, adapter).run)
    return parts
