"""How a person talks online: said once, known to every turn, and what it changes in the line."""

from __future__ import annotations

import pytest

from fairserver.domain.states import InterviewMode, TicketState, Way
from fairserver.line.line import Actor
from fairserver.protocol import events as ev
from fairserver.protocol.errors import Code
from tests.line import situations as s
from tests.line.checker import Checker
from tests.line.live import LiveFair, recruiter

C1, B1 = Actor.candidate("c1"), recruiter("b1")


async def choose(fair: LiveFair, way: Way) -> None:
    """Say how c1 talks."""
    await fair.do("choose_way", C1, candidate_id="c1", way=way)


async def state(fair: LiveFair) -> TicketState:
    """The state of t1 as the events have it."""
    return (await fair.fold()).tickets["t1"].state


async def test_a_way_is_said_once_and_a_repeat_says_nothing(fair: LiveFair) -> None:
    await s.waiting(fair)
    seq = await fair.seq()
    await choose(fair, Way.VIDEO)  # as everybody does who said nothing
    assert await fair.seq() == seq
    for _ in range(2):
        await choose(fair, Way.AUDIO)
    (event,) = [one for one in await fair.events(seq) if isinstance(one, ev.WayChosen)]
    assert (event.candidate_id, event.way) == ("c1", Way.AUDIO)
    assert (await fair.fold()).candidates["c1"].way is Way.AUDIO
    await Checker(fair).check()


@pytest.mark.parametrize("chosen", ["before the call", "after the answer"])
async def test_who_waits_for_the_telephone_need_not_come_into_the_room(
    fair: LiveFair, chosen: str
) -> None:
    if chosen == "before the call":
        await s.called(fair)
        await choose(fair, Way.PHONE)
        await fair.as_owner("accept", "t1")
    else:
        await s.connecting(fair)
        await choose(fair, Way.PHONE)
    for _ in range(5):
        await fair.seen("c1")
        await fair.wait(40)
    assert await state(fair) is TicketState.CONNECTING
    await fair.as_booth("start", "t1")
    ticket = (await fair.fold()).tickets["t1"]
    assert ticket.interview_mode is InterviewMode.PHONE
    await fair.as_booth("finish", "t1", outcome="hired")
    await Checker(fair).check()


async def test_back_from_the_telephone_the_room_is_awaited_again(fair: LiveFair) -> None:
    await s.connecting(fair)
    await choose(fair, Way.PHONE)
    await choose(fair, Way.AUDIO)
    await fair.seen("c1")
    await fair.wait(61)
    ticket = (await fair.fold()).tickets["t1"]
    assert (ticket.state, ticket.misses) == (TicketState.WAITING, 1)


async def test_a_running_interview_goes_on_by_telephone_when_the_person_asks(
    fair: LiveFair,
) -> None:
    ticket_id = await s.interviewing(fair)
    detail = await fair.refused(Code.TICKET_WRONG_STATE, "start", B1, ticket_id=ticket_id)
    assert detail == {"state": "interviewing"}
    await fair.pass_time(60)
    await fair.as_owner("report_room", ticket_id, peer="peer-candidate", state="lost")
    await choose(fair, Way.PHONE)
    await fair.pass_time(30)
    await fair.as_booth("start", ticket_id)
    ticket = (await fair.fold()).tickets[ticket_id]
    assert ticket.interview_mode is InterviewMode.PHONE
    assert ticket.room is not None
    assert (ticket.room.talk_ms, ticket.room.talking_since) == (60_000, fair.now)
    await Checker(fair).check()
    await fair.refused(Code.TICKET_WRONG_STATE, "start", B1, ticket_id=ticket_id)
