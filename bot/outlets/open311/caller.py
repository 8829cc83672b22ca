"""Who asks, and in which format: what every Open311 handler depends on."""

from dataclasses import dataclass
from hmac import compare_digest

from fastapi.requests import Request

from bot.outlets.open311.render import Format
from bot.outlets.open311.request_error import RequestError
from bot.services import Services


@dataclass(frozen=True)
class Caller:
    form: Format
    """From the ending of the path; JSON without one."""
    name: str
    """The name beside the api_key in `LINSHENG_OPEN311_KEYS`; empty for the public."""

    @staticmethod
    def of(request: Request) -> "Caller":
        """Raises `RequestError` 404 for an ending that is neither `.json` nor `.xml`."""
        _, dot, ending = request.url.path.rpartition("/")[2].partition(".")
        if dot and ending not in ("json", "xml"):
            raise RequestError(404, "format")
        return Caller(
            form=Format(ending) if dot else Format.JSON,
            name=key_name(Services.of(request), request.query_params.get("api_key", "")),
        )


def key_name(services: Services, api_key: str) -> str:
    """The name of a valid key, or an empty string. Compares every key in constant time."""
    found = ""
    for entry in services.settings.open311_keys.split(","):
        key, _, name = entry.strip().partition(":")
        if key and compare_digest(key.encode(), api_key.encode("utf-8", "replace")):
            found = name.strip() or "open311"
    return found


def without_ending(name: str) -> str:
    """The last part of a path without `.json` or `.xml`.

    >>> without_ending("572005.xml"), without_ending("572005")
    ('572005', '572005')
    """
    return name.partition(".")[0]
