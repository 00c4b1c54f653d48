"""The people whom a booth has met, as it may keep them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from fairserver.domain.states import (
    InterviewMode,
    Outcome,
    OutcomeReason,
    SecondState,
    TicketState,
)
from fairserver.events.projection import Projection
from fairserver.events.records import Ticket
from fairserver.ledger.met import Shared, SharedAnswer
from fairserver.ledger.people import BoothProfile
from fairserver.protocol.types import Millis

#: States after an interview.
MET = frozenset({TicketState.DONE, TicketState.HANDED_OVER})

#: What a list of people met holds of each; the names of columns and of the log.
FIELDS = (
    *("number", "full_name", "birth_year", "sex", "commune", "wish", "phone"),
    *("met_at", "minutes", "mode", "outcome", "reason", "published", "note", "answers"),
    *("second_at", "second_state", "second_place"),
)


class SecondMeeting(msgspec.Struct, frozen=True, kw_only=True):
    """The date of a second interview; ``place`` says how to come in when it is online."""

    state: SecondState
    starts_at: Millis
    minutes: int
    online: bool
    place: str


class MetPerson(msgspec.Struct, frozen=True, kw_only=True):
    """One turn at the booth that has led to an interview.

    ``person`` is null when the person does not let employers see it, or not any more; its
    ``phone`` is in E.164. ``answers`` to the booth's questions are shared with ``person`` only.
    """

    ticket_id: str
    #: Printed on the person's ticket.
    number: int
    state: TicketState
    started_at: Millis | None
    finished_at: Millis
    #: Whole minutes from beginning to end.
    minutes: int
    mode: InterviewMode | None
    outcome: Outcome | None
    reason: OutcomeReason | None
    #: The person has been shown the outcome.
    published: bool
    person: BoothProfile | None
    notes: list[str]
    answers: list[SharedAnswer]
    second_interview: SecondMeeting | None


def met_tickets(projection: Projection, booth_id: str) -> list[Ticket]:
    """List a booth's turns that led to an interview, the one that ended first first."""
    booth = projection.booths.get(booth_id)
    met = booth.met.values() if booth is not None else ()
    return sorted((one for one in met if one.state in MET), key=met_order)


def met_order(ticket: Ticket) -> tuple[Millis, int]:
    """Give a ticket's place in the list: it never changes, and who comes later stands later."""
    return ended_at(ticket), ticket.number


def ended_at(ticket: Ticket) -> Millis:
    """Give the time at which the interview of a turn ended, ms."""
    return ticket.finished_at if ticket.finished_at is not None else ticket.since


def met_people(
    projection: Projection, tickets: Iterable[Ticket], shared: Mapping[str, Shared]
) -> list[MetPerson]:
    """Put together what happened and what each person shares."""
    return [_met(projection, ticket, shared[ticket.ticket_id]) for ticket in tickets]


def _met(projection: Projection, ticket: Ticket, shared: Shared) -> MetPerson:
    ended = ended_at(ticket)
    second = shared.second_interview
    return MetPerson(
        ticket_id=ticket.ticket_id,
        number=projection.candidates[ticket.candidate_id].number,
        state=ticket.state,
        started_at=ticket.started_at,
        finished_at=ended,
        minutes=round((ended - (ticket.started_at or ended)) / 60_000),
        mode=ticket.interview_mode,
        outcome=ticket.outcome,
        reason=ticket.reason,
        published=ticket.published,
        person=shared.profile,
        notes=shared.notes,
        answers=shared.answers,
        second_interview=msgspec.convert(second, SecondMeeting, from_attributes=True)
        if second is not None
        else None,
    )
