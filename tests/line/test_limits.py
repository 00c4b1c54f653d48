"""No state without an end: each has a deadline, or a reason why it needs none."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from fairserver.domain.states import (
    DEADLINES,
    NO_DEADLINE,
    OPEN_TICKET,
    DeskState,
    TicketState,
)
from fairserver.line.keys import deadlines_key
from fairserver.protocol import events as ev
from tests.line import situations as s
from tests.line.checker import Checker
from tests.line.live import CANDIDATE_PEER, DESK_PEER, LiveFair
from tests.line.situations import TICKETS


@pytest.mark.parametrize("situation", TICKETS)
async def test_every_open_state_has_its_deadline_or_a_reason_to_have_none(
    store: Redis, fair_id: str, situation: str
) -> None:
    fair = LiveFair(store, fair_id)
    await fair.load()
    ticket_id = await TICKETS[situation](fair)
    state = await fair.ticket_state(ticket_id)
    if state not in OPEN_TICKET or situation == "on_deck_ready":
        return
    planned = [
        name.decode().split(":") for name in await store.zrange(deadlines_key(fair_id), 0, -1)
    ]
    kinds = {kind for kind, name in planned if name == ticket_id}
    assert (kinds & DEADLINES[state] != set()) == (state not in NO_DEADLINE)
    assert set(DEADLINES) == OPEN_TICKET
    await fair.wait(1200)
    assert (await fair.ticket_state(ticket_id) != state) == (state not in NO_DEADLINE)
    await Checker(fair).check()


async def test_whoever_waits_at_a_desk_for_nobody_gets_the_place_back(fair: LiveFair) -> None:
    """The recruiter's computer has died: nobody is called to that desk any more."""
    ticket_id = await s.called(fair)
    other = await fair.come("c2", "b1")
    await fair.as_owner("accept", ticket_id)
    await fair.as_owner("enter_room", ticket_id, peer=CANDIDATE_PEER)
    seq = await fair.seq()
    await fair.pass_time(601)
    await fair.seen("c1", "c2")
    await fair.fire()
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING
    assert await fair.desk_state("b1-1") == DeskState.PAUSED
    missed = next(e for e in await fair.events(seq) if isinstance(e, ev.TicketMissed))
    assert (missed.cause, missed.misses) == ("not_connected", 0)
    assert await fair.line_of("b1") == [ticket_id, other]


@pytest.mark.parametrize("desk_is_in", [False, True])
async def test_who_came_in_and_went_again_must_be_back_in_time(
    fair: LiveFair, desk_is_in: bool
) -> None:
    ticket_id = await s.connecting(fair)
    await fair.as_owner("enter_room", ticket_id, peer=CANDIDATE_PEER)
    if desk_is_in:
        await fair.as_booth("enter_room", ticket_id, peer=DESK_PEER)
    await fair.wait(90)
    assert await fair.ticket_state(ticket_id) == TicketState.CONNECTING
    await fair.as_owner("report_room", ticket_id, peer=CANDIDATE_PEER, state="lost")
    await fair.wait(61)
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING
    # Nobody was at the other end: then it is no miss of the person's.
    assert (await fair.record("ticket", ticket_id))["misses"] == str(int(desk_is_in))
