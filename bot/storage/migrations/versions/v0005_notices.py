"""What residents must still be told, how they want it, and WeChat's budget."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_encrypted = sa.LargeBinary()
_instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "residents", sa.Column("told_by", sa.String(length=16), nullable=False, server_default="")
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=24), nullable=False),
        sa.Column("note", _encrypted, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rung", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("busy_until", _instant, nullable=True),
        sa.Column("created", _instant, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_notices_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_ticket_id", "notices", ["ticket_id"])
    op.create_index("ix_notices_who_state", "notices", ["who", "state"])
    op.create_table(
        "wechat_budgets",
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("message_until", _instant, nullable=False),
        sa.Column("message_left", sa.Integer(), nullable=False),
        sa.Column("touch_until", _instant, nullable=False),
        sa.Column("touch_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("openid", name="pk_wechat_budgets"),
    )


def downgrade() -> None:
    op.drop_table("wechat_budgets")
    op.drop_table("notices")
    op.drop_column("residents", "told_by")
