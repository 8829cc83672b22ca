"""How long to wait for a resident, by what was asked and by how they speak."""

from dataclasses import dataclass

from flows.effects import Pace


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds."""

    pause: float
    """Silence after speech that ends a turn."""
    silence: float
    """Nothing said at all after a prompt."""


LONGEST_TURN = 60.0
"""Seconds; then what was said is answered, and the resident may go on."""
TRAILING = 1.6
"""Seconds more for a sentence that is obviously not finished."""
_TRAILING_OFF = (
    "那个", "这个", "就是", "就是说", "然后", "还有", "嗯", "呃", "额", "因为", "但是", "不过",
    "我想", "怎么说", "什么", "的话", "一个",
)  # fmt: skip

# Old people answer best when the reply comes 0.6–1.5 s after they finished (facts: elderly
# people), and pause inside a story far longer than inside a yes.
_STORY = Patience(1.3, 9.0)
_PHRASE = Patience(1.1, 8.0)
_YES_NO = Patience(0.7, 7.0)
_BY_STEP = {
    "opening": _STORY,
    "problem": _STORY,
    "filed": _PHRASE,
    "place": _PHRASE,
    "contact": _PHRASE,
    "status": _PHRASE,
    "resume": _YES_NO,
    "urgency": _YES_NO,
    "readback": _YES_NO,
    "verdict": _YES_NO,
    "emergency": _YES_NO,
}


def patience(step: str, pace: Pace) -> Patience:
    """How long to wait at this step.

    >>> patience("readback", Pace.NORMAL).pause < patience("problem", Pace.NORMAL).pause
    True
    """
    base = _BY_STEP.get(step, _PHRASE)
    if not pace.slow:
        return base
    return Patience(base.pause * 1.4, base.silence * 1.5)


def trails_off(partial: str) -> bool:
    """Whether the words so far promise more.

    >>> trails_off("我们楼道的灯坏了然后"), trails_off("我们楼道的灯坏了")
    (True, False)
    """
    return partial.endswith(_TRAILING_OFF)
