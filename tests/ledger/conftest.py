"""Real SQL files, a real PostgreSQL where one is installed, and a real Valkey for the archiver."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis.asyncio import Redis

from fairserver.ledger import Ledger
from fairserver.line.store import open_store
from tests.conftest import TestValkey
from tests.ledger.makers import FAIR, SECRET, Clock, OpenLedger, plan_json
from tests.postgres import Postgres


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each supported kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
async def open_ledger(ledger_url: str, clock: Clock) -> AsyncIterator[OpenLedger]:
    """Open the same record as often as a test likes; all are closed after it."""
    async with AsyncExitStack() as stack:

        async def opened() -> Ledger:
            ledger = await Ledger.open(ledger_url, secret=SECRET, clock=clock)
            return await stack.enter_async_context(ledger)

        yield opened


@pytest.fixture
async def ledger(open_ledger: OpenLedger) -> Ledger:
    """A record that holds one fair."""
    ledger = await open_ledger()
    await ledger.fairs.put(FAIR, plan_json(), "digest-1")
    return ledger


@pytest.fixture
async def live_store(valkey_durable: Callable[..., TestValkey]) -> AsyncIterator[Redis]:
    """A client of a Valkey of the test's own."""
    client = open_store(valkey_durable().address)
    yield client
    await client.aclose()
