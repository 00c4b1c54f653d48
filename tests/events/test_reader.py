"""The reader follows the streams over restarts of the store and loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from fairserver.events.feed import Feed
from fairserver.events.reader import Reader
from fairserver.line.keys import meta_key
from fairserver.line.store import open_store
from tests.conftest import TestValkey
from tests.line.live import BOOTHS, LiveFair

Until = Callable[[Callable[[], object]], Awaitable[None]]


class Node:
    """A reader with its feed, on a store of its own that may be killed."""

    def __init__(self, server: TestValkey, fair: LiveFair) -> None:
        self.server = server
        self.fair = fair
        self.feed = Feed(fair.fair_id)
        #: What the reader said of the store: True for back, False for away.
        self.said: list[bool] = []
        self.reader = Reader(fair.store, self.said.append)

    async def caught_up(self, until: Until) -> None:
        seq = await self.fair.seq()
        await until(lambda: self.feed.projection.seq == seq)


@pytest.fixture
async def node(valkey_durable: Callable[..., TestValkey], fair_id: str) -> AsyncIterator[Node]:
    server = valkey_durable()
    store = open_store(server.address)
    fair = LiveFair(store, fair_id)
    await fair.load()
    node = Node(server, fair)
    await node.reader.add(node.feed)
    node.reader.start()
    yield node
    await node.reader.stop()
    node.feed.close()
    await store.aclose()


async def test_a_day_of_events_is_read_in_pages_before_anything_is_served(
    node: Node, fair_id: str
) -> None:
    for number in range(600):
        await node.fair.candidate(f"c{number}")
    late = Feed(fair_id)
    await Reader(node.fair.store, lambda _: None).add(late)
    assert late.projection.seq == await node.fair.seq() > 1000
    late.close()


async def test_new_events_come_by_themselves(node: Node, until: Until) -> None:
    await node.fair.come("c1", "b1")
    await node.caught_up(until)
    assert node.feed.projection.candidates["c1"].present
    assert node.said == []


async def test_a_killed_store_is_announced_and_nothing_is_lost_when_it_is_back(
    node: Node, until: Until
) -> None:
    ticket_id = await node.fair.come("c1", "b1")
    node.server.kill()
    await until(lambda: node.said == [False])
    node.server.start()
    await until(lambda: node.said == [False, True])
    await node.fair.open("b1-1")
    await node.caught_up(until)
    assert node.feed.projection.tickets[ticket_id].state == "called"


async def test_events_written_while_a_node_could_not_read_come_when_it_can(
    node: Node, until: Until
) -> None:
    await node.reader.stop()
    await node.fair.come("c1", "b1")
    node.reader.start()
    await node.caught_up(until)
    assert "c1" in node.feed.projection.candidates


async def test_a_store_that_lost_its_data_starts_the_feed_over(node: Node, until: Until) -> None:
    await node.fair.come("c1", "b1")
    await node.caught_up(until)
    node.server.kill()
    await until(lambda: node.said == [False])
    for path in (node.server.folder / "appendonlydir").iterdir():
        path.unlink()
    node.server.start()
    await until(lambda: node.said == [False, True])
    assert node.feed.projection.seq == 0
    await node.fair.load()
    await node.fair.candidate("c2")
    await node.caught_up(until)
    assert set(node.feed.projection.candidates) == {"c2"}


async def test_a_store_that_was_emptied_without_going_away_starts_the_feed_over(
    node: Node, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairserver.events.reader._LOOK_S", 0.02)
    await node.fair.come("c1", "b1")
    await node.caught_up(until)
    await node.fair.store.flushdb()
    await until(lambda: node.feed.projection.seq == 0)
    await node.fair.load()
    await node.fair.candidate("c2")
    await node.caught_up(until)
    assert set(node.feed.projection.candidates) == {"c2"}
    assert node.said == []


@pytest.mark.parametrize("people", [1, 3, 9], ids=["shorter", "as long", "longer"])
async def test_a_store_set_up_anew_is_known_whatever_its_length(
    node: Node, until: Until, monkeypatch: pytest.MonkeyPatch, people: int
) -> None:
    """The reader sees nothing of the time in which the store was empty."""
    monkeypatch.setattr("fairserver.events.reader._LOOK_S", 0.02)
    for number in range(3):
        await node.fair.candidate(f"old-{number}")
    await node.caught_up(until)
    held, before = await node.fair.seq(), node.feed.projection.incarnation
    await node.reader.stop()
    await node.fair.store.flushdb()
    await node.fair.load()
    for number in range(people):
        await node.fair.candidate(f"new-{number}")
    assert (await node.fair.seq() > held) == (people > 3)
    assert (await node.fair.seq() == held) == (people == 3)
    node.reader.start()
    new = {f"new-{number}" for number in range(people)}
    await until(lambda: set(node.feed.projection.candidates) == new)
    assert node.feed.projection.seq == await node.fair.seq()
    assert node.feed.projection.incarnation not in ("", before)


async def test_every_event_names_its_stream_and_a_plan_loaded_again_does_not_change_it(
    node: Node,
) -> None:
    await node.fair.come("c1", "b1")
    await node.fair.load(booths=BOOTHS[:2])
    named = {event.incarnation for event in await node.fair.events()}
    assert len(named) == 1
    assert "" not in named


async def test_events_of_a_release_that_names_no_stream_are_of_this_one(
    node: Node, until: Until
) -> None:
    await node.fair.come("c1", "b1")
    await node.caught_up(until)
    await node.reader.stop()
    held, meta = node.feed.projection, meta_key(node.fair.fair_id)
    stream = await node.fair.store.hget(meta, "incarnation")
    await node.fair.store.hdel(meta, "incarnation")
    await node.fair.candidate("c2")
    await node.fair.store.hset(meta, "incarnation", stream)
    await node.fair.candidate("c3")
    node.reader.start()
    await node.caught_up(until)
    assert set(node.feed.projection.candidates) == {"c1", "c2", "c3"}
    assert node.feed.projection is held  # it did not start over


async def test_a_reader_stops_at_whatever_moment_it_is_told_to(
    valkey: TestValkey, fair_id: str
) -> None:
    for turns in range(12):  # of the loop, before it is told to
        store = open_store(valkey.address)
        fair = LiveFair(store, f"{fair_id}-{turns}")
        await fair.load()
        feed = Feed(fair.fair_id)
        reader = Reader(store, lambda _: None)
        await reader.add(feed)
        reader.start()
        for _ in range(turns):
            await asyncio.sleep(0)
        await reader.stop()
        feed.close()
        await store.aclose()
