"""The calling number, read out of a SIP address."""

import re
from urllib.parse import unquote

_USER = re.compile(r"<?\s*(?:sips?|tel):([^@;>]*)", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[0-9][0-9 ().\-]*")


def calling_number(address: str | None) -> str:
    """Digits of the calling number; empty when it was withheld or is no number.

    China's country code is dropped, so that a caller is the same person whichever way the carrier
    writes the number.

    >>> calling_number("sip:13800138000@10.0.0.1"), calling_number('"Li" <sip:+8613800138000@x>')
    ('13800138000', '13800138000')
    >>> calling_number("sip:anonymous@anonymous.invalid"), calling_number(None)
    ('', '')
    """
    match = _USER.search(address or "")
    if match is None:
        return ""
    user = unquote(match[1]).strip()
    if not _NUMBER.fullmatch(user):
        return ""
    digits = re.sub(r"\D", "", user)
    if user.startswith("+86"):
        return digits[2:]
    return digits.removeprefix("0086")[:32]
