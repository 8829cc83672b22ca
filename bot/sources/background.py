"""The answers to each source have a queue of their own."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.failure import Failure
from bot.followup.dispatcher import Dispatcher
from bot.services import Services
from bot.settings import Settings
from bot.sources.profile import Source, read_sources
from bot.sources.tell import deliver
from flows.profile import Profile
from locales.load import ProfileError


def build_sources(profile: Profile, settings: Settings) -> list[tuple[Source, str]]:
    """The sources with their secrets. Raises `Failure`."""
    try:
        sources = read_sources(profile, settings.community)
    except ProfileError as error:
        raise Failure(str(error)) from None
    return [(source, source.secret.read(f"sources 的 {source.name}")) for source in sources]


def background(services: Services) -> list[Callable[[asyncio.Event], Awaitable[None]]]:
    return [
        Dispatcher(services.database, {source.adapter: deliver(source, secret)}, pause=2.0).run
        for source, secret in build_sources(services.community.profile, services.settings)
        if source.callback
    ]
