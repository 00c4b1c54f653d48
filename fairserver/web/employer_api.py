"""The interface for an employer's own system: its booth, its vacancies, the people it has met.

A key belongs to one booth; nothing of another can be named here.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from fairserver.domain.fair_plan import Text, VacancyEntry
from fairserver.domain.states import BoothMode, FairState
from fairserver.events.records import Ticket
from fairserver.ledger.disclosures import Form
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import BoothId, FairId
from fairserver.reports.met import FIELDS, MET, MetPerson, met_order, met_tickets
from fairserver.web.contract import contract, read_query
from fairserver.web.http_api import json_response
from fairserver.web.keys import NODE
from fairserver.web.people_met import gather
from fairserver.web.permissions import Act
from fairserver.web.reach import CALLER, Caller
from fairserver.web.reading import Reader

routes = web.RouteTableDef()

#: Where a page of people ended: the time of leaving and the turn.
Cursor = Annotated[str, Meta(pattern=r"^[0-9]{1,15}-[0-9]{1,9}\Z")]


class OwnBooth(msgspec.Struct, frozen=True, kw_only=True):
    """The booth of a key, and the fair it stands at; ``state`` is the fair's."""

    fair_id: FairId
    fair_name: Text
    #: ISO date of the fair's day.
    date: str
    state: FairState
    booth_id: BoothId
    number: str
    name: str
    mode: BoothMode
    paused: bool
    #: People in the line now, and interviews finished.
    waiting: int
    interviewed: int


class OwnVacancies(msgspec.Struct, frozen=True, kw_only=True):
    """What the booth offers, as the fair's plan has it."""

    vacancies: list[VacancyEntry]


class PeopleQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of people: those after a ``cursor`` that an earlier page gave."""

    cursor: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class PeoplePage(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the people met, in the order in which they left.

    ``cursor`` is where to go on, also for whoever comes later; null while nobody was met. A turn
    keeps its place: what changes of it later is told by webhooks or read again.
    """

    people: list[MetPerson]
    cursor: str | None
    has_more: bool


@routes.get("/api/v1/booth")
@contract(Act.EMPLOYER_BOOTH, OwnBooth)
async def show_booth(request: web.Request) -> web.Response:
    """Show the booth of the key."""
    caller = request[CALLER]
    plan, projection = caller.fair.plan, caller.fair.feed.projection
    entry = caller.fair.plans.booth(caller.booth_id)
    booth = projection.booths[caller.booth_id]
    return json_response(
        OwnBooth(
            fair_id=plan.fair_id,
            fair_name=plan.name,
            date=plan.date.isoformat(),
            state=projection.state,
            booth_id=entry.booth_id,
            number=entry.number,
            name=entry.employer.name,
            mode=booth.mode,
            paused=booth.paused,
            waiting=len(booth.line),
            interviewed=booth.interviewed,
        )
    )


@routes.get("/api/v1/vacancies")
@contract(Act.EMPLOYER_BOOTH, OwnVacancies)
async def show_vacancies(request: web.Request) -> web.Response:
    """Show the vacancies of the booth."""
    caller = request[CALLER]
    booth = caller.fair.plans.booth(caller.booth_id)
    return json_response(OwnVacancies(vacancies=booth.vacancies))


@routes.get("/api/v1/people")
@contract(Act.EMPLOYER_PEOPLE, PeoplePage, query=PeopleQuery, refusals=(Code.MALFORMED,))
async def list_people(request: web.Request) -> web.Response:
    """List the people met, a page at a time; what somebody does not share is null."""
    caller = request[CALLER]
    asked = read_query(request, PeopleQuery)
    tickets = met_tickets(caller.fair.feed.projection, caller.booth_id)
    if asked.cursor is not None:
        at, number = map(int, asked.cursor.split("-"))
        tickets = [ticket for ticket in tickets if met_order(ticket) > (at, number)]
    some = tickets[: asked.limit]
    page = PeoplePage(
        people=await _read(request, caller, some),
        cursor="{}-{}".format(*met_order(some[-1])) if some else asked.cursor,
        has_more=len(tickets) > len(some),
    )
    return json_response(page)


@routes.get("/api/v1/people/{ticket_id}")
@contract(Act.EMPLOYER_PEOPLE, MetPerson, refusals=(Code.TICKET_UNKNOWN,))
async def show_one(request: web.Request) -> web.Response:
    """Show one person met, as of now."""
    caller = request[CALLER]
    ticket = caller.fair.feed.projection.tickets.get(request.match_info["ticket_id"])
    if ticket is None or ticket.booth_id != caller.booth_id or ticket.state not in MET:
        raise Refused(Code.TICKET_UNKNOWN)
    (person,) = await _read(request, caller, [ticket])
    return json_response(person)


async def _read(request: web.Request, caller: Caller, tickets: list[Ticket]) -> list[MetPerson]:
    """Read what these people share now, and write down that it leaves."""
    if not tickets:
        return []
    node, by = request.app[NODE], f"key:{caller.key.key_id}"
    reader = Reader(booth_id=caller.booth_id, by=by)
    people = await gather(node, caller.fair, reader, tickets)
    await node.ledger.disclosures.add(
        caller.fair_id, caller.booth_id, by, Form.API, [*FIELDS], len(tickets)
    )
    return people
