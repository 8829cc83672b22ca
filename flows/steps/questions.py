"""What each step asks, given where the conversation stands."""

from flows.conversation import StepName
from flows.prompt import Prompt
from flows.report import Place
from flows.steps.absorb import SURE_PLACE
from flows.steps.moment import Moment

SURE = ("sure",)
"""Offered where a place was heard that may be another: yes or no."""
LISTED = 3
CONFUSABLE = ("4", "10", "14", "40", "44")
"""House numbers whose 四 and 十 sound alike in Wu accents: read back with “一二三四的四”."""


def of(moment: Moment) -> tuple[Prompt, ...]:
    """The question of `moment.now.step`."""
    now = moment.now
    if now.step is StepName.PROBLEM and now.choices:
        return (Prompt(key="problem.choose", values=choices(moment)),)
    if now.step is StepName.PLACE:
        if now.choices == ("home",) and moment.heard.known.address:
            home = moment.heard.known.address.text
            return (Prompt(key="place.home", values={"place": home}),)
        place = now.report.place
        if place and now.choices == SURE:
            return (Prompt(key="place.sure", values={"place": place.text}),)
        if place and place.maybe:
            return (which_place(moment, place),)
        if place and place.id is None and place.building:
            return (Prompt(key="place.unknown", values={"place": place.text}),)
        if place:
            return (Prompt(key="place.more", values={"place": place.text}),)
        return (Prompt(key="place"),)
    if now.step is StepName.READBACK:
        if now.choices:
            return (Prompt(key="readback.which"),)
        return (Prompt(key="readback", values=summary(moment)),)
    if now.step is StepName.SAME:
        return (Prompt(key="same", values=summary(moment)),)
    if now.step is StepName.RESUME:
        return (Prompt(key="resume", values=summary(moment)),)
    if now.step is StepName.CONTACT:
        return (Prompt(key="contact.callback" if now.callback else "contact"),)
    if now.step is StepName.FILED and now.pending:
        return (Prompt(key="filed.also", values={"words": now.pending}),)
    if now.step is StepName.FILED:
        return (Prompt(key="filed.more"),)
    if now.step is StepName.STATUS and now.about:
        return (Prompt(key="status.more"),)
    if now.step is StepName.EMERGENCY:
        place = now.report.place
        located = place is not None and place.confidence >= SURE_PLACE
        return (Prompt(key="emergency.more" if located else "emergency.where"),)
    if now.step is StepName.OPENING:
        return (Prompt(key="problem"),)
    return (Prompt(key=now.step.value),)


def which_place(moment: Moment, place: Place) -> Prompt:
    """Several estates have it: at most three by name, else which estate it is."""
    values = {"place": place.text}
    if len(place.maybe) > LISTED:
        return Prompt(key="place.estate", values=values)
    known = (moment.community.gazetteer.place(id) for id in place.maybe)
    names = [(p.estate or p.text) if p else "" for p in known]
    one, two, three = (*names, "", "", "")[:3]
    return Prompt(key="place.which", values={**values, "one": one, "two": two, "three": three})


def summary(moment: Moment) -> dict[str, str | int]:
    """Values to read back what was understood: `place`, `category`, `building`, `words`, `phone`.

    `building` is the confusable house number to be spelt out, or empty.
    """
    report = moment.now.report
    place = report.place
    building = "".join(c for c in (place.building if place else "") or "" if c.isdigit())
    return {
        "place": place.text if place else "",
        "category": report.category.code if report.category else "",
        "building": building if building in CONFUSABLE else "",
        "words": report.description,
        "phone": report.phone or "",
    }


def choices(moment: Moment) -> dict[str, str | int]:
    """Values `first`, `second`, `third` of the categories offered; empty when fewer."""
    offered = (*moment.now.choices, "", "", "")
    return {"first": offered[0], "second": offered[1], "third": offered[2]}
