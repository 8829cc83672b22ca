"""An answer of a GeoReport v2 server, JSON or XML, as a flat list of its entries."""

import json
from typing import Any
from xml.etree import ElementTree


class ParseError(ValueError):
    """It is neither of the two, or not a list of requests."""


def parse(body: bytes, content_type: str = "") -> list[dict[str, str]]:
    """Each request's elements as text; empty ones and null as an empty string. Raises `ParseError`.

    >>> parse(b'[{"service_request_id": 293944, "account_id": null}]')
    [{'service_request_id': '293944', 'account_id': ''}]
    >>> parse(b"<service_requests><request><token>12345</token></request></service_requests>")
    [{'token': '12345'}]
    """
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<") or "xml" in content_type:
        return _xml(text)
    return _json(text)


def _json(text: bytes) -> list[dict[str, str]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ParseError("不是 JSON") from None
    # Some servers wrap the list in the name it has in XML.
    if isinstance(data, dict):
        data = data.get("service_requests", data.get("requests", [data]))
    if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
        raise ParseError("不是工单列表")
    return [{str(name): _text(value) for name, value in entry.items()} for entry in data]


def _xml(text: bytes) -> list[dict[str, str]]:
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 (size is bounded; expat ≥ 2.4.1 stops bombs)
    except (ElementTree.ParseError, ValueError, LookupError):
        raise ParseError("不是 XML") from None
    if root.tag != "service_requests":
        raise ParseError(f"根元素是 {root.tag[:20]}")
    return [{child.tag: " ".join((child.text or "").split()) for child in entry} for entry in root]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
