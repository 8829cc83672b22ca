"""Words that were probably not said: never guessed at. Asked for once more, with the reason they
were not heard; then keys, then a person; the recording is kept."""

from flows.conversation import StepName, Turn
from flows.effects import Pace
from flows.heard import HeardKind
from flows.prompt import Prompt
from flows.steps import questions
from flows.steps.absorb import absorb
from flows.steps.moment import Moment
from flows.steps.onward import ask
from flows.steps.trouble import by_key, not_understood
from flows.understanding.emergency import Danger
from flows.understanding.understanding import Intent

TRUSTED = 0.35
"""Confidence from which words are taken as said: where taking what was misheard costs four turns
and asking again one, it saves most for the fewest who are asked in vain. docs/hearing.md."""
NOISY = 12.0
"""dB of speech to noise below which the noise is to blame."""
_TWICE = 2
"""Strange turns in a row that are taken for dialect; one is chance."""
_HARMLESS = (Intent.PERSON, Intent.REPEAT, Intent.SLOWER, Intent.LOUDER, Intent.WAIT)


def doubtful(moment: Moment) -> bool:
    heard = moment.heard
    dialect = heard.strange and moment.now.strange >= _TWICE
    unsure = heard.kind is HeardKind.SPEECH and (heard.confidence < TRUSTED or dialect)
    # What was expected, and heard as that, is taken however strange the rest was.
    return unsure and not moment.understood.backed


def unsure(moment: Moment) -> Turn | None:
    """The turn when the words are not to be trusted; None when they are, or do no harm.

    What may be danger is asked about, however badly it was heard.
    """
    if not doubtful(moment) or moment.wants(*_HARMLESS):
        return None
    if moment.now.step is StepName.EMERGENCY:
        return None  # Whatever it was, it is for people now.
    understood = moment.understood
    asked = moment.now.step is StepName.URGENCY or "urgency" in moment.now.settled
    moment = _without_words(moment)
    if moment.now.step is StepName.PERSON:
        return moment.stay(Prompt(key="unclear.kept"), *questions.of(moment))
    if understood.danger is Danger.ASK and not asked:
        words = (*moment.now.report.words, understood.text)
        report = moment.now.report.model_copy(update={"words": words})
        doubted = moment.with_(report=report, doubt=understood.danger_kind or "unsure")
        return ask(doubted, StepName.URGENCY)
    now = moment.now
    snr = moment.heard.snr
    if snr is not None and snr < NOISY and not now.failures and "noise" not in now.told:
        return moment.stay(Prompt(key="unclear.noise"), failures=1, told=now.told | {"noise"})
    if now.strange >= _TWICE and "dialect" not in now.told:
        return moment.stay(
            Prompt(key="unclear.dialect"),
            *by_key(moment),
            failures=max(2, now.failures + 1),
            told=now.told | {"dialect"},
            pace=now.pace.with_(Pace.SLOW),
        )
    if snr is not None and snr < NOISY and not now.failures:
        # Said before that it is noisy: not once more, but keys.
        moment = moment.with_(failures=1)
    return not_understood(moment)


def after(moment: Moment) -> Moment:
    """The moment with what this utterance tells of how they speak."""
    heard = moment.heard
    if heard.kind is not HeardKind.SPEECH:
        return moment
    if heard.strange:
        return moment.with_(strange=moment.now.strange + 1)
    sure = heard.confidence >= TRUSTED
    return moment.with_(strange=0) if sure and moment.now.strange else moment


def _without_words(moment: Moment) -> Moment:
    """As if there had been sounds only: the recording is kept with the report."""
    silent = {"kind": HeardKind.UNCLEAR, "text": "", "alternatives": (), "prompted": None}
    heard = moment.heard.model_copy(update=silent)
    return absorb(Moment(moment.now, heard, moment.community, moment.said_before))
