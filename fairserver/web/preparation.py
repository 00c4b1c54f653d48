"""A booth made ready by its own people: vacancies and questions corrected, colleagues asked in."""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from fairserver.domain.booth_correction import (
    BoothCorrection,
    corrected_booth,
    correction_faults,
)
from fairserver.domain.fair_plan import BoothEntry
from fairserver.domain.fair_walk import Fault
from fairserver.domain.states import Role
from fairserver.domain.texts import clean_text
from fairserver.ledger.corrections import Corrected
from fairserver.links import staff_link
from fairserver.protocol.errors import Code, Refused
from fairserver.security import Deed
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response, live_fair, read_body
from fairserver.web.keys import NODE
from fairserver.web.permissions import Act, Scope
from fairserver.web.reach import note_deed, principal_of

routes = web.RouteTableDef()

#: Recruiters of one booth whose links work.
MOST_COLLEAGUES = 30


class NewColleague(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is to work at the own booth too; the name is shown to people who are called."""

    name: Annotated[str, Meta(max_length=100)]


class ColleagueLink(msgspec.Struct, frozen=True, kw_only=True):
    """The personal link of a new colleague: shown this once."""

    staff_id: str
    display_name: str
    link: str


@routes.get("/api/fairs/{fair_id}/booth")
@contract(Act.BOOTH, BoothCorrection)
async def show_correction(request: web.Request) -> web.Response:
    """Show what one's own booth has confirmed or corrected so far; null for what it has not."""
    principal = principal_of(request)
    found = await request.app[NODE].ledger.corrections.of_fair(principal.fair_id)
    kept = found.get(principal.booth_id or "", Corrected(revision=0))
    return json_response(kept.correction)


@routes.put("/api/fairs/{fair_id}/booth")
@contract(Act.CORRECT_BOOTH, BoothEntry, body=BoothCorrection, refusals=(Code.FIELD_WRONG,))
async def correct_booth(request: web.Request) -> web.Response:
    """Correct vacancies and questions of one's own booth; everybody reads the plan anew.

    What the body does not speak of stays as it was said before, or as the fair's file has it.
    """
    principal = principal_of(request)
    node, fair = request.app[NODE], live_fair(request)
    booth_id = principal.booth_id or ""
    asked = await read_body(request, BoothCorrection)
    filed = fair.plans.filed.booth(booth_id)
    if faults := correction_faults(filed, asked):
        raise _refusal(faults)
    actor = principal.actor(Scope.BOOTH)
    now = await node.ledger.corrections.put(principal.fair_id, booth_id, asked, actor.by)
    await node.line.run(
        principal.fair_id,
        "change_booth",
        actor,
        booth_id=booth_id,
        plan=now.revision,
        questions=len(corrected_booth(filed, now.correction).questions),
    )
    await node.ledger.fairs.put_vacancies(await fair.plans.read())
    return json_response(fair.plan.public_booth(booth_id))


def _refusal(faults: list[Fault]) -> Refused:
    """Name every wrong field, with what the rules of a fair's file say of it."""
    fields = [
        {"field": fault.key, "problem": f"{fault.problem}; {fault.right}"} for fault in faults
    ]
    return Refused(Code.FIELD_WRONG, **fields[0], fields=fields)


@routes.post("/api/fairs/{fair_id}/colleagues")
@contract(
    Act.NEW_COLLEAGUE,
    ColleagueLink,
    status=201,
    body=NewColleague,
    refusals=(Code.FIELD_WRONG, Code.LIMIT_REACHED),
)
async def invite_colleague(request: web.Request) -> web.Response:
    """Take somebody on as a recruiter of the own booth, and give the personal link once."""
    principal = principal_of(request)
    node, staff = request.app[NODE], request.app[NODE].ledger.staff
    name = clean_text((await read_body(request, NewColleague)).name)
    if not name:
        fault = {"field": "name", "problem": "needed"}
        raise Refused(Code.FIELD_WRONG, **fault, fields=[fault])
    members = await staff.of_fair(principal.fair_id)
    own = [one for one in members if one.booth_id == principal.booth_id and not one.revoked]
    if sum(one.role is Role.RECRUITER for one in own) >= MOST_COLLEAGUES:
        raise Refused(Code.LIMIT_REACHED, limit=MOST_COLLEAGUES)
    made = await staff.invite(
        principal.fair_id, Role.RECRUITER, principal.booth_id, name, principal.by
    )
    note_deed(request, Deed.CREATED, f"staff:{made.staff_id}", "colleague")
    link = staff_link(node.settings.base_url, principal.fair_id, Role.RECRUITER, made.token)
    return json_response(ColleagueLink(staff_id=made.staff_id, display_name=name, link=link), 201)
