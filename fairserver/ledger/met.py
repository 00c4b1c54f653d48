"""What a booth may take along of the people it met: by consent, at the moment of asking."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.domain.codes import QuestionKind
from fairserver.domain.states import RoomSide
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.people import BoothProfile
from fairserver.ledger.second_interviews import SecondInterview
from fairserver.ledger.shown import Shown, shown_to

_people = tables.people
_notes = tables.notes
_answers = tables.screening_answers
_seconds = tables.second_interviews

_T = TypeVar("_T")

#: Values in one list of a statement: below what any database allows.
_CHUNK = 500


class SharedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a person answered to a question; ``side`` wrote it down: ``candidate`` or ``desk``."""

    question_id: str
    question: str
    kind: QuestionKind
    side: RoomSide
    answer: str


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What one turn leaves with the booth.

    ``profile`` is None unless the person lets this booth read it (``ledger/shown.py``) and its
    turn is among those that may be named. After a person has taken a consent back, or was
    erased, there are no notes either.
    """

    profile: BoothProfile | None
    notes: list[str]
    #: Shared with ``profile`` only: they are the person's own words.
    answers: list[SharedAnswer]
    second_interview: SecondInterview | None


class MetPeople:
    """Reads what booths may keep of the people they met."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_turns(
        self, fair_id: str, booth_id: str, turns: Mapping[str, str], named: Collection[str]
    ) -> dict[str, Shared]:
        """Read for each ``ticket_id`` of ``turns`` what its ``candidate_id`` shares now.

        The caller has made sure that every turn is one that the booth has met, and which of them
        may be ``named``. A person whom the record does not know shares nothing.
        """
        tickets, owners = list(turns), list(set(turns.values()))
        async with self._database.read() as connection:
            rows = {row.candidate_id: row for row in await _people_of(connection, owners)}
            may = await shown_to(connection, booth_id, owners)
            notes = await _notes_of(connection, fair_id, tickets)
            answers = await _answers_of(connection, fair_id, tickets)
            seconds = await _seconds_of(connection, fair_id, tickets)
        return {
            ticket_id: _shared(
                rows.get(owner) if ticket_id in named else None,
                may[owner],
                notes.get(ticket_id, []),
                answers.get(ticket_id, []),
                seconds.get(ticket_id),
            )
            for ticket_id, owner in turns.items()
        }


def _shared(
    row: Row[Any] | None,
    may: Shown,
    notes: list[str],
    answers: list[SharedAnswer],
    second: SecondInterview | None,
) -> Shared:
    return Shared(
        profile=_profile(row, may) if row is not None and may.profile else None,
        notes=notes if may.own else [],
        answers=answers if may.profile else [],
        second_interview=second,
    )


def _profile(row: Row[Any], may: Shown) -> BoothProfile:
    profile = msgspec.convert(row, BoothProfile, from_attributes=True)
    return profile if may.phone else msgspec.structs.replace(profile, phone=None)


def _chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


async def _people_of(connection: AsyncConnection, owners: Sequence[str]) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for some in _chunks(owners):
        asked = select(_people).where(_people.c.candidate_id.in_(some))
        found += (await connection.execute(asked)).all()
    return found


async def _notes_of(
    connection: AsyncConnection, fair_id: str, tickets: Sequence[str]
) -> dict[str, list[str]]:
    notes: dict[str, list[str]] = {}
    for some in _chunks(tickets):
        asked = (
            select(_notes.c.ticket_id, _notes.c.text)
            .where(_notes.c.fair_id == fair_id, _notes.c.ticket_id.in_(some))
            .order_by(_notes.c.note_id)
        )
        for row in await connection.execute(asked):
            notes.setdefault(row.ticket_id, []).append(row.text)
    return notes


async def _answers_of(
    connection: AsyncConnection, fair_id: str, tickets: Sequence[str]
) -> dict[str, list[SharedAnswer]]:
    answers: dict[str, list[SharedAnswer]] = {}
    for some in _chunks(tickets):
        asked = (
            select(_answers)
            .where(_answers.c.fair_id == fair_id, _answers.c.ticket_id.in_(some))
            .order_by(_answers.c.ticket_id, _answers.c.question_id, _answers.c.side)
        )
        for row in await connection.execute(asked):
            answer = msgspec.convert(row, SharedAnswer, from_attributes=True)
            answers.setdefault(row.ticket_id, []).append(answer)
    return answers


async def _seconds_of(
    connection: AsyncConnection, fair_id: str, tickets: Sequence[str]
) -> dict[str, SecondInterview]:
    found: dict[str, SecondInterview] = {}
    for some in _chunks(tickets):
        asked = select(_seconds).where(
            _seconds.c.fair_id == fair_id, _seconds.c.ticket_id.in_(some)
        )
        for row in await connection.execute(asked):
            found[row.ticket_id] = msgspec.convert(row, SecondInterview, from_attributes=True)
    return found
