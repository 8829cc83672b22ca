"""What rains on an open port: a call that is going on hears nothing of it, the process lives, its
memory comes back, and the log stays short and masked."""

import asyncio
import re
import socket
from collections.abc import Iterable
from pathlib import Path

from tests.phone.gateway import Gateway, run
from tests.phone.hostile.messages import invite, mutants, torture
from tests.simulators.plain_phone.exchange import Exchange, Phone

STRANGER = "127.0.0.2"
_MB = 1024 * 1024


def test_every_message_of_the_rfc_is_survived() -> None:
    messages = torture()
    assert len(messages) == 49

    async def scenario() -> None:
        async with Gateway() as gateway, Exchange(gateway.port) as exchange:
            call = await _call(exchange)
            for address in ("127.0.0.1", STRANGER):
                await _rain(gateway.port, messages.values(), address)
            await _unharmed(gateway, exchange, call)

    run(scenario())


def test_thousands_of_mutants_are_survived() -> None:
    async def scenario() -> None:
        async with Gateway(calls=5, messages=5) as gateway, Exchange(gateway.port) as exchange:
            call = await _call(exchange)
            before = _memory(gateway)
            good = [invite(gateway.port, number, "127.0.0.1", 9) for number in range(20)]
            seeds = [*torture().values(), *good]
            await _rain(gateway.port, mutants(seeds, 3000, seed=4475), "127.0.0.1")
            await _rain(gateway.port, mutants(seeds, 3000, seed=3261), STRANGER)
            await _unharmed(gateway, exchange, call)
            assert _memory(gateway) - before < 100 * _MB

    run(scenario())


def test_a_flood_of_strangers_reaches_no_conversation() -> None:
    async def scenario() -> None:
        async with Gateway() as gateway, Exchange(gateway.port) as exchange:
            call = await _call(exchange)
            turns, before = len(gateway.turns), _memory(gateway)
            flood = (invite(gateway.port, number, STRANGER, 9) for number in range(3000))
            await _rain(gateway.port, flood, STRANGER)
            await _unharmed(gateway, exchange, call)
            callers = {turn["caller"] for turn in gateway.turns[turns:]}
            assert callers <= {call.number, "13900139000"}
            assert _memory(gateway) - before < 60 * _MB
            assert any("SIP_ALLOW" in line for line in gateway.log)

    run(scenario())


def test_a_hundred_calls_whose_caller_never_completes_them_pass() -> None:
    """INVITE and no ACK: answered, and given up after a while."""

    async def scenario() -> None:
        async with Gateway() as gateway, Exchange(gateway.port) as exchange:
            call = await _call(exchange)
            half = (invite(gateway.port, number, "127.0.0.1", 9) for number in range(100))
            await _rain(gateway.port, half, "127.0.0.1")
            await asyncio.sleep(3)
            await _unharmed(gateway, exchange, call)
            assert {turn["caller"] for turn in gateway.turns} <= {call.number, "13900139000"}

    run(scenario())


async def _call(exchange: Exchange) -> Phone:
    phone = await exchange.dial("13800138000")
    await phone.listen()
    return phone


async def _rain(port: int, messages: Iterable[bytes], address: str) -> None:
    """About 2,000 a second."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as source:
        source.bind((address, 0))
        for number, message in enumerate(messages):
            source.sendto(message, ("127.0.0.1", port))
            if number % 40 == 39:
                await asyncio.sleep(0.02)


async def _unharmed(gateway: Gateway, exchange: Exchange, call: Phone) -> None:
    """The call is whole, another one is taken, the log is short and holds nobody's number."""
    another: list[Phone] = []

    async def taken() -> bool:
        try:
            another.append(await exchange.dial("13900139000", timeout=5))
        except Exception:
            return False
        return await another[-1].listen()

    for _ in range(12):
        if await taken():
            break
        await asyncio.sleep(1)
    else:
        raise AssertionError("no more calls are taken")
    assert gateway.process.returncode is None
    assert not call.closed.is_set()
    quality = call.media.quality()
    assert quality.lost == 0
    assert quality.late <= quality.packets * 0.02, quality
    assert len(gateway.log) < 300, gateway.log[-5:]
    assert not [line for line in gateway.log if re.search(r"(?<![\da-f])1[3-9]\d{9}(?!\d)", line)]
    assert not any("Traceback" in line for line in gateway.log), gateway.log


def _memory(gateway: Gateway) -> int:
    pages = int(Path(f"/proc/{gateway.process.pid}/statm").read_text().split()[1])
    return pages * 4096
