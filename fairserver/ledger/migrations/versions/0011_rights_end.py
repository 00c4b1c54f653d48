"""Who made what, with whose right it ended, and of what kind a signed-in browser is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what a right's end needs to know."""
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("created_by", sa.String(length=48)))
        staff.add_column(sa.Column("ended_with", sa.String(length=48)))
        staff.create_index("ix_staff_created_by", ["created_by"])
    for name in ("api_keys", "webhooks"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("ended_with", sa.String(length=48)))
    with op.batch_alter_table("sessions") as sessions:
        agent = sa.Column("agent", sa.String(length=16), nullable=False, server_default="")
        sessions.add_column(agent)


def downgrade() -> None:
    """Drop it again."""
    with op.batch_alter_table("sessions") as sessions:
        sessions.drop_column("agent")
    for name in ("api_keys", "webhooks"):
        with op.batch_alter_table(name) as table:
            table.drop_column("ended_with")
    with op.batch_alter_table("staff") as staff:
        staff.drop_index("ix_staff_created_by")
        staff.drop_column("ended_with")
        staff.drop_column("created_by")
