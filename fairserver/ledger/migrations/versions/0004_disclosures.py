"""The log of what employers took along."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the log."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "disclosures",
        sa.Column("disclosure_id", row_id, nullable=False),
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("booth_id", sa.String(length=24), nullable=False),
        sa.Column("by", sa.String(length=48), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.fair_id"], name="fk_disclosures_fair_id"),
        sa.PrimaryKeyConstraint("disclosure_id", name="pk_disclosures"),
    )
    op.create_index("ix_disclosures_fair_id_booth_id", "disclosures", ["fair_id", "booth_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("disclosures")
