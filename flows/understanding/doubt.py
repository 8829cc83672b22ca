"""What stands around an alarming phrase and takes the present out of it: denied, feared, told, long
ago, over, or said of a thing."""

import re

from flows.emergency_words import EmergencyWords
from flows.understanding.frames import Match
from flows.understanding.phrases import pattern

_FEAR_REACH = 12
_PAST_REACH = 24
_AFRAID_REACH = 4
"""Characters in front of a frame in which such a word still belongs to it."""
_OF_PEOPLE = ("ill", "missing", "trapped")
"""Kinds that happen to people only."""


class Doubt:
    """The lexicon's words for it, compiled once."""

    def __init__(self, words: EmergencyWords, stop: str) -> None:
        self._stop = stop
        self._meant = words.meant
        self._elsewhere = {k: re.compile(pattern(found)) for k, found in words.elsewhere.items()}
        self._things = re.compile(f"{pattern(words.things)}$")
        follows = pattern((*words.people, *words.particles))
        self._describes = re.compile(f"{pattern(words.describes)}(?!{follows}|$)")
        self._happened = re.compile(pattern(words.happened))
        self._once = re.compile(f"{pattern(words.not_once)}|(?P<once>{pattern(words.once)})")
        self._denied = re.compile(f"{pattern(words.denied)}.?$")
        self._might = re.compile(f"{pattern(words.might)}$")
        self._feared = re.compile(pattern(words.feared))
        self._afraid = re.compile(f"{pattern(words.unafraid)}|(?P<afraid>{pattern(words.afraid)})")
        self._lasting = re.compile(pattern(words.lasting))
        self._past = re.compile(pattern(words.past))
        self._now = re.compile(pattern(words.now))
        self._over = re.compile(pattern(words.over))
        self._still = re.compile(pattern(words.still))

    def cast_on(self, match: Match, text: str) -> bool:
        """Whether the danger may be none, or none now."""
        if any(_directly(self._denied, text, part.start, match) for part in match.parts):
            return True
        ends = (match.parts[0].start, match.parts[-1].start)
        if self._is_elsewhere(text, match):
            return True
        for at in ends:
            might = _directly(self._might, text, at, match)
            if might and might not in self._meant.get(match.name, ()):
                return True
        # A word of fear may stand inside the frame, too: “家里充电怕着火”.
        front = text[: match.parts[-1].start]
        clause = front[max(0, match.start - _FEAR_REACH) :].rsplit(self._stop, 1)[-1]
        once = front[max(0, match.start - _PAST_REACH) :]
        if self._standing(self._feared, clause) or self._is_afraid(text, match):
            return True
        if self._standing(self._past, once) and not self._lasting.search(text, match.end):
            return True
        if self._was_once(text, match):
            return True
        over = self._over.search(text, match.start)
        return over is not None and not self._still.search(text, over.end())

    def _is_elsewhere(self, text: str, match: Match) -> bool:
        """It is about a thing (“走丢的猫”, “椅子断了”), or about something else altogether."""
        elsewhere = self._elsewhere.get(match.name)
        if (elsewhere and elsewhere.search(text)) or self._describes.match(text, match.end):
            return True
        last = match.parts[-1]
        return match.name in _OF_PEOPLE and bool(_directly(self._things, text, last.start, match))

    def _was_once(self, text: str, match: Match) -> bool:
        """“摔过”, “着过火”; not “晕过去”, which is a word of the frame."""
        return any(
            found["once"] and not any(p.start <= found.start() < p.end for p in match.parts)
            for found in self._once.finditer(text, match.start, match.end + 2)
            if found.start() <= match.end
        )

    def _is_afraid(self, text: str, match: Match) -> bool:
        """“怕着火”, “楼道充电怕着火”; not “怕他不行了”, “怕是中风”."""
        if self._happened.search(text, match.start, match.end + 1):
            return False
        return any(
            found["afraid"]
            for at in (match.start, match.parts[-1].start)
            for found in self._afraid.finditer(text, max(0, at - _AFRAID_REACH), at)
        )

    def _standing(self, cue: re.Pattern[str], front: str) -> bool:
        """Whether a cue stands in front and nothing after it brings the present back."""
        ends = [found.end() for found in cue.finditer(front)]
        return bool(ends) and not self._now.search(front, ends[-1])


def _directly(cue: re.Pattern[str], text: str, at: int, match: Match) -> str:
    """The cue that ends at `at`, if any and if it is no word of the frame itself (“要 跳楼”)."""
    found = cue.search(text, max(0, at - 8), at)
    if found is None or any(p.start <= found.start() < p.end for p in match.parts):
        return ""
    return found.group()
