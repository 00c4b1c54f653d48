"""Rooms: who is in, who sees whom, and the clock of the talk."""

from __future__ import annotations

from fairserver.domain.states import RoomSide, SideState
from fairserver.events.fair_records import FairRecords
from fairserver.events.fold.moves import Handlers
from fairserver.events.records import Room
from fairserver.protocol import events as ev


def _room_entered(fair: FairRecords, event: ev.RoomEntered) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    room = ticket.room = ticket.room or Room()
    room.stop_clock(event.at)
    room.epoch, room.peers[event.side] = event.epoch, event.peer
    room.desk_id = event.desk_id or room.desk_id
    for side, state in room.states.items():
        if side is event.side or state is SideState.CONNECTED:
            room.states[side] = SideState.JOINED


def _room_connected(fair: FairRecords, event: ev.RoomConnected) -> None:
    room = _set_side(fair, event.ticket_id, event.side, SideState.CONNECTED)
    started = fair.tickets[event.ticket_id].started_at is not None
    if room.both_connected and started and room.talking_since is None:
        room.talking_since = event.at


def _room_lost(fair: FairRecords, event: ev.RoomLost) -> None:
    _set_side(fair, event.ticket_id, event.side, SideState.LOST).stop_clock(event.at)


def _room_left(fair: FairRecords, event: ev.RoomLeft) -> None:
    _set_side(fair, event.ticket_id, event.side, SideState.LEFT).stop_clock(event.at)


def _set_side(fair: FairRecords, ticket_id: str, side: RoomSide, state: SideState) -> Room:
    room = _room(fair, ticket_id)
    room.states[side] = state
    return room


def _room(fair: FairRecords, ticket_id: str) -> Room:
    room = fair.touch_ticket(ticket_id).room
    assert room is not None
    return room


#: What each event of this module does.
HANDLERS: Handlers = {
    ev.RoomEntered: _room_entered,
    ev.RoomConnected: _room_connected,
    ev.RoomLost: _room_lost,
    ev.RoomLeft: _room_left,
}
