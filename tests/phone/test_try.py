"""`/try` in a real browser: hold the button, speak, get a ticket; without a microphone, type."""

import os
import shutil
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from bot.app import create_app
from bot.services import Services
from bot.storage.tables import Recording
from tests.support.service import SHARED, free_port
from tests.support.services import FakeRecogniser, make_services
from tests.support.serving import serving
from voice.codecs import decode, encode_wav, resample
from voice.recognition.protocol import Recogniser
from voice.sound import Sound

pytestmark = pytest.mark.system
CLIP = Path(__file__).parents[1] / "clips" / "report_lamp.mp3"
MODEL = SHARED / "models" / "vosk-model-small-cn-0.22"
SHOTS = os.environ.get("LINSHENG_SCREENSHOTS")


@contextmanager
def site(home: Path, recogniser: Recogniser) -> Iterator[tuple[str, Services]]:
    port = free_port()
    services = make_services(home, recogniser, bind=f"127.0.0.1:{port}")
    with serving(create_app(services), port=port) as url:
        yield url, services


@contextmanager
def browsing(microphone: Path | None) -> Iterator[Browser]:
    """Chromium whose microphone plays a file, over and over; or that has none."""
    chromium = shutil.which("chromium")
    if chromium is None:
        message = "没有 chromium：浏览器测试没有跑"
        if os.environ.get("LINSHENG_REQUIRE_SYSTEM"):
            pytest.fail(message)
        pytest.skip(message)
    flags = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
    if microphone:
        flags += [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={microphone}",
        ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def phone_page(browser: Browser, url: str) -> Iterator[Page]:
    """The page at the size of a telephone; a script error or a refused file fails the test."""
    page = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    wrong: list[str] = []

    def listen(said: ConsoleMessage) -> None:
        if said.type == "error":
            wrong.append(said.text)

    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", listen)
    page.goto(f"{url}/try")
    expect(page.locator("#talk .theirs").first).to_contain_text("和睦社区")
    yield page
    assert wrong == []


def hold(page: Page, seconds: float) -> None:
    box = page.locator("#hold").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(seconds * 1000)
    page.mouse.up()


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def test_a_report_spoken_into_the_button_becomes_a_ticket_bubble(tmp_path: Path) -> None:
    tone = np.sin(np.arange(48000 * 2) * 2 * np.pi * 440 / 48000) * 12000
    microphone = tmp_path / "tone.wav"
    with wave.open(str(microphone), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(tone.astype("<i2").tobytes())
    recogniser = FakeRecogniser(["三幢二单元的楼道灯坏了"])
    with (
        site(tmp_path / "home", recogniser) as (url, services),
        browsing(microphone) as browser,
        phone_page(browser, url) as page,
    ):
        hold(page, 2.5)
        expect(page.locator("#talk .mine")).to_have_text("三幢二单元的楼道灯坏了")
        link = page.locator("#talk .theirs .ticket")
        expect(link).to_be_visible()
        assert (link.get_attribute("href") or "").startswith(f"{url}/t/")
        expect(page.locator("#talk .theirs").last.locator(".play")).to_be_visible()
        shot(page, "try-spoken")
        with services.database.read() as session:
            (recording,) = session.query(Recording).all()
            sound = services.recordings.sound(recording.id)
    assert sound.rate == 16000
    assert 1.5 < sound.seconds < 3.5
    _is_a_tone(sound, 440)


def _is_a_tone(sound: Sound, hertz: float) -> None:
    """What the page resampled is what the microphone heard, in pitch and without clicks."""
    samples = np.frombuffer(sound.pcm, "<i2").astype(float)[4000:-4000]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    peak = np.argmax(spectrum) * sound.rate / len(samples)
    assert abs(peak - hertz) < 5


def test_a_typed_report_becomes_a_ticket_bubble(tmp_path: Path) -> None:
    with (
        site(tmp_path, FakeRecogniser()) as (url, _),
        browsing(None) as browser,
        phone_page(browser, url) as page,
    ):
        page.fill("#text", "三幢二单元的楼道灯坏了")
        page.press("#text", "Enter")
        expect(page.locator("#talk .ticket")).to_be_visible()


def test_without_a_microphone_the_page_says_so_and_text_works(tmp_path: Path) -> None:
    with (
        site(tmp_path, FakeRecogniser()) as (url, _),
        browsing(None) as browser,
        phone_page(browser, url) as page,
    ):
        hold(page, 0.6)
        expect(page.locator("#talk .note")).to_contain_text("请打字")
        expect(page.locator("#hold")).to_be_disabled()
        page.fill("#text", "你好")
        page.press("#text", "Enter")
        expect(page.locator("#talk .theirs").nth(1)).to_be_visible()
        shot(page, "try-no-microphone")


@pytest.mark.models
@pytest.mark.skipif(not (MODEL.exists() and CLIP.exists()), reason="needs the Vosk model and clips")
def test_a_real_voice_is_really_heard(tmp_path: Path) -> None:
    from voice.recognition.vosk import VoskRecogniser

    said = resample(decode(CLIP.read_bytes()), 48000)
    microphone = tmp_path / "report.wav"
    microphone.write_bytes(encode_wav(Sound(bytes(48000) + said.pcm + bytes(480000), 48000)))
    recogniser = VoskRecogniser(MODEL, streams=1)
    with (
        site(tmp_path / "home", recogniser) as (url, _),
        browsing(microphone) as browser,
        phone_page(browser, url) as page,
    ):
        hold(page, said.seconds + 2)
        expect(page.locator("#talk .mine")).to_contain_text("灯", timeout=60000)
        expect(page.locator("#talk .theirs .ticket")).to_be_visible()
        shot(page, "try-real")
