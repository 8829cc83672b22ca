"""Deadlines, alerts, and each ticket's next timer."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("tickets", sa.Column("due", _instant, nullable=True))
    op.add_column(
        "tickets", sa.Column("alert", sa.String(length=16), nullable=False, server_default="")
    )
    op.create_table(
        "follow_ups",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("since", _instant, nullable=False),
        sa.Column("stretch", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("due", _instant, nullable=False),
        sa.Column("set_at", _instant, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_follow_ups_ticket_id"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_follow_ups"),
    )
    op.create_index("ix_follow_ups_stage_due", "follow_ups", ["stage", "due"])


def downgrade() -> None:
    op.drop_table("follow_ups")
    op.drop_column("tickets", "alert")
    op.drop_column("tickets", "due")
