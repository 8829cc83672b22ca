"""`python -m tests.bench.calls.callers`: the callers, in a process of their own, so that their CPU
can be told from the service's. Reads a `Plan` as JSON, prints a `Result` as JSON."""

import asyncio
import dataclasses
import json
import os
import random
import sys
import time
from dataclasses import dataclass, field

import httpx

from tests.bench.calls.sentences import sentences
from tests.simulators.plain_phone.exchange import CallFailed, Exchange, Phone
from tests.support.service import ROOT
from voice.codecs import alaw_encode, decode, resample

CLIPS = ROOT / "tests" / "clips"
_QUIET = 2.2
"""Seconds of quiet after which a caller answers: more than the service pauses within a reply."""
_SPREAD = 12.0
"""Seconds over which the calls of a round begin: all are on the line together, none in step."""


@dataclass(frozen=True)
class Plan:
    port: int
    """Of SIP."""
    url: str
    at_once: int
    rounds: int


@dataclass
class Result:
    calls: int = 0
    right: int = 0
    """Calls after which Open311 shows the right ticket."""
    wrong: list[str] = field(default_factory=list)
    """What became of the others."""
    delays: list[tuple[str, float]] = field(default_factory=list)
    """What was said (`report`, `yes`, `no_more`), and seconds to the first sound of the reply."""
    packets: int = 0
    late: int = 0
    lost: int = 0
    worst: float = 0.0
    cpu: float = 0.0
    """Seconds of the callers' own."""
    seconds: float = 0.0
    said: float = 0.0
    """Seconds of speech the callers sent."""
    spoken: float = 0.0
    """Seconds all calls lasted together."""


class Caller:
    def __init__(self, plan: Plan, client: httpx.AsyncClient, result: Result) -> None:
        self._plan = plan
        self._client = client
        self._result = result
        self._clips = {name: _clip(name) for name in ("yes", "no_more")}

    async def call(self, exchange: Exchange, number: str, place: str, report: bytes) -> str:
        """One whole call; empty when its ticket stands, else what went wrong."""
        try:
            phone = await exchange.dial(number)
        except CallFailed as error:
            return f"not answered: {error}"
        begun = time.monotonic()
        try:
            await phone.listen(_QUIET)
            await self._say(phone, "report", report)
            for _ in range(6):
                if not await phone.listen(_QUIET):
                    return "hung up on"
                if await self._stands(place):
                    await self._say(phone, "no_more", self._clips["no_more"])
                    await phone.listen(_QUIET)
                    return ""
                await self._say(phone, "yes", self._clips["yes"])
            return "no right ticket"
        except TimeoutError as error:
            return f"silence: {error}"
        finally:
            self._note(phone, time.monotonic() - begun)
            await phone.hang_up()

    async def _say(self, phone: Phone, what: str, alaw: bytes) -> None:
        await phone.say(alaw)
        self._result.said += len(alaw) / 8000
        delay = await phone.reply_delay()
        if delay is not None:
            self._result.delays.append((what, delay))

    async def _stands(self, place: str) -> bool:
        try:
            answer = await self._client.get(f"{self._plan.url}/open311/v2/requests.json")
            tickets = answer.json()
        except (httpx.HTTPError, ValueError):
            return False
        return any(
            ticket["service_code"] == "lighting" and str(ticket["address"]).endswith(place)
            for ticket in tickets
        )

    def _note(self, phone: Phone, seconds: float) -> None:
        result, quality = self._result, phone.media.quality()
        result.spoken += seconds
        result.packets += quality.packets
        result.late += quality.late
        result.lost += quality.lost
        result.worst = max(result.worst, quality.worst)


async def run(plan: Plan) -> Result:
    result = Result()
    wanted = iter(sentences(plan.at_once * plan.rounds))
    begun, chance = time.monotonic(), random.Random(1)
    async with Exchange(plan.port) as exchange, httpx.AsyncClient(timeout=10) as client:
        caller = Caller(plan, client, result)

        async def one(number: int) -> None:
            sentence = next(wanted)
            await asyncio.sleep(chance.random() * min(_SPREAD, 2.0 * (plan.at_once - 1)))
            wrong = await caller.call(
                exchange, f"1390000{number:04d}", sentence.written, sentence.alaw
            )
            result.calls += 1
            result.right += not wrong
            if wrong:
                result.wrong.append(f"{sentence.written}: {wrong}")

        for number in range(plan.rounds):
            first = number * plan.at_once
            await asyncio.gather(*(one(first + at) for at in range(plan.at_once)))
    result.seconds = time.monotonic() - begun
    used = os.times()
    result.cpu = used.user + used.system
    return result


def _clip(name: str) -> bytes:
    return alaw_encode(resample(decode((CLIPS / f"{name}.mp3").read_bytes()), 8000).pcm)


if __name__ == "__main__":
    print(json.dumps(dataclasses.asdict(asyncio.run(run(Plan(**json.loads(sys.argv[1])))))))
