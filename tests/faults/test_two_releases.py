"""An old and a new release on one store: everybody sees the same, and nothing is lost."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from fairserver.line.keys import meta_key
from fairserver.line.store import open_store
from tests.conftest import TestValkey
from tests.faults.crowds import Morning
from tests.faults.support.live import read_stream
from tests.faults.support.newer import FIELD, KIND, SETTING, make_newer

pytestmark = pytest.mark.xdist_group("kills")


@pytest.mark.parametrize(
    ("robots", "commands"), [(40, 200), pytest.param(200, 5000, marks=pytest.mark.soak)]
)
async def test_robots_on_two_releases_see_the_same_and_nothing_is_lost(
    tmp_path: Path,
    valkey_durable: Callable[..., TestValkey],
    report: Callable[[str], None],
    robots: int,
    commands: int,
) -> None:
    morning = Morning(tmp_path, valkey_durable(), report, robots=robots)
    old, new = morning.nodes.nodes
    new.root = make_newer(tmp_path / "newer")
    async with morning.running():
        await morning.goes_on(commands)
        assert await morning.check_views() >= 0.75 * robots
        ready = await asyncio.to_thread(_readyz, old.url)
        store = open_store(morning.valkey.address)
        events = [msgspec.json.decode(raw) for raw in await read_stream(store, morning.fair_id)]
        settings = msgspec.json.decode(await store.hget(meta_key(morning.fair_id), "settings"))
        await store.aclose()
    lit = [event for event in events if event["event"] == KIND]
    calls = [event for event in events if event["event"] == "ticket_called"]
    # Both releases have called people, by the functions of their own.
    assert len(calls) > len(lit) > 0
    assert any(FIELD in event for event in calls)
    assert not all(FIELD in event for event in calls)
    assert settings[SETTING] == 5
    assert f"events of the kind {KIND} not understood" in ready
    assert (
        morning.nodes.logs().count(f"events of the kind {KIND}") == 1
    )  # told once, by the old one


def _readyz(url: str) -> str:
    with urllib.request.urlopen(f"{url}/readyz", timeout=60) as answer:
        return str(answer.read().decode())
