"""The large-font page as an eighty-year-old's telephone shows it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from tests.browser.look import AAA, overflow, picture, small_targets, small_text, violations

pytestmark = pytest.mark.system

STATES = ("draft", "open", "assigned", "in_progress", "resolved", "closed", "reopened", "merged",
          "dismissed")  # fmt: skip


def test_large_clear_and_reachable(served: Served, phone: Page) -> None:
    for state in STATES:
        ticket = served.site.ticket(state=state, note="灯泡已经买好，下午三点来换。")
        phone.goto(f"{served.url}/t/{ticket.token}")
        picture(phone, f"status-{state}")
        assert violations(phone, AAA) == []
        assert small_targets(phone, 60) == []
        assert small_text(phone, 18) == []
        assert overflow(phone) <= 0
    size = phone.evaluate("getComputedStyle(document.body).fontSize")
    leading = phone.evaluate("parseFloat(getComputedStyle(document.body).lineHeight)")
    assert size == "24px"
    assert leading / 24 >= 1.5


@pytest.mark.parametrize("width", [320, 390])
def test_other_widths_and_larger_text(served: Served, phone: Page, width: int) -> None:
    """WeChat's elder mode and the phone's own setting enlarge what a page leaves free."""
    ticket = served.site.ticket(
        place="和睦新村二十四幢三单元六楼楼道与天台之间的平台", note="好" * 80
    )
    phone.set_viewport_size({"width": width, "height": 640})
    phone.goto(f"{served.url}/t/{ticket.token}")
    assert overflow(phone) <= 0
    phone.evaluate("document.documentElement.style.fontSize = '200%'")
    picture(phone, f"status-{width}-doubled")
    assert overflow(phone) <= 0
    assert phone.evaluate("getComputedStyle(document.body).fontSize") > "40px"


def test_read_to_me_plays_in_the_page(served: Served, phone: Page) -> None:
    ticket = served.site.ticket(state="resolved")
    phone.goto(f"{served.url}/t/{ticket.token}")
    button = phone.locator("#listen")
    expect(button).to_contain_text("读给我听")
    with phone.expect_response(lambda answer: answer.url.endswith(".mp3")) as sound:
        button.tap()
    assert sound.value.status in (200, 206)
    expect(button).to_contain_text("停")
    assert phone.url.endswith(ticket.token)
    button.tap()
    expect(button).to_contain_text("读给我听")


def test_the_words_light_up_while_they_are_spoken(served: Served, phone: Page) -> None:
    ticket = served.site.ticket(state="in_progress", note="灯泡买好了，下午3点来换。")
    phone.emulate_media(reduced_motion="reduce")
    phone.goto(f"{served.url}/t/{ticket.token}")
    along = phone.locator("#along")
    expect(along).to_be_hidden()
    phone.locator("#listen").tap()
    expect(along.locator(".on")).to_have_text("和睦新村3幢2单元，")
    picture(phone, "status-along")
    assert along.evaluate("e => getComputedStyle(e.firstChild).transitionDuration") == "0s"
    assert violations(phone, AAA) == []
    seen = set()
    while along.is_visible():
        seen |= set(along.locator(".on").all_text_contents())
        phone.wait_for_timeout(40)
    assert {"今天，", "正在处理。", "下午3点来换。"} <= seen
    expect(phone.locator("#listen")).to_contain_text("读给我听")


def test_words_that_do_not_come_leave_the_sound(served: Served, phone: Page) -> None:
    ticket = served.site.ticket()
    phone.route("**/*.json", lambda route: route.abort())
    phone.goto(f"{served.url}/t/{ticket.token}")
    phone.locator("#listen").tap()
    expect(phone.locator("#listen")).to_contain_text("停")
    expect(phone.locator("#along")).to_be_hidden()


def test_read_to_me_without_scripts_opens_the_sound(served: Served, phone: Page) -> None:
    ticket = served.site.ticket()
    phone.route("**/*.js", lambda route: route.abort())
    phone.goto(f"{served.url}/t/{ticket.token}")
    assert phone.locator("#listen").get_attribute("href") == f"/t/{ticket.token}.mp3"


def test_a_wrong_address_is_met_kindly(served: Served, phone: Page) -> None:
    phone.goto(f"{served.url}/t/{'A' * 43}")
    picture(phone, "status-missing")
    expect(phone.locator("main")).to_contain_text("打电话")
    assert violations(phone, AAA) == []
    assert small_targets(phone, 60) == []


def test_the_board_and_the_home_page(served: Served, phone: Page) -> None:
    for state in STATES:
        served.site.ticket(state=state)
    for path, name in (("/board", "board"), ("/", "home")):
        phone.goto(f"{served.url}{path}")
        picture(phone, name)
        assert violations(phone, AAA) == []
        assert small_text(phone, 18) == []
        assert overflow(phone) <= 0


def test_no_page_breaks_the_content_policy(served: Served, phone: Page) -> None:
    said: list[str] = []
    phone.on("console", lambda message: said.append(message.text))
    ticket = served.site.ticket()
    for path in (f"/t/{ticket.token}", "/board", "/", "/docs", "/desk/sign-in"):
        phone.goto(f"{served.url}{path}")
    assert said == []


def test_the_instruments_notice(desktop: Page) -> None:
    """What is asserted to be empty above is not empty for a bad page."""
    desktop.set_content(
        "<html><body style='width:2900px'><p style='color:#888;font-size:10px'>灰色的字看不清</p>"
        "<a href='/' style='color:#666'>小小的链接</a></body></html>"
    )
    found = " ".join(violations(desktop, AAA))
    for rule in ("color-contrast", "color-contrast-enhanced", "html-has-lang"):
        assert rule in found
    assert small_targets(desktop, 60)
    assert small_text(desktop, 18)
    assert overflow(desktop) > 0
