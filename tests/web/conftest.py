"""Nodes in this process on a real Valkey and a real SQLite file."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis.asyncio import Redis

from fairserver.ledger import Ledger
from tests.conftest import TestValkey
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
async def servers(
    tmp_path: Path,
    empty_ledger: Path,
    valkey: TestValkey,
    store: Redis,
    fair_id: str,
    free_port: Callable[[], int],
) -> AsyncIterator[Servers]:
    """Start nodes of one fair; all are closed after the test."""
    shutil.copy(empty_ledger, tmp_path / "ledger.sqlite")
    secret = tmp_path / "secret"
    secret.write_bytes(_SECRET)
    secret.chmod(0o600)
    async with AsyncExitStack() as stack:
        yield Servers(stack, tmp_path, valkey.address, fair_id, free_port)


@pytest.fixture
async def server(servers: Servers) -> Server:
    """One node with the tests' fair, still preparing."""
    return await servers.start()
