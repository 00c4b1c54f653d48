"""Which events are told to an employer's own system, and in which words: numbers and states only.

A message never holds a name: who may know more reads the person over the interface, where the
consent of that moment decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec

from fairserver.domain.states import TicketState
from fairserver.events.projection import Projection
from fairserver.events.records import Ticket
from fairserver.protocol import events as ev
from fairserver.protocol.types import Millis

_MET = frozenset({TicketState.DONE, TicketState.HANDED_OVER})
#: Fields of an event that its message says elsewhere, or that are nobody's business.
_LEFT_OUT = frozenset(
    {"event", "seq", "at", "by", "version", "incarnation", "candidate_id", "ticket_id", "booth_id"}
)


class WebhookEvent(StrEnum):
    """What a webhook may be told of: events of the booth's own turns."""

    INTERVIEW_STARTED = "interview_started"
    INTERVIEW_FINISHED = "interview_finished"
    OUTCOME_RECORDED = "outcome_recorded"
    RESULT_PUBLISHED = "result_published"
    SECOND_INTERVIEW_CHANGED = "second_interview_changed"
    TICKET_HANDED_OVER = "ticket_handed_over"
    TICKET_NO_SHOW = "ticket_no_show"
    #: Somebody met has corrected, hidden or erased the own data: read the person anew.
    PROFILE_CHANGED = "profile_changed"


_KINDS = frozenset(kind.value for kind in WebhookEvent)
#: Events that are told by the name of another one.
_SAID_AS: dict[type, str] = {ev.ProfileShown: WebhookEvent.PROFILE_CHANGED}


class WebhookData(msgspec.Struct, frozen=True, kw_only=True):
    """Which turn a message is about; ``facts`` are those of the event (see ``asyncapi.json``).

    ``seq`` rises along the fair: of two messages about one turn, the higher one is newer.
    """

    fair_id: str
    booth_id: str
    ticket_id: str
    seq: int
    facts: dict[str, Any]


class WebhookMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent, as Standard Webhooks has it: the kind, when it happened, and about what."""

    type: WebhookEvent
    #: ISO 8601, UTC.
    timestamp: str
    data: WebhookData


class NewDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message for one webhook; ``delivery_id`` is the same on every node and at every try."""

    delivery_id: str
    ticket_id: str
    seq: int
    kind: WebhookEvent
    at: Millis
    body: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One message for the webhooks of a booth; ``at`` (ms) is the event's time."""

    booth_id: str
    ticket_id: str
    seq: int
    kind: WebhookEvent
    at: Millis
    body: str

    def to(self, webhook_id: str) -> NewDelivery:
        """Address it to one webhook."""
        return NewDelivery(
            delivery_id=f"{webhook_id}.{self.seq}.{self.ticket_id}",
            ticket_id=self.ticket_id,
            seq=self.seq,
            kind=self.kind,
            at=self.at,
            body=self.body,
        )


def told_by(event: ev.AnyEvent, projection: Projection) -> Iterator[Told]:
    """Tell what an event, which ``projection`` has taken in, means to which booths."""
    tag = _SAID_AS.get(type(event), str(event.__struct_config__.tag))
    if tag not in _KINDS:
        return
    for ticket in _tickets(event, projection):
        data = WebhookData(
            fair_id=projection.fair_id,
            booth_id=ticket.booth_id,
            ticket_id=ticket.ticket_id,
            seq=event.seq,
            facts=_facts(event),
        )
        message = WebhookMessage(type=WebhookEvent(tag), timestamp=_iso(event.at), data=data)
        yield Told(
            booth_id=ticket.booth_id,
            ticket_id=ticket.ticket_id,
            seq=event.seq,
            kind=message.type,
            at=event.at,
            body=msgspec.json.encode(message).decode(),
        )


def _tickets(event: ev.AnyEvent, projection: Projection) -> list[Ticket]:
    """Name the turns that an event is about: of a person's change, those that had led to a meeting.

    What counts is what held when it happened: the projection may know the rest of the day by now.
    """
    if isinstance(event, ev.ProfileChanged | ev.ProfileShown):
        owner = projection.candidates.get(event.candidate_id)
        turns = owner.tickets.values() if owner is not None else ()
        met = [one for one in turns if one.state in _MET and (one.finished_at or 0) <= event.at]
        if isinstance(event, ev.ProfileShown):  # the business of that booth only
            return [one for one in met if one.booth_id == event.booth_id]
        return met
    ticket = projection.tickets.get(getattr(event, "ticket_id", ""))
    return [ticket] if ticket is not None else []


def _facts(event: ev.AnyEvent) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(event)
    return {name: value for name, value in said.items() if name not in _LEFT_OUT}


def _iso(at: Millis) -> str:
    moment = dt.datetime.fromtimestamp(at / 1000, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
