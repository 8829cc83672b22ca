"""A worker's morning at the desk, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from flows.heard import HeardKind
from tests.browser.conftest import Served
from tests.browser.look import AA, overflow, picture, small_targets, violations
from tests.desk.test_ticket_page import TONE
from tests.support.talking import Resident, caller
from voice.codecs import encode_wav, resample

pytestmark = pytest.mark.system

NEW = "和睦社区要平安2026"


def enter(served: Served, page: Page, role: str = "worker") -> None:
    """Sign in with the one-time password and choose one's own."""
    once = served.site.account("李师傅", role)
    page.goto(f"{served.url}/desk")
    page.get_by_label("姓名").fill("李师傅")
    page.get_by_label("密码").fill(once)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("现在的密码").fill(once)
    page.get_by_label("新密码", exact=True).fill(NEW)
    page.get_by_label("再写一遍新密码").fill(NEW)
    page.get_by_role("button", name="换密码").click()
    expect(page.get_by_role("status")).to_contain_text("密码换好了")


def talking(served: Served) -> tuple[Resident, str]:
    """Somebody on the telephone, whose matter was heard and whose place was not."""
    services = served.site.services
    tape = services.recordings.start("call-1", "audio/l16;rate=8000")
    tape.write(bytes(8000) + resample(TONE, 8000).pcm)
    resident = caller(services)
    resident.take(HeardKind.OPENED)
    said = resident.says("楼道里的灯坏了", recording=tape.id, heard_until=2.0)
    return resident, said.conversation


def test_a_volunteer_helps_a_running_call_in_three_taps(served: Served, phone: Page) -> None:
    enter(served, phone, "volunteer")
    phone.goto(f"{served.url}/desk")
    resident, id = talking(served)
    # The list tells of the call by itself.
    phone.get_by_role("link", name="有 1 个电话正在打").tap()
    card = phone.locator(f"#call-{id}")
    expect(card.locator(".them")).to_contain_text("楼道里的灯坏了")
    seconds = card.locator("audio").evaluate(
        """async a => { a.preload = 'auto'; a.load();
           await new Promise((done, failed) => { a.oncanplaythrough = done; a.onerror = failed; });
           return a.duration }"""
    )
    assert seconds > 0.3
    card.get_by_label("地点").fill("3幢2单元")
    # While somebody types, what is heard meanwhile shows, and what was typed stays.
    resident.says("三栋啊单元", conversation=id)
    expect(card.locator(".them")).to_contain_text("三栋啊单元")
    expect(card.get_by_label("地点")).to_have_value("3幢2单元")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("改好了")
    turn = resident.take(HeardKind.GO_ON, conversation=id)
    assert turn.step == "readback"
    assert "三幢二单元" in "".join(turn.speech)
    resident.take(HeardKind.ENDED, conversation=id)
    expect(phone.locator("main")).to_contain_text("现在没有人在打电话")


def test_a_note_is_heard_before_it_is_sent(served: Served, desktop: Page) -> None:
    enter(served, desktop)
    ticket = served.site.ticket()
    desktop.goto(f"{served.url}/desk/tickets/{ticket.number}")
    desktop.locator("#note").fill("灯泡换好了，您看看亮不亮。")
    button = desktop.locator("button[data-preview]")
    with desktop.expect_response(lambda answer: answer.url.endswith("/preview")) as sound:
        button.click()
    assert sound.value.headers["content-type"] == "audio/mpeg"
    expect(button).to_have_text("停")
    button.click()
    expect(button).to_have_text("先听一听")
    assert desktop.url.endswith(ticket.number)


