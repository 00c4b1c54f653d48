"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the tables to this revision."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Move the tables back to the revision before."""
    ${downgrades if downgrades else "pass"}
