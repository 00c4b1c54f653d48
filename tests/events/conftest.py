"""The fair of the line's tests, and feeds that follow it."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from tests.line.live import LiveFair


@pytest.fixture
async def fair(store: Redis, fair_id: str) -> LiveFair:
    """A loaded fair of three booths, still preparing, its clock standing."""
    fair = LiveFair(store, fair_id)
    await fair.load()
    return fair
