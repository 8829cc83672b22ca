import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient

from bot.pages.media import media

DATA = bytes(range(200))


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.get("/sound")
    def sound(request: Request) -> Response:
        return media(request, DATA, "audio/mpeg")

    return TestClient(app)


def test_the_whole(client: TestClient) -> None:
    answer = client.get("/sound")
    assert (answer.status_code, answer.content) == (200, DATA)
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "content", "said"),
    [
        ("bytes=0-1", DATA[:2], "bytes 0-1/200"),  # what an iPhone asks first
        ("bytes=150-", DATA[150:], "bytes 150-199/200"),
        ("bytes=-10", DATA[190:], "bytes 190-199/200"),
        ("bytes=190-999", DATA[190:], "bytes 190-199/200"),
        ("bytes=-999", DATA, "bytes 0-199/200"),
    ],
)
def test_a_part(client: TestClient, asked: str, content: bytes, said: str) -> None:
    answer = client.get("/sound", headers={"range": asked})
    assert (answer.status_code, answer.content) == (206, content)
    assert answer.headers["content-range"] == said


@pytest.mark.parametrize("asked", ["bytes=200-", "bytes=9-3", "bytes=-0"])
def test_a_part_that_is_not_there(client: TestClient, asked: str) -> None:
    answer = client.get("/sound", headers={"range": asked})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */200"


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=a-b", "bytes=0-1,5-6", "lines=1-2", "垃圾"])
def test_what_is_not_understood_gives_the_whole(client: TestClient, asked: str) -> None:
    answer = client.get("/sound", headers={"range": asked.encode()})
    assert (answer.status_code, answer.content) == (200, DATA)


def test_unchanged_sound_is_not_sent_twice(client: TestClient) -> None:
    tag = client.get("/sound").headers["etag"]
    assert client.get("/sound", headers={"if-none-match": tag}).status_code == 304
