"""Consents by booth, and what a page was shown of one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

_REPEATS = "uq_consents_candidate_id_recorded_by_command_id"
_SHOWN = "uq_disclosures_fair_id_ticket_id_by_form_fields_revision"
_PERSON = "fk_disclosures_candidate_id"


def upgrade() -> None:
    """Add the columns; what was said and taken along before names no booth and nobody."""
    with op.batch_alter_table("consents") as consents:
        consents.add_column(sa.Column("booth_id", sa.String(length=24), nullable=True))
        consents.add_column(sa.Column("command_id", sa.String(length=40), nullable=True))
        consents.create_unique_constraint(_REPEATS, ["candidate_id", "recorded_by", "command_id"])
    with op.batch_alter_table("disclosures") as disclosures:
        disclosures.add_column(sa.Column("ticket_id", sa.String(length=16), nullable=True))
        disclosures.add_column(sa.Column("candidate_id", sa.String(length=24), nullable=True))
        disclosures.add_column(sa.Column("revision", sa.Integer(), nullable=True))
        disclosures.create_foreign_key(_PERSON, "people", ["candidate_id"], ["candidate_id"])
        disclosures.create_unique_constraint(
            _SHOWN, ["fair_id", "ticket_id", "by", "form", "fields", "revision"]
        )
    op.create_index("ix_disclosures_candidate_id", "disclosures", ["candidate_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_disclosures_candidate_id", "disclosures")
    with op.batch_alter_table("disclosures") as disclosures:
        disclosures.drop_constraint(_SHOWN, type_="unique")
        disclosures.drop_constraint(_PERSON, type_="foreignkey")
        for name in ("revision", "candidate_id", "ticket_id"):
            disclosures.drop_column(name)
    with op.batch_alter_table("consents") as consents:
        consents.drop_constraint(_REPEATS, type_="unique")
        for name in ("command_id", "booth_id"):
            consents.drop_column(name)
