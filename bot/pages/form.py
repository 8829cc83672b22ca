"""The fields of a posted form, as plain text."""

import re

from fastapi.requests import Request

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Nobody types these, and PostgreSQL and XML cannot hold some of them."""


def clean(text: str) -> str:
    r"""Without control characters, with plain line ends, without space around it.

    >>> clean(" 灯\x00坏了\r\n")
    '灯坏了'
    """
    return _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


async def form_fields(request: Request) -> dict[str, str]:
    """The last value of each field. Files are left out; a body that is no form gives no fields.

    Raises HTTPException 400 for a broken multipart body and 413 for one that is too large.
    """
    async with request.form(max_files=0, max_fields=100) as form:
        return {name: clean(value) for name, value in form.items() if isinstance(value, str)}
