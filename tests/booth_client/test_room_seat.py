"""What one end of a room does next, table by table."""

from __future__ import annotations

import msgspec
import pytest

from booth_client.robots.room import RoomSeat, RoomStep
from fairserver.domain.states import RoomSide, SideState
from fairserver.protocol.views import RoomCell


def room(seat: RoomSeat, epoch: int, state: SideState = SideState.JOINED) -> RoomCell:
    return RoomCell(
        epoch=epoch,
        candidate_peer=seat.peer,
        desk_peer="desk-peer",
        candidate_state=state,
        desk_state=SideState.JOINED,
        talk_ms=0,
        talking_since=None,
    )


@pytest.fixture
def seat() -> RoomSeat:
    """A candidate's end that entered the room of t1 with epoch 2."""
    made = RoomSeat(RoomSide.CANDIDATE)
    assert made.next_step("t1", None) is RoomStep.ENTER
    made.entered(2)
    return made


def test_an_end_that_entered_waits_for_its_cell(seat: RoomSeat) -> None:
    assert seat.next_step("t1", None) is None
    assert seat.next_step("t1", room(seat, 1)) is None


def test_an_end_alone_in_the_room_has_nothing_to_report(seat: RoomSeat) -> None:
    alone = msgspec.structs.replace(room(seat, 2), desk_peer="")
    assert seat.next_step("t1", alone) is None


def test_each_epoch_is_reported_once(seat: RoomSeat) -> None:
    assert seat.next_step("t1", room(seat, 2)) is RoomStep.REPORT
    seat.reported(2)
    assert seat.next_step("t1", room(seat, 2)) is None
    assert seat.next_step("t1", room(seat, 3)) is RoomStep.REPORT


def test_a_connected_end_reports_nothing(seat: RoomSeat) -> None:
    assert seat.next_step("t1", room(seat, 2, SideState.CONNECTED)) is None


@pytest.mark.parametrize("state", [SideState.LOST, SideState.AWAY, SideState.LEFT])
def test_a_lost_end_enters_again(seat: RoomSeat, state: SideState) -> None:
    assert seat.next_step("t1", room(seat, 2, state)) is RoomStep.ENTER


def test_an_end_whose_socket_alone_was_gone_goes_on_in_the_same_epoch(seat: RoomSeat) -> None:
    seat.reported(2)
    assert seat.next_step("t1", room(seat, 2, SideState.LOST)) is RoomStep.REPORT
    assert seat.next_step("t1", room(seat, 3, SideState.LOST)) is RoomStep.ENTER


def test_an_end_yields_to_another_page(seat: RoomSeat) -> None:
    other = msgspec.structs.replace(room(seat, 3), candidate_peer="other-page")
    assert seat.next_step("t1", other) is None


def test_a_reload_and_another_ticket_enter_under_a_new_name(seat: RoomSeat) -> None:
    names = [seat.peer]
    seat.reload()
    assert seat.next_step("t1", None) is RoomStep.ENTER
    names.append(seat.peer)
    seat.entered(3)
    assert seat.next_step("t2", None) is RoomStep.ENTER
    assert len({*names, seat.peer}) == 3


def test_the_desk_looks_at_its_own_half() -> None:
    desk = RoomSeat(RoomSide.DESK)
    desk.next_step("t1", None)
    desk.entered(1)
    cell = msgspec.structs.replace(
        room(desk, 1, SideState.LOST), candidate_peer="x", desk_peer=desk.peer
    )
    assert desk.next_step("t1", cell) is RoomStep.REPORT
