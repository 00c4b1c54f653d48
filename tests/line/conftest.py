"""A fair in the live store; after each test every invariant is checked."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from tests.line.checker import Checker
from tests.line.live import LiveFair


@pytest.fixture
async def fair(store: Redis, fair_id: str) -> AsyncIterator[LiveFair]:
    """A loaded fair of three booths, still preparing, its clock standing."""
    fair = LiveFair(store, fair_id)
    await fair.load()
    yield fair
    await Checker(fair).check()
