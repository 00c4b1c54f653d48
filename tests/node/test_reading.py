"""One bad event, one bad listener, one bad view or one person stops that one thing only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fairserver.events import feed as feeds
from fairserver.events.feed import Feed
from fairserver.events.view import MeView
from fairserver.line.keys import stream_key
from fairserver.node.supervisor import Supervisor
from fairserver.web.node import LiveFair as FairOfNode
from tests.fair_text import BoothText, write_fair
from tests.line.checker import Client
from tests.line.live import ORGANISER, LiveFair
from tests.web.support import PATIENT, Server, Servers

Until = Callable[[Callable[[], object]], Awaitable[None]]


def no_such_ticket(seq: int) -> bytes:
    """An event that can be read and fits nothing that there is."""
    left = {"event": "ticket_left", "seq": seq, "at": 1, "by": "system", "ticket_id": "t-none"}
    return msgspec.json.encode(left)


def wrong_number(seq: int) -> bytes:
    """A good event that calls itself another one: the next ones must not be taken for known."""
    paused = {"event": "fair_paused", "seq": seq + 1000, "at": 1, "by": "system"}
    return msgspec.json.encode(paused)


BAD: dict[str, Callable[[int], dict[str, bytes]]] = {
    "no-json": lambda _: {"e": b"\xff\x00{"},
    "no-event": lambda _: {"e": b"[1, 2]"},
    "nothing": lambda _: {"e": b""},
    "another-field": lambda _: {"other": b"x"},
    "no-such-ticket": lambda seq: {"e": no_such_ticket(seq)},
    "wrong-number": lambda seq: {"e": wrong_number(seq)},
}


@pytest.fixture
async def two_fairs(servers: Servers, tmp_path: Path) -> Server:
    """A node of two fairs; the tests' own is the first."""
    booths = [BoothText("b1", "online", ["b1-1"])]
    servers.settings(PATIENT, {})
    second = write_fair(tmp_path / "second.toml", f"{servers.fair_id}-2", PATIENT, booths)
    return await servers.start(fairs=[str(tmp_path / "fair.toml"), str(second)])


async def put(fair: LiveFair, fields: dict[str, bytes]) -> int:
    """Write an entry of that content into a fair's stream as its next one; gives its number."""
    seq = await fair.seq() + 1
    content: Any = fields
    await fair.store.xadd(stream_key(fair.fair_id), content, id=f"{seq}-0")
    return seq


def of_node(server: Server, fair_id: str) -> FairOfNode:
    return server.node.fairs[fair_id]


def told_of(server: Server, fair_id: str) -> int:
    """Count what could not be taken in: not understood, or a fault."""
    unknown = of_node(server, fair_id).feed.projection.unknown
    assert set(server.node.supervisor.faults()) <= {f"events {fair_id}"}
    return sum(unknown.values()) + sum(server.node.supervisor.faults().values())


@pytest.mark.parametrize("bad", BAD)
async def test_an_event_that_cannot_be_taken_in_stops_nothing_else(
    two_fairs: Server, until: Until, bad: str
) -> None:
    server, node = two_fairs, two_fairs.node
    one, two = server.live, LiveFair(node.line.store, f"{server.fair_id}-2")
    feeds_of = {fair.fair_id: of_node(server, fair.fair_id).feed for fair in (one, two)}
    person, socket = await server.newcomer()
    seq = await put(one, BAD[bad](await one.seq() + 1))
    await until(lambda: feeds_of[one.fair_id].projection.seq >= seq)
    assert told_of(server, one.fair_id) == 1
    # Its own fair goes on, for those who watch too; and so does the other.
    await one.do("open_fair", ORGANISER)
    ticket = await socket.do("join", booth_id="b1", show_profile=True)
    await socket.until(lambda: socket.cell("me", f"ticket/{ticket['ticket_id']}"))
    assert person.candidate_id in feeds_of[one.fair_id].projection.candidates
    await two.candidate("c-two")
    await until(lambda: "c-two" in feeds_of[two.fair_id].projection.candidates)
    await until(lambda: feeds_of[one.fair_id].projection.at > 1)
    last = await one.seq()
    await until(lambda: feeds_of[one.fair_id].projection.seq == last)
    await node.archiver.settled(one.fair_id, last)
    said = await server.get("/readyz")
    assert (said.status, said.body.decode().count(one.fair_id)) == (200, 1)
    assert told_of(server, one.fair_id) == 1


async def test_a_bad_event_of_yesterday_does_not_keep_a_node_from_starting(
    two_fairs: Server, servers: Servers, until: Until
) -> None:
    one = two_fairs.live
    await put(one, {"e": b"no event"})
    await one.candidate("c-after")
    late = await servers.start()
    projection = of_node(late, late.fair_id).feed.projection
    assert "c-after" in projection.candidates
    assert told_of(late, late.fair_id) == 1
    last = await one.seq()
    await until(lambda: projection.seq == last)


