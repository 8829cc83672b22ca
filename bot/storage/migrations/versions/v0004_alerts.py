"""What machines say they saw."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_encrypted = sa.LargeBinary()
_instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("alert_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("place_id", sa.String(length=200), nullable=True),
        sa.Column("text", _encrypted, nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("image", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("into", sa.String(length=32), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=False),
        sa.Column("answered", _instant, nullable=True),
        sa.Column("ticket_id", sa.String(length=32), nullable=True),
        sa.Column("at", _instant, nullable=False),
        sa.Column("received", _instant, nullable=False),
        sa.Column("last", _instant, nullable=False),
        sa.ForeignKeyConstraint(["into"], ["alerts.id"], name="fk_alerts_into"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_alerts_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("source", "alert_id", name="uq_alerts_source_alert_id"),
    )
    op.create_index("ix_alerts_into", "alerts", ["into"])
    op.create_index("ix_alerts_state_muted_last", "alerts", ["state", "muted", "last"])
    op.create_index("ix_alerts_source_kind_received", "alerts", ["source", "kind", "received"])


def downgrade() -> None:
    op.drop_table("alerts")
