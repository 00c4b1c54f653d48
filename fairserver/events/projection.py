"""A fair as its events add up to it: the fold that every node keeps in memory.

The same events give the same projection on any node and after any restart; nothing here is
ever written back to the live store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import (
    BoothMode,
    DeskState,
    FairState,
    RoomSide,
    SideState,
    TicketState,
)
from fairserver.events.records import Booth, Candidate, Desk, Room, Ticket
from fairserver.protocol import events as ev

_MINUTE = 60_000


@dataclass(slots=True)
class Touched:
    """What some events changed, for the views to render again."""

    fair: bool = False
    candidates: set[str] = field(default_factory=set)
    tickets: set[str] = field(default_factory=set)
    desks: set[str] = field(default_factory=set)
    #: Booths whose line, desks or figures changed.
    booths: set[str] = field(default_factory=set)


class Projection:
    """All records of one fair, kept by ``apply``."""

    def __init__(self, fair_id: str) -> None:
        self.fair_id = fair_id
        #: Number and time (ms) of the newest event applied.
        self.seq = 0
        self.at = 0
        self.state = FairState.PREPARING
        self.settings = FairSettings()
        self.candidates: dict[str, Candidate] = {}
        self.tickets: dict[str, Ticket] = {}
        self.desks: dict[str, Desk] = {}
        self.booths: dict[str, Booth] = {}
        #: People with a finished interview; no-shows and leavings, in tickets.
        self.interviewed = 0
        self.no_shows = 0
        self.left = 0
        #: When the fair was opened first, ms; and (minute, waiting, in interview, interviewed).
        self.opened_at: int | None = None
        self.curve: list[tuple[int, int, int, int]] = []
        self.touched = Touched()

    def apply(self, event: ev.AnyEvent) -> None:
        """Take the next event in.

        Raises ``ValueError`` when it is not the next one: events are never skipped.
        """
        if event.seq != self.seq + 1:
            raise ValueError(f"event {event.seq} after {self.seq} in {self.fair_id}")
        self._sample(event.at)
        _HANDLERS[type(event)](self, event)
        self.seq = event.seq
        self.at = event.at

    def take_touched(self) -> Touched:
        """Give what has changed since the last call."""
        touched, self.touched = self.touched, Touched()
        return touched

    # --- the morning's curve ---------------------------------------------------------------

    def _sample(self, at: int) -> None:
        """Note the state at the end of the minute before an event's, once a minute."""
        if self.opened_at is None:
            return
        minute = (at - self.opened_at) // _MINUTE
        if minute > (self.curve[-1][0] if self.curve else -1):
            waiting = sum(c.is_waiting for c in self.candidates.values())
            self.curve.append((minute, waiting, self.in_interview(), self.interviewed))
            self.touched.fair = True

    def in_interview(self) -> int:
        """Count the people who are being interviewed or connecting."""
        at_desk = (DeskState.CONNECTING, DeskState.INTERVIEWING)
        return sum(desk.state in at_desk for desk in self.desks.values())

    # --- finding ---------------------------------------------------------------------------

    def is_callable(self, ticket: Ticket) -> bool:
        """Whether this ticket's owner is present and at no desk."""
        owner = self.candidates[ticket.candidate_id]
        return owner.present and owner.busy_ticket_id is None

    def ahead(self, ticket: Ticket) -> int:
        """Count the callable people before a standing ticket; 0 for any other.

        A whole line is counted at once and kept until the next event, because everybody in it
        asks at the same moment.
        """
        booth = self.booths[ticket.booth_id]
        if booth.counted_at != self.seq:
            booth.counted_at, booth.ahead, count = self.seq, {}, 0
            for _, ticket_id in booth.line:
                booth.ahead[ticket_id] = count
                count += self.is_callable(self.tickets[ticket_id])
        return booth.ahead.get(ticket.ticket_id, 0)

    def _ticket(self, ticket_id: str) -> Ticket:
        ticket = self.tickets[ticket_id]
        self.touched.tickets.add(ticket_id)
        self.touched.booths.add(ticket.booth_id)
        return ticket

    def _set_desk(self, desk_id: str, state: DeskState, at: int, ticket_id: str | None) -> None:
        desk = self.desks[desk_id]
        desk.state, desk.since, desk.ticket_id = state, at, ticket_id
        self.touched.desks.add(desk_id)
        self.touched.booths.add(desk.booth_id)

    def _owner_changed(self, candidate: Candidate) -> None:
        """Note that a person's being there or being busy changes every line they stand in."""
        self.touched.candidates.add(candidate.candidate_id)
        for ticket in candidate.tickets.values():
            if ticket.is_standing:
                self.touched.booths.add(ticket.booth_id)

    def _move(self, ticket: Ticket, state: TicketState, at: int) -> None:
        """Put a ticket into a state, in or out of its line, its owner busy or free."""
        booth = self.booths[ticket.booth_id]
        was_standing = ticket.is_standing
        ticket.state, ticket.since = state, at
        if was_standing and not ticket.is_standing:
            booth.step_out(ticket)
        elif ticket.is_standing and not was_standing:
            booth.stand(ticket)
        if ticket.is_busy or state in (TicketState.DONE, TicketState.NO_SHOW):
            booth.met[ticket.ticket_id] = ticket
        else:
            booth.met.pop(ticket.ticket_id, None)
        owner = self.candidates[ticket.candidate_id]
        owner.busy_ticket_id = (
            ticket.ticket_id
            if ticket.is_busy
            else None
            if owner.busy_ticket_id == ticket.ticket_id
            else owner.busy_ticket_id
        )
        self._owner_changed(owner)

    def _free_desk(self, ticket: Ticket, state: DeskState, at: int) -> None:
        if ticket.desk_id is not None:
            self._set_desk(ticket.desk_id, state, at, None)
        ticket.deadline = None

    # --- the fair --------------------------------------------------------------------------

    def _fair_loaded(self, event: ev.FairLoaded) -> None:
        self.settings = event.settings
        self.touched.fair = True
        for plan in event.booths:
            booth = self.booths.setdefault(
                plan.booth_id, Booth(plan.booth_id, BoothMode(plan.mode), plan.minutes)
            )
            booth.mode, booth.minutes = plan.mode, plan.minutes
            # Desks that are no longer named stay: a person may be at one.
            unnamed = [desk_id for desk_id in booth.desk_ids if desk_id not in plan.desks]
            booth.desk_ids = [*plan.desks, *unnamed]
            self.touched.booths.add(plan.booth_id)
            for desk_id in plan.desks:
                self.desks.setdefault(desk_id, Desk(desk_id, plan.booth_id, since=event.at))
                self.touched.desks.add(desk_id)

    def _fair_state_changed(self, event: ev.FairStateChanged) -> None:
        self.state = event.state
        if self.opened_at is None and event.state is FairState.OPEN:
            self.opened_at = event.at
        self.touched.fair = True
        self.touched.booths.update(self.booths)
        self.touched.desks.update(self.desks)

    # --- people ----------------------------------------------------------------------------

    def _candidate_registered(self, event: ev.CandidateRegistered) -> None:
        self.candidates[event.candidate_id] = Candidate(event.candidate_id, event.number)
        self.touched.candidates.add(event.candidate_id)

    def _candidate_present(self, event: ev.CandidatePresent) -> None:
        self._set_present(event.candidate_id, present=True)

    def _candidate_away(self, event: ev.CandidateAway) -> None:
        self._set_present(event.candidate_id, present=False)

    def _set_present(self, candidate_id: str, *, present: bool) -> None:
        candidate = self.candidates[candidate_id]
        candidate.present = present
        self._owner_changed(candidate)

    # --- desks and tickets -----------------------------------------------------------------

    def _desk_changed(self, event: ev.DeskChanged) -> None:
        self._set_desk(event.desk_id, event.state, event.at, None)

    def _ticket_issued(self, event: ev.TicketIssued) -> None:
        ticket = Ticket(
            event.ticket_id,
            event.candidate_id,
            event.booth_id,
            event.order,
            issued_at=event.at,
            since=event.at,
        )
        self.tickets[event.ticket_id] = ticket
        owner = self.candidates[event.candidate_id]
        owner.tickets[event.ticket_id] = ticket
        self.booths[event.booth_id].stand(ticket)
        self._ticket(event.ticket_id)
        self._owner_changed(owner)

    def _ticket_reordered(self, event: ev.TicketReordered) -> None:
        ticket = self._ticket(event.ticket_id)
        booth = self.booths[ticket.booth_id]
        booth.step_out(ticket)
        ticket.order = event.order
        booth.stand(ticket)

    def _ticket_called(self, event: ev.TicketCalled) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.desk_id, ticket.deadline, ticket.extended = event.desk_id, event.deadline, False
        self._move(ticket, TicketState.CALLED, event.at)
        self._set_desk(event.desk_id, DeskState.CALLING, event.at, event.ticket_id)

    def _call_extended(self, event: ev.CallExtended) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.deadline, ticket.extended = event.deadline, True

    def _ticket_accepted(self, event: ev.TicketAccepted) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.deadline, ticket.room = None, Room()
        self._move(ticket, TicketState.CONNECTING, event.at)
        assert ticket.desk_id is not None
        self._set_desk(ticket.desk_id, DeskState.CONNECTING, event.at, ticket.ticket_id)

    def _ticket_missed(self, event: ev.TicketMissed) -> None:
        ticket = self._ticket(event.ticket_id)
        self._free_desk(ticket, DeskState.READY, event.at)
        ticket.desk_id, ticket.room = None, None
        ticket.misses, ticket.order = event.misses, event.order
        ticket.rest_until = event.rest_until
        self._move(ticket, TicketState.WAITING, event.at)

    def _ticket_no_show(self, event: ev.TicketNoShow) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.misses = event.misses
        self.no_shows += 1
        self._end(ticket, TicketState.NO_SHOW, event.at)

    def _ticket_left(self, event: ev.TicketLeft) -> None:
        self.left += 1
        self._end(self._ticket(event.ticket_id), TicketState.LEFT, event.at)

    def _ticket_closed(self, event: ev.TicketClosed) -> None:
        self._end(self._ticket(event.ticket_id), TicketState.CLOSED, event.at)

    def _end(self, ticket: Ticket, state: TicketState, at: int) -> None:
        self._free_desk(ticket, DeskState.READY, at)
        ticket.room, ticket.finished_at = None, at
        self._move(ticket, state, at)

    # --- interviews ------------------------------------------------------------------------

    def _interview_started(self, event: ev.InterviewStarted) -> None:
        ticket = self._ticket(event.ticket_id)
        assert ticket.desk_id is not None
        assert ticket.room is not None
        ticket.started_at = ticket.room.talking_since = event.at
        self._move(ticket, TicketState.INTERVIEWING, event.at)
        self._set_desk(ticket.desk_id, DeskState.INTERVIEWING, event.at, ticket.ticket_id)

    def _interview_finished(self, event: ev.InterviewFinished) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.outcome, ticket.reason = event.outcome, event.reason
        if ticket.started_at is not None:
            owner = self.candidates[ticket.candidate_id]
            owner.had += 1
            self.interviewed += owner.had == 1
            self.booths[ticket.booth_id].note_interview(event.talk_ms / _MINUTE)
        self._free_desk(ticket, DeskState.WRAP_UP, event.at)
        ticket.room, ticket.finished_at = None, event.at
        self._move(ticket, TicketState.DONE, event.at)

    def _outcome_recorded(self, event: ev.OutcomeRecorded) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.outcome, ticket.reason = event.outcome, event.reason

    # --- rooms -----------------------------------------------------------------------------

    def _room(self, ticket_id: str) -> Room:
        room = self._ticket(ticket_id).room
        assert room is not None
        return room

    def _room_entered(self, event: ev.RoomEntered) -> None:
        room = self._room(event.ticket_id)
        room.stop_clock(event.at)
        room.epoch, room.peers[event.side] = event.epoch, event.peer
        for side, state in room.states.items():
            if side is event.side or state is SideState.CONNECTED:
                room.states[side] = SideState.JOINED

    def _room_connected(self, event: ev.RoomConnected) -> None:
        room = self._set_side(event.ticket_id, event.side, SideState.CONNECTED)
        started = self.tickets[event.ticket_id].started_at is not None
        if room.both_connected and started and room.talking_since is None:
            room.talking_since = event.at

    def _room_lost(self, event: ev.RoomLost) -> None:
        self._set_side(event.ticket_id, event.side, SideState.LOST).stop_clock(event.at)

    def _room_left(self, event: ev.RoomLeft) -> None:
        self._set_side(event.ticket_id, event.side, SideState.LEFT).stop_clock(event.at)

    def _set_side(self, ticket_id: str, side: RoomSide, state: SideState) -> Room:
        room = self._room(ticket_id)
        room.states[side] = state
        return room


