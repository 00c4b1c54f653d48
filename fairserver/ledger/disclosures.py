"""Which booth took how many people's data along, when and in what form: rows are only added."""

from __future__ import annotations

from enum import StrEnum

import msgspec
from sqlalchemy import insert, select

from fairserver import security
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.protocol.types import Millis
from fairserver.security import Deed

_disclosures = tables.disclosures

#: Rows of the log that are shown at once, the newest.
_SHOWN = 200


class Form(StrEnum):
    """In what form data left."""

    CSV = "csv"
    XLSX = "xlsx"
    #: Read by the employer's own system.
    API = "api"
    #: The recording of an interview.
    VIDEO = "video"


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """One time that people's data were taken along.

    ``by`` is ``staff:<id>`` or ``key:<id>``; ``fields`` names what was in it; ``people`` counts
    whom it was about, whatever each of them shares.
    """

    booth_id: str
    by: str
    form: Form
    fields: list[str]
    people: int
    at: Millis


class Disclosures:
    """The log of all fairs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, fair_id: str, booth_id: str, by: str, form: Form, fields: list[str], people: int
    ) -> None:
        """Write down that data leave now; called before they do."""
        security.note(
            Deed.EXPORTED, who=by, of=booth_id, fair_id=fair_id, why=form.value, people=people
        )
        async with self._database.write() as connection:
            await connection.execute(
                insert(_disclosures).values(
                    fair_id=fair_id,
                    booth_id=booth_id,
                    by=by,
                    form=form.value,
                    fields=",".join(fields),
                    people=people,
                    at=self._database.now(),
                )
            )

    async def of_fair(self, fair_id: str, booth_id: str | None = None) -> list[Disclosure]:
        """List the newest rows of a fair, or of one booth of it, the newest first."""
        asked = select(_disclosures).where(_disclosures.c.fair_id == fair_id)
        if booth_id is not None:
            asked = asked.where(_disclosures.c.booth_id == booth_id)
        asked = asked.order_by(_disclosures.c.disclosure_id.desc()).limit(_SHOWN)
        async with self._database.read() as connection:
            return [
                Disclosure(
                    booth_id=row.booth_id,
                    by=row.by,
                    form=Form(row.form),
                    fields=row.fields.split(","),
                    people=row.people,
                    at=row.at,
                )
                for row in await connection.execute(asked)
            ]
