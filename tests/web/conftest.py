"""Nodes in this process on a real Valkey and a real SQLite file, or a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis.asyncio import Redis

from fairserver.ledger import Ledger
from tests.conftest import TestValkey
from tests.postgres import Postgres
from tests.web.support import Server, Servers

#: Of the ledger; every test's file is a copy of one with all tables.
_SECRET = b"a secret of the server, 32 bytes or more\n"


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and nothing in them: making them takes its time."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite"

    async def make() -> None:
        async with await Ledger.open(f"sqlite:///{path}", secret=_SECRET.strip()):
            pass

    asyncio.run(make())
    return path


@pytest.fixture
def sql_url(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """The address of the record: SQLite's own, or as a test or the environment's RECORD says."""
    if getattr(request, "param", os.environ.get("RECORD", "sqlite")) == "sqlite":
        shutil.copy(request.getfixturevalue("empty_ledger"), tmp_path / "ledger.sqlite")
        return None
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()


@pytest.fixture
async def servers(
    tmp_path: Path,
    sql_url: str,
    valkey: TestValkey,
    store: Redis,
    fair_id: str,
    free_port: Callable[[], int],
) -> AsyncIterator[Servers]:
    """Start nodes of one fair; all are closed after the test."""
    secret = tmp_path / "secret"
    secret.write_bytes(_SECRET)
    secret.chmod(0o600)
    async with AsyncExitStack() as stack:
        yield Servers(stack, tmp_path, valkey.address, fair_id, free_port, sql_url)


@pytest.fixture
async def server(servers: Servers) -> Server:
    """One node with the tests' fair, still preparing."""
    return await servers.start()
