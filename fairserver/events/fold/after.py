"""After the interview: its result shown, a second one agreed, the advice rated."""

from __future__ import annotations

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


#: What each event of this module does.
HANDLERS: Handlers = {
    ev.ResultPublished: _result_published,
    ev.SecondInterviewChanged: _second_interview_changed,
    ev.AdviceRated: _advice_rated,
}
