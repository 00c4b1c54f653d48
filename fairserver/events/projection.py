"""A fair as its events add up to it: the fold that every node keeps in memory.

The same events give the same projection on any node and after any restart; nothing here is
ever written back to the live store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import (
    BoothMode,
    DeskState,
    FairState,
    Lane,
    RoomSide,
    SideState,
    TicketState,
)
from fairserver.events.overtakes import HINDRANCES, why_not
from fairserver.events.records import Booth, Candidate, Desk, Room, Standing, Ticket
from fairserver.protocol import events as ev

_MINUTE = 60_000
#: From so many minutes on, the knob puts newcomers before everybody who had an interview.
_YIELDS_MIN = 60
#: Behind so many people a wait is a guess anyway: others' lines are not counted one by one.
_COUNTED_EXACTLY = 200
_USUAL_SHARE = 0.4

#: Ended tickets that the booth's people still see.
_MET = frozenset({TicketState.DONE, TicketState.HANDED_OVER, TicketState.NO_SHOW})


@dataclass(slots=True)
class Touched:
    """What some events changed, for the views to render again."""

    fair: bool = False
    candidates: set[str] = field(default_factory=set)
    tickets: set[str] = field(default_factory=set)
    desks: set[str] = field(default_factory=set)
    #: Booths whose line, desks or figures changed.
    booths: set[str] = field(default_factory=set)


class Promises(Protocol):
    """Who writes down what people are told; see ``promises.PromiseBook``."""

    decided: int
    kept: int
    late: int
    error_min: float

    def issued(self, projection: Projection, ticket: Ticket) -> None:
        """Hear of a new ticket, after it stands in its line."""

    def called(self, ticket: Ticket, at: int) -> None:
        """Hear of a call or heads-up."""


class Projection:
    """All records of one fair, kept by ``apply``; ``promises`` hears of tickets and calls."""

    def __init__(self, fair_id: str, promises: Promises | None = None) -> None:
        self.fair_id = fair_id
        self.promises = promises
        #: Number and time (ms) of the newest event applied.
        self.seq = 0
        self.at = 0
        self.state = FairState.PREPARING
        self.settings = FairSettings()
        #: Planned end, ms; 0 when there is none.
        self.ends_at = 0
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
        #: How often somebody was called before an earlier ticket, by reason.
        self.overtakes: Counter[str] = Counter()
        self.touched = Touched()
        #: Time of the event being applied, ms.
        self._now = 0

    def apply(self, event: ev.AnyEvent) -> None:
        """Take the next event in.

        Raises ``ValueError`` when it is not the next one: events are never skipped.
        """
        if event.seq != self.seq + 1:
            raise ValueError(f"event {event.seq} after {self.seq} in {self.fair_id}")
        self._sample(event.at)
        self._now = event.at
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
        """Count the callable people before a standing ticket; 0 for any other."""
        return self.standing(ticket).ahead

    def standing(self, ticket: Ticket) -> Standing:
        """Tell who stands before a standing ticket; nobody before any other."""
        booth = self.booths[ticket.booth_id]
        self._count(booth)
        return booth.standing.get(ticket.ticket_id, Standing())

    def newcomer(self, booth: Booth) -> Standing:
        """Tell who would stand before somebody who joined now without an interview today."""
        self._count(booth)
        return booth.newcomer

    def _count(self, booth: Booth) -> None:
        """Count a whole line at once, until the next event: everybody in it asks together."""
        if booth.counted_at == self.seq:
            return
        booth.counted_at, booth.standing, place = self.seq, {}, Standing()
        newcomer: Standing | None = None
        yields = self.settings.none_yet_first_min >= _YIELDS_MIN
        for _, ticket_id in booth.line:
            booth.standing[ticket_id] = place
            owner = self.candidates[self.tickets[ticket_id].candidate_id]
            if yields and owner.had and newcomer is None:
                newcomer = place
            if owner.present and owner.busy_ticket_id is None:
                share = 1 / owner.lines if place.ahead < _COUNTED_EXACTLY else _USUAL_SHARE
                place = Standing(place.ahead + 1, place.absent, place.likely + share)
            else:
                place = place._replace(absent=place.absent + 1)
        booth.newcomer = place if newcomer is None else newcomer

    def _touch_all(self) -> None:
        for booth_id in self.booths:
            self._touch(booth_id)

    def _touch(self, booth_id: str) -> None:
        self.touched.booths.add(booth_id)
        self.booths[booth_id].changed_at = self._now

    def _ticket(self, ticket_id: str) -> Ticket:
        ticket = self.tickets[ticket_id]
        self.touched.tickets.add(ticket_id)
        self._touch(ticket.booth_id)
        return ticket

    def _set_desk(self, desk_id: str, state: DeskState, at: int, ticket_id: str | None) -> None:
        desk = self.desks[desk_id]
        desk.state, desk.since, desk.ticket_id = state, at, ticket_id
        self.touched.desks.add(desk_id)
        self._touch(desk.booth_id)

    def _owner_changed(self, candidate: Candidate) -> None:
        """Note that a person's being there or being busy changes every line they stand in."""
        self.touched.candidates.add(candidate.candidate_id)
        for ticket in candidate.tickets.values():
            if ticket.is_standing:
                self._touch(ticket.booth_id)

    def _move(self, ticket: Ticket, state: TicketState, at: int) -> None:
        """Put a ticket into a state, in or out of its line, its owner busy or free."""
        booth = self.booths[ticket.booth_id]
        was_standing = ticket.is_standing
        ticket.state, ticket.since = state, at
        if was_standing and not ticket.is_standing:
            booth.step_out(ticket)
        elif ticket.is_standing and not was_standing:
            booth.stand(ticket)
        if ticket.is_busy or state in _MET:
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
        self.settings, self.ends_at = event.settings, event.ends_at
        self.touched.fair = True
        for plan in event.booths:
            booth = self.booths.setdefault(
                plan.booth_id, Booth(plan.booth_id, BoothMode(plan.mode), plan.minutes)
            )
            booth.mode, booth.minutes = plan.mode, plan.minutes
            # Desks that are no longer named stay: a person may be at one.
            unnamed = [desk_id for desk_id in booth.desk_ids if desk_id not in plan.desks]
            booth.desk_ids = [*plan.desks, *unnamed]
            self._touch(plan.booth_id)
            for desk_id in plan.desks:
                self.desks.setdefault(desk_id, Desk(desk_id, plan.booth_id, since=event.at))
                self.touched.desks.add(desk_id)

    def _fair_state_changed(self, event: ev.FairStateChanged) -> None:
        self.state = event.state
        if self.opened_at is None and event.state is FairState.OPEN:
            self.opened_at = event.at
        self.touched.fair = True
        self._touch_all()
        self.touched.desks.update(self.desks)

    def _settings_changed(self, event: ev.SettingsChanged) -> None:
        self.settings, self.ends_at = event.settings, event.ends_at
        self.touched.fair = True
        self._touch_all()

    def _booth_changed(self, event: ev.BoothChanged) -> None:
        booth = self.booths[event.booth_id]
        if booth.mode is not event.mode:  # told with every turn, an ended one too
            mine = (t.ticket_id for t in self.tickets.values() if t.booth_id == event.booth_id)
            self.touched.tickets.update(mine)
        booth.paused, booth.mode, booth.minutes = event.paused, event.mode, event.minutes
        booth.site_id = event.site_id or booth.site_id
        self._touch(event.booth_id)

    def _desk_added(self, event: ev.DeskAdded) -> None:
        self.booths[event.booth_id].desk_ids.append(event.desk_id)
        self.desks[event.desk_id] = Desk(event.desk_id, event.booth_id, since=event.at)
        self.touched.desks.add(event.desk_id)
        self._touch(event.booth_id)

    # --- people ----------------------------------------------------------------------------

    def _candidate_registered(self, event: ev.CandidateRegistered) -> None:
        self.candidates[event.candidate_id] = Candidate(
            event.candidate_id, event.number, event.head_start_ms
        )
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
            lane=event.lane,
        )
        self.tickets[event.ticket_id] = ticket
        owner = self.candidates[event.candidate_id]
        owner.tickets[event.ticket_id] = ticket
        self.booths[event.booth_id].stand(ticket)
        if owner.had == 0:
            self.booths[event.booth_id].joins.append(event.at)
        self._ticket(event.ticket_id)
        self._owner_changed(owner)
        if self.promises is not None:
            self.booths[event.booth_id].counted_at = -1  # the line was counted without this one
            self.promises.issued(self, ticket)

    def _ticket_reordered(self, event: ev.TicketReordered) -> None:
        ticket = self._ticket(event.ticket_id)
        booth = self.booths[ticket.booth_id]
        booth.step_out(ticket)
        if event.order > ticket.order:
            booth.room_made.append(event.at)
        ticket.order = event.order
        if event.cause in set(Lane):
            ticket.lane = Lane(event.cause)
        ticket.moved = ticket.moved or event.cause == "moved_by_organiser"
        if ticket.is_standing:
            booth.stand(ticket)

    def _ticket_on_deck(self, event: ev.TicketOnDeck) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.deadline, ticket.on_deck_at, ticket.ready = event.deadline, event.at, False
        self._note_overtakes(ticket, event)
        if self.promises is not None:
            self.promises.called(ticket, event.at)
        self._move(ticket, TicketState.ON_DECK, event.at)

    def _note_overtakes(self, ticket: Ticket, event: ev.TicketCalled | ev.TicketOnDeck) -> None:
        """Write down, for everybody with an earlier ticket in this line, why they were not it."""
        for _, other_id in self.booths[ticket.booth_id].line:
            other = self.tickets[other_id]
            if other.number < ticket.number:
                reason = self._why_not(other, ticket, event)
                other.overtaken[reason] += 1
                self.overtakes[reason] += 1

    def _why_not(
        self, other: Ticket, called: Ticket, event: ev.TicketCalled | ev.TicketOnDeck
    ) -> str:
        owner, caller = self.candidates[other.candidate_id], self.candidates[called.candidate_id]
        reason = why_not(other, owner, called, caller, event.at)
        is_free = reason not in HINDRANCES
        return "share" if event.cause == "share" and is_free else reason

    def _ticket_ready(self, event: ev.TicketReady) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.ready, ticket.deadline = True, None

    def _ticket_stood_down(self, event: ev.TicketStoodDown) -> None:
        self._back_in_line(self._ticket(event.ticket_id), event.at)

    def _ticket_pushed_back(self, event: ev.TicketPushedBack) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.not_now, ticket.rest_until = event.times, event.rest_until
        self._back_in_line(ticket, event.at, order=event.order)

    def _back_in_line(self, ticket: Ticket, at: int, order: float | None = None) -> None:
        """Let a ticket wait again, wherever it is now, at its old place or at a new one."""
        self._free_desk(ticket, DeskState.READY, at)
        ticket.desk_id, ticket.room, ticket.ready = None, None, False
        self.booths[ticket.booth_id].step_out(ticket)
        ticket.order = ticket.order if order is None else order
        if ticket.is_standing:
            self.booths[ticket.booth_id].stand(ticket)
        else:
            self._move(ticket, TicketState.WAITING, at)

    def _ticket_called(self, event: ev.TicketCalled) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.desk_id, ticket.deadline, ticket.extended = event.desk_id, event.deadline, False
        if ticket.is_standing:
            self._note_overtakes(ticket, event)
            if self.promises is not None:
                self.promises.called(ticket, event.at)
        self.booths[ticket.booth_id].calls.append(event.at)
        if ticket.room is not None:
            ticket.room.keep_for(event.desk_id)
        self._move(ticket, TicketState.CALLED, event.at)
        self._set_desk(event.desk_id, DeskState.CALLING, event.at, event.ticket_id)

    def _call_extended(self, event: ev.CallExtended) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.deadline, ticket.extended = event.deadline, True

    def _ticket_accepted(self, event: ev.TicketAccepted) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.deadline, ticket.room = None, ticket.room or Room()
        self._move(ticket, TicketState.CONNECTING, event.at)
        assert ticket.desk_id is not None
        self._set_desk(ticket.desk_id, DeskState.CONNECTING, event.at, ticket.ticket_id)

    def _ticket_missed(self, event: ev.TicketMissed) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.misses, ticket.rest_until = event.misses, event.rest_until
        self._back_in_line(ticket, event.at, order=event.order)

    def _ticket_no_show(self, event: ev.TicketNoShow) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.misses = event.misses
        self.no_shows += 1
        self._end(ticket, TicketState.NO_SHOW, event.at)

    def _ticket_left(self, event: ev.TicketLeft) -> None:
        self.left += 1
        self.booths[self.tickets[event.ticket_id].booth_id].room_made.append(event.at)
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
        self._end_interview(ticket, TicketState.DONE, event.at, event.talk_ms)

    def _ticket_handed_over(self, event: ev.TicketHandedOver) -> None:
        ticket = self._ticket(event.ticket_id)
        self._end_interview(ticket, TicketState.HANDED_OVER, event.at, event.talk_ms)

    def _end_interview(self, ticket: Ticket, state: TicketState, at: int, talk_ms: int) -> None:
        if ticket.started_at is not None:
            owner = self.candidates[ticket.candidate_id]
            owner.had += 1
            self.interviewed += owner.had == 1
            self.booths[ticket.booth_id].note_interview(talk_ms / _MINUTE)
        self._free_desk(ticket, DeskState.WRAP_UP, at)
        ticket.room, ticket.finished_at, ticket.hand_over_to = None, at, None
        self._move(ticket, state, at)

    def _hand_over_offered(self, event: ev.HandOverOffered) -> None:
        self._ticket(event.ticket_id).hand_over_to = event.to_booth_id

    def _hand_over_declined(self, event: ev.HandOverDeclined) -> None:
        self._ticket(event.ticket_id).hand_over_to = None

    def _appointment(self, event: ev.AppointmentMade | ev.AppointmentDue) -> None:
        """Nothing to keep: the ticket's own events say what came of it."""

    def _outcome_recorded(self, event: ev.OutcomeRecorded) -> None:
        ticket = self._ticket(event.ticket_id)
        ticket.outcome, ticket.reason = event.outcome, event.reason

    # --- rooms -----------------------------------------------------------------------------

    def _room(self, ticket_id: str) -> Room:
        room = self._ticket(ticket_id).room
        assert room is not None
        return room

    def _room_entered(self, event: ev.RoomEntered) -> None:
        ticket = self._ticket(event.ticket_id)
        room = ticket.room = ticket.room or Room()
        room.stop_clock(event.at)
        room.epoch, room.peers[event.side] = event.epoch, event.peer
        room.desk_id = event.desk_id or room.desk_id
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
    ev.SettingsChanged: Projection._settings_changed,
    ev.BoothChanged: Projection._booth_changed,
    ev.DeskAdded: Projection._desk_added,
    ev.TicketOnDeck: Projection._ticket_on_deck,
    ev.TicketReady: Projection._ticket_ready,
    ev.TicketStoodDown: Projection._ticket_stood_down,
    ev.TicketPushedBack: Projection._ticket_pushed_back,
    ev.TicketHandedOver: Projection._ticket_handed_over,
    ev.HandOverOffered: Projection._hand_over_offered,
    ev.HandOverDeclined: Projection._hand_over_declined,
    ev.AppointmentMade: Projection._appointment,
    ev.AppointmentDue: Projection._appointment,
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