def test_from_the_first_sign_in_to_a_resolved_ticket(served: Served, desktop: Page) -> None:
    ticket = served.site.report("和睦新村3幢2单元楼道的灯坏了，黑漆漆的")
    served.site.recording(ticket, encode_wav(TONE), "audio/wav")
    enter(served, desktop)
    picture(desktop, "desk-queue")
    desktop.get_by_role("link", name="路灯照明").click()
    picture(desktop, "desk-ticket")
    expect(desktop.locator(".talk .them")).to_contain_text("黑漆漆的")
    length = desktop.evaluate(
        """async () => { const a = document.querySelector('audio'); a.preload = 'auto'; a.load();
           await new Promise((done, failed) => { a.oncanplaythrough = done; a.onerror = failed; });
           return a.duration }"""
    )
    assert abs(length - TONE.seconds) < 0.2
    desktop.get_by_label("给居民的话").fill("灯泡换好了")
    desktop.get_by_role("button", name="办好了", exact=True).click()
    expect(desktop.get_by_role("status")).to_contain_text("保存好了")
    assert served.site.now(ticket).state == "resolved"
    desktop.goto(f"{served.url}/t/{ticket.token}")
    expect(desktop.locator("main")).to_contain_text("灯泡换好了")


def test_six_tickets_are_worked_through_fast(served: Served, desktop: Page) -> None:
    for _ in range(6):
        served.site.ticket()
    enter(served, desktop)
    desktop.locator(".queue a").first.click()
    for left in range(6, 0, -1):
        desktop.get_by_role("button", name="办好了", exact=True).click()
        expect(desktop.get_by_role("status")).to_be_visible()
        if left > 1:
            desktop.get_by_role("link", name="下一张").click()
    desktop.goto(f"{served.url}/desk")
    expect(desktop.locator("main")).to_contain_text("没有单子")


def test_every_page_is_accessible(served: Served, desktop: Page, phone: Page) -> None:
    site = served.site
    ticket = site.ticket(callback="asked", urgency="emergency", note="马上来")
    site.ticket(state="draft", place="", place_id=None, description="")
    site.recording(ticket, encode_wav(TONE), "audio/wav")
    talking(served)
    desktop.goto(f"{served.url}/desk/sign-in")
    picture(desktop, "desk-sign-in")
    assert violations(desktop, AA) == []
    enter(served, desktop, "supervisor")
    phone.context.add_cookies(desktop.context.cookies())  # type: ignore[arg-type]
    number = ticket.number
    for name, path in (
        ("queue", "/desk"), ("ticket", f"/desk/tickets/{number}"), ("password", "/desk/password"),
        ("report", "/desk/report"), ("slip", f"/desk/tickets/{number}/slip"),
        ("live", "/desk/live"), ("missing", "/desk/tickets/000000"), ("docs", "/docs"),
    ):  # fmt: skip
        for page, device in ((desktop, "desktop"), (phone, "phone")):
            page.goto(f"{served.url}{path}")
            picture(page, f"desk-{name}-{device}")
            assert violations(page, AA) == [], (name, device)
            assert overflow(page) <= 0, (name, device)
            if name != "docs":
                assert small_targets(page, 44) == [], (name, device)


def test_a_volunteer_reports_for_somebody(served: Served, desktop: Page) -> None:
    enter(served, desktop, "volunteer")
    desktop.get_by_role("link", name="帮人报事").click()
    desktop.get_by_label("他说").fill("和睦新村5幢1单元电梯坏了")
    desktop.get_by_role("button", name="发送").click()
    picture(desktop, "desk-report-filed")
    desktop.get_by_role("link", name="打印回执给他").click()
    expect(desktop.locator("dl")).to_contain_text("5幢1单元")
    desktop.emulate_media(media="print")
    picture(desktop, "desk-slip-print")
    expect(desktop.get_by_role("button", name="打印")).to_be_hidden()


def test_two_people_at_one_ticket(served: Served, desktop: Page) -> None:
    ticket = served.site.ticket()
    enter(served, desktop)
    path = f"{served.url}/desk/tickets/{ticket.number}"
    other = desktop.context.new_page()
    for page in (desktop, other):
        page.goto(path)
    desktop.get_by_role("button", name="开始办").click()
    other.get_by_label("给居民的话").fill("我写了半天")
    other.get_by_role("button", name="办好了", exact=True).click()
    picture(other, "desk-conflict")
    expect(other.get_by_role("alert")).to_contain_text("没有保存")
    expect(other.get_by_label("给居民的话")).to_have_value("我写了半天")
    assert served.site.now(ticket).state == "in_progress"
