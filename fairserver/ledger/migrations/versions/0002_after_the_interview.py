"""Second interviews and their free times, ratings of advice, and people who were erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what comes after an interview."""
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("erased_at", sa.BigInteger()))
    _slot_table()
    _second_table()
    _rating_table()


def downgrade() -> None:
    """Drop it again, those that refer to others first."""
    for table in ("ratings", "second_interviews", "interview_slots"):
        op.drop_table(table)
    with op.batch_alter_table("people") as people:
        people.drop_column("erased_at")


def _slot_table() -> None:
    """Create the free times of booths."""
    op.create_table(
        "interview_slots",
        sa.Column("slot_id", sa.String(length=24), nullable=False),
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("booth_id", sa.String(length=24), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=24), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.fair_id"], name="fk_interview_slots_fair_id"),
        sa.ForeignKeyConstraint(
            ["created_by"], ["staff.staff_id"], name="fk_interview_slots_created_by"
        ),
        sa.PrimaryKeyConstraint("slot_id", name="pk_interview_slots"),
        sa.UniqueConstraint(
            "fair_id",
            "booth_id",
            "starts_at",
            name="uq_interview_slots_fair_id_booth_id_starts_at",
        ),
    )


def _second_table() -> None:
    """Create the second interviews."""
    op.create_table(
        "second_interviews",
        sa.Column("second_interview_id", sa.String(length=24), nullable=False),
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.String(length=16), nullable=False),
        sa.Column("booth_id", sa.String(length=24), nullable=False),
        sa.Column("candidate_id", sa.String(length=24), nullable=False),
        sa.Column("slot_id", sa.String(length=24)),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fair_id"], ["fairs.fair_id"], name="fk_second_interviews_fair_id"
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["people.candidate_id"], name="fk_second_interviews_candidate_id"
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["interview_slots.slot_id"], name="fk_second_interviews_slot_id"
        ),
        sa.PrimaryKeyConstraint("second_interview_id", name="pk_second_interviews"),
        sa.UniqueConstraint("fair_id", "ticket_id", name="uq_second_interviews_fair_id_ticket_id"),
        sa.UniqueConstraint("slot_id", name="uq_second_interviews_slot_id"),
    )
    op.create_index("ix_second_interviews_candidate_id", "second_interviews", ["candidate_id"])


def _rating_table() -> None:
    """Create the ratings of advice."""
    op.create_table(
        "ratings",
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.String(length=16), nullable=False),
        sa.Column("booth_id", sa.String(length=24), nullable=False),
        sa.Column("candidate_id", sa.String(length=24), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.fair_id"], name="fk_ratings_fair_id"),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["people.candidate_id"], name="fk_ratings_candidate_id"
        ),
        sa.PrimaryKeyConstraint("fair_id", "ticket_id", name="pk_ratings"),
    )
    op.create_index("ix_ratings_candidate_id", "ratings", ["candidate_id"])
