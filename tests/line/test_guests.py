"""The third person in an interview: asked, agreed to, connected, and out with its end."""

from __future__ import annotations

import pytest

from fairserver.domain.states import Leg, RoomSide, SideState
from fairserver.line.line import Actor
from fairserver.protocol.errors import Code
from tests.line import situations as s
from tests.line.checker import Checker
from tests.line.live import LiveFair

GUEST = Actor.guest("s-guest")


async def test_nobody_comes_in_before_the_candidate_has_agreed(fair: LiveFair) -> None:
    ticket_id = await s.guest_invited(fair)
    for leg in ("desk_guest", "guest_candidate"):
        end = {"ticket_id": ticket_id, "leg": leg, "peer": "peer-guest"}
        await fair.refused(Code.TICKET_WRONG_STATE, "enter_leg", GUEST, **end)
    await fair.as_owner("answer_guest", ticket_id, agree=True)
    for leg in ("desk_guest", "guest_candidate"):
        await fair.do("enter_leg", GUEST, ticket_id=ticket_id, leg=leg, peer="peer-guest")
    assert (await fair.news(0)).count("guest_joined") == 1
    await Checker(fair).check()


async def test_the_stream_tells_who_was_asked_came_and_went(fair: LiveFair) -> None:
    ticket_id = await s.guest_in_room(fair)
    await fair.do("remove_guest", GUEST, ticket_id=ticket_id)
    told = [name for name in await fair.news(0) if name.startswith("guest_")]
    assert told == ["guest_invited", "guest_agreed", "guest_joined", "guest_left"]
    assert (await fair.fold()).tickets[ticket_id].guest is None
    await Checker(fair).check()


@pytest.mark.parametrize("agreed", [False, True])
async def test_a_no_of_the_candidate_counts_at_any_time(fair: LiveFair, *, agreed: bool) -> None:
    ticket_id = await (s.guest_in_room if agreed else s.guest_invited)(fair)
    await fair.as_owner("answer_guest", ticket_id, agree=False)
    end = {"ticket_id": ticket_id, "leg": "desk_guest", "peer": "peer-guest"}
    await fair.refused(Code.TICKET_UNKNOWN, "enter_leg", GUEST, **end)
    assert await fair.ticket_state(ticket_id) == "interviewing"
    await Checker(fair).check()


async def test_the_interview_and_its_clock_do_not_depend_on_the_third_person(
    fair: LiveFair,
) -> None:
    ticket_id = await s.guest_in_room(fair)
    before = (await fair.record("ticket", ticket_id))["talking_since"]
    end = {"ticket_id": ticket_id, "leg": "desk_guest", "peer": "peer-guest"}
    await fair.do("report_leg", GUEST, state="lost", **end)
    assert (await fair.record("ticket", ticket_id))["talking_since"] == before
    await fair.as_booth("finish", ticket_id, outcome="hired")
    assert (await fair.news(0))[-2:] == ["guest_left", "interview_finished"]
    await fair.refused(Code.TICKET_UNKNOWN, "enter_leg", GUEST, **end)
    await Checker(fair).check()


async def test_a_broken_connection_is_made_anew_by_whoever_comes_first(fair: LiveFair) -> None:
    ticket_id = await s.guest_in_room(fair)
    end = {"ticket_id": ticket_id, "leg": "guest_candidate"}
    first = await fair.do("enter_leg", GUEST, peer="peer-guest", after_epoch=2, **end)
    assert first.result == {"epoch": 3, "side": "guest"}
    own = {"leg": "guest_candidate", "peer": "peer-guest_candidate", "after_epoch": 2}
    second = await fair.as_owner("enter_leg", ticket_id, **own)
    assert second.result == {"epoch": 3, "side": "candidate"}
    guest = (await fair.fold()).tickets[ticket_id].guest
    assert guest is not None
    states = guest.legs[Leg.GUEST_CANDIDATE].states
    assert states == {RoomSide.GUEST: SideState.JOINED, RoomSide.CANDIDATE: SideState.JOINED}
    await Checker(fair).check()


async def test_a_third_person_who_goes_out_while_the_connection_is_made_anew_is_out(
    fair: LiveFair,
) -> None:
    ticket_id = await s.guest_in_room(fair)
    end = {"ticket_id": ticket_id, "leg": "guest_candidate"}
    own = {"leg": "guest_candidate", "peer": "peer-guest_candidate", "after_epoch": 2}
    await fair.as_owner("enter_leg", ticket_id, **own)
    await fair.do("report_leg", GUEST, peer="peer-guest", epoch=2, state="left", **end)
    guest = (await fair.fold()).tickets[ticket_id].guest
    assert guest is not None
    assert guest.legs[Leg.GUEST_CANDIDATE].states[RoomSide.GUEST] is SideState.LEFT
    await Checker(fair).check()


async def test_epochs_go_on_from_one_third_person_to_the_next(fair: LiveFair) -> None:
    ticket_id = await s.guest_in_room(fair)
    await fair.as_booth("remove_guest", ticket_id)
    again = {"guest_id": "s-other", "role": "listener"}
    await fair.as_booth("invite_guest", ticket_id, **again)
    await fair.as_owner("answer_guest", ticket_id, agree=True)
    other = Actor.guest("s-other")
    end = {"ticket_id": ticket_id, "leg": "desk_guest", "peer": "peer-other"}
    assert (await fair.do("enter_leg", other, **end)).result["epoch"] == 3
    await fair.refused(Code.TICKET_UNKNOWN, "enter_leg", GUEST, **{**end, "peer": "peer-guest"})
    await Checker(fair).check()


async def test_a_talk_that_goes_on_by_telephone_has_no_third_person(fair: LiveFair) -> None:
    ticket_id = await s.guest_in_room(fair)
    owner = (await fair.record("ticket", ticket_id))["candidate_id"]
    await fair.do("choose_way", Actor.candidate(owner), candidate_id=owner, way="phone")
    await fair.as_booth("start", ticket_id)
    assert (await fair.fold()).tickets[ticket_id].guest is None
    await Checker(fair).check()
