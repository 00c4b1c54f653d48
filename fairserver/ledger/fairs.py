"""The fairs that this server holds, with their booths and vacancies for the reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.domain.fair_plan import BoothEntry, FairPlan
from fairserver.domain.tolerant import read_json
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.protocol.errors import Code, Refused


class Fairs:
    """Plans of fairs as they were loaded."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, fair_id: str, plan_json: bytes, digest: str) -> bool:
        """Keep a fair's plan; answers false when this very digest is already kept.

        Booths and vacancies are replaced as a whole. Raises ``msgspec.ValidationError`` when
        ``plan_json`` is no ``FairPlan``, and ``ValueError`` when it is another fair's.
        """
        plan = msgspec.json.decode(plan_json, type=FairPlan)
        if plan.fair_id != fair_id:
            raise ValueError(f"the plan is of fair {plan.fair_id!r}, not {fair_id!r}")
        async with self._database.write() as connection:
            asked = select(tables.fairs).where(tables.fairs.c.fair_id == fair_id)
            kept = (await connection.execute(asked)).one_or_none()
            if kept is not None and kept.digest == digest:
                return False
            former = [] if kept is None else _former(kept, plan)
            await self._put_fair(connection, plan, plan_json, digest, former)
            await _put_booths(connection, plan)
        return True

    async def put_vacancies(self, plan: FairPlan) -> None:
        """Keep the vacancies as booths have corrected them, in the place of the file's."""
        table = tables.vacancies
        async with self._database.write() as connection:
            await connection.execute(delete(table).where(table.c.fair_id == plan.fair_id))
            await _put_vacancies(connection, plan)

    async def former_booths(self, fair_id: str) -> dict[str, BoothEntry]:
        """Read the booths that earlier plans of a fair had and the kept one has not, by id."""
        asked = select(tables.fairs.c.former_booths).where(tables.fairs.c.fair_id == fair_id)
        async with self._database.read() as connection:
            found = await connection.scalar(asked)
        return {booth.booth_id: booth for booth in read_json(found or "[]", list[BoothEntry])}

    async def plans(self) -> list[tuple[str, bytes]]:
        """List the kept plans as ``(fair_id, plan JSON)``, the newest fair's day first."""
        table = tables.fairs
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(table.c.fair_id, table.c.plan).order_by(table.c.date.desc(), table.c.fair_id)
            )
            return [(row.fair_id, row.plan.encode()) for row in rows]

    async def _put_fair(
        self,
        connection: AsyncConnection,
        plan: FairPlan,
        plan_json: bytes,
        digest: str,
        former: list[BoothEntry],
    ) -> None:
        values = {
            "date": plan.date.isoformat(),
            "plan": plan_json.decode(),
            "digest": digest,
            "loaded_at": self._database.now(),
            "former_booths": msgspec.json.encode(former).decode(),
        }
        statement = self._database.insert(tables.fairs).values(fair_id=plan.fair_id, **values)
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["fair_id"], set_=values)
        )


def _former(kept: Row[Any], plan: FairPlan) -> list[BoothEntry]:
    """List the booths that were kept, now or before, and that a plan has no more."""
    try:
        before = read_json(kept.plan, FairPlan).booths
    except msgspec.ValidationError:  # kept by another release, which asked for less
        before = []
    known = {
        booth.booth_id: booth
        for booth in (*read_json(kept.former_booths, list[BoothEntry]), *before)
    }
    named = {booth.booth_id for booth in plan.booths}
    return [booth for booth_id, booth in known.items() if booth_id not in named]


async def date_of(connection: AsyncConnection, fair_id: str) -> dt.date:
    """Tell the day of a fair; raises ``Refused`` ``fair_unknown``."""
    date: str | None = await connection.scalar(
        select(tables.fairs.c.date).where(tables.fairs.c.fair_id == fair_id)
    )
    if date is None:
        raise Refused(Code.FAIR_UNKNOWN, fair_id=fair_id)
    return dt.date.fromisoformat(date)


async def _put_booths(connection: AsyncConnection, plan: FairPlan) -> None:
    for table in (tables.vacancies, tables.booths):
        await connection.execute(delete(table).where(table.c.fair_id == plan.fair_id))
    await connection.execute(
        insert(tables.booths), [_booth_row(plan.fair_id, booth) for booth in plan.booths]
    )
    await _put_vacancies(connection, plan)


async def _put_vacancies(connection: AsyncConnection, plan: FairPlan) -> None:
    if vacancies := [row for booth in plan.booths for row in _vacancy_rows(plan.fair_id, booth)]:
        await connection.execute(insert(tables.vacancies), vacancies)


def _booth_row(fair_id: str, booth: BoothEntry) -> dict[str, Any]:
    return {
        "fair_id": fair_id,
        "booth_id": booth.booth_id,
        "number": booth.number,
        "kind": booth.kind.value,
        "mode": booth.mode.value,
        "name": booth.employer.name,
    }


def _vacancy_rows(fair_id: str, booth: BoothEntry) -> list[dict[str, Any]]:
    return [
        {
            "fair_id": fair_id,
            "vacancy_id": vacancy.vacancy_id,
            "booth_id": booth.booth_id,
            "title": vacancy.title.vi,
            "openings": vacancy.openings,
        }
        for vacancy in booth.vacancies
    ]
