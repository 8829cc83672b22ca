"""What each caller reports: a dark stairwell of their own, so that every call has one right ticket.

Only sentences that are understood on a machine that does nothing else are used: what goes wrong
in the benchmark then comes from the load, not from the words.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

from bot.community import read_community
from flows.understanding.understand import understand
from tests.clips.render import MODELS, through_a_line
from tests.support.service import SHARED
from voice.codecs import alaw_encode, resample
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound
from voice.synthesis.kokoro_model import KokoroModel

_FOLDER = SHARED / "cache" / "bench-calls"
_SPEAKERS = ("zm_yunjian", "zf_xiaobei", "zf_xiaoni")
_WORDS = "你好，我要报修。{building}幢{unit}单元楼道里的灯不亮了，黑漆漆的看不见。"
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Sentence:
    place: str
    """The id of the place it is about: `hm/3/2`."""
    written: str
    """As tickets write it: `3幢2单元`."""
    alaw: bytes
    """As the telephone sends it, 8000 bytes a second."""


def sentences(count: int) -> list[Sentence]:
    """As many different ones; rendered when first wanted (3 CPU seconds each), then kept."""
    found = [_read(place) for place in _kept()]
    if len(found) < count:
        found += _render(count - len(found))
    return found[:count]


def _kept() -> list[str]:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    return sorted(path.stem for path in _FOLDER.glob("*.al"))


def _read(stem: str) -> Sentence:
    building, unit = stem.split("-")
    alaw = (_FOLDER / f"{stem}.al").read_bytes()
    return Sentence(f"hm/{building}/{unit}", f"{building}幢{unit}单元", alaw)


def _render(count: int) -> Iterator[Sentence]:
    """Says each place with one voice after the other; leaves out who is misunderstood."""
    community = read_community(None)
    voice, ears = KokoroModel(MODELS), VoskRecogniser(MODELS / "vosk-model-small-cn-0.22")
    kept, tried = _kept(), {path.stem for path in _FOLDER.glob("*.misheard")}
    for at, (unit, building) in enumerate(product(range(1, 4), range(1, 25))):
        stem = f"{building}-{unit}"
        if not count:
            return
        if stem in kept or stem in tried:
            continue
        words = _WORDS.format(building=_spoken(building), unit=_DIGITS[unit])
        sound = resample(voice.speak(words, _SPEAKERS[at % 3], 0.9), 8000)
        heard = ears.recognise(through_a_line(sound)).text
        meaning = understand(heard, asked=None, community=community, at=datetime.now(UTC))
        right = meaning.place is not None and meaning.place.id == f"hm/{building}/{unit}"
        print(f"{stem}: {heard} {'' if right else '(left out)'}", file=sys.stderr)
        path = _FOLDER / (f"{stem}.al" if right else f"{stem}.misheard")
        path.write_bytes(_wire(sound))
        if right:
            count -= 1
            yield _read(stem)


def _wire(sound: Sound) -> bytes:
    return alaw_encode(resample(sound, 8000).pcm)


def _spoken(number: int) -> str:
    """
    >>> _spoken(3), _spoken(12), _spoken(20), _spoken(24)
    ('三', '十二', '二十', '二十四')
    """
    tens, ones = divmod(number, 10)
    ten = {0: "", 1: "十"}.get(tens, f"{_DIGITS[tens]}十")
    return ten + (_DIGITS[ones] if ones else "")


if __name__ == "__main__":
    sentences(int(sys.argv[1]))
