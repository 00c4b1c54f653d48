"""Whoever has a page open on this node is present, however often the store is away or one fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import pytest

from fairserver.domain.settings import FairSettings
from fairserver.events.feed import Feed
from fairserver.events.reader import Reader
from fairserver.line.keys import prefix
from fairserver.line.store import open_store
from fairserver.node import presence as module
from fairserver.node.presence import PresenceKeeper
from fairserver.node.supervisor import Supervisor
from tests.conftest import TestValkey
from tests.line.live import LiveFair
from tests.web.support import Server, Servers

Until = Callable[[Callable[[], object]], Awaitable[None]]


class Node:
    """A keeper with its feed and reader, on a store that may be killed."""

    def __init__(self, server: TestValkey, fair: LiveFair) -> None:
        self.server = server
        self.fair = fair
        self.supervisor = Supervisor()
        self.feed = Feed(fair.fair_id, self.supervisor)
        self.reader = Reader(fair.store, lambda _: None, self.supervisor)
        #: Who was told of, in each call that was answered.
        self.told: list[list[str]] = []
        self.keeper = PresenceKeeper(self._tell, self.feed)

    async def _tell(self, fair_id: str, people: Iterable[str]) -> None:
        named = list(people)
        await self.fair.line.seen(fair_id, named)
        self.told.append(named)

    def is_present(self, *names: str) -> bool:
        people = self.feed.projection.candidates
        return all(name in people and people[name].present for name in names)

    def times(self, name: str) -> int:
        return sum(name in named for named in self.told)


@pytest.fixture
async def node(valkey_durable: Callable[..., TestValkey], fair_id: str) -> AsyncIterator[Node]:
    server = valkey_durable()
    store = open_store(server.address)
    fair = LiveFair(store, fair_id)
    await fair.load(FairSettings(presence_s=45))
    node = Node(server, fair)
    await node.reader.add(node.feed)
    node.reader.start()
    node.keeper.start(node.supervisor)
    yield node
    await node.keeper.stop()
    await node.reader.stop()
    node.feed.close()
    await store.aclose()


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send signs of life many times a second instead of three times in a grace."""
    monkeypatch.setattr(module, "_SIGNS", 2000)


async def register(node: Node, *names: str) -> None:
    for name in names:
        await node.fair.candidate(name, present=False)


async def test_whoever_comes_is_present_at_once(node: Node, until: Until) -> None:
    await register(node, "c1")
    node.keeper.arrive("c1")
    await until(lambda: node.is_present("c1"))


@pytest.mark.usefixtures("often")
async def test_signs_of_life_go_on_until_the_last_page_is_closed(node: Node, until: Until) -> None:
    await register(node, "c1", "c2")
    for name in ("c1", "c1", "c2"):
        node.keeper.arrive(name)
    await until(lambda: node.times("c1") >= 3)
    node.keeper.depart("c1")
    before = node.times("c1")
    await until(lambda: node.times("c1") >= before + 3)  # the other page is open still
    node.keeper.depart("c1")
    await until(lambda: node.times("c1") < node.times("c2"))
    before, rounds = node.times("c1"), node.times("c2")
    await until(lambda: node.times("c2") >= rounds + 5)
    assert node.times("c1") <= before + 1


async def test_a_big_hall_is_told_of_in_parts(
    node: Node, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 10)
    names = [f"c{number:02}" for number in range(35)]
    await register(node, *names)
    for name in names:
        node.keeper.arrive(name)
    await until(lambda: node.is_present(*names))
    assert max(map(len, node.told)) == 10


async def test_a_store_that_is_away_is_told_of_everybody_when_it_is_back(
    node: Node, until: Until
) -> None:
    await register(node, "c1")
    node.server.kill()
    node.keeper.arrive("c1")
    await until(lambda: not node.reader.store_is_there)
    node.server.start()
    await until(lambda: node.is_present("c1"))
    assert node.supervisor.faults() == {}  # an outage is no fault of ours


async def test_one_whose_record_is_broken_keeps_nobody_else_from_being_present(
    node: Node, until: Until
) -> None:
    names = [f"c{number:02}" for number in range(20)]
    await register(node, *names)
    key = f"{prefix(node.fair.fair_id)}:candidate:c07"
    await node.fair.store.delete(key)
    await node.fair.store.set(key, "no record")
    for name in names:
        node.keeper.arrive(name)
    others = [name for name in names if name != "c07"]
    await until(lambda: node.is_present(*others))
    await until(lambda: f"presence {node.fair.fair_id}" in node.supervisor.faults())
    assert node.supervisor.down() == []


@pytest.mark.usefixtures("often")
async def test_a_fault_of_the_keeper_loses_nobody(
    node: Node, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register(node, "c1", "c2")
    node.keeper.arrive("c1")
    await until(lambda: node.is_present("c1"))
    seen, faults = node.fair.line.seen, [1, 2, 3, 4]

    async def fails(fair_id: str, people: Iterable[str]) -> None:
        if faults:
            faults.pop()
            raise LookupError
        await seen(fair_id, people)

    monkeypatch.setattr(node.fair.line, "seen", fails)
    node.keeper.arrive("c2")
    await until(lambda: node.is_present("c2"))
    assert node.supervisor.faults() == {f"presence {node.fair.fair_id}": 4}
    before = node.times("c1")
    await until(lambda: node.times("c1") > before)


async def test_a_keeper_stops_at_whatever_moment_it_is_told_to(node: Node) -> None:
    await node.keeper.stop()
    for turns in range(12):
        node.keeper.start(node.supervisor)
        node.keeper.arrive("c1")
        for _ in range(turns):
            await asyncio.sleep(0)
        await node.keeper.stop()
    assert "presence" not in " ".join(node.supervisor.keepers)


async def test_a_grace_that_is_shortened_in_between_loses_nobody(
    servers: Servers, until: Until
) -> None:
    server = await servers.start({"presence_s": 3600})  # the next round is in twenty minutes
    signs: list[list[str]] = []

    async def tell(_: str, people: object) -> None:
        signs.append(list(people))  # type: ignore[call-overload]

    keeper = PresenceKeeper(tell, server.node.fairs[server.fair_id].feed)
    keeper.arrive("somebody")
    keeper.start()
    await until(lambda: signs == [["somebody"]])
    await shorten(server)
    await until(lambda: len(signs) > 2)
    assert signs[:3] == [["somebody"]] * 3
    await keeper.stop()


async def shorten(server: Server) -> None:
    organiser = await server.socket(await server.organiser(), ["control"])
    rules = server.node.fairs[server.fair_id].feed.projection.settings
    kept = {name: getattr(rules, name) for name in rules.__struct_fields__}
    await organiser.do("change_settings", settings={**kept, "presence_s": 5})
