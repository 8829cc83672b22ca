"""The head of the desk's list, and residents' verdicts, are found among a million tickets; numbers
of tickets long ended can be given back."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_UNDONE = "state IN ('draft', 'open', 'assigned', 'in_progress', 'reopened')"
_SOME = (
    ("ix_tickets_undone", "tickets", "created", _UNDONE),
    ("ix_tickets_danger", "tickets", "created", f"{_UNDONE} AND urgency = 'emergency'"),
    (
        "ix_tickets_numbered",
        "tickets",
        "updated",
        "state IN ('closed', 'dismissed', 'merged') AND number < 'a'",
    ),
    ("ix_ticket_events_verdicts", "ticket_events", "at", "kind = 'verdict'"),
)


def upgrade() -> None:
    for name, table, column, some in _SOME:
        where = sa.text(some)
        op.create_index(name, table, [column], postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    for name, table, _, _ in _SOME:
        op.drop_index(name, table)
