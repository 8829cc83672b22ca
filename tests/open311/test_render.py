import json
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from bot.outlets.open311.render import Data, Format, render

REQUEST: Data = [{"service_request_id": "572005", "lat": None, "metadata": False, "x": "<灯>&"}]


def test_json_is_a_bare_array() -> None:
    answer = render(Format.JSON, "service_requests", REQUEST)
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert json.loads(bytes(answer.body)) == REQUEST


def test_xml_names_the_children() -> None:
    answer = render(Format.XML, "service_requests", REQUEST)
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    text = bytes(answer.body).decode()
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n<service_requests><request>')
    root = ElementTree.fromstring(text)
    assert root.findtext("request/service_request_id") == "572005"
    assert root.findtext("request/metadata") == "false"
    assert root.findtext("request/x") == "<灯>&"
    assert root.findtext("request/lat") == ""


def test_lists_within_lists() -> None:
    data: Data = {"endpoints": [{"formats": ["text/xml", "application/json"]}]}
    root = ElementTree.fromstring(bytes(render(Format.XML, "discovery", data).body))
    formats = [e.text for e in root.findall("endpoints/endpoint/formats/format")]
    assert formats == ["text/xml", "application/json"]


@given(st.text(alphabet=st.characters(codec=None)))
def test_whatever_was_said_stays_parseable(words: str) -> None:
    """Control characters and lone surrogates reach us; they must not break the document."""
    data: Data = [{"description": words}]
    ElementTree.fromstring(bytes(render(Format.XML, "service_requests", data).body))
    json.loads(bytes(render(Format.JSON, "service_requests", data).body))
