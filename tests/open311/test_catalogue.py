from xml.etree import ElementTree

from tests.pages.site import Site

BASE = "/open311/v2"


def test_discovery(site: Site) -> None:
    data = site.client.get(f"{BASE}/discovery.json").json()
    (endpoint,) = data["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"] == f"{site.services.settings.base_url}/open311/v2"
    assert set(endpoint["formats"]) == {"text/xml", "application/json"}
    root = ElementTree.fromstring(site.client.get(f"{BASE}/discovery.xml").content)
    assert root.tag == "discovery"
    assert root.findtext("endpoints/endpoint/type") == "production"


def test_every_category_is_a_service(site: Site) -> None:
    services = site.client.get(f"{BASE}/services.json").json()
    assert [s["service_code"] for s in services] == list(site.services.community.lexicon.categories)
    assert len(services) == 28
    for service in services:
        assert service["service_name"]
        assert service["description"]
        assert (service["type"], service["metadata"]) == ("realtime", False)
    root = ElementTree.fromstring(site.client.get(f"{BASE}/services.xml").content)
    assert len(root.findall("service")) == 28
    assert root.findtext("service/metadata") == "false"


def test_a_definition(site: Site) -> None:
    for path in ("services/lighting.json", "services/lighting"):
        data = site.client.get(f"{BASE}/{path}").json()
        assert data == {"service_code": "lighting", "attributes": []}
    root = ElementTree.fromstring(site.client.get(f"{BASE}/services/lighting.xml").content)
    assert root.tag == "service_definition"


def test_a_service_nobody_offers(site: Site) -> None:
    answer = site.client.get(f"{BASE}/services/spaceship.json")
    assert answer.status_code == 404
    (entry,) = answer.json()
    assert entry["code"] == 404
    assert "spaceship" in entry["description"]


def test_a_jurisdiction_is_ignored(site: Site) -> None:
    assert site.client.get(f"{BASE}/services.json?jurisdiction_id=city.gov").status_code == 200
