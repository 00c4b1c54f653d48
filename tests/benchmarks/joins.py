"""Joins and calls: the whole server, over sockets, beside the bare store function.

The same Python, the same pipelining, the same store: what is more is the server's own work
(the socket, permissions, events read back, views, archive).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from fairserver.domain.fair_file import read_fair
from fairserver.line.line import SYSTEM, Actor, Line
from fairserver.protocol.answers import Ok
from fairserver.web.node import live_booths
from tests.benchmarks.ground import Ground, ground
from tests.benchmarks.meter import Series, processor_s, show
from tests.faults.support.caller import Caller
from tests.faults.support.fair import FairShape
from tests.faults.support.people import invite_organiser, invite_recruiters, register_people

#: Commands on their way at a time, in both.
_IN_FLIGHT = 64
#: Phones, each of which joins so many lines in a round; whole lives at each desk; rounds.
_PEOPLE, _LINES, _LIVES, _ROUNDS = 100, 10, 10, 5
_BARE = "bare"
_SHAPE = FairShape(
    fair_id="bench",
    booths=30,
    desks=1,
    settings={
        "join_limit": 10,
        "none_yet_first_min": 0,
        "presence_s": 3600,
        "turns_per_booth": 100,
    },
)

Job = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Cost:
    """What a batch of jobs took: real seconds, and processor seconds of the serving side."""

    seconds: float
    processor_s: float


class OnServer:
    """The whole server: commands over sockets, each phone watching its own view."""

    def __init__(self, base: Ground, phones: Sequence[Caller], desks: dict[str, Caller]) -> None:
        self._base = base
        self._phones = phones
        self._desks = desks

    async def join(self, person: int, booth_id: str) -> str:
        """Stand in a line; give the ticket."""
        ok = await self._phones[person].ask("join", booth_id=booth_id)
        assert isinstance(ok, Ok), ok
        return str(ok.result["ticket_id"])

    async def leave(self, person: int, ticket_id: str) -> None:
        """Give a place up."""
        await self._phones[person].ask("leave", ticket_id=ticket_id)

    async def desk(self, kind: str, desk_id: str, ticket_id: str | None = None) -> None:
        """Send a command of a desk, about itself or about a ticket."""
        ok = await self._desks[desk_id].ask(kind, **_about(desk_id, ticket_id))
        assert isinstance(ok, Ok), ok

    async def cost(self, jobs: Sequence[Job]) -> Cost:
        """Do the jobs; count the node and the store until all is archived."""
        pids = (self._base.nodes.nodes[0].pid, self._base.valkey_pid)
        before = sum(map(processor_s, pids))
        seconds = await run_all(jobs)
        await self._base.settled()
        return Cost(seconds, sum(map(processor_s, pids)) - before)


class Bare:
    """The store's functions called from this process, on a fair that no node serves."""

    def __init__(self, base: Ground, people: Sequence[str]) -> None:
        self._base = base
        self._line = Line(base.store)
        self._people = [Actor.candidate(candidate_id) for candidate_id in people]
        self._count = 0

    def _id(self) -> str:
        self._count += 1
        return f"b-{self._count}"

    async def join(self, person: int, booth_id: str) -> str:
        """Stand in a line; give the ticket."""
        actor = self._people[person]
        candidate_id = actor.by.split(":")[1]
        answer = await self._line.run(
            _BARE, "join", actor, self._id(), booth_id=booth_id, candidate_id=candidate_id
        )
        return str(answer.result["ticket_id"])

    async def leave(self, person: int, ticket_id: str) -> None:
        """Give a place up."""
        await self._line.run(_BARE, "leave", self._people[person], self._id(), ticket_id=ticket_id)

    async def desk(self, kind: str, desk_id: str, ticket_id: str | None = None) -> None:
        """Run a transition of a desk, about itself or about a ticket."""
        fields = _about(desk_id, ticket_id)
        actor = Actor.recruiter(f"s{desk_id}", desk_id.split("-")[0])
        if kind == "finish":
            fields["outcome"] = "pending"
        await self._line.run(_BARE, kind, actor, self._id(), **fields)

    async def cost(self, jobs: Sequence[Job]) -> Cost:
        """Do the jobs; count this process and the store."""
        before = processor_s(self._base.valkey_pid) + time.process_time()
        seconds = await run_all(jobs)
        after = processor_s(self._base.valkey_pid) + time.process_time()
        return Cost(seconds, after - before)


