"""Around the interview: questions answered, its result shown, a second one agreed, advice rated."""

from __future__ import annotations

from fairserver.domain.states import RoomSide
from fairserver.events.fair_records import FairRecords
from fairserver.events.fold.moves import Handlers
from fairserver.events.records import Second
from fairserver.protocol import events as ev


def _result_published(fair: FairRecords, event: ev.ResultPublished) -> None:
    fair.touch_ticket(event.ticket_id).published = event.published


def _second_interview_changed(fair: FairRecords, event: ev.SecondInterviewChanged) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.second = Second(event.state, event.starts_at, event.sequence)


def _advice_rated(fair: FairRecords, event: ev.AdviceRated) -> None:
    fair.touch_ticket(event.ticket_id).advice_passed = event.passed


def _answers_recorded(fair: FairRecords, event: ev.AnswersRecorded) -> None:
    ticket = fair.touch_ticket(event.ticket_id)
    ticket.answers += 1
    if event.side is RoomSide.CANDIDATE:
        ticket.answered = event.answered


#: What each event of this module does.
HANDLERS: Handlers = {
    ev.ResultPublished: _result_published,
    ev.SecondInterviewChanged: _second_interview_changed,
    ev.AdviceRated: _advice_rated,
    ev.AnswersRecorded: _answers_recorded,
}
