"""Pages and answers that belong to the whole site."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import APIRouter

from bot.storage.full import StorageFull
from bot.storage.tables import TicketEvent
from tests.pages.site import Site


def test_errors_are_pages_in_chinese(site: Site) -> None:
    answer = site.client.get("/nowhere")
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.text
    assert 'lang="zh-CN"' in answer.text
    assert site.client.delete("/board").status_code == 405


def test_machines_get_one_line_of_json(site: Site) -> None:
    answer = site.client.get("/nowhere", headers={"accept": "application/json"})
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize(
    ("fault", "status"), [(ValueError("x"), 500), (StorageFull("录音"), 503), (TimeoutError(), 503)]
)
def test_a_fault_of_ours_shows_no_traceback(site: Site, fault: Exception, status: int) -> None:
    router = APIRouter()

    @router.get("/broken")
    def broken() -> None:
        raise fault

    site.app.include_router(router)
    answer = site.client.get("/broken")
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert "打电话" in answer.text or "过一会儿" in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


def test_too_much(site: Site) -> None:
    answer = site.client.post("/desk/sign-in", content=b"x" * 2_000_000)
    assert answer.status_code == 413


def test_the_home_page_leads_on(site: Site) -> None:
    page = site.client.get("/").text
    assert 'href="/board"' in page
    assert "tel:" in page


def test_the_description_for_other_systems(site: Site) -> None:
    paths = site.client.get("/openapi.json").json()["paths"]
    for path in ("/open311/v2/requests", "/t/{token}", "/healthz", "/readyz"):
        assert path in paths
    assert not [path for path in paths if path.startswith("/desk")]
    page = site.client.get("/docs").text
    assert "/open311/v2/requests" in page
    assert "http://" not in re.sub(r"<code>.*?</code>", "", page).replace("http://www.w3", "")


def test_alive_ready_and_counted(site: Site) -> None:
    assert site.client.get("/healthz").json() == {"status": "alive"}
    ready = site.client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["parts"]["database"]["ready"] is True
    assert "linsheng_turns_total" in site.client.get("/metrics").text


def test_not_ready_without_a_database(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OSError("postgresql://user:password@host")

    monkeypatch.setattr(site.services.database.engine, "connect", gone)
    answer = site.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert "password" not in answer.text


def test_the_board_counts_and_names_nobody(site: Site) -> None:
    now = datetime.now(UTC)
    tickets = [site.ticket(state="open"), site.ticket(state="resolved", category="elevator")]
    closed = site.ticket(state="closed")
    site.ticket(state="closed")
    site.ticket(state="draft", category="leak")
    site.ticket(state="open", category="noise", created=now - timedelta(days=31))
    with site.services.database.begin() as session:
        session.add(
            TicketEvent(ticket_id=closed.id, at=now, actor="resident", kind="verdict", data={})
        )
    page = site.client.get("/board").text
    rows = dict(re.findall(r'<th scope="row">([^<]+)</th><td>(\d+)</td>', page))
    label = site.services.wording.label
    assert rows[label("category", "lighting")] == "3"
    assert rows[label("category", "elevator")] == "1"
    assert rows[label("state", "closed")] == "2"
    assert label("category", "noise") not in page
    assert label("category", "leak") not in page
    # Worker, resident; waiting for a word, closed without one.
    assert re.findall(r'class="number">(\d+)<', page) == ["3", "1", "1", "1"]
    for ticket in tickets:
        for private in (ticket.number, ticket.place, ticket.phone, ticket.name, ticket.token):
            assert private not in page


def test_an_empty_board(site: Site) -> None:
    assert "还没有人报事" in site.client.get("/board").text
