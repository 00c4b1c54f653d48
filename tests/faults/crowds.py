"""A fair under robots on two nodes, and what must be true of it after any accident."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from booth_client.robots.behaviour import Behaviour
from booth_client.robots.crowd import CrowdPlan
from fairserver.domain.states import BoothMode
from fairserver.line.store import open_store
from fairserver.protocol.commands import OpenFair
from tests.conftest import TestValkey
from tests.faults.support.fair import FairShape
from tests.faults.support.live import check_store, referee_of
from tests.faults.support.nodes import NodeProcess, Nodes
from tests.faults.support.people import invite_organiser, invite_recruiters
from tests.faults.support.recording import Book, RecordingClient, RecordingCrowd, until
from tests.faults.support.referee import Referee

#: Robots' seconds are so much shorter than a person's.
_TIME_FACTOR = 0.03
#: Newcomers let in at a time while views are compared.
_AT_ONCE = 8
#: Looks at one client's views until they must agree; between two, seconds.
_LOOKS, _LOOK_S = 100, 0.1

Cells = dict[str, dict[str, Any]]


class Morning:
    """Two nodes on one live store, half of the robots on each."""

    def __init__(
        self, folder: Path, valkey: TestValkey, report: Callable[[str], None], robots: int = 200
    ) -> None:
        # Online booths: the rooms of the interviews are part of what must survive.
        shape = FairShape(fair_id="morning", mode=BoothMode.ONLINE)
        self.valkey = valkey
        self._report = report
        #: Kills so far; for the report.
        self.kills = 0
        self.nodes = Nodes(folder, shape, valkey.address)
        self.robots = robots
        self.book = Book()
        self.crowds: list[RecordingCrowd] = []
        self.organiser: RecordingClient | None = None

    @property
    def fair_id(self) -> str:
        """The fair."""
        return self.nodes.shape.fair_id

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let the robots play; afterwards everything is stopped and judged."""
        self.nodes.start()
        stop = asyncio.Event()
        try:
            await self._open()
            playing = [asyncio.create_task(crowd.run(stop)) for crowd in self.crowds]
            try:
                await self.busy()
                yield
            finally:
                stop.set()
                await asyncio.gather(*playing)
            for node in self.nodes.nodes:
                node.stop()
            await self._judge()
        finally:
            self.nodes.stop()

    async def _open(self) -> None:
        session = await invite_organiser(self.nodes)
        first = self.nodes.nodes[0].url
        organiser = RecordingClient(
            self.book, first, self.fair_id, session.session_token, views=["control", "hall"]
        )
        async with organiser:
            await organiser.send(OpenFair(id=organiser.new_id()))
        staff = await invite_recruiters(self.nodes)
        count = len(self.nodes.nodes)
        for index, node in enumerate(self.nodes.nodes):
            plan = CrowdPlan(
                base_url=node.url,
                fair_id=self.fair_id,
                candidates=self.robots // count,
                staff=staff[index::count],
                behaviour=Behaviour(time_factor=_TIME_FACTOR),
                seed=index + 1,
            )
            self.crowds.append(RecordingCrowd(plan, self.book))

    # --- conditions ----------------------------------------------------------------------------

    async def busy(self) -> None:
        """Wait until all robots have come and interviews have been finished."""
        finished = self.finished + 20
        await until(lambda: self.present >= self.robots * 0.9 and self.finished >= finished)

    async def goes_on(self, commands: int) -> None:
        """Wait until so many more commands have been acknowledged."""
        enough = self.book.acknowledged + commands
        await until(lambda: self.book.acknowledged >= enough)

    @property
    def present(self) -> int:
        """Candidates who are at the fair now."""
        return sum(crowd.tally.present for crowd in self.crowds)

    @property
    def finished(self) -> int:
        """Interviews finished so far."""
        return sum(crowd.tally.finished for crowd in self.crowds)

    def clients_of(self, node: NodeProcess) -> set[RecordingClient]:
        """The clients that are connected to a node, or try to be."""
        return {client for client in self.book.clients if client.base_url == node.url}

    async def back(self, clients: set[RecordingClient]) -> None:
        """Wait until each of these is connected, or has gone home."""
        here = self.book.clients
        await until(lambda: all(client.connected or client not in here for client in clients))

    # --- what must be true ---------------------------------------------------------------------

    async def check_views(self) -> int:
        """Compare what every client holds with what the other node shows a newcomer."""
        gate = asyncio.Semaphore(_AT_ONCE)
        async with self.book.stillness():
            clients = list(self.book.clients)
            await asyncio.gather(*(self._check_client(gate, client) for client in clients))
        return len(clients)

    async def _check_client(self, gate: asyncio.Semaphore, client: RecordingClient) -> None:
        other = next(n.url for n in self.nodes.nodes if n.url != client.base_url)
        for _ in range(_LOOKS):
            async with gate:
                shown = await client.fresh(other)
            held = client.held()
            if shown == held:
                return
            await asyncio.sleep(_LOOK_S)
        raise AssertionError(f"a client differs from a fresh snapshot: {difference(held, shown)}")

    async def _judge(self) -> None:
        """The referee finds no breach, nothing acknowledged is missing, the store agrees."""
        store = open_store(self.valkey.address)
        try:
            referee, events = await referee_of(store, self.fair_id)
            referee.check_conservation()
            missing = self.book.journal.missing(events)
            assert missing == [], missing[:5]
            await check_store(store, self.fair_id, referee)
        finally:
            await store.aclose()
        assert "Traceback" not in self.nodes.logs(), self.nodes.logs()
        self._report(self.summary(referee))

    def summary(self, referee: Referee) -> str:
        """The figures of the morning in a line."""
        reconnects = sum(crowd.tally.cuts for crowd in self.crowds)
        return (
            f"kill -9 under {self.robots} robots, {self.kills} times: "
            f"{self.book.acknowledged:,} commands acknowledged, 0 missing; {referee.seq:,} events, "
            f"{referee.counts['ticket_called']} calls, {self.finished} interviews, "
            f"{reconnects} lines cut by the robots themselves"
        )


def difference(held: Cells, shown: Cells) -> list[str]:
    """Name the cells in which two clients' views differ."""
    return [
        f"{view} {key}: held {held.get(view, {}).get(key)}, shown {shown.get(view, {}).get(key)}"
        for view in sorted(held.keys() | shown.keys())
        for key in sorted(held.get(view, {}).keys() | shown.get(view, {}).keys())
        if held.get(view, {}).get(key) != shown.get(view, {}).get(key)
    ]
