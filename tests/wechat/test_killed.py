"""kill -9 between a message's arrival and its answer."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.storage.box import Box
from bot.storage.database import Database
from bot.storage.tables import Incoming, Ticket, TurnRow
from tests.simulators.wechat import User, WeChatSimulator
from tests.support.service import free_port

ROOT = Path(__file__).resolve().parents[2]
REPORT = "和睦新村三幢二单元的楼道灯坏了"


class Child:
    def __init__(self, home: Path, sim: WeChatSimulator) -> None:
        self._home, self._sim = home, sim
        self._port = free_port()
        self._process: subprocess.Popen[str] | None = None
        sim.callback = f"http://127.0.0.1:{self._port}/wechat"

    def start(self, hold: str, patience: float) -> None:
        """hold: where to stop and wait to be killed. patience: the inbox worker's, in seconds."""
        arguments = [str(self._home), str(self._port), self._sim.api_base, hold, str(patience)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.wechat.child", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                httpx.get(self._sim.callback, timeout=10)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the child did not start")

    def wait_held(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "held\n"

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()


@pytest.fixture
def child(sim: WeChatSimulator, tmp_path: Path) -> Iterator[Child]:
    child = Child(tmp_path, sim)
    yield child
    child.kill()


def killed_with_a_message_inside(child: Child, user: User, hold: str) -> threading.Thread:
    child.start(hold, patience=60)
    sending = threading.Thread(target=user.send_text, args=(REPORT, "1"))
    sending.start()
    child.wait_held()
    child.kill()
    return sending


def stored(home: Path) -> tuple[int, int, str]:
    """Tickets, turns, and the state of the message."""
    database = Database(f"sqlite:///{home / 'linsheng.db'}", Box("a secret for tests only"))
    with database.read() as session:
        counts = (
            len(session.scalars(select(Ticket)).all()),
            len(session.scalars(select(TurnRow)).all()),
            session.get_one(Incoming, "wechat:1").state,
        )
    database.close()
    return counts


@pytest.mark.parametrize(("hold", "tickets"), [("before", 0), ("after", 1)])
def test_the_answer_is_pushed_after_a_restart(
    child: Child, sim: WeChatSimulator, tmp_path: Path, hold: str, tickets: int
) -> None:
    user = sim.user("oLi")
    sending = killed_with_a_message_inside(child, user, hold)
    sending.join()
    assert user.banners == 1, "all three tries failed"
    assert stored(tmp_path) == (tickets, tickets, "waiting")
    child.start("never", patience=0.1)
    pushed = user.wait(30)
    assert pushed is not None
    assert pushed.kind == "push"
    assert "http://linsheng.example/t/" in pushed.text
    time.sleep(1)
    child.kill()
    assert len(user.inbox) == 1
    assert stored(tmp_path) == (1, 1, "done")


def test_wechats_next_try_is_answered_after_a_quick_restart(
    child: Child, sim: WeChatSimulator, tmp_path: Path
) -> None:
    user = sim.user("oLi")
    child.start("after", patience=60)
    query_sent = threading.Thread(target=user.send_text, args=(REPORT, "1"))
    query_sent.start()
    child.wait_held()
    # The held one acknowledges after 4 s and stays in the inbox: nobody pushes for a dead process.
    child.kill()
    child.start("never", patience=60)
    query_sent.join()
    if user.banners:
        # A slow machine: the restart took longer than WeChat's tries. It sends nothing more.
        user.send_text(REPORT, "1")
    assert user.inbox[0].kind == "reply"
    assert "http://linsheng.example/t/" in user.last
    time.sleep(0.5)
    child.kill()
    assert stored(tmp_path) == (1, 1, "done")
