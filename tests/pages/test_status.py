import re
from itertools import pairwise

import pytest

from tests.pages.site import Site
from voice.codecs import decode


def test_the_page_says_what_where_and_how_far(site: Site) -> None:
    ticket = site.ticket(state="in_progress", note="灯泡买好了，下午来换")
    answer = site.client.get(f"/t/{ticket.token}")
    assert answer.status_code == 200
    for shown in (
        f"{ticket.number[:3]} {ticket.number[3:]}", "路灯照明", "3幢2单元", "灯泡买好了",
        "楼道里的灯坏了", "有人正在办", f'href="/t/{ticket.token}.mp3"',
    ):  # fmt: skip
        assert shown in answer.text
    hotline = site.services.community.profile.hotline
    assert f'href="tel:{hotline.replace("-", "")}"' in answer.text


def test_the_page_is_private(site: Site) -> None:
    ticket = site.ticket()
    answer = site.client.get(f"/t/{ticket.token}")
    assert "noindex" in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert ticket.phone not in answer.text
    assert ticket.name not in answer.text
    assert "set-cookie" not in answer.headers


def test_nothing_pins_the_size_of_the_text(site: Site) -> None:
    page = site.client.get(f"/t/{site.ticket().token}").text
    style = site.client.get("/static/style.css").text
    for text in (page, style):
        assert "text-size-adjust" not in text
        assert "WeixinJSBridge" not in text
        assert "maximum-scale" not in text
        assert "user-scalable" not in text


@pytest.mark.parametrize(
    ("state", "step"),
    [("open", 1), ("reopened", 1), ("assigned", 2), ("in_progress", 3), ("resolved", 4),
     ("closed", 4), ("draft", 0), ("merged", 0), ("dismissed", 0)],
)  # fmt: skip
def test_every_state_has_its_sentence_and_step(site: Site, state: str, step: int) -> None:
    page = site.client.get(f"/t/{site.ticket(state=state).token}").text
    assert re.search(r'class="sentence">[^<]{8,}<', page)
    shown = re.findall(r'<li class="(\w+)"', page)
    assert shown == (["done"] * (step - 1) + ["now"] + ["later"] * (4 - step) if step else [])


@pytest.mark.parametrize("token", ["x", "A" * 43, "垃圾", "%00", "a" * 5000, "..%2f..%2fetc"])
def test_an_address_nobody_was_given(site: Site, token: str) -> None:
    for ending in ("", ".mp3"):
        answer = site.client.get(f"/t/{token}{ending}")
        assert answer.status_code == 404
    answer = site.client.get("/t/" + "A" * 43)
    assert "六位的单号" in answer.text
    assert "tel:" in answer.text


def test_the_chapters_fill_the_sound(site: Site) -> None:
    ticket = site.ticket(state="in_progress", note="灯泡买好了，下午3点来换。")
    chapters = site.client.get(f"/t/{ticket.token}.json").json()["chapters"]
    assert "".join(chapter["text"] for chapter in chapters).startswith("和睦新村3幢2单元，")
    assert chapters[0]["start"] == 0
    for before, after in pairwise(chapters):
        assert before["start"] < before["end"] <= after["start"] + 0.011
    sound = decode(site.client.get(f"/t/{ticket.token}.mp3").content)
    assert chapters[-1]["end"] == pytest.approx(sound.seconds - 0.5, abs=0.15)
    assert site.client.get(f"/t/{'A' * 43}.json").status_code == 404


@pytest.mark.parametrize("state", ["open", "resolved", "dismissed", "draft", "merged"])
def test_the_page_reads_itself_aloud(site: Site, state: str) -> None:
    ticket = site.ticket(state=state, note="灯泡换好了")
    answer = site.client.get(f"/t/{ticket.token}.mp3")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/mpeg"
    assert decode(answer.content).seconds > 0.5


def test_a_place_that_is_not_known_yet(site: Site) -> None:
    ticket = site.ticket(state="draft", place="", place_id=None, description="")
    assert "还没说清在哪里" in site.client.get(f"/t/{ticket.token}").text
    assert site.client.get(f"/t/{ticket.token}.mp3").status_code == 200


def test_the_resident_says_it_is_mended(site: Site) -> None:
    ticket = site.ticket(state="resolved")
    page = site.client.get(f"/t/{ticket.token}").text
    assert page.count('name="solved"') == 2
    where = f"/t/{ticket.token}/verdict"
    answer = site.client.post(where, data={"solved": "yes", "words": "师傅很客气"})
    assert answer.status_code in (200, 303)
    assert site.now(ticket).state == "closed"
    verdict = next(event for event in site.events(ticket) if event.kind == "verdict")
    assert (verdict.actor, verdict.data) == ("resident", {"solved": True, "text": "师傅很客气"})
    site.client.post(where, data={"solved": "yes"})
    assert sum(event.kind == "verdict" for event in site.events(ticket)) == 1


def test_the_resident_says_it_is_not_mended_and_the_supervisor_sees_it(site: Site) -> None:
    ticket = site.ticket(state="resolved")
    where = f"/t/{ticket.token}/verdict"
    site.client.post(where, data={"solved": "no", "words": "还是\x00不亮" + "！" * 900})
    now = site.now(ticket)
    assert (now.state, now.alert) == ("reopened", "escalated")
    assert site.events(ticket)[-1].data["text"].startswith("还是不亮")
    assert 'name="solved"' not in site.client.get(f"/t/{ticket.token}").text
    site.client.post(where, data={"solved": "yes"})
    assert site.now(ticket).state == "reopened", "a page left open changes nothing"


def test_what_silence_closed_can_be_opened_again(site: Site) -> None:
    ticket = site.ticket(state="closed")
    assert site.client.get(f"/t/{ticket.token}").text.count('name="solved"') == 1
    site.client.post(f"/t/{ticket.token}/verdict", data={"solved": "no"})
    assert site.now(ticket).state == "reopened"


def test_a_verdict_nobody_can_read_or_from_nobody(site: Site) -> None:
    ticket = site.ticket(state="resolved")
    where = f"/t/{ticket.token}/verdict"
    assert site.client.post(where, data={"solved": "maybe"}).status_code == 422
    assert site.client.post(where).status_code == 422
    assert site.client.get(where).status_code in (404, 405), "a link preview decides nothing"
    stranger = site.client.post("/t/" + "A" * 43 + "/verdict", data={"solved": "yes"})
    assert stranger.status_code == 404
    assert site.now(ticket).state == "resolved"
