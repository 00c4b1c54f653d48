"""Employers' corrections of their booths, and the answers to their questions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "booth_corrections",
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("booth_id", sa.String(length=24), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=48), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fair_id"], ["fairs.fair_id"], name="fk_booth_corrections_fair_id"
        ),
        sa.PrimaryKeyConstraint("fair_id", "booth_id", name="pk_booth_corrections"),
    )
    op.create_table(
        "screening_answers",
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.String(length=16), nullable=False),
        sa.Column("question_id", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("booth_id", sa.String(length=24), nullable=False),
        sa.Column("candidate_id", sa.String(length=24), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fair_id"], ["fairs.fair_id"], name="fk_screening_answers_fair_id"
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["people.candidate_id"], name="fk_screening_answers_candidate_id"
        ),
        sa.PrimaryKeyConstraint(
            "fair_id", "ticket_id", "question_id", "side", name="pk_screening_answers"
        ),
    )
    op.create_index("ix_screening_answers_candidate_id", "screening_answers", ["candidate_id"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("screening_answers")
    op.drop_table("booth_corrections")
