"""Fifty robots of one process wait at a real node: the measured run of thousands, made small."""

from __future__ import annotations

import asyncio

import pytest

from booth_client.robots import open_files
from booth_client.robots.open_files import TooFewFiles, make_room
from booth_client.robots.pace import Pace
from tests.benchmarks.crowd import measure, table


async def test_robots_of_one_process_all_hear_of_their_own_turn() -> None:
    found = await measure((20, 50), quiet_s=0.5)
    end = found.end
    assert end is not None
    assert (end.connected, end.placed, end.turns, end.told) == (50, 50, 50, 50)
    assert (end.sockets, end.refused, end.failed) == (50, 0, 0)
    assert all(one.robots >= step for one, step in zip(found.weights, (0, 20, 50), strict=True))
    assert "50, 50, 50" in "\n".join(table(found))


async def test_starts_keep_their_distance_in_order_of_asking() -> None:
    loop, pace, starts = asyncio.get_running_loop(), Pace(100), list[tuple[float, int]]()

    async def start(number: int) -> None:
        await pace.turn()
        starts.append((loop.time(), number))

    began = loop.time()
    await asyncio.gather(*map(start, range(20)))
    assert [number for _, number in starts] == list(range(20))
    # Never sooner than its turn; how much later depends on the machine.
    assert all(at >= began + number / 100 - 0.001 for at, number in starts)


def test_too_many_robots_for_this_system_are_refused_with_both_numbers() -> None:
    with pytest.raises(TooFewFiles, match=r"1000000000 robots need .* LimitNOFILE"):
        make_room(1_000_000_000)


def test_room_is_made_by_the_soft_limit_and_never_less(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    made: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 8192))
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: made.append(both))
    make_room(100)
    assert made == []
    make_room(5000)
    assert made == [(5000 + open_files.SPARE_FILES, 8192)]
