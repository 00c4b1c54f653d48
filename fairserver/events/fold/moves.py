"""Changes that several events make: a ticket's or a desk's state, and all that hangs on it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from typing import Any

from fairserver.domain.states import DeskState, TicketState
from fairserver.events.fair_records import FairRecords
from fairserver.events.records import Candidate, Ticket
from fairserver.protocol import events as ev

#: From an event's type to what it does to the records.
Handlers = Mapping[type[ev.AnyEvent], Callable[[FairRecords, Any], None]]

#: Ended tickets that the booth's people still see.
_MET = frozenset({TicketState.DONE, TicketState.HANDED_OVER, TicketState.NO_SHOW})


def set_desk(
    fair: FairRecords, desk_id: str, state: DeskState, at: int, ticket_id: str | None
) -> None:
    """Put a desk into a state, with the ticket that it works on or without one."""
    desk = fair.desks[desk_id]
    desk.state, desk.since, desk.ticket_id = state, at, ticket_id
    fair.touched.desks.add(desk_id)
    fair.touch_booth(desk.booth_id)


def stand(fair: FairRecords, ticket: Ticket) -> None:
    """Put a ticket into its line, at its order."""
    insort(fair.booths[ticket.booth_id].line, (ticket.order, ticket.ticket_id))
    fair.candidates[ticket.candidate_id].standing[ticket.ticket_id] = ticket


def step_out(fair: FairRecords, ticket: Ticket) -> None:
    """Take a ticket out of its line; nothing happens when it is not there."""
    line, place = fair.booths[ticket.booth_id].line, (ticket.order, ticket.ticket_id)
    at = bisect_left(line, place)
    if at < len(line) and line[at] == place:
        del line[at]
    fair.candidates[ticket.candidate_id].standing.pop(ticket.ticket_id, None)


def owner_changed(fair: FairRecords, candidate: Candidate) -> None:
    """Note that a person's being there or being busy changes every line they stand in."""
    fair.touched.candidates.add(candidate.candidate_id)
    for ticket in candidate.standing.values():
        fair.touch_booth(ticket.booth_id)


def move(fair: FairRecords, ticket: Ticket, state: TicketState, at: int) -> None:
    """Put a ticket into a state, in or out of its line, its owner busy or free."""
    booth = fair.booths[ticket.booth_id]
    was_standing = ticket.is_standing
    ticket.state, ticket.since = state, at
    if was_standing and not ticket.is_standing:
        step_out(fair, ticket)
    elif ticket.is_standing and not was_standing:
        stand(fair, ticket)
    if ticket.is_busy or state in _MET:
        booth.met[ticket.ticket_id] = ticket
    else:
        booth.met.pop(ticket.ticket_id, None)
    owner = fair.candidates[ticket.candidate_id]
    if ticket.is_busy:
        owner.busy_ticket_id = ticket.ticket_id
    elif owner.busy_ticket_id == ticket.ticket_id:
        owner.busy_ticket_id = None
    owner_changed(fair, owner)


def free_desk(fair: FairRecords, ticket: Ticket, state: DeskState, at: int) -> None:
    """Take a ticket off its desk, if it has one; it has no deadline any more."""
    if ticket.desk_id is not None:
        set_desk(fair, ticket.desk_id, state, at, None)
    ticket.deadline = None
