import pytest

from bot.storage.tables import Notice, Resident
from tests.pages.site import Site


def test_a_worker_takes_a_ticket_to_resolved_with_a_word_to_the_resident(site: Site) -> None:
    site.sign_in("worker", "李师傅")
    ticket = site.ticket()
    path = f"/desk/tickets/{ticket.number}"
    for state in ("assigned", "in_progress", "resolved"):
        answer = site.post(path, f"{path}/state", state=state, note="灯泡换好了")
        assert answer.status_code == 200
        assert "保存好了" in answer.text
        assert site.now(ticket).state == state
    assert site.now(ticket).note == "灯泡换好了"
    last = site.events(ticket)[-1]
    assert (last.actor, last.kind) == ("李师傅", "state")
    page = site.client.get(f"/t/{ticket.token}").text
    assert "灯泡换好了" in page


def test_a_wechat_resident_is_told(site: Site) -> None:
    site.sign_in("worker")
    ticket = site.wechat_ticket("openid-1")
    path = f"/desk/tickets/{ticket.number}"
    site.post(path, f"{path}/state", state="resolved", note="灯泡换好了")
    with site.services.database.read() as session:
        notices = session.query(Notice).all()
    assert [(n.who, n.about, n.note) for n in notices] == [
        (ticket.resident_id, "resolved", "灯泡换好了")
    ]


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("volunteer", set()),
        ("worker", {"assigned", "in_progress", "resolved"}),
        ("supervisor", {"assigned", "in_progress", "resolved", "dismissed"}),
        ("admin", {"assigned", "in_progress", "resolved", "dismissed"}),
    ],
)
def test_only_what_the_role_may_do_is_offered(site: Site, role: str, offered: set[str]) -> None:
    site.sign_in(role)
    ticket = site.ticket()
    page = site.client.get(f"/desk/tickets/{ticket.number}").text
    states = {"open", "assigned", "in_progress", "resolved", "closed", "reopened", "dismissed"}
    assert {s for s in states if f'name="state" value="{s}"' in page} == offered


@pytest.mark.parametrize("role", ["volunteer", "worker"])
def test_what_is_not_offered_is_not_done_either(site: Site, role: str) -> None:
    site.sign_in(role)
    ticket = site.ticket()
    path = f"/desk/tickets/{ticket.number}"
    answer = site.post(path, f"{path}/state", state="dismissed", note="不是我们管")
    assert answer.status_code == 422
    assert "请找社区工作人员" in answer.text
    assert "不是我们管" in answer.text  # what was written is not lost
    assert site.now(ticket).state == "open"


def test_dismissing_needs_a_reason(site: Site) -> None:
    site.sign_in("supervisor")
    ticket = site.ticket()
    path = f"/desk/tickets/{ticket.number}"
    assert site.post(path, f"{path}/state", state="dismissed", note=" ").status_code == 422
    assert site.now(ticket).state == "open"
    assert site.post(path, f"{path}/state", state="dismissed", note="归供电局管").status_code == 200
    assert site.now(ticket).note == "归供电局管"


@pytest.mark.parametrize("state", ["draft", "merged", "nonsense", "", "closed'--"])
def test_states_that_cannot_be_reached(site: Site, state: str) -> None:
    site.sign_in("admin")
    ticket = site.ticket()
    path = f"/desk/tickets/{ticket.number}"
    assert site.post(path, f"{path}/state", state=state).status_code == 422
    assert site.now(ticket).state == "open"


def test_a_volunteer_completes_a_draft(site: Site) -> None:
    site.sign_in("volunteer", "小陈")
    ticket = site.ticket(state="draft", place="", place_id=None, category="other")
    path = f"/desk/tickets/{ticket.number}"
    site.post(path, f"{path}/correct", category="elevator", place="5幢1单元")
    assert site.post(path, f"{path}/state", state="open").status_code == 200
    now = site.now(ticket)
    assert (now.state, now.category, now.place_id) == ("open", "elevator", "hm/5/1")


def test_a_category_is_changed_in_one_tap_and_nothing_else(site: Site) -> None:
    site.sign_in("volunteer")
    ticket = site.ticket()
    path = f"/desk/tickets/{ticket.number}"
    page = site.client.get(path).text
    assert 'name="category" value="power"' in page
    assert 'name="category" value="lighting"' not in page
    site.post(path, f"{path}/correct", category="power")
    now = site.now(ticket)
    assert (now.category, now.place, now.description, now.phone) == (
        "power", ticket.place, ticket.description, ticket.phone,
    )  # fmt: skip
    assert site.events(ticket)[-1].kind == "corrected"


