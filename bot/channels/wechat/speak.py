"""The outbox's `wechat_voice`: an answer as voice messages, for who spoke instead of typing.

An extra: the text with the link to the page that reads itself went before, so whatever WeChat has
against sound (some accounts may not push it) ends it quietly.
"""

import logging
from collections.abc import Sequence
from typing import Any

from bot.channels.wechat.api import Api
from bot.channels.wechat.errors import ApiError, Policy
from bot.followup.outcome import Deliver, GiveUp, Outcome, Retry, Sent
from voice.codecs import encode_mp3, resample
from voice.sound import Sound
from voice.synthesis.pauses import after
from voice.synthesis.protocol import Synthesiser, SynthesisError

log = logging.getLogger(__name__)

SPOKEN = "wechat_voice"
LONGEST = 58.0
"""Seconds of one voice message; WeChat takes 60."""
KEPT = 3
"""Messages of WeChat's five that are left for what becomes of the ticket."""


def speak(api: Api, synthesiser: Synthesiser) -> Deliver:
    """The adapter for `{"openid", "clauses"}`."""
    sent: dict[str, int] = {}

    def send(payload: dict[str, Any]) -> Outcome:
        openid, clauses = str(payload["openid"]), tuple(map(str, payload["clauses"]))
        progress = "\n".join((openid, *clauses))
        try:
            for number, sound in enumerate(messages(clauses, synthesiser)):
                if number >= sent.get(progress, 0):
                    api.send_voice(openid, encode_mp3(sound), KEPT)
                    sent[progress] = number + 1
        except SynthesisError as error:
            return GiveUp(str(error))
        except ApiError as error:
            if error.policy is Policy.RETRY:
                return Retry(str(error))
            log.info("微信不收这段语音，文字已经发了：%s", error)
            return GiveUp(str(error))
        sent.pop(progress, None)
        return Sent()

    return send


def messages(clauses: Sequence[str], synthesiser: Synthesiser) -> list[Sound]:
    """The clauses in as few pieces of at most `LONGEST` seconds as whole clauses make.

    A clause that is longer by itself is cut short. Raises `SynthesisError`.
    """
    pieces: list[Sound] = []
    pause = 0.0
    for clause in clauses:
        sound = synthesiser.speak(clause)
        rate = pieces[0].rate if pieces else sound.rate
        pcm = resample(sound, rate).pcm[: int(LONGEST * rate) * 2]
        gap = bytes(int(pause * rate) * 2)
        if pieces and len(pieces[-1].pcm) + len(gap) + len(pcm) <= LONGEST * rate * 2:
            pieces[-1] = Sound(pieces[-1].pcm + gap + pcm, rate)
        else:
            pieces.append(Sound(pcm, rate))
        pause = after(clause)
    return pieces
