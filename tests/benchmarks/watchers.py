"""How long until the last of 200 watchers is told, beside the least that could do the job."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import msgspec

from booth_client import open_session
from booth_client.client import socket_url
from fairserver.line.leash import ends_with_parent
from tests.benchmarks.ground import Ground, ground
from tests.benchmarks.meter import Series, processor_s, show
from tests.faults.support.caller import Caller
from tests.faults.support.fair import FairShape
from tests.faults.support.nodes import ROOT, free_port
from tests.faults.support.people import invite_organiser, invite_recruiters, register_people

#: Watchers, people already in line, and joins in each of so many rounds.
_WATCHERS, _WAITING, _JOINS, _ROUNDS = 200, 20, 20, 6
_SHAPE = FairShape(fair_id="watched", booths=1, desks=1, settings={"presence_s": 3600})

#: Does join number n and gives what every frame about it, and no other, contains.
Join = Callable[[int], Awaitable[str]]


class Audience:
    """Sockets that listen, and the moment at which the last has heard of something."""

    def __init__(self) -> None:
        self._mark = ""
        self._missing: set[int] = set()
        self._complete = asyncio.Event()
        self._listening: list[asyncio.Task[None]] = []

    def add(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Let a socket listen."""
        number = len(self._listening)
        self._listening.append(asyncio.create_task(self._listen(number, ws)))

    async def _listen(self, number: int, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            if self._mark in message.data:
                self._missing.discard(number)
                if not self._missing:
                    self._complete.set()

    async def told_ms(self, mark: str, cause: Callable[[], Awaitable[object]]) -> float:
        """Milliseconds from causing something until the last listener has a frame with a mark."""
        self._mark, self._missing = mark, set(range(len(self._listening)))
        self._complete.clear()
        began = time.perf_counter()
        doing = asyncio.ensure_future(cause())
        await self._complete.wait()
        seconds = time.perf_counter() - began
        self._mark = "\0"
        await doing
        return seconds * 1000

    def close(self) -> None:
        """Stop listening."""
        for task in self._listening:
            task.cancel()


class Side:
    """Ours or the floor: an audience, a way to join, and the process that serves."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.audience = Audience()

    async def join(self, number: int) -> float:
        """Let somebody join; give the milliseconds until the last watcher is told."""
        raise NotImplementedError


class Floor(Side):
    """The least that could do it."""

    def __init__(self, pid: int, joiner: aiohttp.ClientWebSocketResponse) -> None:
        super().__init__(pid)
        self._joiner = joiner

    async def join(self, number: int) -> float:
        who = f"p{number}."
        return await self.audience.told_ms(who, lambda: self._joiner.send_str(who))


class Ours(Side):
    """The server: recruiters watching their booth, a candidate joining."""

    def __init__(self, pid: int, phones: list[tuple[int, Caller]]) -> None:
        super().__init__(pid)
        self._phones = phones

    async def join(self, number: int) -> float:
        shown, phone = self._phones[number]
        return await self.audience.told_ms(
            f'"number":{shown},', lambda: phone.ask("join", booth_id="b1")
        )


@asynccontextmanager
async def floor(base: Ground) -> AsyncIterator[tuple[str, int]]:
    """Run a bare server on the same store; give its socket's address, and its process."""
    port = free_port()
    process = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs yet
        [sys.executable, "-m", "tests.benchmarks.floor", base.valkey.address, str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        preexec_fn=ends_with_parent(),
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"ready")
        yield f"http://127.0.0.1:{port}/ws", process.pid
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def _floor(base: Ground) -> AsyncIterator[Floor]:
    async with floor(base) as (url, pid):
        joiner = await base.http.ws_connect(url, max_msg_size=0)
        bare = Floor(pid, joiner)
        for _ in range(_WATCHERS):
            bare.audience.add(await base.http.ws_connect(url, max_msg_size=0))
        yield bare
        bare.audience.close()
        await joiner.close()


async def _ours(base: Ground) -> Ours:
    organiser = await base.socket(await invite_organiser(base.nodes))
    await organiser.ask("open_fair")
    people = await register_people(base.nodes, _WAITING + _JOINS * (_ROUNDS + 1))
    phones = [(person.number, await base.socket(person, ["me"])) for person in people]
    for _, phone in phones[:_WAITING]:
        await phone.ask("join", booth_id="b1")
    ours = Ours(base.nodes.nodes[0].pid, phones[_WAITING:])
    node = base.nodes.nodes[0].url
    session = await open_session(node, (await invite_recruiters(base.nodes))[0].token)
    for _ in range(_WATCHERS):
        ours.audience.add(await _watch(base, node, session.session_token))
    return ours


async def _watch(base: Ground, node: str, token: str) -> aiohttp.ClientWebSocketResponse:
    """Open a recruiter's socket and watch the booth."""
    ws = await base.http.ws_connect(
        socket_url(node, _SHAPE.fair_id),
        headers={"Authorization": f"Bearer {token}"},
        max_msg_size=0,
    )
    hello = {"type": "hello", "id": "h", "views": {"booth": None}}
    await ws.send_str(msgspec.json.encode(hello).decode())
    while '"snapshot"' not in await ws.receive_str():
        pass
    return ws


async def measure() -> list[Series]:
    """Take turns; give the time until the last is told, and the server's processor time."""
    told = Series("last of 200 watchers told", "ms", "bare floor", bar=3)
    cost = Series("processor time of a frame delivered", "ms", "bare floor", bar=2)
    async with ground(_SHAPE) as base, _floor(base) as bare:
        ours = await _ours(base)
        for turn in range(_ROUNDS + 1):
            for side, into, spent in ((ours, told.ours, cost.ours), (bare, told.bare, cost.bare)):
                before = processor_s(side.pid)
                times = [await side.join(turn * _JOINS + n) for n in range(_JOINS)]
                used = processor_s(side.pid) - before
                if turn:  # the first round only warms up
                    into.extend(times)
                    spent.append(1000 * used / (_JOINS * _WATCHERS))
        ours.audience.close()
    return [told, cost]


def main() -> None:
    """Measure and print."""
    show("Watchers: the whole server beside a bare floor", asyncio.run(measure()))
