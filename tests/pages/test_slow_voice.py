"""A voice that needs seconds keeps nobody else waiting."""

import threading
import time
from dataclasses import replace

from bot.pages import aloud as page
from tests.pages.site import Site
from tests.support.services import FakeSynthesiser
from voice.sound import Sound
from voice.synthesis.protocol import SynthesisError


class SlowVoice(FakeSynthesiser):
    """Takes its time, as a neural voice does for a clause it never spoke before."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.busy = threading.Event()

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        self.busy.set()
        time.sleep(self.seconds)
        return super().speak(text, pace)


class BrokenVoice(FakeSynthesiser):
    def speak(self, text: str, pace: float = 1.0) -> Sound:
        raise SynthesisError("no sound")


def test_others_are_served_meanwhile(site: Site) -> None:
    voice = SlowVoice(0.5)
    site.app.state.services = replace(site.services, synthesiser=voice)
    ticket = site.ticket()
    codes: list[int] = []
    listener = threading.Thread(
        target=lambda: codes.append(site.client.get(f"/t/{ticket.token}.mp3").status_code)
    )
    with site.client:  # one event loop for all requests, as in a server
        listener.start()
        assert voice.busy.wait(10)
        assert site.client.get(f"/t/{ticket.token}").status_code == 200
        assert site.client.get("/healthz").status_code == 200
        assert codes == []  # still speaking
        listener.join()
    assert codes == [200]


def test_too_many_listeners_are_told_to_come_back(site: Site) -> None:
    ticket = site.ticket()
    try:
        page.WAIT, before = 0.05, page.WAIT
        assert page._turn.acquire(timeout=1)
        assert page._turn.acquire(timeout=1)
        answer = site.client.get(f"/t/{ticket.token}.mp3")
    finally:
        page._turn.release(2)
        page.WAIT = before
    assert answer.status_code == 503
    assert "过一分钟" in answer.text
    assert site.client.get(f"/t/{ticket.token}.mp3").status_code == 200


def test_a_voice_that_fails_leaves_the_page_readable(site: Site) -> None:
    site.app.state.services = replace(site.services, synthesiser=BrokenVoice())
    ticket = site.ticket()
    answer = site.client.get(f"/t/{ticket.token}.mp3")
    assert answer.status_code == 503
    assert "Traceback" not in answer.text
    assert site.client.get(f"/t/{ticket.token}").status_code == 200
