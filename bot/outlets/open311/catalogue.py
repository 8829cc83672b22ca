"""What can be reported: discovery, the list of services, and a service's definition."""

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from bot.outlets.open311.caller import Caller, without_ending
from bot.outlets.open311.render import Data, render
from bot.outlets.open311.request_error import RequestError
from bot.pages.words import say
from bot.services import Services

router = APIRouter()

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-23T00:00:00Z"
"""When this interface last changed; clients fetch the catalogue anew when it moves."""


@router.get("/discovery")
@router.get("/discovery.{ending}", include_in_schema=False)
def discovery(
    caller: Caller = Depends(Caller.of), services: Services = Depends(Services.of)
) -> Response:
    """Where the interface is, in which formats, and whom to ask for a key."""
    profile = services.community.profile
    contact = f"{profile.name} {profile.hotline}".strip()
    endpoint: Data = {
        "specification": SPECIFICATION,
        "url": f"{services.settings.base_url}/open311/v2",
        "changeset": CHANGESET,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    data: Data = {
        "changeset": CHANGESET,
        "contact": contact,
        "key_service": contact,
        "endpoints": [endpoint],
    }
    return render(caller.form, "discovery", data)


@router.get("/services")
@router.get("/services.{ending}", include_in_schema=False)
def service_list(
    caller: Caller = Depends(Caller.of), services: Services = Depends(Services.of)
) -> Response:
    """The kinds of problems; their codes never change."""
    listed: Data = [_service(services, code) for code in services.community.lexicon.categories]
    return render(caller.form, "services", listed)


@router.get("/services/{service_code}")
def service_definition(
    service_code: str,
    caller: Caller = Depends(Caller.of),
    services: Services = Depends(Services.of),
) -> Response:
    """No kind of problem asks for more than place and words, so `attributes` is always empty."""
    code = without_ending(service_code)
    if code not in services.community.lexicon.categories:
        raise RequestError(404, "service_code", code=code[:40])
    definition: Data = {"service_code": code, "attributes": []}
    return render(caller.form, "service_definition", definition)


def _service(services: Services, code: str) -> Data:
    words = services.community.lexicon.categories[code]
    return {
        "service_code": code,
        "service_name": services.wording.label("category", code),
        "description": words.spoken,
        "metadata": False,
        "type": "realtime",
        "keywords": ",".join(words.strong[:8]),
        "group": say("open311.service_group"),
    }
