"""Who writes at the same time shares a transaction, and nobody's fault is another's."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import SQLAlchemyError

from fairserver.ledger import Ledger
from fairserver.ledger.database import Database
from fairserver.protocol.errors import Refused
from tests.ledger.makers import FAIR, OpenLedger, form, request_id


def _put(database: Database, key: str) -> asyncio.Task[None]:
    """Begin to write a row of its own into the table of tries."""

    def work(connection: Connection) -> None:
        connection.execute(
            text("INSERT INTO tries (subject, tries, until, forget_at) VALUES (:key, 1, 0, 0)"),
            {"key": key},
        )

    return asyncio.create_task(database.write_together(work))


async def _kept(database: Database) -> set[str]:
    rows = await database.read_together(
        lambda db: db.execute(text("SELECT subject FROM tries WHERE tries = 1")).all()
    )
    return {row.subject for row in rows}


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
async def test_who_comes_at_once_shares_one_transaction(ledger: Ledger) -> None:
    database = ledger._database
    commits: list[Connection] = []
    assert database._file is not None
    event.listen(database._file, "commit", commits.append)
    names = [request_id(n) for n in range(1, 41)]
    people = await asyncio.gather(*(ledger.people.register(FAIR, name, form()) for name in names))
    assert len({person.candidate_id for person in people}) == 40
    assert len(commits) == 1


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
async def test_what_was_told_is_on_the_disk(ledger: Ledger, tmp_path: Path) -> None:
    people = await asyncio.gather(
        *(ledger.people.register(FAIR, request_id(n), form()) for n in range(1, 11))
    )
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        found = {row[0] for row in other.execute("SELECT candidate_id FROM people")}
    assert found == {person.candidate_id for person in people}


async def test_one_who_fails_fails_alone(ledger: Ledger) -> None:
    database = ledger._database
    names = ["a", "b", "a", "c"]  # the third is there already: an error of the database
    results = await asyncio.gather(
        *(_put(database, name) for name in names), return_exceptions=True
    )
    failed = [n for n, result in enumerate(results) if isinstance(result, SQLAlchemyError)]
    assert len(failed) == 1
    assert names[failed[0]] == "a"
    assert await _kept(database) == {"a", "b", "c"}


async def test_a_wrong_form_refuses_nobody_else(ledger: Ledger) -> None:
    wrong = form(birth_year=2020)
    forms = [form(), wrong, form()]
    results = await asyncio.gather(
        *(ledger.people.register(FAIR, request_id(n), one) for n, one in enumerate(forms, start=1)),
        return_exceptions=True,
    )
    assert [isinstance(result, Refused) for result in results] == [False, True, False]


async def test_a_repeat_at_the_same_time_is_the_same_person(ledger: Ledger) -> None:
    same = [ledger.people.register(FAIR, request_id(), form()) for _ in range(8)]
    people = await asyncio.gather(*same)
    assert len({person.candidate_id for person in people}) == 1
    assert [person.created for person in people].count(True) == 1


async def test_who_goes_away_meanwhile_keeps_nobody_from_writing(ledger: Ledger) -> None:
    database = ledger._database
    tasks = [_put(database, name) for name in "abcd"]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert {"b", "c", "d"} <= await _kept(database)


async def test_closing_waits_for_what_is_asked(open_ledger: OpenLedger, ledger: Ledger) -> None:
    task = _put(ledger._database, "last")
    await asyncio.sleep(0)
    await ledger.close()
    await task
    again = await open_ledger()
    assert "last" in await _kept(again._database)
