"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    _fair_tables()
    _staff_tables()
    _people_tables()
    _word_tables()
    _event_table()


def downgrade() -> None:
    """Drop every table, those that refer to others first."""
    for table in (
        "events",
        "notes",
        "consents",
        "code_attempts",
        "candidate_links",
        "people",
        "sessions",
        "invitations",
        "staff",
        "vacancies",
        "booths",
        "fairs",
    ):
        op.drop_table(table)


def _fair_tables() -> None:
    """Create what a fair offers."""
    op.create_table(
        "fairs",
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=128), nullable=False),
        sa.Column("loaded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fair_id", name="pk_fairs"),
    )
    op.create_table(
        "booths",
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("booth_id", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=4), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.fair_id"], name="fk_booths_fair_id"),
        sa.PrimaryKeyConstraint("fair_id", "booth_id", name="pk_booths"),
    )
    op.create_table(
        "vacancies",
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("vacancy_id", sa.String(length=32), nullable=False),
        sa.Column("booth_id", sa.String(length=24), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fair_id", "booth_id"],
            ["booths.fair_id", "booths.booth_id"],
            name="fk_vacancies_fair_id_booth_id",
        ),
        sa.PrimaryKeyConstraint("fair_id", "vacancy_id", name="pk_vacancies"),
    )
    op.create_index("ix_vacancies_fair_id_booth_id", "vacancies", ["fair_id", "booth_id"])


def _staff_tables() -> None:
    """Create who works at the fair."""
    op.create_table(
        "staff",
        sa.Column("staff_id", sa.String(length=24), nullable=False),
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("booth_id", sa.String(length=24)),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.fair_id"], name="fk_staff_fair_id"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_staff"),
    )
    op.create_index("ix_staff_fair_id", "staff", ["fair_id"])
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=24), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.staff_id"], name="fk_invitations_staff_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invitations"),
    )
    op.create_index("ix_invitations_staff_id", "invitations", ["staff_id"])
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.String(length=24), nullable=False),
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=24), nullable=False),
        sa.Column("booth_id", sa.String(length=24)),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.fair_id"], name="fk_sessions_fair_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
        sa.UniqueConstraint("slot", name="uq_sessions_slot"),
    )
    op.create_index("ix_sessions_subject_id", "sessions", ["subject_id"])


def _people_tables() -> None:
    """Create the candidates and how they come back."""
    op.create_table(
        "people",
        sa.Column("candidate_id", sa.String(length=24), nullable=False),
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("full_name_plain", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=16)),
        sa.Column("birth_year", sa.Integer(), nullable=False),
        sa.Column("sex", sa.String(length=8), nullable=False),
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.fair_id"], name="fk_people_fair_id"),
        sa.PrimaryKeyConstraint("candidate_id", name="pk_people"),
        sa.UniqueConstraint("fair_id", "number", name="uq_people_fair_id_number"),
        sa.UniqueConstraint("fair_id", "request_id", name="uq_people_fair_id_request_id"),
    )
    op.create_index("ix_people_fair_id_full_name_plain", "people", ["fair_id", "full_name_plain"])
    op.create_table(
        "candidate_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("candidate_id", sa.String(length=24), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["people.candidate_id"], name="fk_candidate_links_candidate_id"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_candidate_links"),
    )
    op.create_index("ix_candidate_links_candidate_id", "candidate_links", ["candidate_id"])
    op.create_table(
        "code_attempts",
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.fair_id"], name="fk_code_attempts_fair_id"),
        sa.PrimaryKeyConstraint("fair_id", "number", name="pk_code_attempts"),
    )


def _word_tables() -> None:
    """Create what people said."""
    op.create_table(
        "consents",
        sa.Column(
            "consent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("candidate_id", sa.String(length=24), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("text_version", sa.String(length=24), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.String(length=48), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["people.candidate_id"], name="fk_consents_candidate_id"
        ),
        sa.PrimaryKeyConstraint("consent_id", name="pk_consents"),
    )
    op.create_index("ix_consents_candidate_id_purpose", "consents", ["candidate_id", "purpose"])
    op.create_table(
        "notes",
        sa.Column("note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.String(length=16), nullable=False),
        sa.Column("staff_id", sa.String(length=24), nullable=False),
        sa.Column("command_id", sa.String(length=40)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.fair_id"], name="fk_notes_fair_id"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.staff_id"], name="fk_notes_staff_id"),
        sa.PrimaryKeyConstraint("note_id", name="pk_notes"),
        sa.UniqueConstraint(
            "fair_id", "staff_id", "command_id", name="uq_notes_fair_id_staff_id_command_id"
        ),
    )
    op.create_index("ix_notes_fair_id_ticket_id", "notes", ["fair_id", "ticket_id"])


def _event_table() -> None:
    """Create what happened."""
    op.create_table(
        "events",
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=48), nullable=False),
        sa.Column("ticket_id", sa.String(length=16)),
        sa.Column("candidate_id", sa.String(length=24)),
        sa.Column("booth_id", sa.String(length=24)),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fair_id", "seq", name="pk_events"),
    )
    op.create_index("ix_events_fair_id_kind", "events", ["fair_id", "kind"])
    op.create_index("ix_events_fair_id_ticket_id", "events", ["fair_id", "ticket_id"])
