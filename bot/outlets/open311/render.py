"""One answer in the caller's format.

JSON follows Open311's “Spark” mapping of the XML: a list element becomes an array without its
children's names, a top-level list a bare array.
Source: GeoReport v2, “Format Support”, https://wiki.open311.org/GeoReport_v2.
"""

import json
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from xml.etree import ElementTree

from fastapi.responses import Response

Data = str | int | bool | None | Sequence["Data"] | Mapping[str, "Data"]

_CHILD = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
"""What the items of each list are called in XML."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Format(StrEnum):
    JSON = "json"
    XML = "xml"


def render(form: Format, name: str, data: Data, status: int = 200) -> Response:
    """`data` as a response; `name` is the root element in XML (`service_requests`)."""
    if form is Format.JSON:
        body = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
        return Response(body, status, media_type="application/json; charset=utf-8")
    tree = ElementTree.tostring(_element(name, data), encoding="unicode")
    text = f'<?xml version="1.0" encoding="utf-8"?>\n{tree}\n'
    return Response(text.encode("utf-8"), status, media_type="text/xml; charset=utf-8")


def _element(name: str, data: Data) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(data, bool):
        element.text = "true" if data else "false"
    elif isinstance(data, Mapping):
        element.extend(_element(key, value) for key, value in data.items())
    elif isinstance(data, Sequence) and not isinstance(data, str):
        element.extend(_element(_CHILD[name], item) for item in data)
    elif data is not None:
        # Residents' words may hold control characters, which XML cannot carry at all.
        element.text = _NOT_XML.sub("�", str(data))
    return element
