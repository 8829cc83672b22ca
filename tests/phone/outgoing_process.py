"""The telephone of a service that calls residents: real SIP, real conversation, a clock that stands
still; what it hears is what it was told, in order."""

import asyncio
import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.channels.calls.outgoing import outgoing
from bot.channels.sip.gateway import SipGateway
from tests.phone.fakes import FakeRecogniser
from tests.support.services import Clock, make_services


def main(options: dict[str, Any]) -> None:
    services = make_services(
        Path(options["home"]),
        recogniser=FakeRecogniser(*options["hears"]),
        clock=Clock(datetime.fromisoformat(options["now"])),
        community=Path(options["community"]),
        sip_bind=options["sip"],
    )

    async def run() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        gateway = SipGateway(services)
        parts = [gateway.run, *outgoing(services, gateway, gateway.calls)]
        await asyncio.gather(*(part(stop) for part in parts))

    asyncio.run(run())
    os._exit(0)


if __name__ == "__main__":
    import logging

    logging.basicConfig(level=logging.INFO)
    main(json.loads(sys.argv[1]))
