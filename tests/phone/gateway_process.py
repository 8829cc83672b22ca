"""The real gateways over a scripted conversation (see `scripted`), as a process: one SIP gateway a
process is allowed. Says each turn it took as a JSON line."""

import asyncio
import json
import logging
import os
import signal
import sys
from typing import Any

from bot.channels.asterisk.gateway import AsteriskGateway
from bot.channels.calls import ear
from bot.channels.sip import line
from bot.channels.sip.gateway import SipGateway
from bot.failure import Failure
from tests.phone.fakes import EnergyEndpointer
from tests.phone.scripted import Script, scripted_services


def main(settings: dict[str, Any]) -> None:
    vars(ear)["Endpointer"] = EnergyEndpointer
    if rings := os.environ.get("PERSON_RINGS"):
        vars(line)["_TRANSFER_SECONDS"] = float(rings)
    script = Script(_say)
    kind = AsteriskGateway if settings.get("asterisk_ari_url") else SipGateway
    gateway = kind(scripted_services(settings, script))

    async def run() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await gateway.run(stop)

    try:
        asyncio.run(run())
    except Failure as failure:
        _say({"failure": str(failure)})
    os._exit(0)


def _say(row: dict[str, Any]) -> None:
    """One write: turns are taken in several threads, and `print` writes a line in two pieces."""
    os.write(1, json.dumps(row).encode() + b"\n")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    main(json.loads(sys.argv[1]))
