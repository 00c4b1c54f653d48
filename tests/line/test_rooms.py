"""The room of an interview: epochs, who is in it, and its clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from fairserver.domain.states import BoothMode, InterviewMode, RoomSide, SideState, TicketState
from fairserver.events.records import Room
from fairserver.line.line import Actor
from fairserver.protocol.errors import Code
from tests.line import situations as s
from tests.line.live import CANDIDATE_PEER, DESK_PEER, ORGANISER, LiveFair

C1 = Actor.candidate("c1")


async def test_every_entry_begins_a_new_epoch(fair: LiveFair) -> None:
    ticket_id = await s.connecting(fair)
    first = await fair.as_owner("enter_room", ticket_id, peer=CANDIDATE_PEER)
    second = await fair.as_booth("enter_room", ticket_id, peer=DESK_PEER)
    third = await fair.as_owner("enter_room", ticket_id, peer="peer-after-reload")
    assert [answer.result["epoch"] for answer in (first, second, third)] == [1, 2, 3]
    room = (await fair.fold()).tickets[ticket_id].room
    assert room is not None
    assert room.peers[RoomSide.CANDIDATE] == "peer-after-reload"


async def test_two_ends_that_find_the_same_epoch_broken_begin_one_new_epoch(
    fair: LiveFair,
) -> None:
    ticket_id = await s.interviewing(fair)
    one = await fair.as_owner("enter_room", ticket_id, peer=CANDIDATE_PEER, after_epoch=2)
    seq = await fair.seq()
    two = await fair.as_booth("enter_room", ticket_id, peer=DESK_PEER, after_epoch=2)
    assert one.result["epoch"] == two.result["epoch"] == 3
    assert await fair.seq() == seq


async def test_a_page_that_takes_over_begins_an_epoch_whatever_it_knew(fair: LiveFair) -> None:
    ticket_id = await s.interviewing(fair)
    answer = await fair.as_booth("enter_room", ticket_id, peer="peer-new-tab", after_epoch=0)
    assert answer.result["epoch"] == 3


async def test_the_interview_starts_when_both_ends_are_connected(fair: LiveFair) -> None:
    ticket_id = await s.in_room(fair)
    assert await fair.ticket_state(ticket_id) == TicketState.CONNECTING
    seq = await fair.seq()
    await fair.as_booth("report_room", ticket_id, peer=DESK_PEER, epoch=2, state="connected")
    assert await fair.news(seq) == ["room_connected", "interview_started"]


async def test_the_clock_stands_while_an_end_is_gone(fair: LiveFair) -> None:
    ticket_id = await s.interviewing(fair)
    await fair.pass_time(100)
    await fair.as_owner("report_room", ticket_id, peer=CANDIDATE_PEER, state="lost")
    await fair.pass_time(50)
    await fair.as_owner("enter_room", ticket_id, peer=CANDIDATE_PEER)
    await fair.pass_time(5)
    await fair.connect(ticket_id)
    await fair.pass_time(20)
    answer = await fair.as_booth("finish", ticket_id, outcome="pending")
    assert answer.result["talk_ms"] == 120_000


async def test_a_rebuild_stops_the_clock_until_both_ends_see_each_other_again(
    fair: LiveFair,
) -> None:
    ticket_id = await s.interviewing(fair)
    await fair.pass_time(10)
    await fair.as_booth("enter_room", ticket_id, peer=DESK_PEER, after_epoch=2)
    await fair.pass_time(3)
    room = (await fair.fold()).tickets[ticket_id].room
    assert room is not None
    assert (room.talk_ms, room.talking_since) == (10_000, None)
    assert set(room.states.values()) == {SideState.JOINED}


async def test_a_socket_found_dead_does_not_lose_a_page_that_is_back_by_another(
    fair: LiveFair,
) -> None:
    ticket_id = await s.interviewing(fair)
    said = {"peer": CANDIDATE_PEER, "state": "connected"}
    await fair.as_owner("report_room", ticket_id, **said, link="old")
    await fair.as_owner("report_room", ticket_id, **said, link="new")
    seq = await fair.seq()
    gone = {"peer": CANDIDATE_PEER, "state": "lost", "gone": True}
    await fair.as_owner("report_room", ticket_id, **gone, link="old")
    assert await fair.news(seq) == []
    await fair.as_owner("report_room", ticket_id, **gone, link="new")
    assert await fair.news(seq) == ["room_lost"]


async def test_an_end_still_seen_by_the_other_has_lost_its_socket_only_and_the_clock_runs(
    fair: LiveFair,
) -> None:
    ticket_id = await s.interviewing(fair)
    said = {"peer": CANDIDATE_PEER, "link": "old"}
    await fair.as_owner("report_room", ticket_id, **said, state="connected")
    await fair.as_owner("report_room", ticket_id, **said, state="lost", gone=True)
    await fair.pass_time(3)
    seq = await fair.seq()
    for _ in range(2):
        await fair.as_booth("report_room", ticket_id, peer=DESK_PEER, state="connected")
    assert await fair.news(seq) == ["room_connected"]
    await fair.pass_time(60)
    seq = await fair.seq()
    back = {"peer": CANDIDATE_PEER, "link": "new"}
    await fair.as_owner("report_room", ticket_id, **back, state="connected")
    assert await fair.news(seq) == []
    answer = await fair.as_booth("finish", ticket_id, outcome="pending")
    assert answer.result["talk_ms"] == 60_000


async def test_an_end_that_says_itself_that_it_is_lost_is_not_vouched_for(fair: LiveFair) -> None:
    ticket_id = await s.interviewing(fair)
    said = {"peer": CANDIDATE_PEER, "link": "one"}
    await fair.as_owner("report_room", ticket_id, **said, state="connected")
    await fair.as_owner("report_room", ticket_id, **said, state="lost")
    seq = await fair.seq()
    await fair.as_booth("report_room", ticket_id, peer=DESK_PEER, state="connected")
    assert await fair.news(seq) == []


# --- made ahead ---------------------------------------------------------------------------------


async def test_a_connection_made_at_the_call_stands_when_the_call_is_answered(
    fair: LiveFair,
) -> None:
    ticket_id = await s.called(fair)
    assert await fair.enter(ticket_id) == 2
    await fair.as_owner("accept", ticket_id)
    room = await room_of(fair, ticket_id)
    assert room.epoch == 2
    assert room.peers == {RoomSide.CANDIDATE: CANDIDATE_PEER, RoomSide.DESK: DESK_PEER}
    await fair.connect(ticket_id)
    assert await fair.ticket_state(ticket_id) == TicketState.INTERVIEWING


async def test_who_was_in_the_room_before_the_answer_need_not_arrive_again(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    await fair.enter(ticket_id)
    await fair.as_owner("accept", ticket_id)
    await fair.wait(300)
    assert await fair.ticket_state(ticket_id) == TicketState.CONNECTING


async def test_whose_page_was_gone_before_the_answer_must_arrive(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    await fair.enter(ticket_id)
    await fair.as_owner("report_room", ticket_id, peer=CANDIDATE_PEER, state="lost")
    await fair.as_owner("accept", ticket_id)
    await fair.wait(61)
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING


async def test_a_connection_made_ahead_counts_as_connected_only_at_the_desk(
    fair: LiveFair,
) -> None:
    ticket_id = await s.called(fair)
    await fair.enter(ticket_id)
    said = {"ticket_id": ticket_id, "peer": CANDIDATE_PEER, "state": "connected"}
    await fair.refused(Code.TICKET_WRONG_STATE, "report_room", C1, **said)


async def test_a_ready_person_meets_the_desk_that_made_the_connection(fair: LiveFair) -> None:
    ticket_id = await s.on_deck_ready(fair)
    await fair.as_owner("enter_room", ticket_id, peer=CANDIDATE_PEER)
    await fair.as_booth("enter_room", ticket_id, peer=DESK_PEER, desk_id="b1-1")
    await fair.desk("call_next", "b1-1")
    assert (await room_of(fair, ticket_id)).peers[RoomSide.DESK] == DESK_PEER


async def test_another_desk_than_the_one_that_made_the_connection_begins_anew(
    fair: LiveFair,
) -> None:
    ticket_id = await s.on_deck_ready(fair)
    await fair.as_owner("enter_room", ticket_id, peer=CANDIDATE_PEER)
    await fair.as_booth("enter_room", ticket_id, peer=DESK_PEER, desk_id="b1-1")
    await fair.desk("open_desk", "b1-2")
    assert await fair.at_desk("b1-2") == ticket_id
    room = await room_of(fair, ticket_id)
    assert room.peers == {RoomSide.CANDIDATE: CANDIDATE_PEER, RoomSide.DESK: ""}
    assert (await fair.record("ticket", ticket_id)).get("desk_peer") is None


@pytest.mark.parametrize("situation", [s.waiting, s.on_deck])
async def test_nothing_is_made_ahead_before_the_call_or_the_word_ready(
    fair: LiveFair, situation: Callable[[LiveFair], Awaitable[str]]
) -> None:
    ticket_id = await situation(fair)
    enters = {"ticket_id": ticket_id, "peer": CANDIDATE_PEER}
    await fair.refused(Code.TICKET_WRONG_STATE, "enter_room", C1, **enters)


async def test_in_a_hall_nothing_is_made_ahead(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    await fair.do("change_booth", ORGANISER, booth_id="b1", mode=BoothMode.ONSITE, minutes=10)
    enters = {"ticket_id": ticket_id, "peer": CANDIDATE_PEER}
    await fair.refused(Code.TICKET_WRONG_STATE, "enter_room", C1, **enters)


@pytest.mark.parametrize("put_off", ["not_now", "mark_missed", "stand_down"])
async def test_who_goes_back_to_the_line_leaves_the_room_made_ahead(
    fair: LiveFair, put_off: str
) -> None:
    if put_off == "stand_down":
        ticket_id = await s.on_deck_ready(fair)
        await fair.enter(ticket_id)
        await fair.desk("close_desk", "b1-1")
    else:
        ticket_id = await s.called(fair)
        await fair.enter(ticket_id)
        actor = ORGANISER if put_off == "mark_missed" else C1
        await fair.do(put_off, actor, ticket_id=ticket_id)
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING
    assert (await fair.fold()).tickets[ticket_id].room is None
    assert "epoch" not in await fair.record("ticket", ticket_id)


async def room_of(fair: LiveFair, ticket_id: str) -> Room:
    """The room as the fold of the events has it."""
    room = (await fair.fold()).tickets[ticket_id].room
    assert room is not None
    return room


async def test_hanging_up_ends_nothing(fair: LiveFair) -> None:
    ticket_id = await s.interviewing(fair)
    await fair.as_owner("report_room", ticket_id, peer=CANDIDATE_PEER, state="left")
    assert await fair.ticket_state(ticket_id) == TicketState.INTERVIEWING


async def test_the_same_report_twice_is_one_event(fair: LiveFair) -> None:
    ticket_id = await s.interviewing(fair)
    seq = await fair.seq()
    for _ in range(2):
        await fair.as_owner("report_room", ticket_id, peer=CANDIDATE_PEER, state="lost")
    assert await fair.news(seq) == ["room_lost"]


async def test_a_person_called_again_gets_a_fresh_room(fair: LiveFair) -> None:
    ticket_id = await s.in_room(fair)
    await fair.miss(ticket_id)
    await fair.wait(30)
    await fair.as_owner("accept", ticket_id)
    found = await fair.record("ticket", ticket_id)
    room = (await fair.fold()).tickets[ticket_id].room
    assert room is not None
    assert found.get("epoch", "0") == "0"
    assert found.get("candidate_peer", "") == room.peers[RoomSide.CANDIDATE] == ""
    assert found.get("candidate_state", "away") == room.states[RoomSide.CANDIDATE] == "away"


async def test_a_talk_by_telephone_has_no_room_and_its_clock_runs(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    await fair.enter(ticket_id)
    await fair.as_owner("accept", ticket_id)
    await fair.as_booth("start", ticket_id)
    enters = {"ticket_id": ticket_id, "peer": CANDIDATE_PEER}
    await fair.refused(Code.TICKET_WRONG_STATE, "enter_room", C1, **enters)
    lost = {**enters, "state": "lost"}
    await fair.refused(Code.TICKET_WRONG_STATE, "report_room", C1, **lost)
    await fair.pass_time(90)
    assert (await fair.fold()).tickets[ticket_id].interview_mode == InterviewMode.PHONE
    answer = await fair.as_booth("finish", ticket_id, outcome="pending")
    assert answer.result["talk_ms"] == 90_000


async def test_an_interview_is_online_or_in_person_as_its_booth_is(fair: LiveFair) -> None:
    online = await s.interviewing(fair)
    await fair.do("change_booth", ORGANISER, booth_id="b2", mode=BoothMode.ONSITE, minutes=10)
    in_person = await fair.come("c2", "b2")
    await fair.desk("open_desk", "b2-1")
    await fair.as_booth("start", in_person)
    tickets = (await fair.fold()).tickets
    modes = [tickets[ticket_id].interview_mode for ticket_id in (online, in_person)]
    assert modes == [InterviewMode.ONLINE, InterviewMode.IN_PERSON]
