"""Which ticket stands for a merged one."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Alembic's own way on SQLite copies the table and drops the old one, which rows that refer to
    # it forbid; this form both databases understand.
    op.execute(
        "ALTER TABLE tickets ADD COLUMN merged_into VARCHAR(32) "
        "CONSTRAINT fk_tickets_merged_into REFERENCES tickets (id)"
    )
    op.create_index("ix_tickets_merged_into", "tickets", ["merged_into"])


def downgrade() -> None:
    op.drop_index("ix_tickets_merged_into", "tickets")
    with op.batch_alter_table("tickets") as table:
        table.drop_column("merged_into")
