"""Our outage is nobody's miss, and a clock that is turned moves nothing for people."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import TicketState
from fairserver.line.keys import deadlines_key, meta_key
from fairserver.line.library import Library, build_library
from fairserver.line.line import Line
from fairserver.protocol import events as ev
from tests.line.checker import Checker
from tests.line.live import BOOTHS, LiveFair

HOUR = 3600


def turnable() -> Library:
    """The library with a function more: ``turn ms`` turns the store's clock."""
    right = build_library()
    time = "local function wall_clock()\n  local time = redis.call('TIME')\n  return "
    assert right.code.count(time) == 1
    turn = (
        "local off = 0\n"
        "redis.register_function('PREFIX_turn', function(_, argv) off = tonumber(argv[1]) end)\n"
    )
    name = "fs_" + hashlib.sha256(b"turnable").hexdigest()[:10]
    code = right.code.replace(time, f"{turn}{time}off + ").replace(right.prefix, name)
    return Library(name, code.replace("PREFIX_", f"{name}_"), name)


class Day(LiveFair):
    """A fair by the store's clock, and two nodes that say they are there."""

    def __init__(self, store: Redis, fair_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(store, fair_id)
        #: What went by beyond real time, s, and how far the store's clock was turned besides.
        self.gone, self.turned = 0.0, 0.0
        self.line._library = turnable()
        self.nodes = [self.node(), self.node()]
        self._monkeypatch, self._clock = monkeypatch, __import__("time").monotonic

    def node(self) -> Line:
        """A node that has just started."""
        node = Line(self.store)
        node._library = self.line._library
        return node

    async def begin(self) -> str:
        """Call c1 to the desk b1-1."""
        await self.line.load_fair(self.fair_id, FairSettings(), BOOTHS)
        await self._tell()
        await self.beat()
        await self.open("b1-1")
        return await self.come("c1", "b1")

    async def _tell(self) -> None:
        off = int((self.gone + self.turned) * 1000)
        await self.store.fcall(f"{self.line._library.prefix}_turn", 0, off)
        gone, clock = self.gone, self._clock
        self._monkeypatch.setattr("fairserver.line.line.time.monotonic", lambda: clock() + gone)

    async def goes_by(self, seconds: float) -> None:
        """Let time go by, on every clock, while nobody does anything."""
        self.gone += seconds
        await self._tell()

    async def turn(self, seconds: float) -> None:
        """Turn the store's clock; no time goes by."""
        self.turned += seconds
        await self._tell()

    async def beat(self) -> None:
        """Let both nodes say that they are there."""
        for node in self.nodes:
            await node.beat(self.fair_id)

    async def live(self, seconds: int) -> None:
        """Let time go by while the nodes are there."""
        for _ in range(seconds):
            await self.goes_by(1)
            await self.beat()

    async def left_s(self, ticket_id: str) -> float:
        """How long a call still waits, s."""
        due = await self.store.zscore(deadlines_key(self.fair_id), f"call:{ticket_id}")
        beat = await self.store.hget(meta_key(self.fair_id), "beat")
        return (float(due or 0) - float(beat or 0)) / 1000

    async def check(self) -> None:
        """Hold the store against the events, whose time never goes back."""
        events = await self.events()
        assert all(one.at <= two.at for one, two in pairwise(events))
        await Checker(self).check()


@pytest.fixture
async def day(store: Redis, fair_id: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Day]:
    day = Day(store, fair_id, monkeypatch)
    await day.line.load()
    yield day
    await day.check()
    day.gone = day.turned = 0
    await day._tell()


@pytest.mark.parametrize("hours", [1, -1, 30, -0.01])
async def test_a_clock_that_is_turned_moves_nothing(day: Day, hours: float) -> None:
    ticket_id = await day.begin()
    before = (await day.events())[-1].at
    await day.live(10)
    await day.turn(hours * HOUR)
    await day.desk("open_desk", "b1-2")  # before any node is there to see it
    await day.live(10)
    await day.come("c2", "b2")
    assert await day.ticket_state(ticket_id) == TicketState.CALLED
    assert 35 < await day.left_s(ticket_id) <= 41
    assert not [e for e in await day.events() if isinstance(e, ev.TimeLost)]
    assert 19_000 <= (await day.events())[-1].at - before < 27_000
    await day.seen("c1")
    await day.live(42)
    assert await day.ticket_state(ticket_id) == TicketState.WAITING


@pytest.mark.parametrize("seconds", [20, 90, 4 * HOUR])
async def test_an_outage_counts_as_nobodys_miss_and_nobody_is_away_for_it(
    day: Day, seconds: int
) -> None:
    ticket_id = await day.begin()
    await day.live(10)
    await day.goes_by(seconds)
    await day.as_owner("more_time", ticket_id)  # the person's page is quicker than our beat
    await day.beat()
    assert 100 < await day.left_s(ticket_id) <= 116
    assert await day.ticket_state(ticket_id) == TicketState.CALLED
    (lost,) = [e for e in await day.events() if isinstance(e, ev.TimeLost)]
    assert abs(lost.lost_ms - seconds * 1000) < 6000
    away = [e for e in await day.events() if isinstance(e, ev.CandidateAway)]
    assert not away
    await day.live(36)
    assert [e for e in await day.events() if isinstance(e, ev.CandidateAway)]


async def test_a_short_stutter_takes_no_time_and_tells_nobody(day: Day) -> None:
    ticket_id = await day.begin()
    await day.goes_by(4)
    await day.beat()
    assert 55 < await day.left_s(ticket_id) <= 56.1
    assert not [e for e in await day.events() if isinstance(e, ev.TimeLost)]


@pytest.mark.parametrize("turned", [0, HOUR, -HOUR])
async def test_a_restart_of_everything_costs_nobody_the_call(day: Day, turned: int) -> None:
    ticket_id = await day.begin()
    await day.live(3)
    await day.goes_by(90)
    await day.turn(turned)
    day.nodes = [day.node()]
    await day.beat()
    assert 50 < await day.left_s(ticket_id) <= 58
    await day.live(5)
    assert 45 < await day.left_s(ticket_id) <= 53


async def test_a_beat_that_was_long_on_its_way_moves_nothing(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket_id = await day.begin()
    await day.live(5)
    late = day._clock() + day.gone - 4
    monkeypatch.setattr("fairserver.line.line.time.monotonic", lambda: late)
    await day.nodes[0].beat(day.fair_id)
    await day._tell()
    assert 54 < await day.left_s(ticket_id) <= 55.1
    await day.live(2)
    assert 52 < await day.left_s(ticket_id) <= 53.1
