"""From the recruiter's *next* until the candidate's phone rings, with 500 people connected.

Beside it the bare round trip of the same socket: a ping and its answer.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time

import aiohttp
import msgspec

from booth_client import Registered
from booth_client.client import socket_url
from fairserver.domain.states import BoothMode
from fairserver.line.keys import prefix
from fairserver.protocol.answers import Ok
from tests.benchmarks.ground import Ground, ground
from tests.benchmarks.meter import Series, show
from tests.faults.support.caller import Caller
from tests.faults.support.fair import FairShape
from tests.faults.support.people import invite_organiser, invite_recruiters, register_people

_PEOPLE, _CALLS, _WARM_UP = 500, 60, 10
_SHAPE = FairShape(
    fair_id="rings", booths=4, desks=1, mode=BoothMode.ONSITE, settings={"presence_s": 3600}
)
#: What a phone's frame holds when it is to ring.
_CALLED = '"state":"called"'


class Phones:
    """Everybody's sockets, and the moment at which one of them rings."""

    def __init__(self) -> None:
        self._rung: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._listening: list[asyncio.Task[None]] = []

    def add(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Let a phone listen."""
        self._listening.append(asyncio.create_task(self._listen(ws)))

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            if _CALLED in message.data and not self._rung.done():
                self._rung.set_result(time.perf_counter())

    async def ring_ms(self, desk: Caller, desk_id: str) -> float:
        """Ask for the next; give the milliseconds until a phone rings."""
        self._rung = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        answer = asyncio.ensure_future(desk.ask("call_next", desk_id=desk_id))
        rung = await self._rung
        ok = await answer
        assert isinstance(ok, Ok), ok
        return (rung - began) * 1000

    def close(self) -> None:
        """Stop listening."""
        for task in self._listening:
            task.cancel()


async def _phone(base: Ground, person: Registered) -> aiohttp.ClientWebSocketResponse:
    """Connect a phone and stand in a line, spread over the booths."""
    ws = await base.http.ws_connect(
        socket_url(base.nodes.nodes[0].url, _SHAPE.fair_id),
        headers={"Authorization": f"Bearer {person.session_token}"},
        max_msg_size=0,
    )
    booth_id = _SHAPE.booth_ids[person.number % len(_SHAPE.booth_ids)]
    for command in (
        {"type": "hello", "id": "h", "views": {"me": None}},
        {"type": "join", "id": "j", "booth_id": booth_id},
    ):
        await ws.send_str(msgspec.json.encode(command).decode())
    while '"id":"j"' not in await ws.receive_str():
        pass
    return ws


async def _talked(desk: Caller, ticket_id: str) -> None:
    """Have the interview behind one: the desk is in wrap-up then."""
    for name in ("start", "finish"):
        ok = await desk.ask(name, ticket_id=ticket_id)
        assert isinstance(ok, Ok), ok


async def _round_trip_ms(desk: Caller) -> float:
    began = time.perf_counter()
    await desk.ask("ping")
    return (time.perf_counter() - began) * 1000


async def measure() -> Series:
    """Call people in turn at every booth; give each ring's time beside a round trip's."""
    series = Series("next → the phone rings, 500 connected", "ms", "bare round trip")
    async with ground(_SHAPE) as base:
        organiser = await base.socket(await invite_organiser(base.nodes))
        await organiser.ask("open_fair")
        phones = Phones()
        for person in await register_people(base.nodes, _PEOPLE):
            phones.add(await _phone(base, person))
        desks = [
            (await base.staff_socket(invited.token, ["booth"]), invited.desk_ids[0])
            for invited in await invite_recruiters(base.nodes)
        ]
        for desk, desk_id in desks:
            await desk.ask("open_desk", desk_id=desk_id)
            await _talked(desk, await _ticket_at(base, desk_id))
        turns = zip(range(_WARM_UP + _CALLS), itertools.cycle(desks), strict=False)
        for turn, (desk, desk_id) in turns:
            trip_ms = await _round_trip_ms(desk)
            ring_ms = await phones.ring_ms(desk, desk_id)
            await _talked(desk, await _ticket_at(base, desk_id))
            if turn >= _WARM_UP:
                series.ours.append(ring_ms)
                series.bare.append(trip_ms)
        phones.close()
    return series


async def _ticket_at(base: Ground, desk_id: str) -> str:
    """The ticket at a desk, from the live store."""
    found = await base.store.hget(f"{prefix(_SHAPE.fair_id)}:desk:{desk_id}", "ticket_id")
    assert isinstance(found, bytes)
    return found.decode()


def main() -> None:
    """Measure and print, the slowest of twenty too."""
    series = asyncio.run(measure())
    show("Rings: from next to the phone, with 500 people connected", [series])
    ours, bare = (statistics.quantiles(times, n=20)[-1] for times in (series.ours, series.bare))
    print(f"  19 of 20 within {ours:.4g} ms (bare round trip {bare:.4g} ms)")
