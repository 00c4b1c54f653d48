"""People: known, there and away."""

from __future__ import annotations

from fairserver.events.fair_records import FairRecords
from fairserver.events.fold import moves
from fairserver.events.fold.moves import Handlers
from fairserver.events.records import Candidate
from fairserver.protocol import events as ev


def _candidate_registered(fair: FairRecords, event: ev.CandidateRegistered) -> None:
    fair.candidates[event.candidate_id] = Candidate(
        event.candidate_id, event.number, event.head_start_ms
    )
    fair.touched.candidates.add(event.candidate_id)


def _candidate_present(fair: FairRecords, event: ev.CandidatePresent) -> None:
    _set_present(fair, event.candidate_id, present=True)


def _candidate_away(fair: FairRecords, event: ev.CandidateAway) -> None:
    _set_present(fair, event.candidate_id, present=False)


def _set_present(fair: FairRecords, candidate_id: str, *, present: bool) -> None:
    candidate = fair.candidates[candidate_id]
    candidate.present = present
    moves.owner_changed(fair, candidate)


def _candidate_stood_back(fair: FairRecords, event: ev.CandidateStoodBack) -> None:
    candidate = fair.candidates[event.candidate_id]
    candidate.stands_back = True
    moves.owner_changed(fair, candidate)


def _profile_changed(fair: FairRecords, event: ev.ProfileChanged) -> None:
    candidate = fair.candidates[event.candidate_id]
    candidate.profile += 1
    candidate.withdrawn, candidate.erased = event.withdrawn, event.erased
    if event.hidden:
        candidate.shown_to.clear()
    fair.touched.candidates.add(event.candidate_id)


def _profile_shown(fair: FairRecords, event: ev.ProfileShown) -> None:
    candidate = fair.candidates[event.candidate_id]
    candidate.words[event.booth_id] += 1
    change = candidate.shown_to.add if event.shown else candidate.shown_to.discard
    change(event.booth_id)
    for ticket in candidate.tickets.values():
        if ticket.booth_id == event.booth_id:
            fair.touch_ticket(ticket.ticket_id)


def _profile_read(fair: FairRecords, event: ev.ProfileRead) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.read = True
    fair.booths[ticket.booth_id].read += 1


def _way_chosen(fair: FairRecords, event: ev.WayChosen) -> None:
    candidate = fair.candidates[event.candidate_id]
    candidate.way = event.way
    moves.owner_changed(fair, candidate)
    for ticket in candidate.tickets.values():
        if ticket.is_busy:
            fair.touch_ticket(ticket.ticket_id)


#: What each event of this module does.
HANDLERS: Handlers = {
    ev.CandidateRegistered: _candidate_registered,
    ev.CandidatePresent: _candidate_present,
    ev.CandidateAway: _candidate_away,
    ev.CandidateStoodBack: _candidate_stood_back,
    ev.ProfileChanged: _profile_changed,
    ev.ProfileShown: _profile_shown,
    ev.ProfileRead: _profile_read,
    ev.WayChosen: _way_chosen,
}
