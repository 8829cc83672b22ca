"""Ways of saying something as frames: a few words in order, each one of several, with bounded gaps.

“<人> 倒在” is any word of the group 人 and, at most three characters later, 倒在. Words are spotted
once per text, by character and by accent-merged toneless pinyin, so that what a recogniser misheard
is still found; then every frame is tried on the words that are there.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from flows.understanding.normalise import syllables

Fold = Callable[[str], str]
"""A syllable with what accents confuse folded together."""

_LONG = 4
"""Characters of a word from which one may be altogether wrong."""
_GAPS = {" ": 3, "…": 12, "+": 1}
"""Characters that may lie between two words of a frame."""


class Span(NamedTuple):
    start: int
    end: int
    misheard: int
    """Characters of it that are not those of the word."""


class Match(NamedTuple):
    """One frame found."""

    name: str
    """Of the list the frame stands in."""
    parts: tuple[Span, ...]

    @property
    def start(self) -> int:
        return self.parts[0].start

    @property
    def end(self) -> int:
        return self.parts[-1].end

    @property
    def misheard(self) -> int:
        return sum(part.misheard for part in self.parts)

    @property
    def length(self) -> int:
        return sum(part.end - part.start for part in self.parts)


class _Frame(NamedTuple):
    name: str
    parts: tuple[int, ...]
    gaps: tuple[int, ...]


class FrameError(ValueError):
    """A frame is written wrongly: it names a group there is none of, or has an empty place."""

    def __init__(self, phrase: str, group: str = "") -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.group = group


class Frames:
    """Named lists of frames, ready to be looked for.

    >>> frames = Frames({"ill": ["<人> 倒在"]}, {"人": ("爷爷", "我")}, fold=str)
    >>> [(match.name, match.start, match.end) for match in frames.find("喂爷爷到在家里")]
    [('ill', 1, 5)]
    """

    def __init__(
        self,
        lists: Mapping[str, Sequence[str]],
        groups: Mapping[str, Sequence[str]],
        fold: Fold,
        ordinary: str = "",
    ) -> None:
        """ordinary: how people talk when nothing is wrong; words that occur there were meant as
        they are and misheard for nothing."""
        self._fold = fold
        self._ordinary = ordinary
        self._parts: dict[tuple[str, ...], int] = {}
        self._words: dict[str, list[int]] = defaultdict(list)
        self._heard: dict[str, dict[str, list[int]]] = defaultdict(dict)
        """Words by how they sound, and the long ones by all but one of their characters."""
        self._frames: dict[int, list[_Frame]] = defaultdict(list)
        for name, phrases in lists.items():
            for phrase in phrases:
                for order in permutations(phrase.split("&")):
                    frame = self._frame(name, "…".join(order), groups)
                    self._frames[frame.parts[0]].append(frame)
        for words, part in self._parts.items():
            for word in dict.fromkeys(words):
                self._words[word].append(part)
                # Misheard around it, a character of several readings is read as by itself.
                for sounds in (syllables(word), [syllables(char)[0] for char in word]):
                    for key in self._keys(word, sounds):
                        self._heard[key].setdefault(word, self._words[word])
        self._longest = max(map(len, self._words), default=0)
        # Readings of one sound, and turns of one day, have most stretches in common.
        self._misheard = lru_cache(maxsize=16384)(self._look_up)

    def _frame(self, name: str, phrase: str, groups: Mapping[str, Sequence[str]]) -> _Frame:
        parts: list[int] = []
        gaps: list[int] = []
        gap = " "
        for item in phrase.replace("+", " + ").replace("…", " … ").split():
            if item in ("…", "+"):
                gap = item
                continue
            words: list[str] = []
            for word in item.split("/"):
                if word.startswith("<"):
                    if word[1:-1] not in groups:
                        raise FrameError(phrase, word)
                    words += groups[word[1:-1]]
                elif word:
                    words.append(word)
            if not words:
                raise FrameError(phrase)
            if parts:
                gaps.append(_GAPS[gap])
            parts.append(self._parts.setdefault(tuple(words), len(self._parts)))
            gap = " "
        if not parts:
            raise FrameError(phrase)
        return _Frame(name, tuple(parts), tuple(gaps))

    def _keys(self, text: str, sounds: Sequence[str]) -> Iterator[str]:
        """What a misheard word has in common with the one that was said."""
        if len(text) > 1:
            yield "'".join(sounds)
        if len(text) > 2:
            yield "~".join(map(self._fold, sounds))
        if len(text) >= _LONG:
            yield from (f"{text[:at]}?{text[at + 1 :]}" for at in range(len(text)))

    def find(self, text: str, masked: Sequence[tuple[int, int]] = ()) -> Iterator[Match]:
        """All frames in the text. What overlaps a masked stretch counts only as part of a longer
        word that holds all of it, as written."""
        there = self._spot(text, masked)
        for first in list(there):
            for frame in self._frames.get(first, ()):
                if all(part in there for part in frame.parts):
                    for start in there[first]:
                        yield from _grow(frame, (start,), there)

    def _spot(self, text: str, masked: Sequence[tuple[int, int]]) -> dict[int, list[Span]]:
        sounds = syllables(text)
        there: dict[int, list[Span]] = defaultdict(list)
        for start in range(len(text)):
            for end in range(start + 1, min(len(text), start + self._longest) + 1):
                said = text[start:end]
                exact = self._words.get(said, ())
                if exact and not _within(start, end, masked):
                    for part in exact:
                        there[part].append(Span(start, end, 0))
                if end - start < 2 or _touches(start, end, masked):
                    continue
                for word, parts in self._misheard(said, sounds[start:end]):
                    differ = sum(a != b for a, b in zip(word, said, strict=True))
                    for part in parts:
                        if part not in exact:
                            there[part].append(Span(start, end, differ))
        return there

    def _look_up(self, text: str, sounds: tuple[str, ...]) -> list[tuple[str, list[int]]]:
        """Words that were misheard for `text`, with the frames' parts they belong to."""
        words: dict[str, list[int]] = {}
        for key in self._keys(text, sounds):
            heard = self._heard.get(key)
            if heard:
                at = key.find("?")
                words |= {w: p for w, p in heard.items() if at < 0 or self._alike(w, sounds, at)}
        return [] if not words or text in self._ordinary else list(words.items())

    def _alike(self, word: str, sounds: Sequence[str], at: int) -> bool:
        """Whether the wrong syllable shares its beginning or its end with the right one."""
        a, b = self._fold(syllables(word)[at]), self._fold(sounds[at])
        return a[:1] == b[:1] or a[-2:] == b[-2:]


def _grow(
    frame: _Frame, sofar: tuple[Span, ...], there: Mapping[int, list[Span]]
) -> Iterator[Match]:
    if len(sofar) == len(frame.parts):
        yield Match(frame.name, sofar)
        return
    gap = frame.gaps[len(sofar) - 1]
    for span in there[frame.parts[len(sofar)]]:
        if 0 <= span.start - sofar[-1].end <= gap:
            yield from _grow(frame, (*sofar, span), there)


def _within(start: int, end: int, masked: Sequence[tuple[int, int]]) -> bool:
    """Whether it overlaps a masked stretch without holding all of it."""
    return any(a < end and start < b and not (start <= a and b <= end) for a, b in masked)


def _touches(start: int, end: int, masked: Sequence[tuple[int, int]]) -> bool:
    return any(a < end and start < b for a, b in masked)
