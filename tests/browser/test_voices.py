"""Recording a prompt with a microphone, on a telephone at the desk."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from tests.browser.look import AA, overflow, picture, small_targets, violations
from tests.browser.test_desk import enter
from voice.recorded.pack import clause_id
from voice.recorded.recorded import Shelf

pytestmark = pytest.mark.system

TEXT = "还有别的事吗？"


def test_record_listen_trim_publish(served: Served, phone: Page) -> None:
    enter(served, phone, "supervisor")
    phone.get_by_role("link", name="录音").tap()
    expect(phone.locator("h1")).to_have_text("用熟悉的声音说")
    picture(phone, "voices")
    assert violations(phone, AA) == []
    assert overflow(phone) <= 0
    phone.get_by_label("说话人怎么称呼").fill("王阿姨")
    phone.get_by_label("说的是什么话").fill("杭州话")
    phone.get_by_label("本人同意").check()
    phone.get_by_role("button", name="保存说话人").tap()
    expect(phone.get_by_role("status")).to_contain_text("记下了")
    phone.get_by_role("link", name=TEXT).tap()
    expect(phone.locator("h1")).to_have_text(TEXT)
    phone.get_by_role("button", name="开始录音").tap()
    loudest = 0.0  # the page allows no script from outside, so nothing waits inside it
    for _ in range(100):
        loudest = max(loudest, phone.evaluate("document.getElementById('level').value"))
        if loudest > 0.05:
            break
        phone.wait_for_timeout(50)
    assert loudest > 0.05
    phone.wait_for_timeout(1500)
    picture(phone, "voice-recording")
    phone.get_by_role("button", name="录好了").tap()
    expect(phone.locator(".flash")).to_contain_text("录好了")
    expect(phone.locator("#wave")).to_be_visible()
    picture(phone, "voice-take")
    assert violations(phone, AA) == []
    assert overflow(phone) <= 0
    assert small_targets(phone, 44) == []
    seconds = phone.evaluate(
        """async () => { const sound = document.getElementById("take"); sound.muted = true;
            await sound.play(); return sound.duration; }"""
    )
    pack = Shelf(served.site.services.settings.voices, served.site.services.database.box).pack(
        "mandarin"
    )
    take = pack.take(clause_id(TEXT))
    assert take is not None
    assert seconds == pytest.approx(take.end - take.begin, abs=0.2)
    phone.locator("#end").fill(f"{take.begin + 0.3:.2f}")
    phone.get_by_role("button", name="剪好").tap()
    expect(phone.locator(".flash")).to_contain_text("剪好了")
    phone.get_by_role("button", name="发布").tap()
    expect(phone.locator(".flash")).to_contain_text("发布了")
    sound = pack.said(TEXT)
    assert sound is not None
    assert sound.seconds == pytest.approx(0.3, abs=0.05)


def test_without_scripts_a_file_can_be_sent(served: Served, desktop: Page) -> None:
    enter(served, desktop)
    desktop.route("**/*.js", lambda route: route.abort())
    desktop.goto(f"{served.url}/desk/voices/mandarin/{clause_id(TEXT)}")
    expect(desktop.locator("#recorder")).to_be_hidden()
    desktop.get_by_text("选一个录音文件").first.click()
    desktop.locator("#sound").set_input_files("tests/clips/yes.mp3")
    desktop.get_by_role("button", name="送上来").click()
    expect(desktop.locator(".flash")).to_contain_text("录好了")
