"""Nodes that are paused, killed and started again, and a store that is, fire nothing twice."""

from __future__ import annotations

import asyncio
import os
import signal
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis

from fairserver.domain.states import BoothMode
from fairserver.line.line import SYSTEM, Actor, Line
from fairserver.line.store import open_store
from fairserver.line.stream import follow_streams
from fairserver.protocol.events import AnyEvent, TicketCalled, TicketMissed, TicketNoShow
from fairserver.protocol.events import decode_event as decode
from tests.conftest import TestValkey
from tests.faults.support.fair import FairShape
from tests.faults.support.live import check_store, referee_of
from tests.faults.support.nodes import NodeProcess, Nodes

pytestmark = pytest.mark.xdist_group("faults")

_FAIR = "paused"
#: Nobody answers: each person is called twice, and is a no-show then.
_SHAPE = FairShape(
    fair_id=_FAIR,
    booths=4,
    desks=5,
    mode=BoothMode.ONLINE,
    settings={"accept_online_s": 5, "missed_rest_s": 5, "presence_s": 3600, "missed_limit": 2},
)
_PEOPLE = 20


class Stream:
    """The fair's events, read as they come."""

    def __init__(self, store: Redis) -> None:
        self.store = store
        self.events: list[AnyEvent] = []
        #: From when on what is due can be done at all, ms; nothing is late before.
        self.back_at = 0

    async def until(self, kind: type[AnyEvent], count: int) -> None:
        """Read on until so many events of a kind have come."""
        while self.count(kind) < count:
            after = self.events[-1].seq if self.events else 0
            news = await follow_streams(self.store, {_FAIR: after}, count=1000, block_ms=500)
            self.events += [decode(entry.raw) for entry in news.get(_FAIR, [])]

    def count(self, kind: type[AnyEvent]) -> int:
        """Count the events of a kind so far."""
        return sum(isinstance(event, kind) for event in self.events)

    def ends_of_calls(self) -> Counter[tuple[str, int]]:
        """By ticket and number of the miss: how often it was fired."""
        missed = (e for e in self.events if isinstance(e, TicketMissed | TicketNoShow))
        return Counter((event.ticket_id, event.misses) for event in missed)

    def latest(self) -> int:
        """How long after its deadline the last call was ended, ms."""
        due: dict[str, int] = {}
        late = 0
        for event in self.events:
            if isinstance(event, TicketCalled):
                due[event.ticket_id] = event.deadline
            elif isinstance(event, TicketMissed | TicketNoShow):
                late = max(late, event.at - max(due[event.ticket_id], self.back_at))
        return late

    async def check(self) -> Counter[tuple[str, int]]:
        """Judge the whole morning; give the ends of its calls, each fired once."""
        referee, events = await referee_of(self.store, _FAIR)
        referee.check_conservation()
        await check_store(self.store, _FAIR, referee)
        ends = self.ends_of_calls()
        assert len(events) == len(self.events), "something was fired once more"
        assert set(ends.values()) == {1}
        assert len(ends) == self.count(TicketCalled) == 2 * _PEOPLE
        return ends


async def _fill(store: Redis) -> None:
    """Open the fair with a person for each desk."""
    line = Line(store)
    await line.run(_FAIR, "open_fair", SYSTEM)
    for number in range(_PEOPLE):
        candidate_id = f"c{number}"
        booth_id = _SHAPE.booth_ids[number % len(_SHAPE.booth_ids)]
        await line.register(_FAIR, candidate_id)
        await line.seen(_FAIR, [candidate_id])
        actor = Actor.candidate(candidate_id)
        await line.run(_FAIR, "join", actor, candidate_id=candidate_id, booth_id=booth_id)
    for booth_id in _SHAPE.booth_ids:
        for desk_id in _SHAPE.desk_ids(booth_id):
            await line.run(_FAIR, "open_desk", SYSTEM, desk_id=desk_id)


def _is_well(node: NodeProcess) -> bool:
    with urllib.request.urlopen(f"{node.url}/readyz", timeout=60) as answer:
        return bool(answer.status == 200)


async def test_nodes_that_are_paused_in_turn_and_come_back_fire_each_deadline_once(
    tmp_path: Path, valkey_durable: Callable[..., TestValkey], report: Callable[[str], None]
) -> None:
    valkey = valkey_durable()
    nodes, store = Nodes(tmp_path, _SHAPE, valkey.address, count=3), open_store(valkey.address)
    stream = Stream(store)
    try:
        nodes.start()
        first, second, third = nodes.nodes
        os.kill(first.pid, signal.SIGSTOP)
        await _fill(store)
        await stream.until(TicketMissed, _PEOPLE)
        os.kill(second.pid, signal.SIGSTOP)
        os.kill(first.pid, signal.SIGCONT)
        os.kill(third.pid, signal.SIGSTOP)
        await stream.until(TicketNoShow, _PEOPLE)
        for node in (second, third):
            os.kill(node.pid, signal.SIGCONT)
        # They answer again, so they are awake: their keepers have gone on with what they knew.
        assert all([await asyncio.to_thread(_is_well, node) for node in nodes.nodes])
        ends = await stream.check()
        report(
            f"paused nodes: 3 pauses, {len(ends)} deadlines, each fired once, "
            f"the latest {stream.latest()} ms after its time"
        )
    finally:
        nodes.stop()
        await store.aclose()


@pytest.mark.soak
async def test_deadlines_are_fired_once_across_a_restart_of_the_store_and_of_every_node(
    tmp_path: Path, valkey_durable: Callable[..., TestValkey], report: Callable[[str], None]
) -> None:
    valkey = valkey_durable()
    nodes, store = Nodes(tmp_path, _SHAPE, valkey.address, count=3), open_store(valkey.address)
    stream = Stream(store)
    try:
        nodes.start()
        await _fill(store)
        await stream.until(TicketCalled, _PEOPLE)
        valkey.kill()
        valkey.start()
        await stream.until(TicketMissed, _PEOPLE)
        late_store = stream.latest()
        await stream.until(TicketCalled, 2 * _PEOPLE)
        for node in nodes.nodes:
            node.kill()
        nodes.nodes[1].start()
        stream.back_at = int(time.time() * 1000)
        await stream.until(TicketNoShow, _PEOPLE)
        ends = await stream.check()
        report(
            f"deadlines over restarts: 1 of the store, 3 of nodes, {len(ends)} deadlines, each "
            f"fired once, the latest {late_store} ms after its time over the store's restart and "
            f"{stream.latest()} ms over the nodes'"
        )
    finally:
        nodes.stop()
        await store.aclose()
