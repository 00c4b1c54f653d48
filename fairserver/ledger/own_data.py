"""A person's own rights over what is stored: see it, correct it, have it erased.

Luật 91/2025/QH15: what is erased cannot be brought back; what stays names nobody.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.domain.states import SecondState
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.fairs import date_of
from fairserver.ledger.forms import Answers, checked_answers, plain
from fairserver.ledger.secrecy import unfindable_request
from fairserver.protocol.types import Millis

_people = tables.people
_sessions = tables.sessions
_seconds = tables.second_interviews

#: Years that an age band of an erased person spans.
_BAND_YEARS = 10


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a person is or was signed in."""

    slot: str
    created_at: Millis
    last_seen_at: Millis
    expires_at: Millis
    ended_at: Millis | None


class OwnData:
    """What people may do with what is stored about them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sign_ins(self, candidate_id: str) -> list[SignIn]:
        """List where a person is or was signed in, the latest first."""
        asked = (
            select(_sessions)
            .where(_sessions.c.subject_id == candidate_id)
            .order_by(_sessions.c.created_at.desc())
        )
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [msgspec.convert(row, SignIn, from_attributes=True) for row in rows]

    async def correct(self, fair_id: str, candidate_id: str, answers: Answers) -> None:
        """Put other answers in the place of those given; raises as ``forms.checked`` does."""
        async with self._database.write() as connection:
            clean = checked_answers(answers, await date_of(connection, fair_id))
            said = {name: getattr(clean, name) for name in Answers.__struct_fields__}
            await connection.execute(
                update(_people)
                .where(_people.c.candidate_id == candidate_id, _people.c.erased_at.is_(None))
                .values(**said, full_name_plain=plain(clean.full_name))
            )

    async def erase(self, fair_id: str, candidate_id: str, ticket_ids: Collection[str]) -> None:
        """Erase whatever names a person; ``ticket_ids`` are the person's turns at this fair.

        The number, sex, age band and results stay for the statistics, and what was consented to
        as its proof. A repeat does nothing.
        """
        async with self._database.write() as connection:
            await self._empty_row(connection, candidate_id)
            await self._take_back_dates(connection, candidate_id)
            await connection.execute(
                update(tables.ratings)
                .where(tables.ratings.c.candidate_id == candidate_id)
                .values(remark="")
            )
            for table, which in (
                (tables.candidate_links, tables.candidate_links.c.candidate_id == candidate_id),
                (_sessions, _sessions.c.subject_id == candidate_id),
                (
                    tables.screening_answers,
                    tables.screening_answers.c.candidate_id == candidate_id,
                ),
                (
                    tables.notes,
                    (tables.notes.c.fair_id == fair_id) & tables.notes.c.ticket_id.in_(ticket_ids),
                ),
            ):
                await connection.execute(delete(table).where(which))
        await self._database.empty_log()

    async def _empty_row(self, connection: AsyncConnection, candidate_id: str) -> None:
        """Empty every answer; the registration can be repeated by nobody, the code is no code."""
        await connection.execute(
            update(_people)
            .where(_people.c.candidate_id == candidate_id, _people.c.erased_at.is_(None))
            .values(
                request_id=unfindable_request(),
                full_name="",
                full_name_plain="",
                phone=None,
                birth_year=_people.c.birth_year - _people.c.birth_year % _BAND_YEARS,
                commune="",
                wish="",
                erased_at=self._database.now(),
            )
        )

    async def _take_back_dates(self, connection: AsyncConnection, candidate_id: str) -> None:
        """Cancel what is still to come, and empty every place: a booth wrote it for the person."""
        await connection.execute(
            update(_seconds).where(_seconds.c.candidate_id == candidate_id).values(place="")
        )
        await connection.execute(
            update(_seconds)
            .where(
                _seconds.c.candidate_id == candidate_id,
                _seconds.c.state.in_([SecondState.OFFERED, SecondState.ACCEPTED]),
            )
            .values(
                state=SecondState.CANCELLED.value,
                slot_id=None,
                sequence=_seconds.c.sequence + 1,
                changed_at=self._database.now(),
            )
        )
