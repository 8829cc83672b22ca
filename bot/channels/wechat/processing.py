"""A stored message to its answer. Done again, it gives the same answer and changes nothing."""

from datetime import UTC, datetime, timedelta

from bot.channels.wechat.api import Api
from bot.channels.wechat.intake import Fetch, Ignore, Say, Take, intake
from bot.channels.wechat.media import MediaGone, fetch
from bot.channels.wechat.message import Message
from bot.channels.wechat.speak import SPOKEN
from bot.dialogue.answer import Inbound
from bot.followup.outbox import enqueue
from bot.services import Services
from flows.channel import Channel
from flows.heard import HeardKind
from flows.prompt import Prompt

AFTER_TEXT = timedelta(seconds=3)


class Processing:
    """Blocking; thread-safe."""

    def __init__(self, services: Services, api: Api) -> None:
        self._services = services
        self._api = api

    def answer(self, message: Message) -> str:
        """What the resident gets to read; empty for nothing.

        Raises what media and storage raise (`ApiError`, `RecogniserBusy`, database errors): then
        nothing was done, and it may be tried again.
        """
        what = intake(message)
        match what:
            case Ignore():
                return ""
            case Say(prompt):
                return self.say(prompt)
            case Take(kind, text):
                inbound = self._inbound(message, kind, text)
            case Fetch():
                try:
                    inbound = fetch(self._services, self._api, message, what)
                except MediaGone:
                    return self.say("wechat.media_gone")
        taken = self._services.dialogue.take(inbound)
        if inbound.recording and inbound.kind in (HeardKind.SPEECH, HeardKind.UNCLEAR):
            self._speak(message, taken.speech)
        answer = taken.text
        if inbound.kind is HeardKind.SCENE:
            # Who scanned a code on a wall wants to see that we know where they stand.
            place = self._services.community.gazetteer.place(inbound.text)
            answer = f"{self.say('wechat.scene', place=place.text if place else '')}\n{answer}"
        return answer

    def say(self, prompt: str, **values: str) -> str:
        return self._services.wording.text([Prompt(key=prompt, values=values)], Channel.WECHAT)

    def _speak(self, message: Message, clauses: tuple[str, ...]) -> None:
        """Who spoke is answered by voice, too, a little after the text."""
        payload = {"openid": message.openid, "clauses": list(clauses)}
        with self._services.database.begin() as session:
            due = datetime.now(UTC) + AFTER_TEXT
            enqueue(session, f"{message.key}:spoken", SPOKEN, payload, due)

    def _inbound(self, message: Message, kind: HeardKind, text: str) -> Inbound:
        return Inbound(
            channel=Channel.WECHAT,
            address=message.openid,
            key=message.key,
            kind=kind,
            text=text,
            at=message.at,
        )
