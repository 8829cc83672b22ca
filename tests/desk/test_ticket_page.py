import struct
import zlib

import pytest

from tests.pages.site import Site
from voice.codecs import decode, encode_wav
from voice.sound import Sound

TONE = Sound(b"".join(struct.pack("<h", (n % 40 - 20) * 500) for n in range(16000)), 8000)


def test_a_note_is_heard_before_it_is_sent(site: Site) -> None:
    site.sign_in("worker")
    ticket = site.ticket(note="旧的话")
    page, path = f"/desk/tickets/{ticket.number}", f"/desk/tickets/{ticket.number}/preview"
    short = site.post(page, path, note="")
    assert short.headers["content-type"] == "audio/mpeg"
    long = site.post(page, path, note="灯泡换好了，您看看亮不亮。")
    more = decode(long.content).seconds - decode(short.content).seconds
    assert more == pytest.approx(0.5 + 1.9, abs=0.2)  # ten characters a second, and a pause
    assert site.now(ticket).note == "旧的话"
    assert site.client.post(path, data={"note": "x"}).status_code == 403


def test_the_residents_words_turn_by_turn(site: Site) -> None:
    site.sign_in("volunteer")
    ticket = site.report("3幢2单元楼道灯坏了")
    page = site.client.get(f"/desk/tickets/{ticket.number}").text
    assert "3幢2单元楼道灯坏了" in page
    assert page.count('class="them"') >= 1
    assert page.count('class="us"') >= 1


def test_a_recording_plays(site: Site) -> None:
    site.sign_in("volunteer")
    ticket = site.ticket()
    recording = site.recording(ticket, encode_wav(TONE), "audio/wav")
    page = site.client.get(f"/desk/tickets/{ticket.number}").text
    assert f'src="/desk/recordings/{recording}.mp3"' in page
    answer = site.client.get(f"/desk/recordings/{recording}.mp3")
    assert answer.headers["content-type"] == "audio/mpeg"
    assert abs(decode(answer.content).seconds - TONE.seconds) < 0.2
    part = site.client.get(f"/desk/recordings/{recording}.mp3", headers={"range": "bytes=0-1"})
    assert part.status_code == 206


def test_a_raw_call_recording_plays_while_it_is_still_written(site: Site) -> None:
    site.sign_in("volunteer")
    writer = site.services.recordings.start("call-1", "audio/l16;rate=8000")
    writer.write(TONE.pcm)
    answer = site.client.get(f"/desk/recordings/{writer.id}.mp3")
    assert answer.status_code == 200
    assert abs(decode(answer.content).seconds - TONE.seconds) < 0.2
    writer.close()


def test_a_picture_is_shown_and_nothing_else_is_served_as_it_came(site: Site) -> None:
    site.sign_in("volunteer")
    png = _png()
    picture = site.recording(site.ticket(), png, "image/png")
    answer = site.client.get(f"/desk/recordings/{picture}")
    assert (answer.content, answer.headers["content-type"]) == (png, "image/png")
    page = site.recording(site.ticket(), b"<script>alert(1)</script>", "image/svg+xml")
    assert site.client.get(f"/desk/recordings/{page}").status_code == 404


def test_a_recording_that_is_broken_or_gone(site: Site) -> None:
    site.sign_in("volunteer")
    broken = site.recording(site.ticket(), b"no sound at all", "audio/amr")
    answer = site.client.get(f"/desk/recordings/{broken}.mp3")
    assert answer.status_code == 404
    assert "读不出来" in answer.text
    for name in ("0" * 32, "x", "..%2f..%2fsecret.key", "0" * 32 + ".mp3"):
        assert site.client.get(f"/desk/recordings/{name}").status_code == 404


def test_recordings_are_for_staff_only(site: Site) -> None:
    recording = site.recording(site.ticket(), encode_wav(TONE), "audio/wav")
    answer = site.client.get(f"/desk/recordings/{recording}.mp3")
    assert answer.url.path == "/desk/sign-in"


def test_the_slip(site: Site) -> None:
    site.sign_in("volunteer")
    ticket = site.ticket()
    page = site.client.get(f"/desk/tickets/{ticket.number}/slip").text
    for shown in (f"{ticket.number[:3]} {ticket.number[3:]}", "路灯照明", "3幢2单元"):
        assert shown in page
    assert site.services.community.profile.hotline in page
    assert 'src="data:image/svg+xml' in page
    assert ticket.phone not in page


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
