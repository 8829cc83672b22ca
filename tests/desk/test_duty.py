"""Who works on what, and what somebody of an organisation gets to see."""

import pytest
from sqlalchemy import select

from bot.storage.tables import Staff, Ticket
from tests.pages.site import Site


def _staff(site: Site, name: str) -> Staff:
    with site.services.database.read() as session:
        return session.scalars(select(Staff).where(Staff.name == name)).one()


def _with_sees(site: Site, code: str, *fields: str) -> None:
    """From now on the organisation's tier allows just these."""
    profile = site.services.community.profile
    changed = tuple(
        o.model_copy(update={"sees": fields}) if o.id == code else o for o in profile.organisations
    )
    community = site.services.community
    object.__setattr__(community, "profile", profile.model_copy(update={"organisations": changed}))


def test_on_duty_and_off_again(site: Site) -> None:
    site.sign_in("volunteer", "小陈")
    page = site.client.get("/desk/duty").text
    assert "不在班" in page
    action = f"/desk/duty/{_staff(site, '小陈').id}"
    assert "记下了" in site.post("/desk/duty", action, on="yes").text
    assert _staff(site, "小陈").on_duty_until is not None
    site.post("/desk/duty", action, on="no")
    assert _staff(site, "小陈").on_duty_until is None
    site.account("老王", "worker")
    other = f"/desk/duty/{_staff(site, '老王').id}"
    form = site.form("/desk/duty", action)
    assert site.client.post(other, data={**form, "on": "yes"}).status_code == 403
    site.sign_in("supervisor", "陈主任")
    assert "记下了" in site.post("/desk/duty", other, on="yes").text


def test_taken_handed_on_and_listed(site: Site) -> None:
    site.account("老王", "worker")
    ticket = site.ticket()
    site.sign_in("worker", "李师傅")
    path = f"/desk/tickets/{ticket.number}"
    assert "归您了" in site.post(path, f"{path}/take").text
    now = site.now(ticket)
    assert (now.assignee, now.state) == (_staff(site, "李师傅").id, "assigned")
    assert ticket.number[:3] in site.client.get("/desk?show=mine").text
    assert "手里 1 件" in site.client.get("/desk/duty").text
    page = site.post(path, f"{path}/hand-on", to=_staff(site, "老王").id, note="我下班了").text
    assert "交过去了" in page
    assert "我下班了" in page
    assert site.now(ticket).assignee == _staff(site, "老王").id
    assert "没有这个人" in site.post(path, f"{path}/hand-on", to="nobody").text
    assert "歇一会儿" in site.client.get("/desk?show=mine").text


def test_a_volunteer_takes_without_changing_the_state(site: Site) -> None:
    ticket = site.ticket()
    site.sign_in("volunteer")
    path = f"/desk/tickets/{ticket.number}"
    site.post(path, f"{path}/take")
    assert site.now(ticket).state == "open"
    assert site.now(ticket).assignee


def test_forwarded_with_its_reason_and_it_stays_there(site: Site) -> None:
    ticket = site.ticket(state="assigned")
    site.sign_in("worker", "李师傅")
    path = f"/desk/tickets/{ticket.number}"
    assert "为什么转" in site.post(path, f"{path}/forward", organisation="zyz").text
    assert "没有这个单位" in site.post(path, f"{path}/forward", organisation="xx", note="a").text
    page = site.post(path, f"{path}/forward", organisation="zyz", note="这是助老的事").text
    assert "这是助老的事" in page
    assert "和睦物业 → 和睦志愿者" in page
    now = site.now(ticket)
    assert (now.organisation, now.state, now.assignee) == ("zyz", "open", None)
    site.post(path, f"{path}/correct", place="4幢2单元")
    assert site.now(ticket).organisation == "zyz", "another correction does not route it back"
    site.post(path, f"{path}/correct", category="elevator")
    assert site.now(ticket).organisation == ""


def test_each_organisation_sees_only_its_own(site: Site) -> None:
    own, other, ours = site.ticket(), site.ticket(organisation="zyz"), site.ticket(organisation="")
    site.sign_in("worker", "李师傅", "wy")
    page = site.client.get("/desk?show=all").text
    assert f"/desk/tickets/{own.number}" in page
    for ticket in (other, ours):
        assert ticket.number not in page
        path = f"/desk/tickets/{ticket.number}"
        for part in ("", "/slip"):
            assert site.client.get(path + part).status_code == 404
        found = site.client.get(f"/desk?number={ticket.number}")
        assert found.status_code == 404
        form = site.form(f"/desk/tickets/{own.number}", f"/desk/tickets/{own.number}/state")
        data = {**form, "state": "resolved", "updated": site.now(ticket).updated.isoformat()}
        assert site.client.post(f"{path}/state", data=data).status_code == 404
        assert site.now(ticket).state == "open"
        path = f"/desk/tickets/{own.number}"
        assert "没有单号" in site.post(path, f"{path}/merge", into=ticket.number).text
    for path in ("/desk/alerts", "/desk/outlets"):
        assert site.client.get(path).status_code == 403
        assert path not in page
    # Forwarded, it is theirs no longer.
    path = f"/desk/tickets/{own.number}"
    answer = site.post(path, f"{path}/forward", organisation="community", note="不归物业")
    assert answer.url.path == "/desk"
    assert site.client.get(path).status_code == 404
    assert site.now(own).organisation == ""


def test_fields_of_its_tier_only(site: Site) -> None:
    ticket = site.report("3幢2单元楼道灯坏了，打我电话13800001234")
    with site.services.database.begin() as session:
        session.get_one(Ticket, ticket.id).callback = "asked"
    sound = site.recording(ticket, b"\0\0" * 800, "audio/l16;rate=8000")
    site.sign_in("worker", "李师傅", "wy")
    path = f"/desk/tickets/{ticket.number}"
    _with_sees(site, "wy", "phone")
    assert "13800001234" in site.client.get(path).text
    _with_sees(site, "wy")
    for page in (path, "/desk", f"{path}/slip"):
        text = site.client.get(page).text
        assert "13800001234" not in text, page
    page = site.client.get(path).text
    assert site.client.get(f"{path}/slip").status_code == 403
    assert ticket.token not in page, "the resident's own page shows all they said"
    assert "号码不显示" in page
    assert "看不到居民电话" in page
    assert sound not in page
    assert site.client.get(f"/desk/recordings/{sound}.mp3").status_code == 404
    # What they cannot see they cannot spoil either.
    site.post(path, f"{path}/correct", place="3幢2单元", words="x", phone="110110110")
    now = site.now(ticket)
    assert (now.phone, "13800001234" in now.description) == ("13800001234", True)


@pytest.mark.parametrize("number", ["13800001234", "138-0000-1234", "一三八零零零零一二三四"])
def test_numbers_in_words_are_concealed(number: str) -> None:
    from bot.desk.sight import conceal

    assert conceal(f"打{number}找我，3幢2单元501") == "打（号码不显示）找我，3幢2单元501"
