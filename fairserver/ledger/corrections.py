"""What employers corrected of their booths: kept beside the plan, which a file may bring anew."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row, select

from fairserver.domain.booth_correction import BoothCorrection, merged
from fairserver.domain.tolerant import read_json
from fairserver.ledger import tables
from fairserver.ledger.database import Database

_corrections = tables.booth_corrections


class Corrected(msgspec.Struct, frozen=True, kw_only=True):
    """The corrections of one booth; ``revision`` rises with every one, 0 before the first."""

    revision: int
    correction: BoothCorrection = BoothCorrection()


class Corrections:
    """The corrections of all fairs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(
        self, fair_id: str, booth_id: str, correction: BoothCorrection, changed_by: str
    ) -> Corrected:
        """Keep what a booth corrects now; what it does not speak of stays as it was said before.

        Gives all that holds then.
        """
        mine = (_corrections.c.fair_id == fair_id) & (_corrections.c.booth_id == booth_id)
        async with self._database.write() as connection:
            row = (await connection.execute(select(_corrections).where(mine))).one_or_none()
            kept = _corrected(row) if row is not None else Corrected(revision=0)
            now = Corrected(
                revision=kept.revision + 1, correction=merged(kept.correction, correction)
            )
            said = {
                "revision": now.revision,
                "correction": msgspec.json.encode(now.correction).decode(),
                "changed_by": changed_by,
                "changed_at": self._database.now(),
            }
            await connection.execute(
                self._database.insert(_corrections)
                .values(fair_id=fair_id, booth_id=booth_id, **said)
                .on_conflict_do_update(index_elements=["fair_id", "booth_id"], set_=said)
            )
        return now

    async def of_fair(self, fair_id: str) -> dict[str, Corrected]:
        """Read all corrections of a fair, by ``booth_id``."""
        asked = select(_corrections).where(_corrections.c.fair_id == fair_id)
        async with self._database.read() as connection:
            rows = (await connection.execute(asked)).all()
        return {row.booth_id: _corrected(row) for row in rows}


def _corrected(row: Row[Any]) -> Corrected:
    return Corrected(
        revision=row.revision,
        correction=read_json(row.correction, BoothCorrection),
    )
