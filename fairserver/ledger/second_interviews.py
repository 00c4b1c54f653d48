"""Second interviews: a date for one turn, offered by its booth and answered by the person."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.domain.states import SECOND_MOVES, SecondState
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.erased import check_not_erased
from fairserver.ledger.secrecy import new_id
from fairserver.ledger.slots import Meeting, checked_meeting
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis

_slots = tables.interview_slots
_seconds = tables.second_interviews

_ON = frozenset({SecondState.OFFERED, SecondState.ACCEPTED})


class SecondInterview(Meeting, frozen=True, kw_only=True):
    """The second interview of one turn."""

    second_interview_id: str
    ticket_id: str
    booth_id: str
    slot_id: str | None
    state: SecondState
    #: Rises with every other date or place, and when it is cancelled.
    sequence: int
    changed_at: Millis


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """Whose turn it is, and where."""

    fair_id: str
    ticket_id: str
    booth_id: str
    candidate_id: str


class SecondInterviews:
    """The second interviews of all fairs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_ticket(self, fair_id: str, ticket_id: str) -> SecondInterview | None:
        """Read the second interview of a turn, or None."""
        async with self._database.read() as connection:
            row = await _row_of(connection, fair_id, ticket_id)
        return _read(row) if row is not None else None

    async def of_candidate(self, candidate_id: str) -> list[SecondInterview]:
        """List a person's second interviews, the earliest first."""
        asked = (
            select(_seconds)
            .where(_seconds.c.candidate_id == candidate_id)
            .order_by(_seconds.c.starts_at)
        )
        async with self._database.read() as connection:
            return [_read(row) for row in await connection.execute(asked)]

    async def offer_slot(self, turn: Turn, slot_id: str) -> SecondInterview:
        """Give a person a time of the booth's list.

        Raises ``Refused`` ``slot_taken`` when it is somebody else's, ``slot_unknown``.
        """
        return await self._offer(turn, _slots.c.slot_id == slot_id, None)

    async def offer_time(self, turn: Turn, meeting: Meeting) -> SecondInterview:
        """Offer a date; one of the booth's list is then taken. Raises as ``offer_slot`` does."""
        meeting = checked_meeting(meeting, self._database.now())
        return await self._offer(turn, _slots.c.starts_at == meeting.starts_at, meeting)

    async def _offer(self, turn: Turn, which: Any, meeting: Meeting | None) -> SecondInterview:
        """Keep the offer; that a slot has one owner is the database's own rule."""
        asked = select(_slots).where(
            _slots.c.fair_id == turn.fair_id, _slots.c.booth_id == turn.booth_id, which
        )
        try:
            async with self._database.write() as connection:
                await check_not_erased(connection, turn.candidate_id)
                slot = (await connection.execute(asked)).one_or_none()
                if meeting is None:
                    meeting = _of_slot(slot, self._database.now())
                return await self._put(connection, turn, meeting, slot)
        except IntegrityError as error:
            raise Refused(Code.SLOT_TAKEN) from error

    async def _put(
        self, connection: AsyncConnection, turn: Turn, meeting: Meeting, slot: Row[Any] | None
    ) -> SecondInterview:
        values = {
            **{name: getattr(meeting, name) for name in Meeting.__struct_fields__},
            "slot_id": slot.slot_id if slot is not None else None,
        }
        held = await _row_of(connection, turn.fair_id, turn.ticket_id)
        if held is not None and held.state in _ON and _is_same(held, values):
            return _read(held)  # the same once more: whoever has accepted it still has
        values |= {"state": SecondState.OFFERED.value, "changed_at": self._database.now()}
        if held is None:
            key = {"second_interview_id": new_id("i"), **msgspec.structs.asdict(turn)}
            await connection.execute(insert(_seconds).values(**key, **values, sequence=0))
        else:
            await _change(connection, held, sequence=held.sequence + 1, **values)
        return await _found(connection, turn.fair_id, turn.ticket_id)

    async def answer(
        self, fair_id: str, ticket_id: str, sequence: int, *, accept: bool
    ) -> SecondInterview:
        """Accept or decline the date of that number; a declined one's slot is free again.

        Raises ``Refused`` ``no_second_interview``, also when the date was changed meanwhile.
        """
        state = SecondState.ACCEPTED if accept else SecondState.DECLINED
        async with self._database.write() as connection:
            held = await _row_of(connection, fair_id, ticket_id)
            if held is None or held.sequence != sequence:
                raise Refused(Code.NO_SECOND_INTERVIEW)
            return await self._move(connection, held, state)

    async def cancel(self, fair_id: str, ticket_id: str) -> SecondInterview:
        """Take the second interview back; raises ``Refused`` ``no_second_interview``."""
        async with self._database.write() as connection:
            held = await _row_of(connection, fair_id, ticket_id)
            if held is None:
                raise Refused(Code.NO_SECOND_INTERVIEW)
            return await self._move(connection, held, SecondState.CANCELLED)

    async def _move(
        self, connection: AsyncConnection, held: Row[Any], state: SecondState
    ) -> SecondInterview:
        if held.state == state:
            return _read(held)
        if state not in SECOND_MOVES[SecondState(held.state)]:
            raise Refused(Code.NO_SECOND_INTERVIEW)
        values: dict[str, object] = {"state": state.value, "changed_at": self._database.now()}
        if state not in _ON:
            values["slot_id"] = None
        if state is SecondState.CANCELLED:
            values["sequence"] = held.sequence + 1
        await _change(connection, held, **values)
        return await _found(connection, held.fair_id, held.ticket_id)


def _of_slot(slot: Row[Any] | None, now: Millis) -> Meeting:
    if slot is None or slot.starts_at <= now:
        raise Refused(Code.SLOT_UNKNOWN)
    return Meeting(
        starts_at=slot.starts_at, minutes=slot.minutes, online=slot.online, place=slot.place
    )


def _is_same(held: Row[Any], values: dict[str, Any]) -> bool:
    return all(getattr(held, name) == value for name, value in values.items())


async def _row_of(connection: AsyncConnection, fair_id: str, ticket_id: str) -> Row[Any] | None:
    asked = select(_seconds).where(_seconds.c.fair_id == fair_id, _seconds.c.ticket_id == ticket_id)
    return (await connection.execute(asked)).one_or_none()


async def _found(connection: AsyncConnection, fair_id: str, ticket_id: str) -> SecondInterview:
    row = await _row_of(connection, fair_id, ticket_id)
    assert row is not None  # it was written in this transaction
    return _read(row)


async def _change(connection: AsyncConnection, held: Row[Any], **values: object) -> None:
    which = _seconds.c.second_interview_id == held.second_interview_id
    await connection.execute(update(_seconds).where(which).values(**values))


def _read(row: Row[Any]) -> SecondInterview:
    return msgspec.convert(row, SecondInterview, from_attributes=True)