_HANDLERS: dict[type[ev.AnyEvent], Callable[[Projection, Any], None]] = {
    ev.FairLoaded: Projection._fair_loaded,
    ev.FairStateChanged: Projection._fair_state_changed,
    ev.CandidateRegistered: Projection._candidate_registered,
    ev.CandidatePresent: Projection._candidate_present,
    ev.CandidateAway: Projection._candidate_away,
    ev.DeskChanged: Projection._desk_changed,
    ev.TicketIssued: Projection._ticket_issued,
    ev.TicketReordered: Projection._ticket_reordered,
    ev.TicketCalled: Projection._ticket_called,
    ev.CallExtended: Projection._call_extended,
    ev.TicketAccepted: Projection._ticket_accepted,
    ev.TicketMissed: Projection._ticket_missed,
    ev.TicketNoShow: Projection._ticket_no_show,
    ev.TicketLeft: Projection._ticket_left,
    ev.TicketClosed: Projection._ticket_closed,
    ev.InterviewStarted: Projection._interview_started,
    ev.InterviewFinished: Projection._interview_finished,
    ev.OutcomeRecorded: Projection._outcome_recorded,
    ev.RoomEntered: Projection._room_entered,
    ev.RoomConnected: Projection._room_connected,
    ev.RoomLost: Projection._room_lost,
    ev.RoomLeft: Projection._room_left,
}
