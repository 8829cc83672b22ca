"""The adapter against a real server that answers well, late, wrongly, or not at all."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.assistant.model import DEADLINE, HttpModel, Suggestion

CHOICES = (("lighting", "路灯照明"), ("power", "停电"))
Answer = Callable[[BaseHTTPRequestHandler], None]


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _says(content: object) -> Answer:
    body = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
    return lambda handler: _send(handler, 200, body, "application/json")


def _late(handler: BaseHTTPRequestHandler) -> None:
    """A byte at a time, so that no single read is late."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(20):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.3)


@contextmanager
def _served(answer: Answer) -> Iterator[tuple[HttpModel, list[dict[str, Any]]]]:
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))
            asked.append({"path": self.path, "key": self.headers["Authorization"], "body": body})
            with suppress(BrokenPipeError, ConnectionResetError):
                answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield HttpModel(f"http://127.0.0.1:{server.server_port}/v1", "k", "m"), asked
    finally:
        server.shutdown()
        server.server_close()


def test_a_good_answer() -> None:
    with _served(_says('{"summary": "楼道灯不亮", "category": "lighting"}')) as (model, asked):
        assert model.suggest("楼道黑", CHOICES) == Suggestion("楼道灯不亮", "lighting")
    (one,) = asked
    assert (one["path"], one["key"]) == ("/v1/chat/completions", "Bearer k")
    assert one["body"]["model"] == "m"
    assert "楼道黑" in one["body"]["messages"][1]["content"]


@pytest.mark.parametrize(
    "content",
    [
        "好的，这是灯的问题。",
        '{"summary": "<b>x</b>", "category": "none of these"}',
        '{"summary": ["x"], "category": {"a": 1}}',
        json.dumps({"summary": "长" * 500}),
        "[]",
        None,
        7,
    ],
)
def test_nonsense_is_nothing(content: object) -> None:
    with _served(_says(content)) as (model, _):
        assert model.suggest("楼道黑", CHOICES) is None


def test_a_wrong_category_is_dropped() -> None:
    with _served(_says('{"summary": "楼道灯不亮", "category": "gas"}')) as (model, _):
        assert model.suggest("楼道黑", CHOICES) == Suggestion("楼道灯不亮", "")


@pytest.mark.parametrize(
    "answer",
    [
        lambda handler: _send(handler, 500, b"oops", "text/plain"),
        lambda handler: _send(handler, 200, b"<html>login</html>", "text/html"),
        lambda handler: _send(handler, 200, b"x" * 100_000, "application/json"),
        lambda handler: handler.connection.close(),
    ],
)
def test_errors_are_nothing(answer: Answer) -> None:
    with _served(answer) as (model, _):
        assert model.suggest("楼道黑", CHOICES) is None


def test_late_is_nothing() -> None:
    with _served(_late) as (model, _):
        start = time.monotonic()
        assert model.suggest("楼道黑", CHOICES) is None
        assert time.monotonic() - start < 3 * DEADLINE


def test_nobody_there() -> None:
    assert HttpModel("http://127.0.0.1:9", "", "m").suggest("楼道黑", CHOICES) is None
