"""A number entered by key, one key a turn; each is said back, `#` or silence ends it."""

from flows.conversation import Turn
from flows.heard import HeardKind
from flows.prompt import Prompt
from flows.steps.moment import Moment


def collect(moment: Moment, length: int) -> Turn | str:
    """The whole number once it is complete; until then the turn that says the key back."""
    digits, key = moment.now.digits, moment.heard.key
    ended = moment.heard.kind is HeardKind.SILENCE or key == "#"
    if ended and digits:
        return digits
    digits += key if key.isdigit() else ""
    if len(digits) >= length:
        return digits
    if not digits or not key:
        # A picture among the keys says no digit.
        return moment.stay(Prompt(key="key.number"), digits=digits)
    return moment.stay(Prompt(key="key", values={"digit": key}), digits=digits)
