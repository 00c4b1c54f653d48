"""Events are archived by their stream, and booths of earlier plans are kept.

A live store that was set up anew numbers its events from 1 again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"
branch_labels = None
depends_on = None

_BEFORE = ["fair_id", "seq"]
_NOW = ["fair_id", "incarnation", "seq"]


def upgrade() -> None:
    """Add the stream to the key, which nobody knows of what was archived, and no former booths."""
    op.add_column(
        "fairs", sa.Column("former_booths", sa.Text(), server_default="[]", nullable=False)
    )
    with op.batch_alter_table("events") as events:
        events.add_column(
            sa.Column("incarnation", sa.String(length=40), server_default="", nullable=False)
        )
        events.drop_constraint("pk_events", type_="primary")
        events.create_primary_key("pk_events", _NOW)


def downgrade() -> None:
    """Drop it, and with it the events of all streams that have an id."""
    op.drop_column("fairs", "former_booths")
    op.execute("DELETE FROM events WHERE incarnation <> ''")
    with op.batch_alter_table("events") as events:
        events.drop_constraint("pk_events", type_="primary")
        events.drop_column("incarnation")
        events.create_primary_key("pk_events", _BEFORE)
