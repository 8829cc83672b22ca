"""The service under demonstration: `linsheng serve` as a process, on a home of its own."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import httpx

ROOT = Path(__file__).resolve().parents[2]


class Service:
    """`linsheng serve` on the embedded defaults; `with` starts it and makes sure it is gone."""

    def __init__(self, home: Path, wechat_api: str, wechat: dict[str, str]) -> None:
        self.home = home
        self.url = "http://127.0.0.1:8000"
        self.sip = "sip:hotline@127.0.0.1:5060"
        self.log = home / "service.log"
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("LINSHENG_")},
            "LINSHENG_HOME": str(home),
            "LINSHENG_WECHAT_API_BASE": wechat_api,
            **{f"LINSHENG_WECHAT_{name}": value for name, value in wechat.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def fresh_home(base: Path) -> Path:
        """An empty data folder beside the fetched models and the sounds rendered ahead."""
        home = base / "demo"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True, mode=0o700)
        for shared in ("models", "sounds"):
            (base / shared).mkdir(exist_ok=True)
            (home / shared).symlink_to(base / shared)
        return home

    def command(self, *words: str) -> str:
        """Run another `linsheng` command on the same home; returns what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            env=self._environment,
            cwd=self.home,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def __enter__(self) -> "Service":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            env=self._environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        return self

    def wait_ready(self, seconds: float = 60) -> bool:
        """True when `/readyz` answers; False when the process ended or took too long."""
        assert self._process is not None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return True
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        return False

    def last_words(self, lines: int = 8) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def wait(self) -> None:
        """Until the service ends by itself."""
        assert self._process is not None
        self._process.wait()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
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
