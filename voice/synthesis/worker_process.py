"""The process that makes speech, run as `python -m voice.synthesis.worker_process CHOICE MODELS`.

One JSON line in for each text; one JSON line and the PCM out. It ends with its parent: when the
pipe closes, and, because a busy process does not look at its pipe, when it becomes an orphan.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

from voice.synthesis.engine import make
from voice.synthesis.for_phone import for_phone
from voice.synthesis.protocol import SynthesisError, Unspeakable


def main(choice: str, models: str) -> None:
    parent = os.getppid()
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # libraries print; that must not reach the answers
    os.nice(5)  # a call that is being listened to comes first
    try:
        engine = make(choice, Path(models))
    except SynthesisError as error:
        _answer(out, {"error": str(error), "fatal": True})
        return
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            sound = for_phone(engine.speak(request["text"], request["pace"]))
        except SynthesisError as error:
            _answer(out, {"error": str(error), "unspeakable": isinstance(error, Unspeakable)})
        else:
            _answer(out, {"rate": sound.rate, "bytes": len(sound.pcm)}, sound.pcm)


def _answer(out: BinaryIO, header: dict[str, object], pcm: bytes = b"") -> None:
    out.write(json.dumps(header, ensure_ascii=False).encode() + b"\n" + pcm)
    out.flush()


def _die_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