def test_everything_can_be_corrected(site: Site) -> None:
    site.sign_in("volunteer")
    ticket = site.ticket()
    path = f"/desk/tickets/{ticket.number}"
    answer = site.post(
        path, f"{path}/correct",
        category="leak", place="东门", words="东门漏水", urgency="urgent", phone="0571-8888 1234",
    )  # fmt: skip
    assert answer.status_code == 200
    now = site.now(ticket)
    assert (now.category, now.place_id, now.urgency) == ("leak", "hm/东门", "urgent")
    assert (now.description, now.phone) == ("东门漏水", "057188881234")


@pytest.mark.parametrize(
    "fields",
    [
        {"category": "spaceship"},
        {"urgency": "very"},
        {"phone": "打给我女儿"},
        {"phone": "123"},
        {"words": ""},
        {"words": "长" * 4001},
        {"place": "长" * 101},
    ],
)
def test_corrections_that_will_not_do(site: Site, fields: dict[str, str]) -> None:
    site.sign_in("volunteer")
    ticket = site.ticket()
    path = f"/desk/tickets/{ticket.number}"
    assert site.post(path, f"{path}/correct", **fields).status_code == 422
    assert site.now(ticket).updated == ticket.updated


def test_two_people_at_one_ticket(site: Site) -> None:
    """The second one to save is told, sees the newest, and overwrites nothing."""
    site.sign_in("worker")
    ticket = site.ticket()
    path = f"/desk/tickets/{ticket.number}"
    stale = site.form(path, f"{path}/state")
    site.post(path, f"{path}/correct", place="5幢1单元")
    for action, fields in (
        ("state", {"state": "resolved", "note": "我写了半天"}),
        ("correct", {"place": "7幢"}),
        ("note", {"note": "我写了半天"}),
    ):
        answer = site.client.post(f"{path}/{action}", data={**stale, **fields})
        assert answer.status_code == 409
        assert "没有保存" in answer.text
        assert "5幢1单元" in answer.text
    assert "我写了半天" in answer.text
    now = site.now(ticket)
    assert (now.state, now.place) == ("open", "5幢1单元")


def test_a_call_back_is_done(site: Site) -> None:
    site.sign_in("volunteer", "小陈")
    ticket = site.ticket(callback="asked")
    path = f"/desk/tickets/{ticket.number}"
    assert 'href="tel:13800001234"' in site.client.get(path).text
    site.post(path, f"{path}/callback", note="已经说清楚了")
    assert site.now(ticket).callback == ""
    last = site.events(ticket)[-1]
    assert (last.kind, last.actor) == ("callback", "小陈")
    assert "请给居民回电话" not in site.client.get(path).text


def test_a_note_reaches_the_residents_page(site: Site) -> None:
    site.sign_in("volunteer")
    ticket = site.ticket()
    path = f"/desk/tickets/{ticket.number}"
    assert site.post(path, f"{path}/note", note="").status_code == 422
    assert site.post(path, f"{path}/note", note="字" * 501).status_code == 422
    site.post(path, f"{path}/note", note="电工明天上午来")
    assert "电工明天上午来" in site.client.get(f"/t/{ticket.token}").text
    assert site.now(ticket).state == "open"


def test_what_a_resident_said_cannot_become_markup(site: Site) -> None:
    site.sign_in("worker")
    ticket = site.ticket(description="<script>alert(1)</script>", place='"><img src=x>')
    for path in ("/desk", f"/desk/tickets/{ticket.number}", f"/t/{ticket.token}"):
        page = site.client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x>" not in page


def test_a_ticket_nobody_has(site: Site) -> None:
    site.sign_in("worker")
    for number in ("572005", "000000", "12", "abc", "57200５"):
        assert site.client.get(f"/desk/tickets/{number}").status_code == 404


def test_a_resident_agrees_to_be_called_and_it_is_written_down(site: Site) -> None:
    site.sign_in("volunteer")
    ticket = site.wechat_ticket("openid-1")
    path = f"/desk/tickets/{ticket.number}"
    site.post(path, f"{path}/told-by", told_by="call")
    with site.services.database.read() as session:
        assert session.query(Resident).one().told_by == "call"
    assert (site.events(ticket)[-1].kind, site.events(ticket)[-1].actor) == ("told_by", "小陈")
    page = site.client.get(path).text
    assert "同意打电话" in page
    assert site.post(path, f"{path}/told-by", told_by="pigeon").status_code == 422


def test_what_a_resident_said_at_the_desk_is_their_verdict(site: Site) -> None:
    site.sign_in("supervisor")
    ticket = site.ticket(state="resolved")
    path = f"/desk/tickets/{ticket.number}"
    site.post(path, f"{path}/state", state="closed", note="他来说亮了")
    verdict = next(event for event in site.events(ticket) if event.kind == "verdict")
    assert (verdict.actor, verdict.data["solved"]) == ("小陈", True)
    assert site.now(ticket).state == "closed"
