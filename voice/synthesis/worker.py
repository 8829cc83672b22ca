"""An engine in a process of its own, so that making speech never delays hearing it."""

import json
import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

from voice.sound import Sound
from voice.synthesis.protocol import Engine, SynthesisError, Unspeakable

_START = 60.0
"""Seconds for the first answer on top of the rest: 3 to load Kokoro on the author's machine."""
_A_CHARACTER = 2.0
"""Seconds: eight times what Kokoro needs on one busy core."""


class Worker(Engine):
    """Thread-safe; texts are spoken one after the other. The process starts with the first text
    (or `start`), and anew when it died or took too long."""

    def __init__(self, choice: str, name: str, models: Path) -> None:
        self.name = name
        self._choice = choice
        self._models = models
        self._command = [sys.executable, "-m", "voice.synthesis.worker_process", choice]
        self._command.append(str(models.resolve()))
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """Of the process, when there is one."""
        return self._process.pid if self._process else None

    def twin(self) -> "Worker":
        """Another process of the same engine."""
        return Worker(self._choice, self.name, self._models)

    def start(self) -> None:
        """Begin loading now, not at the first text."""
        with self._lock:
            self._running()

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        """8000 Hz, ready for the telephone. Raises `SynthesisError`."""
        request = json.dumps({"text": text, "pace": pace}).encode() + b"\n"
        with self._lock:
            deadline = time.monotonic() + _START + _A_CHARACTER * len(text)
            try:
                process = self._running()
                assert process.stdin is not None
                process.stdin.write(request)
                process.stdin.flush()
                return self._answer(process, deadline)
            except OSError as error:
                self._stop()
                raise SynthesisError(f"语音进程停了（{error}）。") from None
            except SynthesisError:
                raise
            except BaseException:
                self._stop()  # an answer nobody took would be given to the next text
                raise

    def close(self) -> None:
        """End the process; the next text would start a new one."""
        with self._lock:
            self._stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        return self._process

    def _answer(self, process: subprocess.Popen[bytes], deadline: float) -> Sound:
        received = bytearray()
        while b"\n" not in received:
            received += self._read(process, deadline)
        line, _, pcm = bytes(received).partition(b"\n")
        header = json.loads(line)
        if "error" in header:
            if header.get("fatal"):
                self._stop()
            raise (Unspeakable if header.get("unspeakable") else SynthesisError)(header["error"])
        sound = bytearray(pcm)
        while len(sound) < header["bytes"]:
            sound += self._read(process, deadline)
        return Sound(bytes(sound), header["rate"])

    def _read(self, process: subprocess.Popen[bytes], deadline: float) -> bytes:
        assert process.stdout is not None
        readable, _, _ = select.select(
            [process.stdout], [], [], max(0.0, deadline - time.monotonic())
        )
        data = os.read(process.stdout.fileno(), 1 << 16) if readable else b""
        if not data:
            self._stop()
            raise SynthesisError("语音进程停了。" if readable else "语音进程太久没有回答。")
        return data

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
