"""Every keeper that a node really has: made to fail it comes back; down, the node says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from fairserver.line.tasks import Work, end_task
from fairserver.node import supervisor as module
from fairserver.node.supervisor import Supervisor
from fairserver.settings import EMBEDDED, StoreSettings
from fairserver.tls.settings import TlsMode, TlsSettings
from fairserver.web.node import live_booths
from tests.web.support import Server, Servers

Until = Callable[[Callable[[], object]], Awaitable[None]]


class Fault(Exception):
    """What a test makes a keeper fail with."""


class Breakable(Supervisor):
    """A supervisor whose keepers a test can break and mend."""

    def __init__(self) -> None:
        super().__init__()
        #: By name: breaks the keeper while it is set.
        self.breaks: dict[str, asyncio.Event] = {}

    def keep(self, name: str, begin: Callable[[], Work]) -> asyncio.Task[None]:
        self.breaks.setdefault(name, asyncio.Event())
        return super().keep(name, partial(self._until_broken, name, begin))

    async def _until_broken(self, name: str, begin: Callable[[], Work]) -> None:
        if self.breaks[name].is_set():
            raise Fault
        work, broken = asyncio.create_task(begin()), asyncio.create_task(self.breaks[name].wait())
        try:
            await asyncio.wait([work, broken], return_when=asyncio.FIRST_COMPLETED)
            if broken.done():
                raise Fault
            await work
        finally:
            await end_task(work)
            await end_task(broken)


@pytest.fixture
def breakable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nodes have a supervisor whose keepers can be broken; a moment is a good while."""
    monkeypatch.setattr("fairserver.web.app.Supervisor", Breakable)
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(module, "WELL_S", 0.05)


def keepers_of(server: Server) -> Breakable:
    found = server.node.supervisor
    assert isinstance(found, Breakable)
    return found


@pytest.fixture
async def whole(
    servers: Servers, free_port: Callable[[], int], breakable: None
) -> tuple[Server, Breakable]:
    """A node with all that a node can have: its own Valkey, HTTPS, push messages."""
    del breakable
    ports = {"port": free_port(), "http_port": free_port()}
    server = await servers.start(
        store=StoreSettings(address=EMBEDDED),
        tls=TlsSettings(mode=TlsMode.LOCAL, host="127.0.0.1", **ports),
    )
    return server, keepers_of(server)


async def ready(server: Server) -> tuple[int, list[str]]:
    """Ask the node whether it is ready; give the status and what it says."""
    reply = await server.get("/readyz")
    return reply.status, reply.body.decode().splitlines()


async def becomes_ready(server: Server) -> None:
    while (await ready(server))[0] != 200:  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0.01)


async def test_a_node_keeps_all_of_these(whole: tuple[Server, Breakable]) -> None:
    """What is missing here would not be tried below."""
    server, supervisor = whole
    kinds = {"deadlines", "presence", "staff", "guests", "plan", "archiver"}
    of_fair = {f"{kind} {server.fair_id}" for kind in kinds}
    of_node = {"reader", "signals in", "signals out", "webhooks", "pusher 0", "pusher counts"}
    of_node |= {"recheck", "supplies", "recordings", "https", "embedded Valkey"}
    assert of_fair | of_node <= set(supervisor.keepers)
    assert sum(name.startswith("accepting ") for name in supervisor.keepers) == 3


async def test_every_keeper_that_fails_is_counted_comes_back_and_does_its_work(
    whole: tuple[Server, Breakable], until: Until
) -> None:
    server, supervisor = whole
    names = set(supervisor.keepers)
    for name in names:
        supervisor.breaks[name].set()
    await until(lambda: set(supervisor.faults()) >= names)
    for name in names:
        supervisor.breaks[name].clear()
    await becomes_ready(server)
    assert set(supervisor.keepers) == names
    # The reader, presence, the line, the archive and those who accept connections at their work.
    meeting = await server.meeting()
    await meeting.talk()
    seq = server.node.fairs[server.fair_id].feed.projection.seq
    await server.node.archiver.settled(server.fair_id, seq)
    said = (await ready(server))[1]
    assert said[0] == "ready"
    counted = {line.rpartition(": ")[0] for line in said[1:]}
    assert counted >= names


async def test_each_keeper_that_stays_down_makes_the_node_not_ready_and_is_named(
    whole: tuple[Server, Breakable], until: Until
) -> None:
    server, supervisor = whole
    node = server.node
    for name in sorted(supervisor.keepers):
        supervisor.breaks[name].set()
        await until(lambda: supervisor.down())
        assert node.why_not_ready() == [f"down: {name}"]
        if not name.startswith("accepting "):  # nobody could ask
            status, said = await ready(server)
            assert (status, said[:2]) == (503, ["not ready", f"down: {name}"])
        supervisor.breaks[name].clear()
        await until(lambda: not supervisor.down())
    assert (await ready(server))[0] == 200


async def test_a_node_stops_while_everything_in_it_fails(
    servers: Servers, breakable: None, until: Until
) -> None:
    del breakable
    server = await servers.start()
    supervisor = keepers_of(server)
    for broken in supervisor.breaks.values():
        broken.set()
    await until(lambda: len(supervisor.down()) == len(supervisor.keepers))
    await server.node.stop()
    left = {name for name in supervisor.keepers if not name.startswith("accepting ")}
    assert left == set()


async def test_a_store_that_is_emptied_ends_no_keeper(
    server: Server, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the fair nor the functions are there for a while; then the fair is put in again."""
    monkeypatch.setattr(module, "WELL_S", 3600.0)
    node, fair = server.node, server.node.fairs[server.fair_id]
    await node.line.store.flushall()
    await node.line.store.function_flush()
    wanted = {f"{kind} {server.fair_id}" for kind in ("deadlines", "presence", "staff")}
    for keeper in (fair.presence, fair.staff):  # it has somebody to tell of now
        keeper.arrive("somebody")
    await until(lambda: wanted <= set(node.supervisor.faults()))
    assert wanted <= set(node.supervisor.keepers)
    await until(lambda: wanted <= set(node.supervisor.down()))
    await node.line.load_fair(server.fair_id, fair.plan.settings, live_booths(fair.plan))
    monkeypatch.setattr(module, "WELL_S", 0.05)
    await becomes_ready(server)
    await node.line.register(server.fair_id, "c1")
    fair.presence.arrive("c1")
    people = fair.feed.projection.candidates
    await until(lambda: "c1" in people and people["c1"].present)  # presence works
    fair.presence.depart("c1")
    await server.live.set_clock(fair.deadlines.now_ms() + 4_000_000)
    await until(lambda: not people["c1"].present)  # and deadlines do
