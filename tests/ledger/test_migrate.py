"""The revisions, and opening the record."""

from __future__ import annotations

import asyncio
import stat
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from fairserver.ledger import Ledger, LedgerError
from fairserver.ledger.migrate import alembic_config
from fairserver.ledger.tables import metadata
from tests.ledger.makers import FAIR, SECRET, OpenLedger, plan_json

_OPEN_ONCE = """
import asyncio, sys
from fairserver.ledger import Ledger
async def main():
    async with await Ledger.open(sys.argv[1], secret=b"x" * 32) as ledger:
        await ledger.ping()
asyncio.run(main())
"""


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_the_revisions_make_exactly_the_tables_that_the_code_uses(ledger: Ledger) -> None:
    async with ledger._database.read() as connection:
        assert await connection.run_sync(_differences) == []


async def test_the_revisions_can_be_undone_and_done_again(ledger: Ledger) -> None:
    def down_and_up(connection: Connection) -> list[str]:
        config = alembic_config(connection)
        command.downgrade(config, "base")
        left = [name for name in inspect(connection).get_table_names() if name in metadata.tables]
        command.upgrade(config, "head")
        return left

    async with ledger._database.write() as connection:
        assert await connection.run_sync(down_and_up) == []
        assert await connection.run_sync(_differences) == []


def test_the_revisions_form_one_line() -> None:
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


async def test_opening_again_keeps_what_is_there(open_ledger: OpenLedger) -> None:
    first = await open_ledger()
    await first.fairs.put(FAIR, plan_json(), "d")
    again = await open_ledger()
    assert [fair_id for fair_id, _ in await again.fairs.plans()] == [FAIR]


async def test_nodes_that_start_at_once_on_a_new_database_all_come_up(ledger_url: str) -> None:
    nodes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _OPEN_ONCE, ledger_url)
        for _ in range(4)
    ]
    assert [await node.wait() for node in nodes] == [0, 0, 0, 0]


async def test_one_process_may_open_a_new_database_several_times_at_once(
    open_ledger: OpenLedger,
) -> None:
    ledgers = await asyncio.gather(*(open_ledger() for _ in range(3)))
    await asyncio.gather(*(ledger.ping() for ledger in ledgers))


async def test_a_database_of_a_newer_server_is_refused_and_left_alone(
    open_ledger: OpenLedger,
) -> None:
    ledger = await open_ledger()
    async with ledger._database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerError, match="newer version"):
        await open_ledger()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("no address", "no database address"),
        ("mysql://host/name", "not supported"),
        ("sqlite://", "names no file"),
        ("postgresql://127.0.0.1:1/name", "does not answer|not installed"),
    ],
)
async def test_an_address_that_cannot_be_used_says_why(url: str, sentence: str) -> None:
    with pytest.raises(LedgerError, match=sentence):
        await Ledger.open(url, secret=SECRET)


async def test_a_file_that_is_no_database_or_cannot_be_made_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(LedgerError, match="does not answer"):
        await Ledger.open(f"sqlite:///{other}", secret=SECRET)
    with pytest.raises(LedgerError, match="cannot be written"):
        await Ledger.open(f"sqlite:///{other}/ledger.db", secret=SECRET)


async def test_a_secret_that_is_too_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        await Ledger.open(f"sqlite:///{tmp_path}/ledger.db", secret=b"x" * 31)


async def test_only_the_server_may_read_the_file_and_each_commit_is_on_the_disk(
    tmp_path: Path,
) -> None:
    path = tmp_path / "data" / "ledger.db"
    async with (
        await Ledger.open(f"sqlite:///{path}", secret=SECRET) as ledger,
        ledger._database.read() as connection,
    ):
        promises = [
            await connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert promises == ["wal", 2, 1, 15_000]


async def _delete_and_fail(ledger: Ledger) -> None:
    async with ledger._database.write() as connection:
        await connection.execute(text("DELETE FROM vacancies"))
        raise ZeroDivisionError


async def test_a_transaction_that_raises_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError):
        await _delete_and_fail(ledger)
    async with ledger._database.read() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM vacancies")) == 1
