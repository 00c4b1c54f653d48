"""Deadline keepers of equal nodes: every deadline fires once, in time, from any of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest

from fairserver.domain.settings import FairSettings
from fairserver.events.feed import Feed
from fairserver.events.reader import Reader
from fairserver.line.keys import meta_key
from fairserver.line.line import Line
from fairserver.line.store import open_store
from fairserver.node import deadlines
from fairserver.node.deadlines import DeadlineKeeper
from tests.conftest import TestValkey
from tests.line.live import LiveFair

Until = Callable[[Callable[[], object]], Awaitable[None]]


class Node:
    """A reader and a keeper with connections of their own."""

    def __init__(self, address: str, fair_id: str) -> None:
        self.store = open_store(address)
        self.feed = Feed(fair_id)
        self.reader = Reader(self.store, lambda _: None)
        self.keeper = DeadlineKeeper(Line(self.store), self.feed)

    async def start(self) -> None:
        await self.reader.add(self.feed)
        self.reader.start()
        self.keeper.start()

    async def stop(self) -> None:
        await self.keeper.stop()
        await self.reader.stop()
        self.feed.close()
        await self.store.aclose()


@pytest.fixture
async def nodes(fair: LiveFair, valkey: TestValkey) -> AsyncIterator[list[Node]]:
    """Two nodes that keep the deadlines of a fair on the store's own clock."""
    await fair.load(FairSettings(accept_online_s=5, missed_rest_s=5))
    nodes = [Node(valkey.address, fair.fair_id) for _ in range(2)]
    for node in nodes:
        await node.start()
    yield nodes
    for node in nodes:
        await node.stop()


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let keepers ask often: the fair's clock is moved by the test, and they cannot know."""
    monkeypatch.setattr(deadlines, "_LONGEST_S", 0.02)


@pytest.mark.usefixtures("often")
async def test_each_deadline_fires_once_although_two_nodes_keep_it(
    fair: LiveFair, nodes: list[Node], until: Until
) -> None:
    tickets = [await fair.come(f"c{number}", "b1") for number in range(2)]
    await fair.open("b1-1", "b1-2")
    await fair.pass_time(5)
    for node in nodes:
        known = node.feed.projection.tickets
        await until(lambda known=known: [t for t in tickets if t in known and known[t].misses])
    assert (await fair.news(0)).count("ticket_missed") == 2


@pytest.mark.usefixtures("often")
async def test_when_one_node_is_killed_the_other_fires(
    fair: LiveFair, nodes: list[Node], until: Until
) -> None:
    ticket_id = await fair.come("c1", "b1")
    await fair.open("b1-1")
    await nodes[0].keeper.stop()
    await fair.pass_time(5)
    tickets = nodes[1].feed.projection.tickets
    await until(lambda: ticket_id in tickets and tickets[ticket_id].misses)


async def test_a_deadline_set_earlier_than_the_planned_one_wakes_the_keeper(
    fair: LiveFair, nodes: list[Node], until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "_LONGEST_S", 3600.0)
    keeper = nodes[0].keeper
    keeper._due = 0.0
    keeper._earlier.set()
    loop = asyncio.get_running_loop()
    await until(lambda: keeper._due > loop.time() + 3000)
    meta = meta_key(fair.fair_id)
    await fair.store.hdel(meta, "clock")  # the store's own time from now on
    settings = msgspec.json.decode(await fair.store.hget(meta, "settings"))
    quick = msgspec.json.encode({**settings, "accept_online_s": 0.2})
    await fair.store.hset(meta, "settings", quick)
    ticket_id = await fair.come("c1", "b1")
    await fair.open("b1-1")
    tickets = nodes[0].feed.projection.tickets
    await until(lambda: ticket_id in tickets and tickets[ticket_id].misses == 1)
    assert keeper._due < loop.time() + 3000
