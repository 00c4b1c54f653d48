"""The times that booths have free for second interviews."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from fairserver.domain.texts import clean_text
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.endings import check_maker
from fairserver.ledger.forms import PLACE_LENGTH, FieldFault, refusal
from fairserver.ledger.secrecy import new_id
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis

_slots = tables.interview_slots
_seconds = tables.second_interviews

#: A second interview is at most so far away, in milliseconds.
FURTHEST_MS = 180 * 24 * 3600 * 1000
#: Times that a booth may list.
MOST_SLOTS = 200


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """When, how long and where: an address, or how to take part when ``online``."""

    starts_at: Millis
    minutes: int
    online: bool
    place: str


class Slot(Meeting, frozen=True, kw_only=True):
    """One time of a booth's list; ``ticket_id`` is whose it is, or null while it is free."""

    slot_id: str
    ticket_id: str | None


class Slots:
    """The free times of all booths."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, fair_id: str, booth_id: str, staff_id: str, meetings: list[Meeting]
    ) -> list[Slot]:
        """List more times; one that is listed already stays as it is. Gives the whole list.

        Raises ``Refused`` ``field_wrong``.
        """
        now = self._database.now()
        rows = [
            {
                "slot_id": new_id("s"),
                "fair_id": fair_id,
                "booth_id": booth_id,
                "created_by": staff_id,
                "created_at": now,
                **msgspec.structs.asdict(checked_meeting(meeting, now)),
            }
            for meeting in meetings
        ]
        if len(rows) + len(await self.of_booth(fair_id, booth_id)) > MOST_SLOTS:
            raise refusal([_wrong("starts_at", "too_long", high=MOST_SLOTS)])
        key = ["fair_id", "booth_id", "starts_at"]
        async with self._database.write() as connection:
            await check_maker(connection, f"staff:{staff_id}")
            statement = self._database.insert(_slots).on_conflict_do_nothing(index_elements=key)
            if rows:
                await connection.execute(statement, rows)
        return await self.of_booth(fair_id, booth_id)

    async def of_booth(self, fair_id: str, booth_id: str) -> list[Slot]:
        """List a booth's times from now on, the earliest first."""
        asked = (
            select(_slots, _seconds.c.ticket_id)
            .outerjoin(_seconds, _seconds.c.slot_id == _slots.c.slot_id)
            .where(
                _slots.c.fair_id == fair_id,
                _slots.c.booth_id == booth_id,
                _slots.c.starts_at > self._database.now(),
            )
            .order_by(_slots.c.starts_at)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [msgspec.convert(row, Slot, from_attributes=True) for row in rows]

    async def remove(self, fair_id: str, booth_id: str, slot_id: str) -> None:
        """Take a time off the list; raises ``Refused`` ``slot_unknown`` or ``slot_taken``."""
        which = (
            _slots.c.slot_id == slot_id,
            _slots.c.fair_id == fair_id,
            _slots.c.booth_id == booth_id,
        )
        try:
            async with self._database.write() as connection:
                removed = await connection.execute(delete(_slots).where(*which))
        except IntegrityError as error:  # a second interview refers to it
            raise Refused(Code.SLOT_TAKEN) from error
        if not removed.rowcount:
            raise Refused(Code.SLOT_UNKNOWN)


def checked_meeting(meeting: Meeting, now: Millis) -> Meeting:
    """Clean a meeting: in the future, with a place; raises ``Refused`` ``field_wrong``."""
    low, high = PLACE_LENGTH
    place = clean_text(meeting.place)
    faults = []
    if not now < meeting.starts_at <= now + FURTHEST_MS:
        faults.append(_wrong("starts_at", "out_of_range"))
    if not place and not meeting.online:
        faults.append(_wrong("place", "needed", low, high))
    elif place and not low <= len(place) <= high:
        faults.append(_wrong("place", "too_long" if len(place) > high else "too_short", low, high))
    if faults:
        raise refusal(faults)
    return msgspec.structs.replace(meeting, place=place)


def _wrong(field: str, problem: str, low: int | None = None, high: int | None = None) -> FieldFault:
    return FieldFault(field=field, code=Code.FIELD_WRONG, problem=problem, low=low, high=high)
