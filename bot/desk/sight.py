"""What somebody at the desk may see: their organisation's tickets, and of residents what its tier
allows. The community's own people see everything."""

import re
from collections.abc import Callable

from fastapi import Depends

from bot.desk.signed import Member, account
from bot.pages.errors import Refused
from bot.pages.words import say
from bot.storage.tables import Ticket
from flows.profile import Profile

_NUMBER = re.compile(r"[0-9０-９](?:[ -]?[0-9０-９]){6,}|[零〇幺一二两三四五六七八九]{7,}")
"""Seven digits or more, also as they are spoken."""
_PAGE = re.compile(r"https?://\S+/t/[\w-]+")
"""A resident's own page, which shows all they said: it stands in what we answered them."""


def sees_ticket(member: Member, ticket: Ticket) -> bool:
    return not member.organisation or ticket.organisation == member.organisation


def sees(member: Member, field: str, profile: Profile) -> bool:
    """Whether `phone` or `name` of a resident is shown to them."""
    if not member.organisation:
        return True
    own = next((o for o in profile.organisations if o.id == member.organisation), None)
    return own is not None and field in own.sees


def shown(member: Member | None, profile: Profile) -> Callable[[str], str]:
    """What was said becomes for them: without telephone numbers and residents' own pages where
    those are not theirs to see."""
    if member is None or sees(member, "phone", profile):
        return lambda text: text
    return conceal


def conceal(text: str) -> str:
    """
    >>> conceal("我电话138 0000 1234，三幢二单元501")
    '我电话（号码不显示），三幢二单元501'
    """
    return _NUMBER.sub(say("duty.concealed"), _PAGE.sub(say("duty.concealed_page"), text))


def own_staff(member: Member = Depends(account)) -> Member:
    """Only the community's own people; raises 403 for those of an organisation."""
    if member.organisation:
        raise Refused(403, "duty.only_own")
    return member
