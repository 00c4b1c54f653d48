"""Tickets in their line: taken, moved and ended."""

from __future__ import annotations

from fairserver.domain.states import DeskState, Lane, TicketState
from fairserver.events.fair_records import FairRecords
from fairserver.events.fold import moves
from fairserver.events.fold.moves import Handlers
from fairserver.events.records import Ticket
from fairserver.protocol import events as ev


def _ticket_issued(fair: FairRecords, event: ev.TicketIssued) -> None:
    ticket = Ticket(
        event.ticket_id,
        event.candidate_id,
        event.booth_id,
        event.order,
        issued_at=event.at,
        since=event.at,
        lane=event.lane,
    )
    fair.tickets[event.ticket_id] = ticket
    owner = fair.candidates[event.candidate_id]
    owner.tickets[event.ticket_id] = ticket
    moves.stand(fair, ticket)
    if owner.had == 0:
        fair.booths[event.booth_id].joins.append(event.at)
    fair.touch_ticket(event.ticket_id)
    moves.owner_changed(fair, owner)
    if fair.promises is not None:
        fair.promises.issued(fair, ticket)


def _ticket_reordered(fair: FairRecords, event: ev.TicketReordered) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    moves.step_out(fair, ticket)
    if event.order > ticket.order:
        fair.booths[ticket.booth_id].room_made.append(event.at)
    ticket.order = event.order
    if event.cause in set(Lane):
        ticket.lane = Lane(event.cause)
    ticket.moved = ticket.moved or event.cause == "moved_by_organiser"
    if ticket.is_standing:
        moves.stand(fair, ticket)


def _ticket_no_show(fair: FairRecords, event: ev.TicketNoShow) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.misses = event.misses
    fair.booths[ticket.booth_id].missed_by_hand += event.cause == "desk"
    fair.no_shows += 1
    _end(fair, ticket, TicketState.NO_SHOW, event.at)


def _ticket_left(fair: FairRecords, event: ev.TicketLeft) -> None:
    fair.left += 1
    fair.booths[fair.tickets[event.ticket_id].booth_id].room_made.append(event.at)
    _end(fair, fair.touch_ticket(event.ticket_id), TicketState.LEFT, event.at)


def _ticket_closed(fair: FairRecords, event: ev.TicketClosed) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.closed_cause = event.cause
    _end(fair, ticket, TicketState.CLOSED, event.at)


def _end(fair: FairRecords, ticket: Ticket, state: TicketState, at: int) -> None:
    moves.free_desk(fair, ticket, DeskState.READY, at)
    ticket.room, ticket.finished_at = None, at
    if fair.promises is not None:
        fair.promises.ended(ticket, at)
    moves.move(fair, ticket, state, at)


#: What each event of this module does.
HANDLERS: Handlers = {
    ev.TicketIssued: _ticket_issued,
    ev.TicketReordered: _ticket_reordered,
    ev.TicketNoShow: _ticket_no_show,
    ev.TicketLeft: _ticket_left,
    ev.TicketClosed: _ticket_closed,
}
