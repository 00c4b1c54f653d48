"""Browsers that asked to be told of the turn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of subscriptions."""
    op.create_table(
        "push_subscriptions",
        sa.Column("endpoint_hash", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.String(length=24), nullable=False),
        sa.Column("candidate_id", sa.String(length=24), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.String(length=100), nullable=False),
        sa.Column("auth", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["slot"], ["sessions.slot"], name="fk_push_subscriptions_slot", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["people.candidate_id"],
            name="fk_push_subscriptions_candidate_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("endpoint_hash", name="pk_push_subscriptions"),
        sa.UniqueConstraint("slot", name="uq_push_subscriptions_slot"),
    )
    op.create_index("ix_push_subscriptions_candidate_id", "push_subscriptions", ["candidate_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("push_subscriptions")
