"""Sound and pictures to a browser. iPhones play nothing from a server that cannot send a part."""

import re
from hashlib import sha256

from fastapi.requests import Request
from fastapi.responses import Response

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def media(request: Request, data: bytes, media_type: str) -> Response:
    """The bytes, the asked-for part of them (RFC 9110, one range), or 304 when unchanged."""
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "ETag": f'"{sha256(data).hexdigest()[:32]}"',
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    asked = request.headers.get("range", "")
    found = _RANGE.fullmatch(asked.strip())
    if not found or not any(found.groups()):
        return Response(data, 200, headers, media_type)
    size = len(data)
    first, last = found.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        headers["Content-Range"] = f"bytes */{size}"
        return Response(status_code=416, headers=headers)
    headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return Response(data[start : end + 1], 206, headers, media_type)
