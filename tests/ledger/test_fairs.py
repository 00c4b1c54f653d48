"""Plans of fairs."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select

from fairserver.domain.booth_correction import BoothCorrection, corrected_plan
from fairserver.domain.fair_plan import FairPlan
from fairserver.ledger import Ledger, tables
from tests.ledger.makers import FAIR, plan_json


async def test_a_plan_comes_back_as_it_was_put(ledger: Ledger) -> None:
    assert await ledger.fairs.plans() == [(FAIR, plan_json())]


async def test_the_same_digest_changes_nothing_and_another_replaces_the_plan(
    ledger: Ledger,
) -> None:
    changed = plan_json(employer="Điện tử Long Hậu")
    assert not await ledger.fairs.put(FAIR, plan_json(), "digest-1")
    assert await ledger.fairs.put(FAIR, changed, "digest-2")
    assert await ledger.fairs.plans() == [(FAIR, changed)]


async def test_booths_and_vacancies_are_rows_that_reports_can_count(ledger: Ledger) -> None:
    await ledger.fairs.put(FAIR, plan_json(employer="Điện tử Long Hậu"), "digest-2")
    async with ledger._database.read() as connection:
        booths = (await connection.execute(select(tables.booths))).all()
        vacancies = (await connection.execute(select(tables.vacancies))).all()
    assert [(booth.number, booth.name) for booth in booths] == [("07", "Điện tử Long Hậu")]
    assert [(row.vacancy_id, row.openings) for row in vacancies] == [("b01-v1", 40)]


async def test_what_is_no_plan_or_another_fairs_is_refused_whole(ledger: Ledger) -> None:
    with pytest.raises(msgspec.ValidationError):
        await ledger.fairs.put(FAIR, b"{}", "digest-2")
    with pytest.raises(ValueError, match="another"):
        await ledger.fairs.put("another", plan_json(), "digest-2")
    assert await ledger.fairs.plans() == [(FAIR, plan_json())]


async def test_corrected_vacancies_stand_in_the_place_of_the_files(ledger: Ledger) -> None:
    vacancy = {
        "vacancy_id": "b01-v1",
        "title": {"vi": "Thợ may chuyền"},
        "openings": 12,
        "description": "May áo",
        "wage_unit": "negotiable",
    }
    correction = msgspec.convert({"vacancies": [vacancy]}, BoothCorrection)
    plan = msgspec.json.decode(plan_json(), type=FairPlan)
    await ledger.fairs.put_vacancies(corrected_plan(plan, {"b01": correction}))
    table = tables.vacancies
    async with ledger._database.read() as connection:
        rows = (await connection.execute(select(table.c.title, table.c.openings))).all()
    assert [tuple(row) for row in rows] == [("Thợ may chuyền", 12)]
