"""Which members of staff are machines of booths."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of devices."""
    op.create_table(
        "devices",
        sa.Column("staff_id", sa.String(length=24), nullable=False),
        sa.Column("code_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("paired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.staff_id"], name="fk_devices_staff_id"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_devices"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("devices")
