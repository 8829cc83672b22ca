"""Every house of the demo community, said in the ways people say it."""

import pytest

from locales.load import load_community
from locales.wording import load_wording

COMMUNITY = load_community()
SPOKEN = load_wording(COMMUNITY.profile).spoken
FORMS = (
    "{b}幢{u}单元{r}漏水",
    "{b}栋{u}单元{r}室的灯不亮了",
    "我们{b}号楼{u}单元{r}水管爆了",
    "和睦新村{b}幢{u}单元{r}",
    "{n}幢{u}单元{d}漏水",
)


@pytest.mark.parametrize("form", FORMS)
def test_every_room_is_found_as_it_is_said(form: str) -> None:
    (estate,) = COMMUNITY.profile.places
    wrong = {}
    for number in range(1, len(estate.all_buildings()) + 1):
        for unit, room in ((1, "101"), (2, "302"), (3, "501")):
            said = form.format(
                b=SPOKEN.numbers.cardinal(number),
                n=number,
                u=SPOKEN.numbers.cardinal(unit),
                r=SPOKEN.spell(room),
                d=room,
            )
            place = COMMUNITY.gazetteer.find(said)
            if place is None or place.id != f"hm/{number}/{unit}/{room}":
                wrong[said] = place and place.text
    assert not wrong
