"""A worker process as the service sees it: it is asked, watched and ended."""

import contextlib
import os
import signal
import socket
import struct
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_SLOWEST = 3.0
"""Seconds an answer may take for each second of sound: twenty times what it needs alone."""
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")


class WorkerLost(Exception):
    """The process died, or did not answer in time and was killed. Its sound is still ours."""


class Worker:
    """One recogniser. One request at a time."""

    def __init__(self, pid: int, ours: socket.socket, patience: float) -> None:
        """patience: seconds an answer may take beside those for the length of the sound."""
        self.pid = pid
        self.lost = False
        self._patience = patience
        # A stopped worker does not empty its buffer; sending must not hang either.
        limit = struct.pack("ll", max(1, int(patience)), 0)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        self._connection: Connection[Any, Any] = Connection(ours.detach())
        self._born = self._resident()

    @property
    def growth(self) -> int:
        """Bytes resident beyond what it was forked with."""
        return self._resident() - self._born

    def ask(self, name: str, *arguments: object, seconds: float = 0.0) -> Any:
        """Call a method over there and wait for its result, or raise what it raised.

        seconds: the length of the sound that is given. Raises `WorkerLost`.
        """
        try:
            self._connection.send((name, arguments))
            self._await(self._patience + _SLOWEST * seconds)
            result = self._connection.recv()
        except (EOFError, OSError) as error:
            self.kill()
            raise WorkerLost(str(error) or type(error).__name__) from None
        except BaseException:
            self.kill()  # an answer nobody took would be given to the next request
            raise
        if isinstance(result, Exception):
            raise result
        return result

    def kill(self) -> None:
        """At once, whatever it does."""
        self.lost = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """It ends by itself when nobody is connected any more."""
        self._connection.close()

    def _await(self, limit: float) -> None:
        before = self._worked()
        while not self._connection.poll(limit):
            # On a busy machine nobody hangs: they wait for the processor, and killing them would
            # give it more to do. Who hangs sleeps, or works without end.
            asleep = self._state() not in "RD" and not self._connection.poll(1.0)
            if asleep or self._worked() - before > limit:
                raise WorkerLost("no answer in time")

    def _resident(self) -> int:
        try:
            return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * _PAGE
        except (OSError, IndexError):
            return 0

    def _state(self) -> str:
        return self._stat()[0]

    def _worked(self) -> float:
        """Seconds of processor it ever had."""
        fields = self._stat()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def _stat(self) -> list[str]:
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return ["X", *["0"] * 12]
