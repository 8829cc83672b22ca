"""Whose staff somebody is, who is on duty, and who has taken which ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    organisation = sa.Column("organisation", sa.String(64), nullable=False, server_default="")
    op.add_column("staff", organisation)
    op.add_column("staff", sa.Column("on_duty_until", sa.DateTime(timezone=True), nullable=True))
    # As in the revision before: a form both databases understand without copying the table.
    op.execute(
        "ALTER TABLE tickets ADD COLUMN assignee VARCHAR(32) "
        "CONSTRAINT fk_tickets_assignee REFERENCES staff (id)"
    )
    op.create_index("ix_tickets_assignee", "tickets", ["assignee"])
    op.create_index("ix_tickets_organisation_state", "tickets", ["organisation", "state"])


def downgrade() -> None:
    op.drop_index("ix_tickets_organisation_state", "tickets")
    op.drop_index("ix_tickets_assignee", "tickets")
    with op.batch_alter_table("tickets") as table:
        table.drop_column("assignee")
    op.drop_column("staff", "on_duty_until")
    op.drop_column("staff", "organisation")
