"""A process of its own that is killed -9: a fork, because the parent has everything loaded."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

_fork = multiprocessing.get_context("fork")


class Doomed:
    """Runs `work(tell, *args)` in a child until `kill`; what it told is in `told`."""

    def __init__(self, work: Callable[..., None], *args: Any) -> None:
        self._here, there = _fork.Pipe(duplex=False)
        self._process: BaseProcess = _fork.Process(target=_run, args=(there, work, args))
        self._process.start()
        there.close()

    def next(self, seconds: float = 60) -> Any:
        """The next thing told. Raises EOFError when the child ended, TimeoutError."""
        if not self._here.poll(seconds):
            raise TimeoutError
        return self._here.recv()

    def kill(self) -> list[Any]:
        """kill -9; returns what was told and not yet taken."""
        self._process.kill()
        self._process.join()
        rest = []
        try:
            while self._here.poll():
                rest.append(self._here.recv())
        except EOFError:
            pass
        return rest


def _run(there: Connection, work: Callable[..., None], args: tuple[Any, ...]) -> None:
    work(there.send, *args)
