"""The few tickets that wait for somebody are found among all there ever were."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("callback", "alert"):
        some = sa.text(f"{column} <> ''")
        op.create_index(
            f"ix_tickets_{column}", "tickets", [column], postgresql_where=some, sqlite_where=some
        )


def downgrade() -> None:
    for column in ("callback", "alert"):
        op.drop_index(f"ix_tickets_{column}", "tickets")
