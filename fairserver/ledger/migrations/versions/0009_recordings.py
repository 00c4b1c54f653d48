"""Recordings of interviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "recordings",
        sa.Column("file_id", sa.String(length=24), nullable=False),
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("recording_id", sa.String(length=16), nullable=False),
        sa.Column("ticket_id", sa.String(length=16), nullable=False),
        sa.Column("booth_id", sa.String(length=24), nullable=False),
        sa.Column("candidate_id", sa.String(length=24), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.String(length=48), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_by", sa.String(length=48), nullable=True),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.fair_id"], name="fk_recordings_fair_id"),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["people.candidate_id"], name="fk_recordings_candidate_id"
        ),
        sa.PrimaryKeyConstraint("file_id", name="pk_recordings"),
    )
    op.create_index("ix_recordings_fair_id_recording_id", "recordings", ["fair_id", "recording_id"])
    op.create_index("ix_recordings_candidate_id", "recordings", ["candidate_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("recordings")
