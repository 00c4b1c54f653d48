"""Which booth took how many people's data along or was shown them: rows are only added."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Select, insert, select

from fairserver import security
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.protocol.types import Millis
from fairserver.security import Deed

_disclosures = tables.disclosures

#: Rows of the log that are shown at once, the newest.
_SHOWN = 200
#: Readings that a node remembers as written down.
_REMEMBERED = 20_000


class Form(StrEnum):
    """In what form data left."""

    CSV = "csv"
    XLSX = "xlsx"
    #: Shown on a page.
    PAGE = "page"
    #: Read by the employer's own system.
    API = "api"
    #: The recording of an interview.
    VIDEO = "video"


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """One time that people's data were taken along.

    ``by`` is ``staff:<id>`` or ``key:<id>``; ``fields`` names what was in it; ``people`` counts
    whom it was about, whatever each of them shares. ``ticket_id`` where it was of one turn.
    """

    booth_id: str
    by: str
    form: Form
    fields: list[str]
    people: int
    ticket_id: str | None
    at: Millis


class PersonRead(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is shown of the person of one turn.

    ``revision`` is how often what the booth may read of the person had changed before.
    """

    ticket_id: str
    candidate_id: str
    fields: tuple[str, ...]
    revision: int


class Disclosures:
    """The log of all fairs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        #: The latest readings that are written down: a page reads again and again.
        self._known: OrderedDict[tuple[str, str, Form, PersonRead], None] = OrderedDict()

    async def add_people(
        self, fair_id: str, booth_id: str, by: str, form: Form, reads: Iterable[PersonRead]
    ) -> list[PersonRead]:
        """Write down what is shown of people now, each once for every revision; give the new ones.

        Called before it is shown.
        """
        new = [read for read in reads if (fair_id, by, form, read) not in self._known]
        if not new:
            return []
        shared: dict[str, Any] = {"fair_id": fair_id, "booth_id": booth_id, "by": by}
        shared |= {"form": form.value, "people": 1, "at": self._database.now()}
        added = self._database.insert(_disclosures).on_conflict_do_nothing()
        rows = [
            {**shared, **msgspec.structs.asdict(read), "fields": ",".join(read.fields)}
            for read in new
        ]
        async with self._database.write() as connection:
            await connection.execute(added, rows)
        for read in new:
            self._known[fair_id, by, form, read] = None
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return new

    async def of_candidate(self, candidate_id: str) -> list[Disclosure]:
        """List what was shown or taken along of one person alone, the newest first."""
        asked = select(_disclosures).where(_disclosures.c.candidate_id == candidate_id)
        return await self._list(asked)

    async def add(
        self,
        fair_id: str,
        booth_id: str,
        by: str,
        form: Form,
        fields: list[str],
        people: int,
        *,
        ticket_id: str | None = None,
        candidate_id: str | None = None,
    ) -> None:
        """Write down that data leave now; called before they do. The ids when of one turn."""
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
                    ticket_id=ticket_id,
                    candidate_id=candidate_id,
                    at=self._database.now(),
                )
            )

    async def of_fair(self, fair_id: str, booth_id: str | None = None) -> list[Disclosure]:
        """List the newest rows of a fair, or of one booth of it, the newest first.

        Of what pages were shown and of what was taken along so many each: reading much buries
        nothing.
        """
        asked = select(_disclosures).where(_disclosures.c.fair_id == fair_id)
        if booth_id is not None:
            asked = asked.where(_disclosures.c.booth_id == booth_id)
        on_page = _disclosures.c.form == Form.PAGE.value
        found = [*await self._list(asked.where(~on_page)), *await self._list(asked.where(on_page))]
        return sorted(found, key=lambda one: one.at, reverse=True)

    async def _list(self, asked: Select[Any]) -> list[Disclosure]:
        newest = asked.order_by(_disclosures.c.disclosure_id.desc()).limit(_SHOWN)
        async with self._database.read() as connection:
            return [
                Disclosure(
                    booth_id=row.booth_id,
                    by=row.by,
                    form=Form(row.form),
                    fields=row.fields.split(","),
                    people=row.people,
                    ticket_id=row.ticket_id,
                    at=row.at,
                )
                for row in await connection.execute(newest)
            ]
