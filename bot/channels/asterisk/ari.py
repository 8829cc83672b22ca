"""Asterisk's REST interface (ARI): requests, and the stream of what happens.

Reference: docs.asterisk.org, "Asterisk REST Interface".
"""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

log = logging.getLogger(__name__)

APP = "linsheng"
"""What the dialplan calls us: `Stasis(linsheng)`."""
OURS = "linsheng-"
"""What the identifiers of all channels and bridges begin with that we make."""
_SECONDS = 5.0
"""A PBX in the same house answers in milliseconds."""

Event = dict[str, Any]


class AriError(Exception):
    """Asterisk did not do what was asked."""


class AriGone(AriError):
    """What was asked about is no longer there (404), or in no state for it (409, 412)."""


class AriRefused(AriError):
    """User or password are wrong, or the user may only read."""


class AriUnreachable(AriError):
    """No answer, or not from an ARI."""


class Ari:
    """One Asterisk. All methods belong to the event loop's thread."""

    def __init__(self, url: str, user: str, password: str) -> None:
        """url: `http://pbx:8088`, with or without `/ari` behind it."""
        parts = urlsplit(url)
        self._root = urlunsplit(
            (parts.scheme, parts.netloc, parts.path.removesuffix("/ari"), "", "")
        )
        self._auth = httpx.BasicAuth(user, password)
        # Not through a proxy of the environment: the PBX is in the house.
        self._http = httpx.AsyncClient(
            base_url=f"{self._root}/ari", auth=self._auth, timeout=_SECONDS, trust_env=False
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, **query: str) -> Any:
        return await self._ask("GET", path, query)

    async def post(self, path: str, body: Any = None, **query: str) -> Any:
        return await self._ask("POST", path, query, body)

    async def delete(self, path: str) -> None:
        """Hang up or destroy; what is gone already is no error, nor is an Asterisk that is."""
        try:
            await self._ask("DELETE", path, {})
        except AriError as error:
            if not isinstance(error, AriGone):
                log.warning("could not delete %s: %s", path, error)

    async def version(self) -> str:
        """Raises `AriError`."""
        return str((await self.get("/asterisk/info", only="system"))["system"]["version"])

    @asynccontextmanager
    async def events(self) -> AsyncIterator[AsyncIterator[Event]]:
        """While this is open, calls that reach `Stasis(linsheng)` are ours; iterating gives what
        happens to them and ends when Asterisk is gone. Raises `AriError`."""
        url = f"{self._root.replace('http', 'ws', 1)}/ari/events?app={APP}"
        header = next(self._auth.auth_flow(httpx.Request("GET", self._root))).headers
        try:
            async with connect(
                url,
                additional_headers={"Authorization": header["Authorization"]},
                max_size=None,
                open_timeout=_SECONDS,
                proxy=None,
            ) as socket:
                yield _parsed(socket)
        except InvalidStatus as error:
            raise _error(error.response.status_code, "") from None
        except (OSError, WebSocketException) as error:
            raise AriUnreachable(str(error) or type(error).__name__) from None

    def media_url(self, connection: str) -> str:
        """Where the sound of an external media channel is."""
        return f"{self._root.replace('http', 'ws', 1)}/media/{connection}"

    async def _ask(self, method: str, path: str, query: dict[str, str], body: Any = None) -> Any:
        try:
            answer = await self._http.request(method, path, params=query, json=body)
            if answer.status_code >= 300:
                raise _error(answer.status_code, answer.text[:200])
            return answer.json() if answer.content else None
        except httpx.HTTPError as error:
            raise AriUnreachable(str(error) or type(error).__name__) from None
        except json.JSONDecodeError:
            raise AriUnreachable("the answer is no JSON") from None


async def _parsed(socket: ClientConnection) -> AsyncIterator[Event]:
    async for message in socket:
        yield json.loads(message)


def _error(status: int, text: str) -> AriError:
    kinds = {401: AriRefused, 403: AriRefused, 404: AriGone, 409: AriGone, 412: AriGone}
    return kinds.get(status, AriError)(f"{status} {text}".strip())
