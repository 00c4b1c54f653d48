"""What helps a person choose and understand: booths that fit, and why one still waits."""

from __future__ import annotations

import re

import msgspec
from aiohttp import web

from fairserver.domain.fit import Fit, JobWish, best_fit
from fairserver.domain.provinces import PROVINCES
from fairserver.domain.states import FairState, Role
from fairserver.events import cells
from fairserver.events.hindrances import hindrance
from fairserver.events.projection import Projection
from fairserver.events.records import Booth, Ticket
from fairserver.ledger import Ledger
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis
from fairserver.protocol.views import Wait
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response, live_fair, read_body
from fairserver.web.keys import NODE
from fairserver.web.node import LiveFair
from fairserver.web.permissions import Act
from fairserver.web.principal import Principal
from fairserver.web.reach import own_ticket, principal_of

routes = web.RouteTableDef()

#: Booths suggested at once.
_MOST = 6
#: From this share of what was asked on, a fit is good: an idle desk there comes first.
GOOD_FIT = 0.6
#: What an expected hour of waiting costs beside a perfect fit.
_HOUR_COSTS = 0.4
#: What is taken for the wait where none can be said, in minutes.
_UNKNOWN_MIN = {"later": 60, "no_recruiter": 90, "paused": 90}
#: Where msgspec says which field of a body it could not take.
_FIELD = re.compile(r"- at `\$\.([\w.]+)")


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """One booth that fits: why, how long, and whether somebody is free there right now."""

    booth_id: str
    vacancy_id: str
    fit: float
    #: Whether the fit is good enough to be offered unasked.
    is_good: bool
    reasons: list[str]
    wait: Wait
    free_now: bool


class Suggestions(msgspec.Struct, frozen=True, kw_only=True):
    """The booths found, and the words that were looked for: what a person once registered with."""

    words: str
    found: list[Suggestion]


class WhyWaiting(msgspec.Struct, frozen=True, kw_only=True):
    """Why a ticket has not been called: what holds it now, and who was called before and why."""

    ticket_id: str
    booth_id: str
    number: int
    state: str
    issued_at: int
    #: See ``hindrances.hindrance``; empty when it does not wait.
    now: str
    #: The other booth that holds the person, and since when, ms.
    busy_booth_id: str | None
    busy_since: int | None
    ahead: int
    #: People whom this booth has told that their turn is near.
    on_deck: int
    #: Calls of later tickets, by reason.
    overtaken: dict[str, int]


# --- booths that fit ----------------------------------------------------------------------------


@routes.post("/api/fairs/{fair_id}/suggestions")
@contract(Act.SUGGESTIONS, Suggestions, door=None, body=JobWish, refusals=(Code.FIELD_WRONG,))
async def suggest(request: web.Request) -> web.Response:
    """Suggest booths for a wish: idle desks that fit well first, then best fit, shortest wait.

    What a candidate leaves out entirely is taken from the own registration: ``words`` and
    ``birth_year``.
    """
    node, fair = request.app[NODE], live_fair(request)
    principal = principal_of(request)
    wish = await _completed(await _read_wish(request), principal, node.ledger)
    taken = _lines_of(fair.feed.projection, principal)
    found = [
        suggestion
        for booth in fair.plan.booths
        if booth.booth_id not in taken
        and (suggestion := _suggestion(fair, booth.booth_id, wish)) is not None
    ]
    found.sort(key=_rank)
    return json_response(Suggestions(words=wish.words or "", found=found[:_MOST]))


async def _read_wish(request: web.Request) -> JobWish:
    """Read a wish; raises ``Refused``: ``malformed``, or ``field_wrong`` naming the field."""
    try:
        wish = await read_body(request, JobWish)
    except Refused as refused:
        named = _FIELD.search(str(refused.detail.get("problem", "")))
        if named is None:
            raise
        raise _field_wrong(named[1], "not_a_choice") from refused
    if not PROVINCES.keys() >= set(wish.province_codes):
        raise _field_wrong("province_codes", "not_a_choice")
    return wish


