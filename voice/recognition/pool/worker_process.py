"""What a forked worker does: a request and a result at a time."""

import os
import traceback
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from voice.recognition.protocol import Recogniser, Stream


def work(fd: int, recogniser: Recogniser) -> NoReturn:
    """Serve until the connection is closed; never returns into the mother's code."""
    try:
        _serve(Connection(fd), recogniser)
    except (EOFError, OSError):
        pass  # the service is done with us
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _serve(connection: "Connection[Any, Any]", recogniser: Recogniser) -> None:
    stream: Stream | None = None
    while True:
        name, arguments = connection.recv()
        result: object = None
        try:
            if name == "stream":
                stream = recogniser.stream()
            elif stream is not None:
                result = getattr(stream, name)(*arguments)
                if name in ("finish", "close"):
                    stream = None
            else:
                result = getattr(recogniser, name)(*arguments)
        except Exception as error:
            result = error
        connection.send(result)