async def test_numbers_that_are_missing_are_passed_over_and_told(
    server: Server, until: Until
) -> None:
    """Somebody deleted entries: what comes after them is true all the same."""
    feed, supervisor = of_node(server, server.fair_id).feed, server.node.supervisor
    await server.node.reader.stop()
    for number in range(3):
        await server.live.candidate(f"c{number}")
    since = feed.projection.seq
    await server.live.store.xdel(stream_key(server.fair_id), f"{since + 1}-0")
    server.node.reader.start()
    last = await server.live.seq()
    await until(lambda: feed.projection.seq == last)
    assert {"c1", "c2"} <= set(feed.projection.candidates)
    assert supervisor.faults()[f"events {server.fair_id}"] >= 1


async def test_a_listener_that_fails_keeps_nobody_from_hearing_and_is_named(
    server: Server, until: Until
) -> None:
    feed, supervisor = of_node(server, server.fair_id).feed, server.node.supervisor
    fails = [True]

    def bad_ear(events: list[Any]) -> None:
        if fails[0]:
            raise LookupError(events)

    feed.listeners.insert(0, bad_ear)
    heard: list[int] = []
    feed.listeners.append(lambda events: heard.extend(event.seq for event in events))
    for number in range(3):
        await server.live.candidate(f"c{number}")
        seq = await server.live.seq()
        await until(lambda seq=seq: feed.projection.seq == seq and seq in heard)
    name = next(name for name in supervisor.faults() if server.fair_id in name)
    assert supervisor.faults()[name] >= 3
    said = (await server.get("/readyz")).body.decode().splitlines()
    assert said[:2] == ["not ready", f"down: {name}"]
    fails[0] = False
    await server.live.candidate("c-last")
    await until(lambda: "c-last" in feed.projection.candidates)
    assert (await server.get("/readyz")).status == 200


class Watched:
    """A feed that a test fills itself, under a supervisor."""

    def __init__(self, fair: LiveFair) -> None:
        self.fair = fair
        self.supervisor = Supervisor()
        self.feed = Feed(fair.fair_id, self.supervisor)

    async def read(self) -> None:
        """Take what is new as one batch."""
        if events := await self.fair.events(self.feed.projection.seq):
            self.feed.take(events)

    def client(self, name: str, subject: str = "") -> Client:
        """Watch a view as a client does."""
        client = Client()
        self.feed.watch((name, subject), None, client.take)
        return client


@pytest.fixture
async def watched(fair: LiveFair, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    monkeypatch.setattr(feeds, "_MEND_S", 0.01)
    monkeypatch.setattr(MeView, "pace_s", 0.0)
    watched = Watched(fair)
    await watched.read()
    yield watched
    watched.feed.close()


async def test_one_persons_view_that_fails_is_made_anew_and_nobody_elses_stops(
    watched: Watched, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    fair = watched.fair
    tickets = {name: await fair.come(name, "b1") for name in ("ill", "well")}
    await watched.read()
    ill, well = watched.client("me", "ill"), watched.client("me", "well")
    render, broken = MeView.render, {"ill"}

    def breaks(view: MeView, key: str) -> Any:
        if view.candidate_id in broken:
            raise KeyError(key)
        return render(view, key)

    monkeypatch.setattr(MeView, "render", breaks)
    await fair.open("b1-1", "b1-2")
    await watched.read()
    name = f"view me {fair.fair_id}"
    assert well.cells[f"ticket/{tickets['well']}"]["state"] == "called"
    assert ill.cells[f"ticket/{tickets['ill']}"]["state"] == "waiting"
    again = watched.client("me", "ill")  # comes back meanwhile: waits like the other page
    await until(lambda: watched.supervisor.faults()[name] >= 3)  # it is tried again by itself
    assert watched.supervisor.down() == []  # one person's trouble is not the node's
    broken.clear()
    own = f"ticket/{tickets['ill']}"
    for page in (ill, again):
        await until(lambda page=page: page.cells.get(own, {}).get("state") == "called")


async def test_a_socket_that_fails_keeps_no_frame_from_the_others(watched: Watched) -> None:
    def broken(_: bytes) -> None:
        if told:
            raise LookupError
        told.append(1)

    told: list[int] = []
    watched.feed.watch(("control", ""), None, broken)
    others = [watched.client("control") for _ in range(20)]
    await watched.fair.open("b1-1")
    await watched.read()
    watched.feed.views["control", ""].flush()
    assert all(other.cells["desk/b1-1"]["state"] == "ready" for other in others)
    assert watched.supervisor.faults() == {f"frames to sockets {watched.fair.fair_id}": 1}
