"""Why a ticket is not called now, and why a desk stands idle: the true reason, as data."""

from __future__ import annotations

from typing import NamedTuple

from fairserver.domain.states import FairState, TicketState
from fairserver.events import waits
from fairserver.events.projection import Projection
from fairserver.events.records import Booth, Candidate, Ticket


class Hindrance(NamedTuple):
    """What is in the way; of somebody busy elsewhere also where, and since when (ms)."""

    reason: str
    booth_id: str | None = None
    since: int | None = None


class IdleCause(NamedTuple):
    """Why a ready desk has nobody although people wait, and whom it is about."""

    reason: str | None = None
    booth_id: str | None = None
    since: int | None = None
    #: The number of the first person in the line.
    number: int | None = None


def hindrance(projection: Projection, ticket: Ticket, now: int) -> Hindrance:
    """Say what keeps a standing ticket from being called at a time (ms).

    The reasons, in the order in which they decide: ``fair_not_open``, ``booth_paused``,
    ``desks_paused``, ``no_recruiter``, ``busy_elsewhere``, ``on_deck_elsewhere``, ``away``,
    ``resting``, ``stood_back`` (behind others, after calls that passed), ``people_ahead`` and
    ``next``.
    """
    booth, owner = projection.booths[ticket.booth_id], projection.candidates[ticket.candidate_id]
    closed = _booth_hindrance(projection, booth)
    if closed is not None:
        return Hindrance(closed)
    elsewhere = _elsewhere(projection, owner)
    if elsewhere is not None:
        return elsewhere
    is_behind = projection.ahead(ticket) > 0
    checks = (
        (not owner.present, "away"),
        (ticket.rest_until > now, "resting"),
        (is_behind and owner.stands_back, "stood_back"),
        (is_behind, "people_ahead"),
    )
    return Hindrance(next((name for holds, name in checks if holds), "next"))


def _booth_hindrance(projection: Projection, booth: Booth) -> str | None:
    if projection.state is not FairState.OPEN:
        return "fair_not_open"
    if booth.paused:
        return "booth_paused"
    if waits.working_desks(projection, booth) > 0:
        return None
    is_paused = any(projection.desks[desk_id].is_paused for desk_id in booth.desk_ids)
    return "desks_paused" if is_paused else "no_recruiter"


def _elsewhere(projection: Projection, owner: Candidate) -> Hindrance | None:
    if owner.busy_ticket_id is None:
        return None
    busy = projection.tickets[owner.busy_ticket_id]
    is_on_deck = busy.state is TicketState.ON_DECK
    reason = "on_deck_elsewhere" if is_on_deck else "busy_elsewhere"
    return Hindrance(reason, busy.booth_id, busy.since)


def idle_cause(projection: Projection, booth: Booth) -> IdleCause:
    """Say why a ready desk of a booth has nobody although people wait; all None if nobody does.

    It is the first in line who decides: everybody behind could not be called either.
    """
    reason, where = waits.idle_reason(projection, booth)
    if reason is None:
        return IdleCause()
    first = projection.tickets[booth.line[0][1]]
    owner = projection.candidates[first.candidate_id]
    if reason != "busy_elsewhere":
        return IdleCause(reason, number=owner.number)
    found = _elsewhere(projection, owner)
    if found is None:
        return IdleCause(reason, where, number=owner.number)
    return IdleCause(*found, number=owner.number)
