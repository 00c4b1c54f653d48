"""Where somebody is signed in: seen and ended by the person, and by the organiser for others."""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from fairserver.domain.states import Role
from fairserver.ledger.staff import StaffMember
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis
from fairserver.security import Deed
from fairserver.web.access import drop_cookie
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response, live_fair
from fairserver.web.keys import NODE
from fairserver.web.permissions import Act
from fairserver.web.reach import note_deed, principal_of

routes = web.RouteTableDef()


class SignInCell(msgspec.Struct, frozen=True, kw_only=True):
    """One place where one is signed in.

    ``agent`` is ``phone``, ``tablet``, ``computer`` or ``program``, and empty where nobody knows;
    ``is_this`` marks the one that asks.
    """

    slot: str
    agent: str
    created_at: Millis
    last_seen_at: Millis
    expires_at: Millis
    is_this: bool


class SignIns(msgspec.Struct, frozen=True, kw_only=True):
    """Where one is signed in now, the latest seen first."""

    sign_ins: list[SignInCell]


class StaffCell(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works at the fair, and in how many places they are signed in now."""

    staff_id: str
    role: Role
    booth_id: str | None
    display_name: str
    is_machine: bool
    #: It is who asks.
    is_self: bool
    created_by: str | None
    sign_ins: int


class StaffList(msgspec.Struct, frozen=True, kw_only=True):
    """Who works at the fair, in the order in which they were asked in."""

    staff: list[StaffCell]


# --- one's own ----------------------------------------------------------------------------------


@routes.get("/api/sessions")
@contract(Act.SESSION, SignIns)
async def list_sign_ins(request: web.Request) -> web.Response:
    """List where one is signed in now."""
    principal = principal_of(request)
    rows = await request.app[NODE].ledger.sessions.of_subject(principal.subject_id)
    cells = [
        SignInCell(**msgspec.structs.asdict(row), is_this=row.slot == principal.slot)
        for row in rows
    ]
    return json_response(SignIns(sign_ins=cells))


@routes.delete("/api/sessions/{slot}")
@contract(Act.SESSION, status=204, refusals=(Code.SESSION_UNKNOWN,))
async def end_sign_in(request: web.Request) -> web.Response:
    """Sign out in one of the own places, here or elsewhere, with its sockets."""
    node, principal, slot = request.app[NODE], principal_of(request), request.match_info["slot"]
    await node.ledger.sessions.end_own(principal.subject_id, slot)
    node.end_slot(slot)
    note_deed(request, Deed.SIGNED_OUT, principal.by)
    response = web.Response(status=204)
    if slot == principal.slot:
        drop_cookie(request, response, node.settings, slot)
    return response


@routes.delete("/api/sessions")
@contract(Act.SESSION, status=204)
async def end_other_sign_ins(request: web.Request) -> web.Response:
    """Sign out in every own place but this one."""
    node, principal = request.app[NODE], principal_of(request)
    await node.ledger.sessions.end_others(principal.subject_id, principal.slot)
    node.end_subject(principal.subject_id, but=principal.slot)
    note_deed(request, Deed.SIGNED_OUT, principal.by)
    return web.Response(status=204)


# --- those of others ----------------------------------------------------------------------------


@routes.get("/api/fairs/{fair_id}/staff")
@contract(Act.STAFF, StaffList)
async def list_staff(request: web.Request) -> web.Response:
    """List who works at the fair now."""
    node, principal = request.app[NODE], principal_of(request)
    fair_id = principal.fair_id
    machines = {one.staff_id for one in await node.ledger.devices.of_fair(fair_id)}
    counted = await node.ledger.sessions.counts(fair_id)
    cells = [
        StaffCell(
            staff_id=one.staff_id,
            role=one.role,
            booth_id=one.booth_id,
            display_name=one.display_name,
            is_machine=one.staff_id in machines,
            is_self=one.staff_id == principal.subject_id,
            created_by=one.created_by,
            sign_ins=counted.get(one.staff_id, 0),
        )
        for one in await node.ledger.staff.of_fair(fair_id)
        if not one.revoked
    ]
    return json_response(StaffList(staff=cells))


@routes.delete("/api/fairs/{fair_id}/staff/{staff_id}")
@contract(Act.STAFF, status=204, refusals=(Code.STAFF_UNKNOWN,))
async def revoke_staff(request: web.Request) -> web.Response:
    """Let somebody go, but not oneself: what they hold and what they made ends at once."""
    node, member = request.app[NODE], await _member(request)
    await node.ledger.staff.revoke(member.staff_id)
    node.end_subject(member.staff_id)
    note_deed(request, Deed.REVOKED, f"staff:{member.staff_id}")
    return web.Response(status=204)


@routes.delete("/api/fairs/{fair_id}/staff/{staff_id}/sessions")
@contract(Act.STAFF, status=204, refusals=(Code.STAFF_UNKNOWN,))
async def sign_staff_out(request: web.Request) -> web.Response:
    """Sign somebody out everywhere; the link still lets them in."""
    node, member = request.app[NODE], await _member(request)
    await node.ledger.sessions.end_subject(member.staff_id)
    node.end_subject(member.staff_id)
    note_deed(request, Deed.SIGNED_OUT, f"staff:{member.staff_id}")
    return web.Response(status=204)


@routes.delete("/api/fairs/{fair_id}/candidates/{number}/sessions")
@contract(Act.CANDIDATE_SESSIONS, status=204, refusals=(Code.CANDIDATE_UNKNOWN,))
async def sign_candidate_out(request: web.Request) -> web.Response:
    """Sign the person with this number out everywhere; every place in line is kept."""
    node, asked = request.app[NODE], request.match_info["number"]
    try:
        number = msgspec.convert(asked, Annotated[int, Meta(ge=1, le=999_999_999)], strict=False)
    except msgspec.ValidationError:
        raise Refused(Code.CANDIDATE_UNKNOWN) from None
    people = live_fair(request).feed.projection.candidates
    found = next((one for one in people.values() if one.number == number), None)
    if found is None:
        raise Refused(Code.CANDIDATE_UNKNOWN)
    await node.ledger.sessions.end_subject(found.candidate_id)
    node.end_subject(found.candidate_id)
    note_deed(request, Deed.SIGNED_OUT, f"candidate:{found.candidate_id}")
    return web.Response(status=204)


async def _member(request: web.Request) -> StaffMember:
    """Find the member of staff of the address, not oneself; raises ``Refused``."""
    principal, staff_id = principal_of(request), request.match_info["staff_id"]
    members = await request.app[NODE].ledger.staff.of_fair(principal.fair_id)
    for one in members:
        if one.staff_id == staff_id and not one.revoked and staff_id != principal.subject_id:
            return one
    raise Refused(Code.STAFF_UNKNOWN)
