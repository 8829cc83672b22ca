"""We call a resident who agreed to it: who calls, what became of their matter, and how to have no
more of these calls."""

from flows.conversation import StepName, Turn
from flows.effects import EndConversation, TellByCall
from flows.heard import HeardKind, News
from flows.prompt import Prompt
from flows.steps.moment import Moment
from flows.understanding.normalise import normalise
from flows.understanding.phrases import made_of, mentions

NO_MORE = "9"
"""The key that stops these calls, at every step of one."""


def opened(moment: Moment) -> Turn:
    """They took the call. The question stands last: that is what one answers."""
    asking = [news for news in moment.heard.news if news.ticket.state == "resolved"]
    telling = [news for news in moment.heard.news if news not in asking]
    said = [Prompt(key="called"), *map(_told, telling), Prompt(key="called.stop")]
    if asking:
        first = asking[0]
        # The others are asked about before the goodbye, as on any call.
        return moment.go(
            StepName.VERDICT, *said, _told(first),
            called=True, about=first.ticket.number, asked=len(asking) == 1,
        )  # fmt: skip
    about = telling[0].ticket.number if telling else ""
    return moment.go(
        StepName.STATUS, *said, Prompt(key="status.more"), called=True, about=about, asked=True
    )


def refuses(moment: Moment) -> bool:
    """No more calls, by key or by word."""
    if moment.heard.kind is HeardKind.KEY:
        return moment.heard.key == NO_MORE and not moment.now.digits
    answers = moment.community.lexicon.answers
    plain = normalise(moment.understood.text, answers.full_stop)
    return moment.has_words and (
        made_of(plain, answers.no_calls, answers) or mentions(plain, answers.no_calls, answers)
    )


def stop(moment: Moment) -> Turn:
    """Honoured at once, and for good."""
    return moment.go(
        StepName.ENDED,
        Prompt(key="called.stopped"),
        effects=(consented(moment, agreed=False), EndConversation()),
    )


def consented(moment: Moment, *, agreed: bool) -> TellByCall:
    """What they said, with its proof."""
    heard = moment.heard
    return TellByCall(
        number=moment.now.about or moment.now.number,
        agreed=agreed,
        text=heard.text or heard.key,
        recording=heard.recording,
        until=heard.until,
    )


def _told(news: News) -> Prompt:
    values: dict[str, str | int] = {
        "number": news.ticket.number,
        "place": news.ticket.place,
        "category": news.ticket.category,
        "note": news.ticket.note,
    }
    message = f"notice_{news.about}"
    return Prompt(key=message, values=values)
