"""Signals reach the other end of a room on whichever node it is, and nobody else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from fairserver.domain.states import Leg, RoomSide
from fairserver.line.store import open_store
from fairserver.protocol.answers import PeerSignal
from fairserver.rooms.signals import End, SignalBus
from tests.conftest import TestValkey

Until = Callable[[Callable[[], object]], Awaitable[None]]
CANDIDATE, DESK = RoomSide.CANDIDATE, RoomSide.DESK


def end(
    side: RoomSide = CANDIDATE,
    fair_id: str = "fair-a",
    ticket_id: str = "t1",
    leg: Leg = Leg.MAIN,
    peer: str = "peer-there",
) -> End:
    return End(fair_id, ticket_id, leg, side, peer)


def offer(ticket_id: str = "t1", sdp: str = "v=0") -> PeerSignal:
    return PeerSignal(ticket_id=ticket_id, peer="peer-desk", epoch=2, kind="offer", sdp=sdp)


@pytest.fixture
def server(valkey_durable: Callable[..., TestValkey]) -> TestValkey:
    return valkey_durable()


@pytest.fixture
async def buses(server: TestValkey) -> AsyncIterator[list[SignalBus]]:
    """The buses of two nodes for two fairs, on a store that may be killed."""
    stores = [open_store(server.address) for _ in range(2)]
    buses = [SignalBus(store) for store in stores]
    for bus in buses:
        bus.start(["fair-a", "fair-b"])
    while dict(await stores[0].pubsub_numsub("{fair-a}:signals"))[b"{fair-a}:signals"] < 2:
        await stores[0].ping()
    yield buses
    for bus in buses:
        await bus.stop()
    for store in stores:
        await store.aclose()


@pytest.mark.parametrize("here", [0, 1])
async def test_a_signal_reaches_its_end_once(
    buses: list[SignalBus], here: int, until: Until
) -> None:
    got: list[bytes] = []
    buses[here].attach(end(), got.append)
    await buses[0].send(end(), offer())
    await until(lambda: got)
    await buses[0].send(end(), offer(sdp="last"))
    await until(lambda: len(got) >= 2)
    assert [json.loads(frame)["sdp"] for frame in got] == ["v=0", "last"]
    assert json.loads(got[0])["type"] == "signal"


async def test_signals_of_other_rooms_ends_and_fairs_are_not_heard(
    buses: list[SignalBus], until: Until
) -> None:
    wrong: list[bytes] = []
    for bus in buses:
        bus.attach(end(DESK), wrong.append)
        bus.attach(end(fair_id="fair-b"), wrong.append)
        bus.attach(end(leg=Leg.GUEST_CANDIDATE), wrong.append)
        bus.attach(end(ticket_id="t2"), wrong.append)
        bus.attach(end(peer="peer-before"), wrong.append)
    right: list[bytes] = []
    buses[1].attach(end(), right.append)
    await buses[0].send(end(), offer())
    await until(lambda: right)
    assert wrong == []


async def test_who_has_gone_hears_nothing_more(buses: list[SignalBus], until: Until) -> None:
    gone: list[bytes] = []
    stays: list[bytes] = []
    hears = gone.append
    buses[1].attach(end(), hears)
    buses[1].attach(end(), stays.append)
    for _ in range(2):  # an unknown one is no fault
        buses[1].detach(end(), hears)
    await buses[0].send(end(), offer())
    await until(lambda: stays)
    assert gone == []


async def test_after_an_outage_of_the_store_signals_pass_again(
    buses: list[SignalBus], server: TestValkey
) -> None:
    got: list[bytes] = []
    buses[1].attach(end(), got.append)
    server.kill()
    server.start()

    while not got:
        await buses[0].send(end(), offer())
        await buses[0]._store.ping()
