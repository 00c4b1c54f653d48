"""Deadlines fire once, whoever asks and however many ask at the same moment."""

from __future__ import annotations

import asyncio
from collections import Counter

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, TicketState
from fairserver.line.line import Line
from fairserver.line.store import open_store
from fairserver.protocol.events import BoothPlan
from tests.conftest import TestValkey
from tests.line import situations as s
from tests.line.live import ORGANISER, LiveFair


async def test_a_deadline_asked_for_by_many_clients_at_once_fires_once(
    fair: LiveFair, valkey: TestValkey
) -> None:
    desks = [f"b4-{number}" for number in range(30)]
    booth = BoothPlan(booth_id="b4", mode=BoothMode.ONLINE, minutes=5, desks=desks)
    await fair.load(FairSettings(presence_s=3600), [booth])
    await fair.open(*desks)
    tickets = [await fair.come(f"c{number}", "b4") for number in range(30)]
    await fair.pass_time(61)
    seq = await fair.seq()
    stores = [open_store(valkey.address) for _ in range(8)]
    lines = [Line(store) for store in stores for _ in range(5)]
    answers = await asyncio.gather(*(line.fire_due(fair.fair_id) for line in lines))
    for store in stores:
        await store.aclose()
    assert sum(fired for fired, _ in answers) == 30
    missed = Counter(
        event.ticket_id  # type: ignore[union-attr]
        for event in await fair.events(seq)
        if event.__struct_config__.tag == "ticket_missed"
    )
    assert missed == Counter(tickets)


async def test_nothing_fires_before_its_time(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    await fair.seen("c1")
    await fair.pass_time(44.999)
    assert await fair.line.fire_due(fair.fair_id) == (0, 1)
    assert await fair.ticket_state(ticket_id) == TicketState.CALLED


async def test_the_answer_tells_when_to_ask_again(fair: LiveFair) -> None:
    assert await fair.line.fire_due(fair.fair_id) == (0, None)
    await s.called(fair)
    assert await fair.line.fire_due(fair.fair_id) == (0, 45_000)
    await fair.pass_time(45)
    assert await fair.line.fire_due(fair.fair_id) == (1, 15_000)


async def test_more_than_a_portion_falls_due_at_once_and_all_of_it_is_done(
    fair: LiveFair,
) -> None:
    for number in range(230):
        await fair.candidate(f"c{number}", present=False)
    await fair.seen(*[f"c{number}" for number in range(230)])
    await fair.pass_time(46)
    assert await fair.line.fire_due(fair.fair_id) == (200, 0)
    assert await fair.line.fire_due(fair.fair_id) == (30, None)


async def test_a_rest_that_is_over_in_a_closed_fair_calls_nobody(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    await fair.miss(ticket_id)
    await fair.do("close_fair", ORGANISER)
    await fair.wait(3600)
    assert await fair.ticket_state(ticket_id) == TicketState.CLOSED


async def test_in_production_the_time_is_the_stores_own(fair: LiveFair) -> None:
    await fair.store.hdel(f"{{{fair.fair_id}}}:meta", "clock")
    before = await fair.store.time()
    await fair.candidate("c1")
    after = await fair.store.time()
    at = (await fair.events())[-1].at
    assert before[0] * 1000 + before[1] // 1000 <= at <= after[0] * 1000 + after[1] // 1000
