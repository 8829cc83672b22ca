from sqlalchemy import text
from sqlalchemy.orm import Session

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def serialise(session: Session, name: str) -> None:
    """From here to the commit nobody else works on `name`.

    SQLite's transactions follow one another anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK, {"name": name})
