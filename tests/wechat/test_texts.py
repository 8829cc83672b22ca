from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.texts import LIMIT, clean, split


@given(st.text())
def test_clean_text_cannot_leave_its_cdata(text: str) -> None:
    from xml.etree import ElementTree

    cleaned = clean(text)
    root = ElementTree.fromstring(f"<a><![CDATA[{cleaned}]]></a>")
    assert (root.text or "") == cleaned.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(alphabet="灯坏了。，\n 😀a", max_size=3000))
def test_pieces_fit_and_lose_nothing(text: str) -> None:
    pieces = split(text)
    assert all(0 < len(p) <= LIMIT and len(p.encode()) <= 2048 for p in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_short_text_is_one_piece() -> None:
    assert split("您好") == ["您好"]
    assert split("  ") == []
