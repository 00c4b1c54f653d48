"""Interviews: begun, finished, handed over, and what came of them."""

from __future__ import annotations

from fairserver.domain.states import DeskState, TicketState
from fairserver.events.fair_records import FairRecords
from fairserver.events.fold import moves
from fairserver.events.fold.moves import Handlers
from fairserver.events.records import TALK_MS, Ticket
from fairserver.protocol import events as ev

_MINUTE = 60_000


def _interview_started(fair: FairRecords, event: ev.InterviewStarted) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    assert ticket.desk_id is not None
    assert ticket.room is not None
    ticket.started_at = ticket.room.talking_since = event.at
    ticket.interview_mode = event.mode
    fair.candidates[ticket.candidate_id].stands_back = False
    moves.move(fair, ticket, TicketState.INTERVIEWING, event.at)
    moves.set_desk(fair, ticket.desk_id, DeskState.INTERVIEWING, event.at, ticket.ticket_id)


def _interview_mode_changed(fair: FairRecords, event: ev.InterviewModeChanged) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    assert ticket.room is not None
    ticket.interview_mode = event.mode
    if ticket.room.talking_since is None:
        ticket.room.talking_since = event.at


def _interview_finished(fair: FairRecords, event: ev.InterviewFinished) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.outcome, ticket.reason = event.outcome, event.reason
    _end_interview(fair, ticket, TicketState.DONE, event.at, event.talk_ms)


def _ticket_handed_over(fair: FairRecords, event: ev.TicketHandedOver) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    _end_interview(fair, ticket, TicketState.HANDED_OVER, event.at, event.talk_ms)


def _end_interview(
    fair: FairRecords, ticket: Ticket, state: TicketState, at: int, talk_ms: int
) -> None:
    ticket.talked_ms = talk_ms
    fair.booths[ticket.booth_id].talked += talk_ms >= TALK_MS
    if ticket.started_at is not None:
        owner = fair.candidates[ticket.candidate_id]
        owner.had += 1
        fair.interviewed += owner.had == 1
        fair.booths[ticket.booth_id].note_interview(talk_ms / _MINUTE)
    moves.free_desk(fair, ticket, DeskState.WRAP_UP, at)
    ticket.room, ticket.finished_at, ticket.hand_over_to = None, at, None
    moves.move(fair, ticket, state, at)


def _outcome_recorded(fair: FairRecords, event: ev.OutcomeRecorded) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.outcome, ticket.reason = event.outcome, event.reason


def _hand_over_offered(fair: FairRecords, event: ev.HandOverOffered) -> None:
    fair.touch_ticket(event.ticket_id).hand_over_to = event.to_booth_id


def _hand_over_declined(fair: FairRecords, event: ev.HandOverDeclined) -> None:
    fair.touch_ticket(event.ticket_id).hand_over_to = None


def _appointment(fair: FairRecords, event: ev.AppointmentMade | ev.AppointmentDue) -> None:
    """Nothing to keep: the ticket's own events say what came of it."""


#: What each event of this module does.
HANDLERS: Handlers = {
    ev.InterviewStarted: _interview_started,
    ev.InterviewModeChanged: _interview_mode_changed,
    ev.InterviewFinished: _interview_finished,
    ev.TicketHandedOver: _ticket_handed_over,
    ev.OutcomeRecorded: _outcome_recorded,
    ev.HandOverOffered: _hand_over_offered,
    ev.HandOverDeclined: _hand_over_declined,
    ev.AppointmentMade: _appointment,
    ev.AppointmentDue: _appointment,
}
