"""The opening minute: what each step of it costs the node, beside its bar.

A registration and a phone's memory are figures of their own; all others are ratios beside a bare
peer of the same run: a handshake that aiohttp makes alone, the store's function called by a client
without a server, a server that only passes events on (``floor``).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import aiohttp

from booth_client import Registered
from fairserver.protocol.answers import Ok
from tests.benchmarks import joins, watchers
from tests.benchmarks.ground import Ground, ground
from tests.benchmarks.meter import RESULTS, Series, processor_s, resident_kib
from tests.faults.support.caller import Caller
from tests.faults.support.fair import FairShape
from tests.faults.support.people import invite_organiser, register_people

#: People who come in the opening minute, the lines that each stands in, and doings at a time.
_PEOPLE, _LINES, _AT_ONCE = 1_000, 3, 64
#: People before whom everything is loaded and warm: they are not counted.
_FIRST = 50
#: How often everybody leaves the lines, goes, comes back and joins again: a day of it.
_DAYS_ROUNDS = 8
_VIEWS = ("me", "hall")
#: Frames by which a phone has all: two answers to its hello, and a snapshot of each view.
_FIRST_FRAMES = 2 + len(_VIEWS)
_SHAPE = FairShape(
    fair_id="opening",
    booths=30,
    desks=1,
    settings={"presence_s": 3600, "join_limit": _LINES, "turns_per_booth": 20},
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and the bar that it should stay below."""

    name: str
    value: float
    unit: str
    bar: float
    #: What it was worked out from.
    of: str = ""

    @classmethod
    def ratio(cls, series: Series, bar: float) -> Figure:
        """Make the figure of a ratio to a bare peer."""
        middle = (sorted(side)[len(side) // 2] for side in (series.ours, series.bare))
        ours, bare = middle
        of = f"{ours:.3g} {series.unit} beside {bare:.3g}, {series.peer}"
        return cls(series.name, series.ratio, "times", bar, of)


async def _each(jobs: Iterable[Callable[[], Awaitable[object]]]) -> None:
    """Do jobs, so many at a time."""
    await joins.run_all(list(jobs))


async def _phone(base: Ground, person: Registered, name: str) -> Caller:
    """Open a phone's socket and wait until it has its first views."""
    phone = await base.socket(person, _VIEWS, name)
    while phone.frames < _FIRST_FRAMES:  # noqa: ASYNC110 - nothing announces a frame
        await asyncio.sleep(0.005)
    return phone


class Opening:
    """A fair whose people come all at once."""

    def __init__(self, base: Ground) -> None:
        self._base = base
        self.people: list[Registered] = []
        self.phones: dict[str, Caller] = {}
        self._comings = 0

    @property
    def _pid(self) -> int:
        return self._base.nodes.nodes[0].pid

    def kib(self) -> int:
        """What the node holds now."""
        return resident_kib(self._pid)

    async def registered(self, count: int, seed: int) -> float:
        """Let so many register; give the node's milliseconds for each."""
        before = processor_s(self._pid)
        self.people = await register_people(self._base.nodes, count, seed, at_once=_AT_ONCE)
        return 1000 * (processor_s(self._pid) - before) / count

    async def come(self, people: Sequence[Registered]) -> float:
        """Open everybody's socket; give the node's milliseconds for each."""

        async def one(person: Registered) -> None:
            self.phones[person.candidate_id] = await _phone(self._base, person, name)

        self._comings += 1
        name = f"b{self._comings}"
        before = processor_s(self._pid)
        await _each(partial(one, person) for person in people)
        return 1000 * (processor_s(self._pid) - before) / len(people)

    async def go(self) -> None:
        """Close everybody's socket."""
        await _each(phone.close for phone in self.phones.values())
        self.phones.clear()

    async def join(self) -> list[tuple[Caller, str]]:
        """Let everybody stand in their lines; give whose tickets they are."""
        tickets: list[tuple[Caller, str]] = []

        async def one(phone: Caller, booth_id: str) -> None:
            answer = await phone.ask("join", booth_id=booth_id)
            assert isinstance(answer, Ok), answer
            tickets.append((phone, str(answer.result["ticket_id"])))

        booths = _SHAPE.booth_ids
        await _each(
            partial(one, phone, booths[(n * _LINES + line) % len(booths)])
            for n, phone in enumerate(self.phones.values())
            for line in range(_LINES)
        )
        await self._base.settled()
        return tickets

    async def leave(self, tickets: Sequence[tuple[Caller, str]]) -> None:
        """Let everybody give up all places."""
        await _each(partial(phone.ask, "leave", ticket_id=ticket) for phone, ticket in tickets)


async def _handshakes(base: Ground, url: str, pid: int) -> float:
    """Open as many bare sockets; give the bare server's milliseconds for each."""
    sockets: list[aiohttp.ClientWebSocketResponse] = []

    async def one() -> None:
        sockets.append(await base.http.ws_connect(url, max_msg_size=0))

    before = processor_s(pid)
    await _each(one for _ in range(_PEOPLE))
    spent = 1000 * (processor_s(pid) - before) / _PEOPLE
    await _each(socket.close for socket in sockets)
    return spent


async def _coming(people: int = _PEOPLE, rounds: int = _DAYS_ROUNDS) -> list[Figure]:
    """Registrations, sockets and memory."""
    async with ground(_SHAPE) as base, watchers.floor(base) as (url, pid):
        opening = Opening(base)
        organiser = await base.socket(await invite_organiser(base.nodes))
        await organiser.ask("open_fair")
        await opening.registered(_FIRST, seed=1)  # these only warm up
        await opening.come(opening.people)
        await opening.leave(await opening.join())
        await opening.go()
        await _handshakes(base, url, pid)
        empty = opening.kib()
        registered = await opening.registered(people, seed=2)
        socket = await opening.come(opening.people)
        bare = await _handshakes(base, url, pid)
        tickets = await opening.join()
        morning = (opening.kib() - empty) / people
        for _ in range(rounds):
            await opening.leave(tickets)
            await opening.go()
            await opening.come(opening.people)
            tickets = await opening.join()
        evening = (opening.kib() - empty) / people
        lines = f"with {_LINES} lines"
        return [
            Figure("registration", registered, "ms", 3, "of the node's processor time"),
            Figure(
                "socket with its first views",
                socket / bare,
                "times",
                2,
                f"{socket:.3g} ms beside {bare:.3g}, bare handshake",
            ),
            Figure("memory of a waiting phone", morning, "KiB", 20, lines),
            Figure("the same after a day of coming and going", evening, "KiB", 20, lines),
        ]


async def measure() -> list[Figure]:
    """Measure everything, one thing after the other."""
    figures = await _coming()
    _, join, _, call = await joins.measure()
    told, frame = await watchers.measure()
    bars = ((join, 2.5), (call, 3.0), (frame, 2.0), (told, 3.0))
    return [*figures, *(Figure.ratio(series, bar) for series, bar in bars)]


def main() -> None:
    """Measure and print each figure beside its bar."""
    figures = asyncio.run(measure())
    print("\nOpening minute: what each step costs the node")
    for one in figures:
        mark = " " if one.value <= one.bar else "!"
        figure = f"{one.value:>8.2f} {one.unit:6}≤ {one.bar:<4g}{mark}"
        print(f"  {one.name:44}{figure} {one.of}")
    RESULTS.mkdir(exist_ok=True)
    kept = json.dumps([asdict(one) for one in figures], indent=1)
    (RESULTS / "opening.json").write_text(kept, encoding="utf-8")
