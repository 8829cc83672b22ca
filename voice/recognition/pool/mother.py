"""The mother process as the service sees it: started early, asked for workers, replaced."""

import json
import logging
import select
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from voice.recognition.pool.worker import Worker
from voice.recognition.protocol import RecogniserMissing

log = logging.getLogger(__name__)

_LOADING = 600.0
"""Seconds: the small model loads in one; a large one beside much else takes its time."""
_FORKING = 60.0


class Mother:
    """Thread-safe. Raises `RecogniserMissing` when it cannot load the model."""

    def __init__(self, folder: Path, patience: float) -> None:
        """patience: of the workers, see `Worker`."""
        self._folder = folder
        self._patience = patience
        self._lock = threading.Lock()
        self._start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def fork(self, nice: int) -> Worker:
        """A new worker; from a new mother where she died."""
        with self._lock:
            try:
                return self._fork(nice)
            except OSError as error:
                log.warning("the recognisers' mother process died (%s): a new one loads", error)
                self._end()
                self._start()
                return self._fork(nice)

    def close(self) -> None:
        with self._lock:
            self._end()

    def _start(self) -> None:
        self._control, hers = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with hers:
            fd = hers.fileno()
            arguments = (str(self._folder.resolve()), str(fd))
            self._process = subprocess.Popen(
                [sys.executable, "-m", "voice.recognition.pool.mother_process", *arguments],
                stdin=subprocess.DEVNULL,
                pass_fds=(fd,),
            )
        try:
            answer = self._hear(_LOADING)
        except OSError as error:
            self._end()
            raise RecogniserMissing(f"语音识别进程起不来（{error}）。") from None
        if "error" in answer:
            self._end()
            raise RecogniserMissing(str(answer["error"]))

    def _fork(self, nice: int) -> Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                message = json.dumps({"nice": nice}).encode()
                socket.send_fds(self._control, [message], [theirs.fileno()])
                return Worker(self._hear(_FORKING)["pid"], ours, self._patience)
            except BaseException:
                ours.close()
                raise

    def _hear(self, seconds: float) -> dict[str, Any]:
        if not select.select([self._control], [], [], seconds)[0]:
            raise TimeoutError("太久没有回答")
        message = self._control.recv(1 << 16)
        if not message:
            raise ConnectionResetError("进程停了")
        found: dict[str, Any] = json.loads(message)
        return found

    def _end(self) -> None:
        self._control.close()
        self._process.kill()
        self._process.wait()
