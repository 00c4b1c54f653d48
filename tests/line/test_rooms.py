"""The room of an interview: epochs, who is in it, and its clock."""

from __future__ import annotations

from fairserver.domain.states import RoomSide, SideState, TicketState
from tests.line import situations as s
from tests.line.live import CANDIDATE_PEER, DESK_PEER, LiveFair


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
    await fair.as_booth("mark_missed", ticket_id)
    await fair.wait(30)
    await fair.as_owner("accept", ticket_id)
    found = await fair.record("ticket", ticket_id)
    room = (await fair.fold()).tickets[ticket_id].room
    assert room is not None
    assert found["epoch"] == "0"
    assert found.get("candidate_peer", "") == room.peers[RoomSide.CANDIDATE] == ""
    assert found.get("candidate_state", "away") == room.states[RoomSide.CANDIDATE] == "away"
