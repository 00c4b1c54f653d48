"""A desk whose recruiter is gone calls nobody, and nobody waits there for nobody."""

from __future__ import annotations

import pytest

from fairserver.domain.states import DeskState, TicketState
from fairserver.events.hindrances import hindrance
from fairserver.events.waits import newcomer_wait
from fairserver.line.keys import deadlines_key
from fairserver.protocol import events as ev
from tests.line import situations as s
from tests.line.live import CANDIDATE_PEER, ORGANISER, LiveFair


async def here(fair: LiveFair) -> None:
    """Let the recruiter of b1 be there."""
    await fair.line.staffed(fair.fair_id, ["s-b1"])


async def gone(fair: LiveFair, *present: str) -> None:
    """Let the recruiter be silent for longer than the grace; these people are there."""
    await fair.pass_time(30)
    await fair.seen(*present)
    await fair.pass_time(16)
    await fair.fire()


async def test_a_ready_desk_without_its_recruiter_pauses_and_is_ready_again_with_them(
    fair: LiveFair,
) -> None:
    await here(fair)
    await fair.open("b1-1")
    await gone(fair)
    changed = (await fair.events())[-1]
    assert isinstance(changed, ev.DeskChanged)
    assert (changed.state, changed.cause) == (DeskState.PAUSED, "away")
    ticket_id = await fair.come("c1", "b1")
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING
    projection = await fair.fold()
    booth = projection.booths["b1"]
    assert newcomer_wait(projection, booth).reason == "no_recruiter"
    assert hindrance(projection, projection.tickets[ticket_id], fair.now).reason == "no_recruiter"
    await here(fair)
    assert await fair.at_desk("b1-1") == ticket_id


async def test_signs_of_life_keep_a_desk_and_a_break_in_the_line_does_not_lose_it(
    fair: LiveFair,
) -> None:
    await here(fair)
    await fair.open("b1-1")
    for _ in range(5):
        await fair.wait(44)
        await here(fair)
    assert await fair.desk_state("b1-1") == DeskState.READY


async def test_who_is_called_to_a_desk_that_is_left_keeps_the_place_and_has_missed_nothing(
    fair: LiveFair,
) -> None:
    await here(fair)
    ticket_id = await s.called(fair)
    other = await fair.come("c2", "b1")
    seq = await fair.seq()
    await gone(fair, "c1", "c2")
    assert await fair.desk_state("b1-1") == DeskState.PAUSED
    assert await fair.line_of("b1") == [ticket_id, other]
    missed = next(e for e in await fair.events(seq) if isinstance(e, ev.TicketMissed))
    assert (missed.cause, missed.misses) == ("desk_away", 0)
    await fair.wait(40)
    await fair.seen("c1", "c2")
    await here(fair)
    assert await fair.at_desk("b1-1") == ticket_id


async def test_who_connects_with_a_desk_that_is_left_goes_back_too(fair: LiveFair) -> None:
    await here(fair)
    ticket_id = await s.connecting(fair)
    await fair.as_owner("enter_room", ticket_id, peer=CANDIDATE_PEER)
    await gone(fair, "c1")
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING


async def test_an_interview_goes_on_whoever_has_no_page(fair: LiveFair) -> None:
    await here(fair)
    ticket_id = await s.interviewing(fair)
    await gone(fair, "c1")
    assert await fair.ticket_state(ticket_id) == TicketState.INTERVIEWING


@pytest.mark.parametrize("name", ["pause_desk", "close_desk"])
async def test_who_paused_or_closed_a_desk_finds_it_so(fair: LiveFair, name: str) -> None:
    await here(fair)
    await fair.open("b1-1")
    await gone(fair)
    await fair.desk(name, "b1-1")
    state = await fair.desk_state("b1-1")
    await here(fair)
    assert await fair.desk_state("b1-1") == state
    assert (await fair.fold()).desks["b1-1"].left is False


async def test_a_desk_in_its_pause_after_an_interview_waits_for_a_word(fair: LiveFair) -> None:
    await here(fair)
    await s.done(fair)
    await gone(fair, "c1")
    assert (await fair.fold()).desks["b1-1"].left
    await here(fair)
    assert await fair.desk_state("b1-1") == DeskState.PAUSED
    assert not (await fair.fold()).desks["b1-1"].left


async def test_a_desk_is_left_with_who_made_it_ready_last(fair: LiveFair) -> None:
    await here(fair)
    await fair.open("b1-1")
    await fair.do("open_desk", ORGANISER, desk_id="b1-1")
    await gone(fair)
    assert await fair.desk_state("b1-1") == DeskState.READY


async def test_whom_nobody_has_reported_is_not_missed(fair: LiveFair) -> None:
    await fair.open("b1-1")
    await fair.wait(3600)
    assert await fair.desk_state("b1-1") == DeskState.READY
    assert not await fair.store.exists(deadlines_key(fair.fair_id))


async def test_a_closed_fair_takes_no_desk_up_again(fair: LiveFair) -> None:
    await here(fair)
    await fair.open("b1-1")
    await gone(fair)
    await fair.do("close_fair", ORGANISER)
    await here(fair)
    assert await fair.desk_state("b1-1") == DeskState.PAUSED
