from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient

from bot.pages.guard import HEADERS, Guard


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.add_middleware(Guard, limit=1000)

    @app.post("/echo")
    async def echo(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await request.body())))

    @app.get("/own")
    def own() -> PlainTextResponse:
        return PlainTextResponse("x", headers={"Content-Security-Policy": "default-src 'self'"})

    return TestClient(app)


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for answer in (client.post("/echo", content=b"x"), client.get("/nowhere")):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert answer.headers["cache-control"] == "no-store"


def test_no_script_or_style_may_be_inline() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_a_handler_keeps_its_own_header(client: TestClient) -> None:
    assert client.get("/own").headers["content-security-policy"] == "default-src 'self'"


def test_a_body_that_says_it_is_too_large_is_not_read(client: TestClient) -> None:
    assert client.post("/echo", content=b"x" * 1000).text == "1000"
    answer = client.post("/echo", content=b"x" * 1001)
    assert answer.status_code == 413
    assert "太大" in answer.text


def test_a_body_that_hides_its_size_is_cut_off(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (b"x" * 300 for _ in range(5))

    assert client.post("/echo", content=pieces()).status_code == 413
