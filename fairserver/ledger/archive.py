"""The archived events: a lasting copy of every fair's stream, kept once by its number in it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, Row, func, select

from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.protocol.types import Millis

_events = tables.events

#: Kind of an entry that is not a readable event; its ``raw`` is kept all the same.
UNREADABLE = "unreadable"


class ArchivedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event as it was written, with the columns that reports search by."""

    seq: int
    at: Millis
    kind: str
    by: str
    ticket_id: str | None = None
    candidate_id: str | None = None
    booth_id: str | None = None
    #: Of which stream it is, see ``protocol.events.Event``.
    incarnation: str = ""
    raw: bytes


class _Envelope(msgspec.Struct):
    event: str
    at: int
    by: str
    ticket_id: str | None = None
    candidate_id: str | None = None
    booth_id: str | None = None
    incarnation: str = ""


_envelope = msgspec.json.Decoder(_Envelope)


class Archive:
    """The archive of all fairs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, fair_id: str, rows: Sequence[ArchivedEvent]) -> int:
        """Keep events in one transaction and tell how many were new.

        Any node may append any part of the stream at any time: an event that is already there
        is left as it is.
        """
        if not rows:
            return 0
        statement = (
            self._database.insert(_events)
            .on_conflict_do_nothing(index_elements=["fair_id", "incarnation", "seq"])
            .returning(_events.c.seq)
        )
        # The rows as parameters, not in the statement: it is compiled once, not every time.
        values = [_values(fair_id, row) for row in rows]
        async with self._database.write() as connection:
            return len((await connection.execute(statement, values)).all())

    async def incarnation(self, fair_id: str) -> str:
        """Name the stream that a fair's newest event is of; "" when there is none."""
        asked = (
            select(_events.c.incarnation)
            .where(_events.c.fair_id == fair_id)
            .group_by(_events.c.incarnation)
            .order_by(func.max(_events.c.at).desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            return await connection.scalar(asked) or ""

    async def last_seq(self, fair_id: str, incarnation: str | None = None) -> int:
        """Tell the newest archived sequence number of a stream; 0 when there is none.

        Without an ``incarnation`` it is the newest stream, here and below: of a store that was set
        up anew in the middle of a fair there are two, and their numbers mean different events.
        """
        asked = select(func.max(_events.c.seq)).where(await self._of(fair_id, incarnation))
        async with self._database.read() as connection:
            return await connection.scalar(asked) or 0

    async def read(
        self, fair_id: str, since: int = 0, limit: int = 1000, incarnation: str | None = None
    ) -> list[ArchivedEvent]:
        """Read up to ``limit`` events of a stream after ``since``, in order."""
        asked = (
            select(_events)
            .where(await self._of(fair_id, incarnation), _events.c.seq > since)
            .order_by(_events.c.seq)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [_archived(row) for row in await connection.execute(asked)]

    async def gaps(self, fair_id: str, incarnation: str | None = None) -> list[tuple[int, int]]:
        """List the runs of missing sequence numbers as ``(first, last)``; empty is right."""
        before = func.lag(_events.c.seq, 1, 0).over(order_by=_events.c.seq)
        steps = (
            select(_events.c.seq, before.label("before"))
            .where(await self._of(fair_id, incarnation))
            .subquery()
        )
        asked = select(steps).where(steps.c.seq > steps.c.before + 1).order_by(steps.c.seq)
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [(row.before + 1, row.seq - 1) for row in rows]

    async def _of(self, fair_id: str, incarnation: str | None) -> ColumnElement[bool]:
        if incarnation is None:
            incarnation = await self.incarnation(fair_id)
        return (_events.c.fair_id == fair_id) & (_events.c.incarnation == incarnation)


def archived_event(seq: int, raw: bytes) -> ArchivedEvent:
    """Make the archive's row of a stream entry, whatever it holds.

    Kinds that this version does not know are kept too; what is no event at all gets the kind
    ``unreadable``, so that one bad entry never stops the archive.
    """
    try:
        head = _envelope.decode(raw)
    except msgspec.DecodeError:
        return ArchivedEvent(seq=seq, at=0, kind=UNREADABLE, by="system", raw=raw)
    return ArchivedEvent(
        seq=seq,
        at=head.at,
        kind=head.event,
        by=head.by,
        ticket_id=head.ticket_id,
        candidate_id=head.candidate_id,
        booth_id=head.booth_id,
        incarnation=head.incarnation,
        raw=raw,
    )


def _values(fair_id: str, row: ArchivedEvent) -> dict[str, object]:
    values: dict[str, object] = msgspec.structs.asdict(row)
    # PostgreSQL's text holds no zero character.
    raw = row.raw.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
    return {**values, "fair_id": fair_id, "raw": raw}


def _archived(row: Row[tuple[object, ...]]) -> ArchivedEvent:
    return ArchivedEvent(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        by=row.by,
        ticket_id=row.ticket_id,
        candidate_id=row.candidate_id,
        booth_id=row.booth_id,
        incarnation=row.incarnation,
        raw=row.raw.encode(),
    )
