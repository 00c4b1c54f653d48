"""The recording of an interview: on only while everybody in the room has agreed to it."""

from __future__ import annotations

import pytest

from fairserver.domain.states import RecordingState, RoomSide
from fairserver.events.records import Recording
from fairserver.line.line import Actor
from fairserver.protocol.errors import Code
from tests.line import situations as s
from tests.line.checker import Checker
from tests.line.live import DESK_PEER, LiveFair

GUEST = Actor.guest("s-guest")


async def recording_of(fair: LiveFair, ticket_id: str) -> Recording:
    """What the events say of a ticket's recording; the store says the same."""
    await Checker(fair).check()
    recording = (await fair.fold()).tickets[ticket_id].recording
    assert recording is not None
    return recording


async def told(fair: LiveFair) -> list[str]:
    """The names of the events about recordings."""
    return [name for name in await fair.news(0) if name.startswith("recording_")]


async def test_nothing_is_recorded_before_the_candidate_has_agreed(fair: LiveFair) -> None:
    ticket_id = await s.recording_asked(fair)
    recording = await recording_of(fair, ticket_id)
    assert (recording.state, recording.was_on) == (RecordingState.ASKED, False)
    await s.answer_recording(fair, ticket_id, agree=True)
    recording = await recording_of(fair, ticket_id)
    assert (recording.state, recording.was_on) == (RecordingState.ON, True)
    assert await told(fair) == ["recording_asked", "recording_agreed", "recording_started"]


async def test_the_events_prove_who_agreed_when_and_to_which_words(fair: LiveFair) -> None:
    await s.recording_on(fair)
    proof = {event.__struct_config__.tag: event for event in await fair.events()}
    asked, agreed = proof["recording_asked"], proof["recording_agreed"]
    assert asked.by.startswith("staff:")
    assert agreed.by == "candidate:c1"
    assert (agreed.text_version, agreed.language) == ("1", "vi")  # type: ignore[union-attr]
    assert agreed.at >= asked.at


async def test_a_no_stops_it_and_is_not_asked_again(fair: LiveFair) -> None:
    ticket_id = await s.recording_declined(fair)
    recording = await recording_of(fair, ticket_id)
    assert (recording.state, recording.ended_by) == (RecordingState.STOPPED, RoomSide.CANDIDATE)
    args = {"ticket_id": ticket_id, "peer": DESK_PEER, **s.SHOWN}
    booth = Actor.recruiter("s-b1", "b1")
    await fair.refused(Code.RECORDING_DECLINED, "ask_recording", booth, **args)


@pytest.mark.parametrize("who", ["candidate", "desk", "guest"])
async def test_anybody_stops_it_at_once(fair: LiveFair, who: str) -> None:
    ticket_id = await s.guest_in_room(fair)
    await s.allow_recording(fair)
    await s.ask_recording(fair, ticket_id)
    await s.answer_recording(fair, ticket_id, agree=True)
    await s.answer_recording(fair, ticket_id, agree=True, guest=True)
    assert (await recording_of(fair, ticket_id)).state is RecordingState.ON
    if who == "guest":
        await fair.do("withdraw_recording", GUEST, ticket_id=ticket_id)
    else:
        ends = {"candidate": fair.as_owner, "desk": fair.as_booth}
        await ends[who]("withdraw_recording", ticket_id)
    recording = await recording_of(fair, ticket_id)
    assert (recording.state, recording.ended_by) == (RecordingState.STOPPED, who)


async def test_a_guest_who_comes_in_later_pauses_it_until_agreeing(fair: LiveFair) -> None:
    ticket_id = await s.guest_agreed(fair)
    await s.allow_recording(fair)
    await s.ask_recording(fair, ticket_id)
    await s.answer_recording(fair, ticket_id, agree=True)
    assert (await recording_of(fair, ticket_id)).state is RecordingState.ON
    end = {"ticket_id": ticket_id, "leg": "desk_guest", "peer": "peer-guest"}
    await fair.do("enter_leg", GUEST, **end)
    assert (await recording_of(fair, ticket_id)).state is RecordingState.ASKED
    waits_for = (await fair.fold()).tickets[ticket_id].recording_waits_for
    assert waits_for == [RoomSide.GUEST]
    await s.answer_recording(fair, ticket_id, agree=True, guest=True)
    assert (await recording_of(fair, ticket_id)).state is RecordingState.ON
    assert (await told(fair))[-3:] == ["recording_paused", "recording_agreed", "recording_started"]


