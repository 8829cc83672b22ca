"""`/desk/live`: listen in on the calls that run, and set right what was misheard. The resident
notices nothing but that they were understood."""

import secrets

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from bot.desk.last_words import last_words
from bot.desk.live_calls import live_call, live_calls, may_listen
from bot.desk.page import desk_page
from bot.desk.signed import Member, account, flash, posted
from bot.dialogue.answer import Inbound
from bot.dialogue.conversations import CallOver
from bot.pages.errors import Refused
from bot.pages.media import media
from bot.services import Services
from bot.storage.recordings import RecordingMissing
from flows.channel import Channel
from flows.heard import Fix, HeardKind, Slot
from flows.report import Urgency
from voice.codecs import encode_mp3
from voice.sound import AudioError

router = APIRouter(prefix="/live")

_TEMPLATES = {"live": "live.html", "cards": "_live.html", "banner": "_live_banner.html"}
_LONGEST = 200
"""Characters; a resident's sentence is shorter."""


def listener(
    member: Member = Depends(account), services: Services = Depends(Services.of)
) -> Member:
    """Somebody who may hear calls; raises 403 for others."""
    if not may_listen(member, services.community.profile):
        raise Refused(403, "live.no_right")
    return member


@router.get("")
@router.get("/cards")
@router.get("/banner")
def calls(
    request: Request,
    member: Member = Depends(listener),
    services: Services = Depends(Services.of),
) -> Response:
    """The page; the list alone, for `live.js`; how many run and who is being handed over, for the
    top of the list of tickets."""
    with services.database.read() as session:
        found = live_calls(session, member)
    return desk_page(
        request,
        _TEMPLATES[request.url.path.rpartition("/")[2]],
        member,
        here="live",
        calls=found,
        categories=list(services.community.lexicon.categories),
        urgencies=[urgency.value for urgency in Urgency],
        key=lambda: secrets.token_hex(8),
    )


@router.get("/{id}/last.mp3")
def last(
    request: Request,
    id: str,
    member: Member = Depends(listener),
    services: Services = Depends(Services.of),
) -> Response:
    """What was said last, to be listened to while the call goes on."""
    with services.database.read() as session:
        call = live_call(session, member, id)
    if call is None or not call.recording:
        raise Refused(404, "ticket.recording_missing")
    try:
        sound = last_words(services.recordings, call.recording, call.start)
    except (AudioError, RecordingMissing):
        raise Refused(404, "live.elsewhere") from None
    return media(request, encode_mp3(sound), "audio/mpeg")


@router.post("/{id}")
def fix(
    request: Request,
    id: str,
    fields: dict[str, str] = Depends(posted),
    member: Member = Depends(listener),
    services: Services = Depends(Services.of),
) -> Response:
    """One slot, or the words, set right. The same form twice does it once."""
    with services.database.read() as session:
        call = live_call(session, member, id)
    if call is None:
        flash(request, "live.over")
        return RedirectResponse("/desk/live", 303)
    slot, value = _checked(fields, services)
    if not value:
        flash(request, "live.bad")
        return RedirectResponse(f"/desk/live#call-{id}", 303)
    try:
        services.dialogue.take(
            Inbound(
                channel=Channel.PHONE,
                address=call.address,
                key=f"fix:{id}:{fields.get('key', '')[:32]}",
                kind=HeardKind.FIXED,
                text=value,
                conversation=id,
                fix=Fix(slot=slot, by=member.name, was=fields.get("was", "")[:_LONGEST]),
            )
        )
    except CallOver:
        flash(request, "live.over")
        path = f"/desk/tickets/{call.number}" if call.number else "/desk/live"
        return RedirectResponse(path, 303)
    flash(request, "live.fixed")
    return RedirectResponse(f"/desk/live#call-{id}", 303)


def _checked(fields: dict[str, str], services: Services) -> tuple[Slot, str]:
    """What is to be set and to what; an empty value for one that cannot be."""
    # A button carries its category itself; it comes after whatever the form holds besides.
    slot = fields.get("slot", "")
    if slot not in list(Slot):
        raise Refused(422, "error.422.text")
    value = fields.get("value", "")[:_LONGEST]
    if slot == Slot.PHONE:
        value = "".join(char for char in value if char not in " -()+")
        if not (value.isascii() and value.isdigit() and 7 <= len(value) <= 15):
            value = ""
    if slot == Slot.CATEGORY and value not in services.community.lexicon.categories:
        value = ""
    if slot == Slot.URGENCY and value not in list(Urgency):
        value = ""
    return Slot(slot), value
