"""The parts of the service that work without anybody asking."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.assistant.model import model_of
from bot.assistant.queue import SUMMARY
from bot.assistant.summarise import Summarise
from bot.channels.wechat.api import Api
from bot.channels.wechat.deliver import deliver
from bot.channels.wechat.ledger import ADAPTER
from bot.channels.wechat.speak import SPOKEN, speak
from bot.channels.wechat.worker import InboxWorker
from bot.followup import timers
from bot.followup.dispatcher import Dispatcher
from bot.followup.outcome import Deliver
from bot.notices.phone_queue import PhoneQueue
from bot.notices.profile import read_notices
from bot.notices.tell import Tell
from bot.notices.ways import ladder
from bot.services import Services
from bot.tickets.follow import TIMER
from bot.tickets.notice import NOTICE

Part = Callable[[asyncio.Event], Awaitable[None]]


def background(services: Services) -> list[Part]:
    """The outbox, the timers, and WeChat's inbox where there is an account."""
    adapters: dict[str, Deliver] = {TIMER: timers.deliver}
    parts: list[Part] = []
    api = None
    if services.settings.wechat_appid:
        api = Api(services.settings, services.database)
        adapters[ADAPTER] = deliver(api)
        adapters[SPOKEN] = speak(api, services.synthesiser)
        parts.append(InboxWorker(services, api).run)
    profile, file = services.community.profile, services.settings.community
    rules = read_notices(profile, file)
    # A queue of their own: a slow gateway keeps no answer in a chat waiting.
    caller = PhoneQueue(services.database, rules.calls) if rules.calls else None
    tell = Tell(services.database, rules, ladder(rules, api, caller))
    parts.append(Dispatcher(services.database, {NOTICE: tell}).run)
    if model := model_of(services.settings):
        adapters[SUMMARY] = Summarise(services.database, model)
    dispatcher = Dispatcher(services.database, adapters)

    async def follow_up(stop: asyncio.Event) -> None:
        """The dispatcher hands timers to DBOS, so it runs only while DBOS does."""
        dbos = timers.running(services.database)
        await asyncio.to_thread(dbos.__enter__)
        try:
            await asyncio.gather(dispatcher.run(stop), timers.watch(services.database, stop))
        finally:
            await asyncio.to_thread(dbos.__exit__, None, None, None)

    return [*parts, follow_up]
