"""Where it is: by word, by key (the house number), or “是您家那里吗？” when we know the home."""

from flows.conversation import Turn
from flows.heard import HeardKind
from flows.prompt import Prompt
from flows.report import Place
from flows.steps import questions
from flows.steps.absorb import absorb
from flows.steps.digits import collect
from flows.steps.merge import merge
from flows.steps.moment import Moment
from flows.steps.onward import onward
from flows.steps.trouble import not_understood
from flows.understanding.understanding import Intent

_LONGEST_NUMBER = 3
_ANYWHERE = 0.35
"""Confidence below which a place is a part that every house has."""


def take(moment: Moment) -> Turn:
    home = moment.heard.known.address
    if moment.now.choices == ("home",) and moment.answer and moment.understood.place is None:
        if moment.answer == "yes" and home:
            return onward(settle(moment, home, confirmed=True))
        return moment.stay(Prompt(key="place"), choices=(), failures=0)
    if moment.now.choices == questions.SURE and moment.answer and moment.understood.place is None:
        if moment.answer == "yes" and moment.now.report.place:
            return onward(settle(moment, moment.now.report.place, confirmed=True))
        report = moment.now.report.model_copy(update={"place": None})
        return moment.with_(report=report).stay(Prompt(key="place.right"), choices=(), failures=0)
    if moment.now.report.place and moment.picked in moment.now.report.place.maybe:
        return onward(_pick(moment, str(moment.picked)))
    if moment.heard.kind is HeardKind.KEY and moment.now.choices:
        return not_understood(moment)
    if moment.heard.kind is HeardKind.KEY:
        return _by_key(moment)
    understood, old = moment.understood, moment.now.report.place
    place = understood.place
    if moment.heard.kind in (HeardKind.SCENE, HeardKind.LOCATION, HeardKind.PICTURE):
        told = absorb(moment, place_asked=True)
        return onward(told)
    if moment.answer == "yes" and old and place is None:
        return onward(settle(moment, old, confirmed=True))
    if understood.unknowing:
        if moment.now.failures:
            return onward(moment.with_(settled=moment.now.settled | {"place"}))
        return moment.stay(Prompt(key="place.rough"), failures=1)
    if not moment.has_words or (moment.wants(Intent.NO) and place is None):
        return not_understood(moment)
    if place is None:
        # Not a place we know: in the resident's own words it still helps whoever goes there.
        if understood.category and understood.category.sure and not old:
            # Not where, but more of what: taken, and asked again.
            told = absorb(moment)
            if moment.now.failures:
                return not_understood(told)
            return told.stay(*questions.of(told), failures=1)
        words = Place(text=understood.text, confidence=0.5)
        return onward(settle(absorb(moment), merge(old, words, moment.community.gazetteer)))
    told = absorb(moment)
    merged = merge(old, place, moment.community.gazetteer)
    nowhere = not merged.id and not merged.building and place.confidence < _ANYWHERE
    if nowhere and not moment.now.failures:
        # “就是我们这幢”, “楼道里”: every house has one.
        kept = told.with_(report=told.now.report.model_copy(update={"place": merged}))
        return kept.stay(Prompt(key="place.house"), failures=1)
    unknown_house = merged.building and not merged.id and not merged.maybe
    if unknown_house and not moment.now.failures and not (old and old.id):
        kept = told.with_(report=told.now.report.model_copy(update={"place": merged}))
        return kept.stay(Prompt(key="place.unknown", values={"place": merged.text}), failures=1)
    return onward(settle(told, merged))


def _by_key(moment: Moment) -> Turn:
    done = collect(moment, _LONGEST_NUMBER)
    if isinstance(done, Turn):
        return done
    gazetteer = moment.community.gazetteer
    place = gazetteer.find(done, moment.heard.known.address, expected=True)
    if place is None or not place.id:
        said = Prompt(key="place.unknown", values={"place": place.text if place else done})
        return moment.stay(said, digits="", failures=moment.now.failures + 1)
    return onward(settle(moment, merge(moment.now.report.place, place, gazetteer)))


def _pick(moment: Moment, id: str) -> Moment:
    """One of the places that bear what was said, with what was said of it."""
    old, place = moment.now.report.place, moment.community.gazetteer.place(id)
    assert old is not None
    assert place is not None
    text = old.text if place.text in old.text else f"{place.estate}{old.text}"
    return settle(moment, place.model_copy(update={"text": text}), confirmed=True)


def settle(moment: Moment, place: Place, confirmed: bool = False) -> Moment:
    """Take the place as answered. It is still read back on the phone."""
    report = moment.now.report
    changes: dict[str, object] = {"place": place}
    if confirmed:
        changes["confirmed"] = report.confirmed | {"place"}
    return moment.with_(
        report=report.model_copy(update=changes), settled=moment.now.settled | {"place"}
    )
