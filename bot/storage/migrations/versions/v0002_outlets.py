"""Where tickets were sent, and how they stand there."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_encrypted = sa.LargeBinary()
_instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "outlet_tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outlet", sa.String(length=24), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("foreign_id", sa.String(length=128), nullable=False),
        sa.Column("foreign_token", sa.String(length=128), nullable=False),
        sa.Column("foreign_state", sa.String(length=32), nullable=False),
        sa.Column("foreign_note", _encrypted, nullable=False),
        sa.Column("conflict", sa.String(length=32), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("busy_until", _instant, nullable=True),
        sa.Column("created", _instant, nullable=False),
        sa.Column("updated", _instant, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_outlet_tickets_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outlet_tickets"),
        sa.UniqueConstraint("outlet", "ticket_id", name="uq_outlet_tickets_outlet_ticket_id"),
    )
    op.create_index("ix_outlet_tickets_ticket_id", "outlet_tickets", ["ticket_id"])
    op.create_index("ix_outlet_tickets_outlet_state", "outlet_tickets", ["outlet", "state"])


def downgrade() -> None:
    op.drop_table("outlet_tickets")
