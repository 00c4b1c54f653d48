"""``kill -9`` of a node in the middle of a busy morning: it costs a reconnect, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import TestValkey
from tests.faults.crowds import Morning

pytestmark = pytest.mark.xdist_group("kills")


async def _kill_nodes(morning: Morning, times: int, commands: int = 200) -> None:
    """Kill a node and the other in turn; let so many commands be answered after each return."""
    for turn in range(times):
        node = morning.nodes.nodes[turn % 2]
        hit = morning.clients_of(node)
        node.kill()
        morning.kills += 1
        # The other node's people go on meanwhile.
        await morning.goes_on(50)
        node.start()
        await morning.back(hit)
        await morning.goes_on(commands)


@pytest.mark.parametrize("robots", [100, pytest.param(200, marks=pytest.mark.soak)])
async def test_a_killed_node_costs_a_crowd_of_robots_a_reconnect_and_nothing_else(
    tmp_path: Path,
    valkey_durable: Callable[..., TestValkey],
    report: Callable[[str], None],
    robots: int,
) -> None:
    morning = Morning(tmp_path, valkey_durable(), report, robots=robots)
    async with morning.running():
        await _kill_nodes(morning, times=1)
        assert await morning.check_views() >= 0.75 * robots


@pytest.mark.soak
async def test_a_hundred_kills_of_a_node_lose_nothing(
    tmp_path: Path, valkey_durable: Callable[..., TestValkey], report: Callable[[str], None]
) -> None:
    morning = Morning(tmp_path, valkey_durable(), report, robots=100)
    async with morning.running():
        for _ in range(10):
            await _kill_nodes(morning, times=10, commands=60)
            await morning.check_views()
