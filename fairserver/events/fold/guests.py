"""The third person in an interview: asked, agreed to, connected, out."""

from __future__ import annotations

from fairserver.domain.states import GuestState, SideState
from fairserver.events.fair_records import FairRecords
from fairserver.events.fold.moves import Handlers
from fairserver.events.fold.recordings import forget_guest
from fairserver.events.records import Guest, Room
from fairserver.protocol import events as ev


def _guest_invited(fair: FairRecords, event: ev.GuestInvited) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.guest = Guest(event.guest_id, event.role)
    fair.guests.setdefault(event.guest_id, set()).add(event.ticket_id)


def _guest_agreed(fair: FairRecords, event: ev.GuestAgreed) -> None:
    _guest(fair, event.ticket_id).state = GuestState.AGREED


def _guest_joined(fair: FairRecords, event: ev.GuestJoined) -> None:
    _guest(fair, event.ticket_id).joined = True


def _guest_left(fair: FairRecords, event: ev.GuestLeft) -> None:
    fair.touch_ticket(event.ticket_id).guest = None
    fair.guests[event.guest_id].discard(event.ticket_id)
    forget_guest(fair, event.ticket_id)


def _leg_entered(fair: FairRecords, event: ev.LegEntered) -> None:
    room = _guest(fair, event.ticket_id).legs[event.leg]
    room.epoch, room.peers[event.side] = event.epoch, event.peer
    for side, state in room.states.items():
        if side is event.side or state is SideState.CONNECTED:
            room.states[side] = SideState.JOINED


def _leg_connected(fair: FairRecords, event: ev.LegConnected) -> None:
    _leg(fair, event).states[event.side] = SideState.CONNECTED


def _leg_lost(fair: FairRecords, event: ev.LegLost) -> None:
    _leg(fair, event).states[event.side] = SideState.LOST


def _leg_left(fair: FairRecords, event: ev.LegLeft) -> None:
    _leg(fair, event).states[event.side] = SideState.LEFT


def _leg(fair: FairRecords, event: ev.LegConnected | ev.LegLost | ev.LegLeft) -> Room:
    return _guest(fair, event.ticket_id).legs[event.leg]


def _guest(fair: FairRecords, ticket_id: str) -> Guest:
    guest = fair.touch_ticket(ticket_id).guest
    assert guest is not None
    return guest


#: What each event of this module does.
HANDLERS: Handlers = {
    ev.GuestInvited: _guest_invited,
    ev.GuestAgreed: _guest_agreed,
    ev.GuestJoined: _guest_joined,
    ev.GuestLeft: _guest_left,
    ev.LegEntered: _leg_entered,
    ev.LegConnected: _leg_connected,
    ev.LegLost: _leg_lost,
    ev.LegLeft: _leg_left,
}
