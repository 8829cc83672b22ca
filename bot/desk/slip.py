"""`/desk/tickets/{number}/slip`: a receipt in large type for somebody without a telephone."""

import segno
from fastapi import APIRouter, Depends
from fastapi.requests import Request
from starlette.responses import Response

from bot.desk.page import desk_page
from bot.desk.sight import sees
from bot.desk.signed import Member, account
from bot.desk.ticket_page import find_ticket
from bot.pages.errors import Refused
from bot.services import Services

router = APIRouter()


@router.get("/tickets/{number}/slip")
def slip(
    request: Request,
    number: str,
    member: Member = Depends(account),
    services: Services = Depends(Services.of),
) -> Response:
    # The slip's code leads to the resident's own page, with all they said.
    if not sees(member, "phone", services.community.profile):
        raise Refused(403, "duty.no_phone")
    with services.database.read() as session:
        ticket = find_ticket(session, number, member)
        url = f"{services.settings.base_url}/t/{ticket.token}"
        # Level M survives a fold or a stain; thermal printers blur, hence the wide border.
        code = segno.make(url, error="m", micro=False).svg_data_uri(border=4, scale=4)
        return desk_page(request, "slip.html", member, ticket=ticket, code=code)
