"""The telephones' one SIP socket, their clock, and what each of them can do."""

import asyncio
import contextlib
import socket
import time
from itertools import count
from types import TracebackType
from uuid import uuid4

from tests.simulators.plain_phone.media import Media
from tests.simulators.plain_phone.message import Message, ack, bye, invite, ok, parse

_TICK = 0.02
_AGAIN = (0.5, 1.0, 2.0, 4.0)
"""Seconds after which a request is sent again (RFC 3261, timer A)."""


class CallFailed(Exception):
    """The call was not established; the message is the far end's answer."""


class Exchange:
    """Telephones that call one service.

    >>> async def resident() -> None:                                       # doctest: +SKIP
    ...     async with Exchange(5060) as exchange:
    ...         phone = await exchange.dial("13800138000")
    ...         await phone.listen()
    ...         await phone.say(alaw)
    ...         await phone.hang_up()
    """

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        """port: of the service, on this machine. address: where the calls come from."""
        self.service = ("127.0.0.1", port)
        self.address = address
        self.phones: dict[str, Phone] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.port: int = self._socket.getsockname()[1]

    async def __aenter__(self) -> "Exchange":
        asyncio.get_running_loop().add_reader(self._socket, self._receive)
        self._clock = asyncio.ensure_future(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for phone in list(self.phones.values()):
            await phone.hang_up()
        self._clock.cancel()
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    async def dial(self, number: str, timeout: float = 15.0) -> "Phone":
        """Call the service and return when it answered. Raises `CallFailed`."""
        phone = Phone(self, number)
        self.phones[phone.call_id] = phone
        try:
            await asyncio.wait_for(phone._dial(), timeout)
        except TimeoutError:
            raise CallFailed("no answer") from None
        return phone

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # sent again later, as whatever a network loses
            self._socket.sendto(data, self.service)

    def _receive(self) -> None:
        while True:
            try:
                data, _ = self._socket.recvfrom(65536)
            except (BlockingIOError, ConnectionError):
                return
            message = parse(data)
            if message and (phone := self.phones.get(message.call_id)):
                phone._take(message)

    async def _run(self) -> None:
        due = time.monotonic()
        while True:
            for phone in list(self.phones.values()):
                phone.media.send(time.time())
            due += _TICK
            await asyncio.sleep(max(0.0, due - time.monotonic()))


class Phone:
    """One call."""

    _serial = count(1)

    def __init__(self, exchange: Exchange, number: str) -> None:
        self.number = number
        self.call_id = uuid4().hex
        self.media = Media(exchange.address)
        self.closed = asyncio.Event()
        self.contact = ""
        """Where requests within the call go."""
        self.to_tag = ""
        self.tag = uuid4().hex[:8]
        self.exchange = exchange
        self._answers: asyncio.Queue[Message] = asyncio.Queue()
        self._mark = 0
        asyncio.get_running_loop().add_reader(self.media.socket, self.media.receive)

    async def listen(self, quiet: float = 1.2, timeout: float = 40.0) -> bool:
        """Until the far end, having spoken since the last `listen`, has been quiet for so long.
        False: it hung up. Raises TimeoutError."""
        media = self.media
        deadline = time.monotonic() + timeout
        while True:
            await asyncio.sleep(0.05)
            new = media.packets[self._mark :]
            loud = [packet.at for packet in new if packet.loud]
            if len(loud) >= 5 and time.time() - loud[-1] > quiet:
                self._mark = len(media.packets)
                return True
            if self.closed.is_set():
                return len(loud) >= 5
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.number} heard {len(loud) / 50:.1f} s in {timeout} s")

    async def say(self, alaw: bytes) -> None:
        """Speak; returns when the last of it was sent."""
        self.media.say(alaw)
        while not self.closed.is_set():
            await asyncio.sleep(_TICK)
            if not self.media.speaking:
                return

    async def reply_delay(self, timeout: float = 20.0) -> float | None:
        """Seconds from the last sound said to the first sound that came back; None: nothing
        came."""
        spoke = self.media.spoke_until
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and not self.closed.is_set():
            if (replied := self.media.reply_after(spoke)) is not None:
                return replied - spoke
            await asyncio.sleep(0.05)
        return None

    async def hang_up(self) -> None:
        if not self.closed.is_set() and self.contact:
            for wait in _AGAIN:
                self.exchange.send(bye(self))
                try:
                    await asyncio.wait_for(self._answers.get(), wait)
                    break
                except TimeoutError:
                    continue
        self._close()

    async def _dial(self) -> None:
        request = invite(self)
        waits = iter(_AGAIN)
        self.exchange.send(request)
        while True:
            try:
                answer = await asyncio.wait_for(self._answers.get(), next(waits, 30.0))
            except TimeoutError:
                self.exchange.send(request)
                continue
            if answer.status < 200:
                waits = iter(())
                continue
            self.to_tag, self.contact = answer.to_tag, answer.contact
            self.exchange.send(ack(self, answer))
            if answer.status >= 300:
                self._close()
                raise CallFailed(f"{answer.status} {answer.reason}")
            self.media.peer = answer.media
            return

    def _take(self, message: Message) -> None:
        if message.status:
            if message.status == 200 and message.method == "INVITE" and self.contact:
                self.exchange.send(ack(self, message))  # our ACK was lost
            else:
                self._answers.put_nowait(message)
        elif message.method != "ACK":
            self.exchange.send(ok(message))
            if message.method == "BYE":
                self._close()

    def _close(self) -> None:
        if self.exchange.phones.pop(self.call_id, None) is None:
            return
        self.closed.set()
        asyncio.get_running_loop().remove_reader(self.media.socket)
        self.media.close()
