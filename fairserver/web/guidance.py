"""What helps a person choose and understand: booths that fit, and why one still waits."""

from __future__ import annotations

import msgspec
from aiohttp import web

from fairserver.domain.fit import JobWish, best_fit
from fairserver.domain.states import FairState, Role
from fairserver.events import cells, waits
from fairserver.events.projection import Projection
from fairserver.events.records import Booth, Ticket
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.views import HallBoothCell, Wait
from fairserver.web.access import find_principal
from fairserver.web.http_api import json_response, live_fair, read_body
from fairserver.web.keys import NODE
from fairserver.web.node import LiveFair
from fairserver.web.principal import Principal

routes = web.RouteTableDef()

#: Booths suggested at once.
_MOST = 6
#: What an expected hour of waiting costs beside a perfect fit.
_HOUR_COSTS = 0.5
#: What is taken for the wait where none can be said, in minutes.
_UNKNOWN_MIN = {"later": 60, "no_recruiter": 90, "paused": 90}


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """One booth that fits: why, how long, and whether somebody is free there right now."""

    booth_id: str
    vacancy_id: str
    fit: float
    reasons: list[str]
    wait: Wait
    free_now: bool


class WhyWaiting(msgspec.Struct, frozen=True, kw_only=True):
    """Why a ticket has not been called: what holds it now, and who was called before and why."""

    ticket_id: str
    state: str
    #: ``fair_not_open``, ``booth_paused``, ``no_recruiter``, ``busy_elsewhere``, ``away``,
    #: ``resting``, ``people_ahead`` or ``next``; empty when it does not wait.
    now: str
    ahead: int
    #: Calls of later tickets, by reason.
    overtaken: dict[str, int]


@routes.post("/api/fairs/{fair_id}/suggestions")
async def suggest(request: web.Request) -> web.Response:
    """Suggest booths for a wish: best fit and shortest wait first, idle desks before others."""
    node, fair = request.app[NODE], live_fair(request)
    principal = await find_principal(request, node.settings, node.ledger)
    if principal.fair_id != fair.plan.fair_id:
        raise Refused(Code.NOT_PERMITTED)
    wish = await read_body(request, JobWish)
    taken = _lines_of(fair.feed.projection, principal)
    found = [
        suggestion
        for booth in fair.plan.booths
        if booth.booth_id not in taken
        and (suggestion := _suggestion(fair, booth.booth_id, wish)) is not None
    ]
    found.sort(key=_rank)
    return json_response(found[:_MOST])


def _lines_of(projection: Projection, principal: Principal) -> set[str]:
    """Name the booths at which a candidate has an open ticket or had an interview today."""
    owner = projection.candidates.get(principal.subject_id)
    tickets = owner.tickets.values() if owner else ()
    return {t.booth_id for t in tickets if t.is_standing or t.is_busy or t.started_at}


def _suggestion(fair: LiveFair, booth_id: str, wish: JobWish) -> Suggestion | None:
    projection = fair.feed.projection
    fitting = best_fit(fair.plan.booth(booth_id), wish, fair.plan.date.year)
    booth = projection.booths.get(booth_id)
    if fitting is None or booth is None:
        return None
    cell: HallBoothCell = cells.hall_booth_cell(projection, booth)
    return Suggestion(
        booth_id=booth_id,
        vacancy_id=fitting.vacancy_id,
        fit=fitting.share,
        reasons=fitting.reasons,
        wait=cell.wait,
        free_now=_has_free_desk(projection, booth),
    )


def _has_free_desk(projection: Projection, booth: Booth) -> bool:
    is_open = projection.state is FairState.OPEN and not booth.paused
    return is_open and any(projection.desks[d].state == "ready" for d in booth.desk_ids)


def _rank(suggestion: Suggestion) -> tuple[float, str]:
    wait = suggestion.wait
    expected = (
        (wait.low_min + wait.high_min) / 2
        if wait.low_min is not None and wait.high_min is not None
        else _UNKNOWN_MIN.get(wait.reason, 60)
    )
    cost = 0.0 if suggestion.free_now else expected / 60 * _HOUR_COSTS
    return cost - suggestion.fit, suggestion.booth_id


@routes.get("/api/fairs/{fair_id}/tickets/{ticket_id}/why")
async def why_waiting(request: web.Request) -> web.Response:
    """Say why a ticket still waits: to its owner, its booth, and the organiser."""
    node, fair = request.app[NODE], live_fair(request)
    principal = await find_principal(request, node.settings, node.ledger)
    projection = fair.feed.projection
    ticket = projection.tickets.get(request.match_info["ticket_id"])
    if ticket is None or not _may_ask(principal, fair, ticket):
        raise Refused(Code.TICKET_UNKNOWN)
    answer = WhyWaiting(
        ticket_id=ticket.ticket_id,
        state=ticket.state.value,
        now=_hindrance(projection, ticket) if ticket.is_standing else "",
        ahead=projection.ahead(ticket),
        overtaken=dict(ticket.overtaken),
    )
    return json_response(answer)


def _may_ask(principal: Principal, fair: LiveFair, ticket: Ticket) -> bool:
    if principal.fair_id != fair.plan.fair_id:
        return False
    if principal.role is Role.CANDIDATE:
        return ticket.candidate_id == principal.subject_id
    if principal.role is Role.RECRUITER:
        return ticket.booth_id == principal.booth_id
    return True


def _hindrance(projection: Projection, ticket: Ticket) -> str:
    booth, owner = projection.booths[ticket.booth_id], projection.candidates[ticket.candidate_id]
    checks = (
        (projection.state is not FairState.OPEN, "fair_not_open"),
        (booth.paused, "booth_paused"),
        (waits.working_desks(projection, booth) == 0, "no_recruiter"),
        (owner.busy_ticket_id is not None, "busy_elsewhere"),
        (not owner.present, "away"),
        (ticket.rest_until > projection.at, "resting"),
        (projection.ahead(ticket) > 0, "people_ahead"),
    )
    return next((name for holds, name in checks if holds), "next")
