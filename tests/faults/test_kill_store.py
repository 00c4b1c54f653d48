"""``kill -9`` of the live store: clients are told, and nothing acknowledged is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import TestValkey
from tests.faults.crowds import Morning
from tests.faults.support.recording import until

pytestmark = pytest.mark.xdist_group("faults")


async def _kill_store(morning: Morning) -> None:
    morning.valkey.kill()
    morning.kills += 1
    told = {client for client in morning.book.clients if client.connected}
    here = morning.book.clients
    await until(lambda: all(c.store_away or c not in here or not c.connected for c in told))
    morning.valkey.start()
    await until(lambda: all(not c.store_away or c not in here for c in told))
    await morning.goes_on(200)


@pytest.mark.parametrize("robots", [100, pytest.param(200, marks=pytest.mark.soak)])
async def test_a_killed_live_store_is_told_to_every_client_and_loses_nothing_acknowledged(
    tmp_path: Path,
    valkey_durable: Callable[..., TestValkey],
    report: Callable[[str], None],
    robots: int,
) -> None:
    morning = Morning(tmp_path, valkey_durable(), report, robots=robots)
    async with morning.running():
        await _kill_store(morning)
        assert await morning.check_views() >= 0.75 * robots


@pytest.mark.soak
async def test_fifty_kills_of_the_live_store_lose_nothing_acknowledged(
    tmp_path: Path, valkey_durable: Callable[..., TestValkey], report: Callable[[str], None]
) -> None:
    morning = Morning(tmp_path, valkey_durable(), report, robots=100)
    async with morning.running():
        for _ in range(50):
            await _kill_store(morning)
        await morning.check_views()