def _about(desk_id: str, ticket_id: str | None) -> dict[str, str]:
    return {"desk_id": desk_id} if ticket_id is None else {"ticket_id": ticket_id}


async def run_all(jobs: Sequence[Job]) -> float:
    """Do jobs, so many at a time; give the seconds."""
    waiting = iter(jobs)

    async def lane() -> None:
        for job in waiting:
            await job()

    began = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(_IN_FLIGHT)))
    return time.perf_counter() - began


# --- one round ----------------------------------------------------------------------------------


async def _joins(side: OnServer | Bare) -> Cost:
    """Everybody stands in line after line; leaving again is not counted."""
    tickets: dict[str, int] = {}

    async def join(person: int, booth_id: str) -> None:
        tickets[await side.join(person, booth_id)] = person

    booth_ids = _SHAPE.booth_ids[:_LINES]
    pairs = [(person, booth_id) for booth_id in booth_ids for person in range(_PEOPLE)]
    cost = await side.cost([partial(join, *pair) for pair in pairs])
    await run_all([partial(side.leave, person, ticket) for ticket, person in tickets.items()])
    return cost


async def _lives(side: OnServer | Bare) -> Cost:
    """At every desk, one after the other: a person joins, is called, interviewed, done."""

    async def lives(person: int, booth_id: str) -> None:
        desk_id = f"{booth_id}-1"
        for _ in range(_LIVES):
            ticket_id = await side.join(person, booth_id)
            await side.desk("start", desk_id, ticket_id)
            await side.desk("finish", desk_id, ticket_id)
            await side.desk("call_next", desk_id)

    desks = [(f"{booth_id}-1", booth_id) for booth_id in _SHAPE.booth_ids]
    await run_all([partial(side.desk, "open_desk", desk) for desk, _ in desks])
    cost = await side.cost([partial(lives, n, booth_id) for n, (_, booth_id) in enumerate(desks)])
    await run_all([partial(side.desk, "pause_desk", desk) for desk, _ in desks])
    return cost


# --- the whole ----------------------------------------------------------------------------------


async def measure() -> list[Series]:
    """Take turns; give rates and processor time of joins and of calls."""
    async with ground(_SHAPE) as base:
        server, bare = await _server(base), await _bare(base)
        join_rate = Series("joins", "1/s", "bare function", more_is_better=True)
        join_cost = Series("processor time of a join", "ms", "bare function", bar=2.5)
        call_rate = Series("calls (join, start, finish, next)", "1/s", "bare", more_is_better=True)
        call_cost = Series("processor time of a call", "ms", "bare function", bar=3)
        for turn in range(_ROUNDS + 1):
            for side in (server, bare) if turn % 2 else (bare, server):
                costs = await _joins(side), await _lives(side)
                if turn:  # the first round only warms up
                    _note(side, (join_rate, join_cost), costs[0], _PEOPLE * _LINES)
                    _note(side, (call_rate, call_cost), costs[1], _LIVES * _SHAPE.booths)
        return [join_rate, join_cost, call_rate, call_cost]


def _note(side: OnServer | Bare, into: tuple[Series, Series], cost: Cost, count: int) -> None:
    for series, value in zip(
        into, (count / cost.seconds, 1000 * cost.processor_s / count), strict=True
    ):
        (series.bare if isinstance(side, Bare) else series.ours).append(value)


async def _server(base: Ground) -> OnServer:
    """Bring the people in: each phone watches its own view, each desk its booth's."""
    organiser = await base.socket(await invite_organiser(base.nodes), ["control"])
    await organiser.ask("open_fair")
    people = await register_people(base.nodes, _PEOPLE)
    phones = [await base.socket(person, ["me"]) for person in people]
    invited = await invite_recruiters(base.nodes)
    desks = {one.desk_ids[0]: await base.staff_socket(one.token, ["booth"]) for one in invited}
    return OnServer(base, phones, desks)


async def _bare(base: Ground) -> Bare:
    """Load the same fair under another name, which no node serves."""
    line, plan = Line(base.store), read_fair(base.nodes.folder / "fair.toml")
    await line.load_fair(_BARE, plan.settings, live_booths(plan))
    people = [f"c{number}" for number in range(_PEOPLE)]
    for candidate_id in people:
        await line.register(_BARE, candidate_id)
    await line.seen(_BARE, people)
    await line.run(_BARE, "open_fair", SYSTEM)
    return Bare(base, people)


def main() -> None:
    """Measure and print."""
    show("Joins and calls: the whole server beside the bare function", asyncio.run(measure()))
