"""What a resident goes on to say when they were answered too soon belongs to what they had said."""

from dataclasses import replace

from voice.recognition.protocol import Recognition


class Joined:
    """The thread of one caller's words."""

    def __init__(self) -> None:
        self._before: Recognition | None = None
        """What was said last, if more of it may come."""

    def take(self, heard: Recognition, goes_on: bool, whole: bool) -> Recognition:
        """The words to answer.

        goes_on: the resident began again as soon as the answer had. whole: nothing is missing in
        what they say: “对”, “再说一遍” is no rest of a story.
        """
        before, self._before = self._before, None
        if not heard.text or whole:
            return heard
        if before and goes_on:
            heard = replace(
                heard,
                text=f"{before.text}，{heard.text}",
                confidence=min(before.confidence, heard.confidence),
                trust=min(before.trust, heard.trust),
                words=(),
                alternatives=(),
            )
        self._before = heard
        return heard
