"""The process that workers are forked from, run as `python -m … FOLDER FD`.

It loads the model once and has no threads, so forking it is safe where forking the service is not;
what it loaded, all workers share. It ends when the service does.
"""

import json
import os
import signal
import socket
import sys
from pathlib import Path

from voice.recognition.engine import open_engine
from voice.recognition.pool.worker_process import work
from voice.recognition.protocol import Recogniser, RecogniserMissing


def main(folder: str, fd: str) -> None:
    # Ctrl-C and a supervisor's SIGTERM reach us, too; but calls are heard out first.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for workers
    os.dup2(2, 1)  # libraries print; that is no result of a command
    control = socket.socket(fileno=int(fd))
    try:
        engine = open_engine(Path(folder), streams=1)
    except RecogniserMissing as error:
        _say(control, error=str(error))
        return
    _warm(engine)
    _say(control, ready=True)
    while True:
        message, fds, _, _ = socket.recv_fds(control, 1 << 16, 1)
        if not message:
            return  # the service is gone
        pid = os.fork()
        if pid == 0:
            control.close()
            os.nice(json.loads(message)["nice"])
            work(fds[0], engine)
        os.close(fds[0])
        _say(control, pid=pid)


def _warm(engine: Recogniser) -> None:
    """Have the recogniser made, and its first touch of the model behind it, before the fork."""
    stream = engine.stream()
    stream.accept(bytes(engine.rate))
    stream.close()


def _say(control: socket.socket, **message: object) -> None:
    control.send(json.dumps(message).encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
