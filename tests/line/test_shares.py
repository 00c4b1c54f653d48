"""Shares: hall, commune and home do not shut each other out of a booth."""

from __future__ import annotations

from collections import Counter

from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, Channel
from fairserver.events.projection import Projection
from fairserver.line.line import SYSTEM, Line
from fairserver.line.stream import read_events
from fairserver.protocol.events import BoothPlan, TicketCalled, decode_event

_BOOTH = BoothPlan(booth_id="b1", mode=BoothMode.ONSITE, minutes=8, desks=["b1-1"])


async def _projection(store: Redis, fair_id: str) -> tuple[Projection, list[TicketCalled]]:
    projection, calls = Projection(fair_id), []
    for entry in await read_events(store, fair_id, 0, count=10_000):
        event = decode_event(entry.raw)
        projection.apply(event)
        if isinstance(event, TicketCalled):
            calls.append(event)
    return projection, calls


async def _play(store: Redis, fair_id: str, settings: FairSettings, rounds: int) -> list[str]:
    """Let 20 people from home and then 20 from the hall join; give the channels in call order."""
    line = Line(store)
    await line.load_fair(fair_id, settings, [_BOOTH])
    await line.run(fair_id, "open_fair", SYSTEM)
    channels: dict[str, str] = {}
    for n in range(40):
        channel = Channel.ONLINE if n < 20 else Channel.HALL
        await line.register(fair_id, f"c{n:03d}", channel=channel)
        await line.seen(fair_id, [f"c{n:03d}"])
        answer = await line.run(fair_id, "join", SYSTEM, candidate_id=f"c{n:03d}", booth_id="b1")
        channels[answer.result["ticket_id"]] = channel
    await line.run(fair_id, "open_desk", SYSTEM, desk_id="b1-1")
    called: list[str] = []
    for _ in range(rounds):
        _, calls = await _projection(store, fair_id)
        ticket_id = calls[-1].ticket_id
        called.append(channels[ticket_id])
        await line.run(fair_id, "start", SYSTEM, ticket_id=ticket_id)
        await line.run(fair_id, "finish", SYSTEM, ticket_id=ticket_id, outcome="pending")
        await line.run(fair_id, "call_next", SYSTEM, desk_id="b1-1")
    return called


async def test_without_shares_the_order_alone_decides(store: Redis, fair_id: str) -> None:
    called = await _play(store, fair_id, FairSettings(deck_per_desk=0), 10)
    assert called == ["online"] * 10


async def test_a_share_of_the_calls_goes_to_the_hall_though_it_came_later(
    store: Redis, fair_id: str
) -> None:
    settings = FairSettings(deck_per_desk=0, share_hall_pct=40)
    called = await _play(store, fair_id, settings, 20)
    assert Counter(called) == {"online": 12, "hall": 8}


async def test_a_share_for_people_who_are_not_there_goes_to_the_others(
    store: Redis, fair_id: str
) -> None:
    settings = FairSettings(deck_per_desk=0, share_commune_pct=50)
    called = await _play(store, fair_id, settings, 10)
    assert called == ["online"] * 10


async def test_being_overtaken_for_a_share_is_written_down_as_that(
    store: Redis, fair_id: str
) -> None:
    await _play(store, fair_id, FairSettings(deck_per_desk=0, share_hall_pct=40), 12)
    projection, calls = await _projection(store, fair_id)
    assert {call.cause for call in calls} == {"order", "share"}
    assert set(projection.overtakes) == {"share"}
