"""Codes are derived from the person's id, and wrong tries are counted by number and address.

What was kept of the codes before is emptied: they had four digits, and end. Readable names of
registrations are forgotten when the record is opened (``People.forget_old_requests``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the versions and the counts, empty the hashes."""
    for name in ("code_version", "link_version"):
        op.add_column("people", sa.Column(name, sa.Integer(), server_default="1", nullable=False))
    op.execute("UPDATE people SET code_hash = ''")
    op.drop_table("code_attempts")
    op.create_table(
        "tries",
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("forget_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_tries"),
    )
    op.create_index("ix_tries_forget_at", "tries", ["forget_at"])


def downgrade() -> None:
    """Bring the old counts back; the codes of before do not come back."""
    op.drop_table("tries")
    op.create_table(
        "code_attempts",
        sa.Column("fair_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.fair_id"], name="fk_code_attempts_fair_id"),
        sa.PrimaryKeyConstraint("fair_id", "number", name="pk_code_attempts"),
    )
    for name in ("link_version", "code_version"):
        op.drop_column("people", name)