def _field_wrong(field: str, problem: str) -> Refused:
    return Refused(Code.FIELD_WRONG, field=field, fields=[{"field": field, "problem": problem}])


async def _completed(wish: JobWish, principal: Principal, ledger: Ledger) -> JobWish:
    if principal.role is not Role.CANDIDATE or None not in (wish.words, wish.birth_year):
        return wish
    person = await ledger.people.get(principal.subject_id)
    words = person.wish[:200] if wish.words is None else wish.words
    birth_year = wish.birth_year or person.birth_year
    return msgspec.structs.replace(wish, words=words, birth_year=birth_year)


def _lines_of(projection: Projection, principal: Principal) -> set[str]:
    """Name the booths at which a candidate has an open ticket or had an interview today."""
    owner = projection.candidates.get(principal.subject_id)
    tickets = owner.tickets.values() if owner else ()
    return {t.booth_id for t in tickets if t.is_standing or t.is_busy or t.started_at}


def _suggestion(fair: LiveFair, booth_id: str, wish: JobWish) -> Suggestion | None:
    projection = fair.feed.projection
    fitting = best_fit(fair.plan.booth(booth_id), wish, fair.plan.date.year)
    booth = projection.booths.get(booth_id)
    if fitting is None or booth is None or fitting.share == 0:
        return None
    return Suggestion(
        booth_id=booth_id,
        vacancy_id=fitting.vacancy_id,
        fit=fitting.share,
        is_good=_is_good(fitting),
        reasons=fitting.reasons,
        wait=cells.hall_booth_cell(projection, booth).wait,
        free_now=_has_free_desk(projection, booth),
    )


def _is_good(fitting: Fit) -> bool:
    return fitting.share >= GOOD_FIT and bool(fitting.reasons)


def _has_free_desk(projection: Projection, booth: Booth) -> bool:
    is_open = projection.state is FairState.OPEN and not booth.paused
    return is_open and any(projection.desks[d].state == "ready" for d in booth.desk_ids)


def _rank(suggestion: Suggestion) -> tuple[bool, float, str]:
    wait = suggestion.wait
    expected = (
        (wait.low_min + wait.high_min) / 2
        if wait.low_min is not None and wait.high_min is not None
        else _UNKNOWN_MIN.get(wait.reason, 60)
    )
    cost = 0.0 if suggestion.free_now else expected / 60 * _HOUR_COSTS
    comes_first = suggestion.free_now and suggestion.is_good
    return not comes_first, cost - suggestion.fit, suggestion.booth_id


# --- why a ticket still waits -------------------------------------------------------------------


@routes.get("/api/fairs/{fair_id}/tickets/{ticket_id}/why")
@contract(Act.WHY, WhyWaiting, door=None, refusals=(Code.TICKET_UNKNOWN,))
async def why_waiting(request: web.Request) -> web.Response:
    """Say why a ticket still waits: to its owner, its booth, and the control room."""
    fair = live_fair(request)
    ticket = own_ticket(request, fair)
    return json_response(_why(fair.feed.projection, ticket, fair.deadlines.now_ms()))


def _why(projection: Projection, ticket: Ticket, now: Millis) -> WhyWaiting:
    found = hindrance(projection, ticket, now) if ticket.is_standing else None
    return WhyWaiting(
        ticket_id=ticket.ticket_id,
        booth_id=ticket.booth_id,
        number=projection.candidates[ticket.candidate_id].number,
        state=ticket.state.value,
        issued_at=ticket.issued_at,
        now=found.reason if found else "",
        busy_booth_id=found.booth_id if found else None,
        busy_since=found.since if found else None,
        ahead=projection.ahead(ticket),
        on_deck=projection.booths[ticket.booth_id].on_deck,
        overtaken=dict(ticket.overtaken),
    )
