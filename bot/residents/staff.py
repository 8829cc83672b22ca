"""Accounts of the people at the desk."""

import secrets
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.database import Database
from bot.storage.tables import Staff

ROLES = ("volunteer", "worker", "supervisor", "admin")
SHORTEST = 10
"""Characters of a password: above the 8 that NIST SP 800-63B asks for at least."""
LONGEST_NAME = 64

_TRIES = 5
_LOCKED = timedelta(minutes=15)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what looks alike: this password is read from a screen and typed by hand."""

_hasher = PasswordHasher()
_nobody = _hasher.hash(secrets.token_hex(16))


class StaffError(ValueError):
    """The account cannot be made; the message says why."""


class Locked(Exception):
    """Too many wrong passwords: nothing is tried for a while."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"密码错了太多次，请 {minutes} 分钟后再试")
        self.minutes = minutes


def add_staff(database: Database, name: str, role: str, organisation: str = "") -> str:
    """A new account; returns its one-time password, which is kept nowhere. Raises `StaffError`.

    organisation: an id of the profile, checked by the caller; empty: the community's own.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise StaffError(f"姓名要有 1 到 {LONGEST_NAME} 个字。")
    if role not in ROLES:
        raise StaffError(f"角色 {role!r} 不认识，可以是 {'、'.join(ROLES)}。")
    password = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
    hashed = _hasher.hash(password)
    with database.begin() as session:
        if _find(session, name) is not None:
            raise StaffError(f"已经有叫 {name} 的账号了，请换一个名字。")
        session.add(
            Staff(
                id=secrets.token_hex(16),
                name=name,
                role=role,
                organisation=organisation,
                password_hash=hashed,
                must_change=True,
                failures=0,
                created=datetime.now(UTC),
            )
        )
    return password


def authenticate(database: Database, name: str, password: str) -> Staff | None:
    """The account, or None when name or password is wrong.

    After five wrong ones in a row raises `Locked` for 15 minutes, right password or not.
    """
    with database.read() as session:
        staff = _find(session, name)
        locked = staff.locked_until if staff else None
    _check_lock(locked)
    # Checking takes as long for a name nobody has, and outside of any transaction.
    right = _matches(staff.password_hash if staff else _nobody, password)
    if staff is None:
        return None
    with database.begin() as session:
        staff = session.get_one(Staff, staff.id, with_for_update=True)
        locked = staff.locked_until
        if locked is None or locked <= datetime.now(UTC):
            if right:
                staff.failures, staff.locked_until = 0, None
                return staff
            staff.failures += 1
            if staff.failures >= _TRIES:
                staff.failures, staff.locked_until = 0, datetime.now(UTC) + _LOCKED
            return None
    _check_lock(locked)
    return None


def change_password(database: Database, staff_id: str, now: str, new: str) -> bool:
    """False when `now` is not the password. Raises `StaffError` when `new` is too short."""
    if len(new) < SHORTEST:
        raise StaffError(f"新密码至少要 {SHORTEST} 个字符。")
    with database.read() as session:
        staff = session.get(Staff, staff_id)
    if staff is None or not _matches(staff.password_hash, now):
        return False
    hashed = _hasher.hash(new)
    with database.begin() as session:
        fresh = session.get_one(Staff, staff_id, with_for_update=True)
        if fresh.password_hash != staff.password_hash:
            return False
        fresh.password_hash, fresh.must_change = hashed, False
        fresh.failures, fresh.locked_until = 0, None
    return True


def _find(session: Session, name: str) -> Staff | None:
    return session.scalars(select(Staff).where(Staff.name == name.strip())).first()


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _check_lock(until: datetime | None) -> None:
    left = (until - datetime.now(UTC)).total_seconds() if until else 0
    if left > 0:
        raise Locked(int(left // 60) + 1)
