"""An Asterisk that runs: the configuration of docs/asterisk on free ports, in a folder of its
own."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

from tests.support.service import free_port

DOCS = Path(__file__).resolve().parents[3] / "docs" / "asterisk"
HERE = Path(__file__).parent
USER, PASSWORD = "linsheng", "change-me-to-something-long"
TRUNK, GATEWAY = "127.0.0.1", "127.0.0.2"
"""The carrier and the FXO gateway are told apart by their addresses, on this machine as well."""


class AsteriskServer:
    """Start, kill -9 and start again; ports and configuration stay.

    agent: UDP port of the volunteers' telephone, on 127.0.0.1. carrier: of the trunk, on `TRUNK`.
    """

    def __init__(self, tree: Path, folder: Path) -> None:
        self.sip_port = free_port(socket.SOCK_DGRAM)
        self.agent = free_port(socket.SOCK_DGRAM)
        self.carrier = free_port(socket.SOCK_DGRAM)
        http = free_port()
        self.url = f"http://127.0.0.1:{http}"
        self.uri = f"sip:hotline@127.0.0.1:{self.sip_port}"
        self.log = folder / "log" / "messages"
        self._tree = tree
        self._folder = folder
        self._library = next(tree.glob("usr/lib/*/ld-linux*")).parent
        self._process: subprocess.Popen[bytes] | None = None
        rtp = 40000 + os.getpid() % 90 * 200
        self._configure(
            {
                "http.conf": {"8088": str(http)},
                "ari.conf": {},
                "rtp.conf": {"10000": str(rtp), "19999": str(rtp + 199)},
                "extensions.conf": {},
                "pjsip.conf": {
                    "0.0.0.0:5060": f"127.0.0.1:{self.sip_port}",
                    "192.0.2.10:5060": f"{TRUNK}:{self.carrier}",
                    "192.0.2.10 ": f"{TRUNK} ",
                    "192.0.2.20:5060": f"{GATEWAY}:5060",
                    "match = 192.0.2.20": f"match = {GATEWAY}",
                    # The volunteers' telephone of the tests does not register.
                    "max_contacts = 1": f"contact = sip:8001@127.0.0.1:{self.agent}",
                    "qualify_frequency = 60": "qualify_frequency = 0",
                },
            }
        )

    @property
    def settings(self) -> dict[str, Any]:
        """What Linsheng is told, without the prefix."""
        return {
            "ASTERISK_ARI_URL": self.url,
            "ASTERISK_ARI_USER": USER,
            "ASTERISK_ARI_PASSWORD": PASSWORD,
            "HUMAN_EXTENSION": "sip:8001@pbx",
        }

    def start(self, seconds: float = 30) -> None:
        """Returns when ARI answers. Raises AssertionError with the log's end when it does not."""
        self.spawn()
        assert self._process is not None
        until = time.monotonic() + seconds
        while time.monotonic() < until and self._process.poll() is None:
            if self.is_up():
                return
            time.sleep(0.05)
        raise AssertionError(f"Asterisk did not start:\n{self.last_words()}")

    def spawn(self) -> None:
        """Starts it and waits for nothing."""
        program = self._tree / "usr/sbin/asterisk"
        loader = next(self._library.glob("ld-linux*"))
        self._process = subprocess.Popen(
            # With the parent dies the server, even when the tests are killed.
            ["setpriv", "--pdeathsig=KILL", "--", str(loader), "--library-path",
             str(self._library), str(program), "-C", str(self._folder / "asterisk.conf"), "-f"],
            cwd=self._folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def kill(self) -> None:
        """kill -9: no call is told."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def last_words(self, lines: int = 30) -> str:
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def is_up(self) -> bool:
        """Whether ARI answers."""
        return self._has("/asterisk/info")

    def is_answered(self) -> bool:
        """Whether a Linsheng takes the calls."""
        return self._has("/applications/linsheng")

    def channels(self) -> dict[str, str]:
        """`PJSIP/8001` and its like, with their states."""
        found = self._ari("/channels").raise_for_status().json()
        return {one["name"].rpartition("-")[0]: one["state"] for one in found}

    def left_over(self) -> bool:
        """Whether any channel or bridge is there."""
        return any(self._ari(path).raise_for_status().json() for path in ("/channels", "/bridges"))

    def _has(self, path: str) -> bool:
        try:
            return self._ari(path).is_success
        except httpx.HTTPError:
            return False

    def _ari(self, path: str) -> httpx.Response:
        """What Asterisk itself says, past all of ours."""
        return httpx.get(f"{self.url}/ari{path}", auth=(USER, PASSWORD))

    def _configure(self, files: dict[str, dict[str, str]]) -> None:
        """The files that docs/ recommends, with other addresses, and what a test alone needs."""
        for folder in ("log", "run", "var", "spool"):
            (self._folder / folder).mkdir(parents=True, exist_ok=True)
        for name, values in files.items():
            text = (DOCS / name).read_text()
            for before, after in values.items():
                assert before in text, f"docs/asterisk/{name} no longer says {before!r}"
                text = text.replace(before, after)
            (self._folder / name).write_text(text)
        for name in ("modules.conf", "logger.conf"):
            (self._folder / name).write_text((HERE / name).read_text())
        share = self._tree / "usr/share/asterisk"
        places = {
            "astetcdir": self._folder,
            "astmoddir": self._library / "asterisk/modules",
            "astvarlibdir": self._folder / "var",
            "astdbdir": self._folder / "var",
            "astkeydir": self._folder / "var",
            "astdatadir": share,
            "astagidir": share / "agi-bin",
            "astspooldir": self._folder / "spool",
            "astrundir": self._folder / "run",
            "astlogdir": self._folder / "log",
            "astsbindir": self._tree / "usr/sbin",
        }
        lines = [f"{key} => {value}" for key, value in places.items()]
        text = "\n".join(["[directories]", *lines, "[options]", "verbose = 3", "nocolor = yes", ""])
        (self._folder / "asterisk.conf").write_text(text)