async def test_it_goes_on_when_the_one_who_has_not_answered_leaves(fair: LiveFair) -> None:
    ticket_id = await s.guest_in_room(fair)
    await s.allow_recording(fair)
    await s.ask_recording(fair, ticket_id)
    await s.answer_recording(fair, ticket_id, agree=True)
    assert (await recording_of(fair, ticket_id)).state is RecordingState.ASKED
    await fair.as_booth("remove_guest", ticket_id)
    assert (await recording_of(fair, ticket_id)).state is RecordingState.ON


async def test_the_yes_of_one_guest_is_not_the_next_ones(fair: LiveFair) -> None:
    ticket_id = await s.guest_in_room(fair)
    await s.allow_recording(fair)
    await s.ask_recording(fair, ticket_id)
    await s.answer_recording(fair, ticket_id, agree=True)
    await s.answer_recording(fair, ticket_id, agree=True, guest=True)
    await fair.as_booth("remove_guest", ticket_id)
    await fair.as_booth("invite_guest", ticket_id, guest_id="s-other", role="colleague")
    await fair.as_owner("answer_guest", ticket_id, agree=True)
    end = {"ticket_id": ticket_id, "leg": "desk_guest", "peer": "peer-other"}
    await fair.do("enter_leg", Actor.guest("s-other"), **end)
    assert (await recording_of(fair, ticket_id)).state is RecordingState.ASKED


@pytest.mark.parametrize("end", ["finish", "hand_over", "phone", "settings", "other_recruiter"])
async def test_it_ends_with_the_interview_or_what_allowed_it(fair: LiveFair, end: str) -> None:
    ticket_id = await s.recording_on(fair)
    if end == "finish":
        await fair.as_booth("finish", ticket_id, outcome="hired")
    elif end == "hand_over":
        await fair.as_booth("offer_hand_over", ticket_id, to_booth_id="b2")
        await fair.as_owner("answer_hand_over", ticket_id, agree=True)
    elif end == "phone":
        owner = Actor.candidate("c1")
        await fair.do("choose_way", owner, candidate_id="c1", way="phone")
        await fair.as_booth("start", ticket_id)
    elif end == "settings":
        await s.allow_recording(fair, allowed=False)
    else:
        colleague = Actor.recruiter("s-colleague", "b1")
        await fair.do("enter_room", colleague, ticket_id=ticket_id, peer="peer-colleague")
    recording = await recording_of(fair, ticket_id)
    right = "not_allowed" if end == "settings" else "ended"
    assert (recording.state, recording.ended) == (RecordingState.STOPPED, right)


async def test_a_late_yes_begins_nothing(fair: LiveFair) -> None:
    ticket_id = await s.recording_asked(fair)
    await fair.as_booth("withdraw_recording", ticket_id)
    await s.ask_recording(fair, ticket_id)
    late = {"ticket_id": ticket_id, "recording_id": "r1", "agree": True, **s.SHOWN}
    candidate = Actor.candidate("c1")
    await fair.refused(Code.RECORDING_OVER, "answer_recording", candidate, **late)
    recording = await recording_of(fair, ticket_id)
    assert (recording.recording_id, recording.state) == ("r2", RecordingState.ASKED)


async def test_the_desk_that_reloads_goes_on_with_the_recording(fair: LiveFair) -> None:
    ticket_id = await s.recording_on(fair)
    await fair.as_booth("enter_room", ticket_id, peer="peer-desk-anew")
    assert (await recording_of(fair, ticket_id)).state is RecordingState.ON
