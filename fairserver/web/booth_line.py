"""A booth's line for the control room: by numbers, with what holds each ticket, never a name.

It is read over HTTP while somebody looks at it; the ``control`` view, which goes to everybody in
the control room all morning, does not carry it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from fairserver.domain.states import Lane, TicketState
from fairserver.events.hindrances import hindrance
from fairserver.events.projection import Projection
from fairserver.events.records import Booth, Ticket
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response, live_fair
from fairserver.web.permissions import Act

routes = web.RouteTableDef()

#: Tickets of a line shown at once, and of those that went out of it.
_MOST = 200
_MOST_GONE = 30

#: Ended turns whose owner can be called back.
_GONE = frozenset({TicketState.NO_SHOW, TicketState.LEFT})


class LineTicket(msgspec.Struct, frozen=True, kw_only=True):
    """One turn: where it stands, since when, and what holds it.

    ``position`` is 1 for the first in line and 0 for a person on deck or at a desk; ``now`` is
    a reason of ``hindrances.hindrance``, empty when it does not wait.
    """

    ticket_id: str
    number: int
    state: TicketState
    lane: Lane
    position: int
    issued_at: int
    misses: int
    moved: bool
    first_interview: bool
    now: str
    busy_booth_id: str | None
    busy_since: int | None


class GoneTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A turn that ended without an interview; its owner may be recalled."""

    ticket_id: str
    number: int
    state: TicketState
    since: int


class BoothLine(msgspec.Struct, frozen=True, kw_only=True):
    """A booth's line at an event's number; ``waiting`` counts all, shown or not."""

    booth_id: str
    seq: int
    waiting: int
    tickets: list[LineTicket]
    gone: list[GoneTicket]


class LineQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Whose turns: of the person with this number only."""

    number: Annotated[int, Meta(ge=0, le=999_999_999)] | None = None


@routes.get("/api/fairs/{fair_id}/booths/{booth_id}/line")
@contract(
    Act.BOOTH_LINE,
    BoothLine,
    door=None,
    query=LineQuery,
    refusals=(Code.BOOTH_UNKNOWN, Code.FIELD_WRONG),
)
async def show_line(request: web.Request) -> web.Response:
    """Show a booth's line to the control room; ``?number=`` asks for one person's turns only."""
    fair = live_fair(request)
    projection = fair.feed.projection
    booth = projection.booths.get(request.match_info["booth_id"])
    if booth is None:
        raise Refused(Code.BOOTH_UNKNOWN)
    return json_response(_line(projection, booth, _number(request), fair.deadlines.now_ms()))


def _number(request: web.Request) -> int | None:
    asked = request.query.get("number", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 9):
        fields = [{"field": "number", "problem": "not_a_choice"}]
        raise Refused(Code.FIELD_WRONG, field="number", fields=fields)
    return int(asked)


def _line(projection: Projection, booth: Booth, number: int | None, now: Millis) -> BoothLine:
    held = [t for t in booth.met.values() if t.is_busy]
    standing = (projection.tickets[ticket_id] for _, ticket_id in booth.line)
    asked = [t for t in (*held, *standing) if _is_asked(projection, t, number)]
    return BoothLine(
        booth_id=booth.booth_id,
        seq=projection.seq,
        waiting=len(booth.line),
        tickets=[_shown(projection, booth, ticket, now) for ticket in asked[:_MOST]],
        gone=_gone(projection, booth, number),
    )


def _is_asked(projection: Projection, ticket: Ticket, number: int | None) -> bool:
    return number is None or projection.candidates[ticket.candidate_id].number == number


def _shown(projection: Projection, booth: Booth, ticket: Ticket, now: int) -> LineTicket:
    owner = projection.candidates[ticket.candidate_id]
    found = hindrance(projection, ticket, now) if ticket.is_standing else None
    return LineTicket(
        ticket_id=ticket.ticket_id,
        number=owner.number,
        state=ticket.state,
        lane=ticket.lane,
        position=booth.position(ticket) if ticket.is_standing else 0,
        issued_at=ticket.issued_at,
        misses=ticket.misses,
        moved=ticket.moved,
        first_interview=owner.had == 0,
        now=found.reason if found else "",
        busy_booth_id=found.booth_id if found else None,
        busy_since=found.since if found else None,
    )


def _gone(projection: Projection, booth: Booth, number: int | None) -> list[GoneTicket]:
    """List the people who went without an interview and stand here no more, the latest first."""
    newest: dict[str, Ticket] = {}
    for ticket in _tickets_at(projection, booth):
        newest[ticket.candidate_id] = ticket
    found = [
        ticket
        for ticket in newest.values()
        if ticket.state in _GONE and _is_asked(projection, ticket, number)
    ]
    found.sort(key=lambda ticket: (-ticket.since, ticket.ticket_id))
    return [
        GoneTicket(
            ticket_id=ticket.ticket_id,
            number=projection.candidates[ticket.candidate_id].number,
            state=ticket.state,
            since=ticket.since,
        )
        for ticket in found[:_MOST_GONE]
    ]


def _tickets_at(projection: Projection, booth: Booth) -> Iterable[Ticket]:
    """Walk over all turns of the day at a booth, the earliest first."""
    return (t for t in projection.tickets.values() if t.booth_id == booth.booth_id)
