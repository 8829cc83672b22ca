"""`linsheng serve` as a process of its own, on free ports and a home of its own, that can be
killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import httpx

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / ".linsheng"
"""Where `make setup` puts the models and the sounds rendered ahead."""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServiceProcess:
    """Start, kill -9 and start again; the home stays the same.

    web, port: of the pages and of SIP; 0: any that is free.
    settings: environment without the prefix: `HUMAN_EXTENSION="sip:agent@127.0.0.1:5090"`.
    """

    def __init__(
        self, home: Path, *arguments: str, web: int = 0, port: int = 0, **settings: str
    ) -> None:
        self.home = home
        self.web = web or free_port()
        self.port = port or free_port(socket.SOCK_DGRAM)
        self.url = f"http://127.0.0.1:{self.web}"
        self.sip = f"sip:hotline@127.0.0.1:{self.port}"
        self.log = home / "service.log"
        self._arguments = arguments
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("LINSHENG_")},
            "LINSHENG_HOME": str(home),
            "LINSHENG_BIND": f"127.0.0.1:{self.web}",
            "LINSHENG_SIP_BIND": f"127.0.0.1:{self.port}",
            **{f"LINSHENG_{name}": value for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        for shared in ("models", "sounds"):
            if (SHARED / shared).exists() and not (home / shared).exists():
                (home / shared).symlink_to(SHARED / shared)

    def spawn(self) -> None:
        """Starts it and waits for nothing."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve", *self._arguments],
                env=self._environment,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self, seconds: float = 60) -> None:
        """Returns when `/readyz` says so. Raises AssertionError with the log's end when it does
        not."""
        self.spawn()
        assert self._process is not None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"the service did not become ready:\n{self.last_words()}")

    @property
    def pid(self) -> int:
        """Of the service, which leads a session of its own."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """kill -9: nothing is tidied up."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self, seconds: float = 25) -> int:
        """SIGTERM; returns the exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.terminate()
        return self._process.wait(seconds)

    def wait(self) -> None:
        """Until the service ends by itself."""
        assert self._process is not None
        self._process.wait()

    def left_behind(self) -> list[str]:
        """Processes of the service's session that still run, as `pid name`."""
        assert self._process is not None
        left = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
            except OSError:
                continue
            if rest.split()[3] == str(self._process.pid):
                left.append(f"{stat.parent.name} {name}")
        return left

    def last_words(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def command(self, *words: str) -> str:
        """Another `linsheng` command on the same home; returns what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            env=self._environment,
            cwd=self.home,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def tickets(self) -> list[dict[str, object]]:
        """What the open interface says of all tickets."""
        found: list[dict[str, object]] = httpx.get(f"{self.url}/open311/v2/requests.json").json()
        return found

    def __enter__(self) -> "ServiceProcess":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """SIGTERM, and kill -9 when that does not end it."""
        if self._process is not None and self._process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
