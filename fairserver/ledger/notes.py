"""Recruiters' notes on interviews: personal data, so here and never in an event."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from fairserver.domain.texts import clean_lines
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.erased import is_erased
from fairserver.protocol.types import Millis

_notes = tables.notes


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What a recruiter wrote about one turn at the booth."""

    ticket_id: str
    staff_id: str
    text: str
    at: Millis


class Notes:
    """The notes of all fairs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        fair_id: str,
        ticket_id: str,
        staff_id: str,
        text: str,
        *,
        candidate_id: str = "",
        command_id: str | None = None,
    ) -> bool:
        """Add a note on a turn of ``candidate_id``.

        Answers false for an empty one, for the repeat of a ``command_id`` and for one about
        somebody who was erased.
        """
        if not (text := clean_lines(text)):
            return False
        statement = self._database.insert(_notes).values(
            fair_id=fair_id,
            ticket_id=ticket_id,
            staff_id=staff_id,
            command_id=command_id,
            text=text,
            at=self._database.now(),
        )
        key = ["fair_id", "staff_id", "command_id"]
        async with self._database.write() as connection:
            if await is_erased(connection, candidate_id):
                return False
            added = await connection.execute(statement.on_conflict_do_nothing(index_elements=key))
            return added.rowcount == 1

    async def of_ticket(self, fair_id: str, ticket_id: str) -> list[Note]:
        """List the notes on one turn, oldest first."""
        asked = (
            select(_notes)
            .where(_notes.c.fair_id == fair_id, _notes.c.ticket_id == ticket_id)
            .order_by(_notes.c.note_id)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [msgspec.convert(row, Note, from_attributes=True) for row in rows]
