from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.residents.staff import Locked, StaffError, add_staff, authenticate, change_password
from bot.services import Services
from bot.storage.tables import Staff


def test_a_one_time_password_signs_in_and_is_changed(services: Services) -> None:
    database = services.database
    password = add_staff(database, " 王师傅 ", "worker")
    staff = authenticate(database, "王师傅", password)
    assert staff
    assert (staff.name, staff.role, staff.must_change) == ("王师傅", "worker", True)
    assert not change_password(database, staff.id, "wrong", "a new long password")
    with pytest.raises(StaffError):
        change_password(database, staff.id, password, "short")
    assert change_password(database, staff.id, password, "a new long password")
    assert authenticate(database, "王师傅", password) is None
    fresh = authenticate(database, "王师傅", "a new long password")
    assert fresh
    assert not fresh.must_change
    assert password not in fresh.password_hash


def test_five_wrong_passwords_lock_for_a_while(services: Services) -> None:
    database = services.database
    password = add_staff(database, "李姐", "volunteer")
    for _ in range(4):
        assert authenticate(database, "李姐", "wrong") is None
    assert authenticate(database, "李姐", password)
    for _ in range(5):
        assert authenticate(database, "李姐", "wrong") is None
    with pytest.raises(Locked) as locked:
        authenticate(database, "李姐", password)
    assert 14 <= locked.value.minutes <= 15
    with database.begin() as session:
        row = session.scalars(select(Staff)).one()
        row.locked_until = datetime.now(UTC) - timedelta(seconds=1)
    assert authenticate(database, "李姐", password)


@pytest.mark.parametrize(
    ("name", "role"), [("", "worker"), ("x" * 65, "worker"), ("a\nb", "worker"), ("好", "boss")]
)
def test_a_bad_account_is_refused(services: Services, name: str, role: str) -> None:
    with pytest.raises(StaffError):
        add_staff(services.database, name, role)


def test_a_name_is_taken_once(services: Services) -> None:
    add_staff(services.database, "王师傅", "worker")
    with pytest.raises(StaffError, match="已经有"):
        add_staff(services.database, "王师傅", "admin")


def test_nobody_signs_in_as_nobody(services: Services) -> None:
    assert authenticate(services.database, "没有这个人", "whatever it is") is None
