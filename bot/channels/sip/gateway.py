"""Embedded SIP: every call to `SIP_BIND` becomes a conversation."""

import asyncio
import contextlib
import logging
import socket
from urllib.parse import urlsplit

from baresip import (
    Account,
    BaresipError,
    Call,
    CallBusy,
    CallDeclined,
    CallFailed,
    CallTimeout,
    Config,
    RegistrationError,
    Runtime,
    UserAgent,
)

from bot.channels.calls.running import RunningCalls
from bot.channels.line import Line, NotReached, Unreached
from bot.channels.sip.caller import calling_number
from bot.channels.sip.early import EarlyEvents
from bot.channels.sip.line import SipLine
from bot.channels.sip.peers import MaskNumbers, Peers, TraceHandler, mask
from bot.channels.sip.restraint import AtMost, silence_native_stderr
from bot.failure import Failure
from bot.services import Services
from bot.settings import Settings

log = logging.getLogger(__name__)
refused = logging.getLogger(f"{__name__}.refused")
refused.addFilter(AtMost(10, 60.0))

_REGISTER_AGAIN = 30.0
_REGISTRATION_SECONDS = 300
_RTP_TIMEOUT = 30
"""Seconds without a packet after which a call is dead: a telephone that vanished sends no BYE."""


class SipGateway:
    """Implements `bot.channels.line.Dialler`, too."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.calls = RunningCalls(services)
        self._agent: UserAgent | None = None
        self._early: EarlyEvents | None = None
        self._ringing: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Take calls until `stop` is set, then let the running ones say goodbye.

        Raises `Failure` when the address cannot be used. The SIP library allows one gateway a
        process, and damages its heap when the interpreter exits: end the process with `os._exit`
        afterwards.
        """
        settings = self._services.settings
        peers = Peers(await _allowed(settings))
        _quiet_logs(peers)
        runtime = Runtime()
        try:
            await runtime.start(_config(settings))
        except BaresipError as error:
            raise Failure(
                f"电话地址 {settings.sip_bind} 用不了（{error}）："
                "可能已有别的程序占用；请先停掉它，或改 LINSHENG_SIP_BIND。"
            ) from None
        silence_native_stderr()
        self._early = EarlyEvents(runtime)
        dead = asyncio.Event()
        runtime.on_dead = dead.set
        registering: asyncio.Task[None] | None = None
        try:
            for account in _accounts(settings):
                # A caller that asks us to dial elsewhere (REFER) is refused: the library would
                # obey.
                agent = await UserAgent.create(runtime, account, transfer_policy="reject")
                agent.on_incoming(lambda call: self._ring(call, peers))
                # The one that is registered, if there is one, is made last: calls go out by it.
                self._agent = agent
                if account.reg_interval:
                    registering = asyncio.ensure_future(_stay_registered(agent, settings))
            log.info("电话就绪：sip:hotline@%s", settings.sip_bind)
            waits = [asyncio.ensure_future(e.wait()) for e in (stop, dead)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
            if dead.is_set():
                raise Failure("电话部件停了，需要重新启动服务。")
        finally:
            if registering:
                registering.cancel()
            await self.calls.drain()
            with contextlib.suppress(BaresipError):
                await runtime.close()

    async def dial(self, number: str, seconds: float = 30.0) -> Line:
        """Call a resident: a SIP URI, or a number of the registrar; see `Dialler`."""
        uri = number
        if ":" not in number:
            uri = f"sip:{number}@{_registrar(self._services.settings)}"
        if self._agent is None or self._early is None or uri.endswith("@"):
            raise NotReached(Unreached.FAILED)
        try:
            call = await self._agent.dial(uri)
            self._early.give(call)
            try:
                await call.wait_established(seconds)
            except asyncio.CancelledError:
                with contextlib.suppress(BaresipError):
                    await call.hangup()
                raise
        except CallFailed as error:
            raise NotReached(_why(error)) from None
        except (BaresipError, ValueError) as error:
            log.error(
                "电话没能拨出（%s）：请检查 notices.calls.trunk 或 LINSHENG_SIP_REGISTRAR。", error
            )
            raise NotReached(Unreached.FAILED) from None
        return SipLine(call, calling_number(uri) or number)

    def _ring(self, call: Call, peers: Peers) -> None:
        task = asyncio.ensure_future(self._take(call, peers))
        # The set keeps the task alive; asyncio itself holds only a weak reference.
        self._ringing.add(task)
        task.add_done_callback(self._ringing.discard)

    async def _take(self, call: Call, peers: Peers) -> None:
        if why := await self._refusal(call, peers):
            refused.warning(
                "refused a call that claims to be from %s: %s",
                mask(calling_number(call.peer)) or "nobody",
                why,
            )
            with contextlib.suppress(BaresipError):
                await call.reject()
            return
        self.calls.start(SipLine(call))

    async def _refusal(self, call: Call, peers: Peers) -> str:
        """Why it is not taken; empty when it is."""
        if self.calls.stopping:
            return "the service is stopping"
        if not await peers.admits(call.call_id):
            return "its address is not in SIP_ALLOW"
        return "too many call at once" if self.calls.crowded else ""


def _why(error: CallFailed) -> Unreached:
    if isinstance(error, CallBusy):
        return Unreached.BUSY
    if isinstance(error, CallTimeout):
        return Unreached.NO_ANSWER
    if isinstance(error, CallDeclined):
        return Unreached.REFUSED
    reason = str(error)
    if any(code in reason for code in ("480", "487", "408")):
        return Unreached.NO_ANSWER
    return Unreached.NO_SUCH_NUMBER if "404" in reason or "484" in reason else Unreached.FAILED


def _config(settings: Settings) -> Config:
    host, _, port = settings.sip_bind.rpartition(":")
    anywhere = host.strip("[]") in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
    return Config(
        # Discovery skips loopback, so a loopback address must be named; so must one of several
        # cards.
        net_interface=None if anywhere else host.strip("[]"),
        max_concurrent_calls=None,
        rtp_timeout=_RTP_TIMEOUT,
        sip_trace=True,
        extra_config_text=f"sip_listen {host}:{port}\nrtp_ports 20000-29999\n",
    )


def _accounts(settings: Settings) -> list[Account]:
    """Without `video_codecs=` the library re-INVITEs every answered call, without `catchall` it
    answers 404 to any other user part."""
    host = settings.sip_bind.rpartition(":")[0]
    codecs = ("pcma", "pcmu")
    hotline = Account(
        user="hotline",
        domain=host,
        password="",
        reg_interval=0,
        audio_codecs=codecs,
        extra_params=("video_codecs=", "catchall=yes"),
    )
    if not settings.sip_registrar:
        return [hotline]
    registered = Account(
        user=settings.sip_user or "hotline",
        domain=_registrar(settings),
        password=settings.sip_password.get_secret_value(),
        reg_interval=_REGISTRATION_SECONDS,
        audio_codecs=codecs,
        extra_params=("video_codecs=",),
    )
    return [hotline, registered]


def _registrar(settings: Settings) -> str:
    """Host, or host:port, whether or not it was written as a SIP URI."""
    text = settings.sip_registrar
    for prefix in ("sip:", "sips:"):
        text = text.removeprefix(prefix)
    return text.strip("/ ")


async def _allowed(settings: Settings) -> list[str]:
    """The allow list, and the PBX we register to: its calls come from its own address."""
    allowed = [part.strip() for part in settings.sip_allow.split(",") if part.strip()]
    if settings.sip_registrar:
        host = urlsplit(f"//{_registrar(settings)}").hostname or ""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
        except OSError:
            log.warning(
                "找不到电话交换机 %s 的地址：它打来的电话要先写进 LINSHENG_SIP_ALLOW。", host
            )
        else:
            allowed += [str(entry[4][0]) for entry in found]
    return allowed


async def _stay_registered(agent: UserAgent, settings: Settings) -> None:
    """The library renews a registration that once stood; the first one is ours to insist on."""
    while True:
        try:
            await agent.register()
        except (RegistrationError, BaresipError) as error:
            log.warning(
                "没能登记到电话交换机 %s（%s）：%d 秒后再试；"
                "请核对 LINSHENG_SIP_REGISTRAR、SIP_USER、SIP_PASSWORD。",
                _registrar(settings),
                error,
                _REGISTER_AGAIN,
            )
            await asyncio.sleep(_REGISTER_AGAIN)
        else:
            log.info("已登记到电话交换机 %s", _registrar(settings))
            return


def _quiet_logs(peers: Peers) -> None:
    """The trace goes to `Peers` alone; whatever else the library says loses its telephone
    numbers."""
    trace = logging.getLogger("baresip.native.sip")
    trace.setLevel(logging.DEBUG)
    trace.propagate = False
    trace.handlers = [TraceHandler(peers)]
    logging.getLogger("baresip").setLevel(logging.WARNING)
    for name in ("baresip.native", "baresip.ua", "baresip.call", "baresip.runtime"):
        logging.getLogger(name).addFilter(AtMost(20, 60.0))
        logging.getLogger(name).addFilter(MaskNumbers())
