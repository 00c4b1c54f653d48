"""Calls: the heads-up, the call, the answer, and the way back into the line."""

from __future__ import annotations

from fairserver.domain.states import DeskState, TicketState
from fairserver.events.fair_records import FairRecords
from fairserver.events.fold import moves
from fairserver.events.fold.moves import Handlers
from fairserver.events.overtakes import HINDRANCES, why_not
from fairserver.events.records import Room, Ticket
from fairserver.protocol import events as ev


def _ticket_on_deck(fair: FairRecords, event: ev.TicketOnDeck) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.deadline, ticket.on_deck_at, ticket.ready = event.deadline, event.at, False
    ticket.returned = None
    _note_overtakes(fair, ticket, event)
    if fair.promises is not None:
        fair.promises.held(fair, ticket, event.at)
    moves.move(fair, ticket, TicketState.ON_DECK, event.at)


def _ticket_ready(fair: FairRecords, event: ev.TicketReady) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.ready, ticket.deadline = True, None


def _ticket_called(fair: FairRecords, event: ev.TicketCalled) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.desk_id, ticket.deadline, ticket.extended = event.desk_id, event.deadline, False
    ticket.returned = None
    if ticket.is_standing:
        _note_overtakes(fair, ticket, event)
    if fair.promises is not None:
        fair.promises.called(fair, ticket, event.at)
    booth = fair.booths[ticket.booth_id]
    booth.calls.append(event.at)
    booth.called += 1
    if ticket.room is not None:
        ticket.room.keep_for(event.desk_id)
    moves.move(fair, ticket, TicketState.CALLED, event.at)
    moves.set_desk(fair, event.desk_id, DeskState.CALLING, event.at, event.ticket_id)


def _call_extended(fair: FairRecords, event: ev.CallExtended) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.deadline, ticket.extended = event.deadline, True


def _ticket_accepted(fair: FairRecords, event: ev.TicketAccepted) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.deadline, ticket.room = None, ticket.room or Room()
    moves.move(fair, ticket, TicketState.CONNECTING, event.at)
    assert ticket.desk_id is not None
    moves.set_desk(fair, ticket.desk_id, DeskState.CONNECTING, event.at, ticket.ticket_id)


def _ticket_stood_down(fair: FairRecords, event: ev.TicketStoodDown) -> None:
    _back_in_line(fair, fair.touch_ticket(event.ticket_id), event.at)


def _ticket_pushed_back(fair: FairRecords, event: ev.TicketPushedBack) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.not_now, ticket.rest_until = event.times, event.rest_until
    _back_in_line(fair, ticket, event.at, order=event.order)


def _ticket_missed(fair: FairRecords, event: ev.TicketMissed) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.returned = event.cause if event.misses == ticket.misses else None
    ticket.misses, ticket.rest_until = event.misses, event.rest_until
    fair.booths[ticket.booth_id].missed_by_hand += event.cause == "desk"
    _back_in_line(fair, ticket, event.at, order=event.order)


def _back_in_line(fair: FairRecords, ticket: Ticket, at: int, order: float | None = None) -> None:
    """Let a ticket wait again, wherever it is now, at its old place or at a new one."""
    moves.free_desk(fair, ticket, DeskState.READY, at)
    ticket.desk_id, ticket.room, ticket.ready = None, None, False
    moves.step_out(fair, ticket)
    ticket.order = ticket.order if order is None else order
    if ticket.is_standing:
        moves.stand(fair, ticket)
    else:
        moves.move(fair, ticket, TicketState.WAITING, at)


def _note_overtakes(
    fair: FairRecords, ticket: Ticket, event: ev.TicketCalled | ev.TicketOnDeck
) -> None:
    """Write down, for everybody with an earlier ticket in this line, why they were not it."""
    for _, other_id in fair.booths[ticket.booth_id].line:
        other = fair.tickets[other_id]
        if other.number < ticket.number:
            reason = _why_not(fair, other, ticket, event)
            other.overtaken[reason] += 1
            fair.overtakes[reason] += 1


def _why_not(
    fair: FairRecords, other: Ticket, called: Ticket, event: ev.TicketCalled | ev.TicketOnDeck
) -> str:
    owner, caller = fair.candidates[other.candidate_id], fair.candidates[called.candidate_id]
    reason = why_not(other, owner, called, caller, event.at)
    is_free = reason not in HINDRANCES
    return "share" if event.cause == "share" and is_free else reason


#: What each event of this module does.
HANDLERS: Handlers = {
    ev.TicketOnDeck: _ticket_on_deck,
    ev.TicketReady: _ticket_ready,
    ev.TicketCalled: _ticket_called,
    ev.CallExtended: _call_extended,
    ev.TicketAccepted: _ticket_accepted,
    ev.TicketStoodDown: _ticket_stood_down,
    ev.TicketPushedBack: _ticket_pushed_back,
    ev.TicketMissed: _ticket_missed,
}
