"""`linsheng serve`: the whole service in one process, or one part of it for several machines."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator

import typer
import uvicorn

from bot.build import build
from bot.channels.calls.outgoing import outgoing
from bot.commands.port import port_is_free
from bot.commands.settings import read_settings
from bot.dialogue.recover import recover
from bot.failure import Failure
from bot.pages.slow import Protocol
from bot.prepare import prepare_in_quiet
from bot.services import Services
from flows.prompt import Prompt
from voice.sound import Sound
from voice.synthesis.protocol import SynthesisError

app = typer.Typer()
log = logging.getLogger("linsheng")

Part = Callable[[asyncio.Event], Awaitable[None]]
"""One running part: works until the event is set, then tidies up and returns."""


@app.command()
def serve(
    web_only: bool = typer.Option(False, help="只开网页和微信"),
    voice_only: bool = typer.Option(False, help="只接电话"),
    worker_only: bool = typer.Option(False, help="只做后台发送和跟进"),
) -> None:
    """启动整个服务：网页、电话、微信和后台工作。按 Ctrl-C 停下。

    几台机器一起用时，让它们连同一个 PostgreSQL（LINSHENG_DATABASE_URL），
    再分别用 --web-only、--voice-only、--worker-only。
    """
    if web_only + voice_only + worker_only > 1:
        raise Failure("--web-only、--voice-only、--worker-only 只能选一个。")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for quiet in ("httpx", "alembic"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    settings = read_settings()
    web = not (voice_only or worker_only)
    voice = not (web_only or worker_only)
    if web:
        port_is_free(settings.bind, "网页", "LINSHENG_BIND", socket.SOCK_STREAM)
    if voice and settings.embedded_sip:
        port_is_free(settings.sip_bind, "电话", "LINSHENG_SIP_BIND", socket.SOCK_DGRAM)
    with build(settings) as services:
        asyncio.run(_run(services, web=web, voice=voice, work=not (web_only or voice_only)))
    logging.shutdown()
    # The SIP library corrupts its heap while the interpreter takes itself down; by now
    # every call is drained and everything is on disk.
    os._exit(0)


async def _run(services: Services, *, web: bool, voice: bool, work: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await asyncio.to_thread(services.recordings.sweep)
    if voice or work:
        await asyncio.to_thread(recover, services)
    greeting = await asyncio.to_thread(_warm_up, services) if web or voice else None
    if greeting:
        # Beside what follows: callers do not wait for it.
        loop.run_in_executor(None, services.second.warm_messages, greeting)
    parts = _parts(services, web=web, voice=voice, work=work)
    tasks = [asyncio.ensure_future(part(stop)) for part in parts]
    await asyncio.wait(
        [*tasks, asyncio.ensure_future(stop.wait())], return_when=asyncio.FIRST_COMPLETED
    )
    # One part that ends takes the others with it: half a service helps nobody, and a
    # supervisor can only restart what has stopped.
    stop.set()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


def _warm_up(services: Services) -> Sound | None:
    """Have the greeting ready before the first call; it is given back, if it can be said."""
    needed = ("greeting", "call.nod", "call.filler", "call.apology")
    opening = [Prompt(key=key) for key in needed]
    said: list[Sound] = []
    try:
        said = [services.synthesiser.speak(clause) for clause in services.wording.speech(opening)]
    except SynthesisError as error:
        log.warning("语音还说不出话（%s）：请运行 linsheng doctor。", error)
    services.second.warm()
    return said[0] if said else None


def _parts(services: Services, *, web: bool, voice: bool, work: bool) -> list[Part]:
    """The parts this process runs; imported here, so that each machine loads only its own."""
    parts: list[Part] = []
    if web or voice:
        parts.append(lambda stop: prepare_in_quiet(services, stop))
    if web:
        parts.append(lambda stop: _serve_web(services, stop))
    if voice and services.settings.embedded_sip:
        from bot.channels.sip.gateway import SipGateway

        sip = SipGateway(services)
        parts.append(sip.run)
        if not services.settings.asterisk_ari_url:
            parts.extend(outgoing(services, sip, sip.calls))
    if voice and services.settings.asterisk_ari_url:
        from bot.channels.asterisk.gateway import AsteriskGateway

        asterisk = AsteriskGateway(services)
        parts.extend([asterisk.run, *outgoing(services, asterisk, asterisk.calls)])
    if work:
        from bot.followup.background import background
        from bot.outlets.background import background as outlets
        from bot.sources.background import background as sources

        parts.extend([*background(services), *outlets(services), *sources(services)])
    return parts


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are ours: calls must be drained before anything ends."""
        yield


async def _serve_web(services: Services, stop: asyncio.Event) -> None:
    from bot.app import create_app

    host, _, port = services.settings.bind.rpartition(":")
    server = _Server(
        uvicorn.Config(
            create_app(services),
            host=host.strip("[]"),
            port=int(port),
            http=Protocol,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
        )
    )
    running = asyncio.ensure_future(server.serve())
    await asyncio.wait(
        [running, asyncio.ensure_future(stop.wait())], return_when=asyncio.FIRST_COMPLETED
    )
    server.should_exit = True
    await running
