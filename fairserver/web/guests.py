"""The third person of an interview: whom a desk may ask, the link that works once, who it is."""

from __future__ import annotations

import msgspec
from aiohttp import web

from fairserver.domain.states import GuestRole, Role
from fairserver.ledger.staff import Invitation, StaffMember
from fairserver.line.line import Actor, Answer, CommandKey
from fairserver.links import staff_link
from fairserver.protocol import commands as c
from fairserver.protocol.answers import Ok
from fairserver.protocol.errors import Code, Refused
from fairserver.web.connection import Connection
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response, live_fair
from fairserver.web.keys import NODE
from fairserver.web.node import Node
from fairserver.web.permissions import Act, scope_of
from fairserver.web.principal import Principal
from fairserver.web.reach import own_ticket, principal_of

routes = web.RouteTableDef()


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """Another member of the own booth."""

    staff_id: str
    display_name: str


class Colleagues(msgspec.Struct, frozen=True, kw_only=True):
    """Who else works at the own booth."""

    colleagues: list[Colleague]


class WhoComes(msgspec.Struct, frozen=True, kw_only=True):
    """Who the third person is, as everybody in the interview is told."""

    role: GuestRole
    display_name: str


# --- asking somebody ----------------------------------------------------------------------------


async def invite(
    node: Node, connection: Connection, actor: Actor, command: c.InviteGuest, key: CommandKey
) -> Ok:
    """Ask a colleague, or make a link for somebody from outside; the name stays in the ledger.

    Who is taken on, and the link, follow from the command: a repeat finds the same.
    """
    principal = connection.principal
    ticket = connection.feed.projection.tickets.get(command.ticket_id)
    if ticket is None or ticket.booth_id != principal.booth_id:
        raise Refused(Code.TICKET_UNKNOWN)
    outsider = None
    if command.staff_id is None:
        outsider = await _take_on(node, principal, command, key)
    else:
        await _find_colleague(node, principal, command.staff_id)
    guest_id = outsider.staff_id if outsider else command.staff_id
    asked = {"ticket_id": command.ticket_id, "guest_id": guest_id, "role": command.role}
    try:
        answer = await node.line.run(principal.fair_id, "invite_guest", actor, key, **asked)
    except Refused:
        if outsider:
            await node.ledger.staff.revoke(outsider.staff_id)
        raise
    return Ok(id=command.id, seq=answer.seq, result=_link(node, principal, outsider))


async def invited(node: Node, connection: Connection, command: c.InviteGuest, done: Answer) -> Ok:
    """Answer a repeat: with the same link, while that person is still the one who is asked."""
    principal = connection.principal
    if command.staff_id is not None:
        return Ok(id=command.id, seq=done.seq)
    key = CommandKey.of(command.id, msgspec.json.encode(command))
    outsider = node.ledger.staff.guest_of(principal.fair_id, _errand(principal, key))
    ticket = connection.feed.projection.tickets.get(command.ticket_id)
    guest = ticket.guest if ticket is not None else None
    if guest is None or guest.guest_id != outsider.staff_id:
        raise Refused(Code.GUEST_UNKNOWN)
    return Ok(id=command.id, seq=done.seq, result=_link(node, principal, outsider))


async def _take_on(
    node: Node, principal: Principal, command: c.InviteGuest, key: CommandKey
) -> Invitation:
    """Make a link that works once.

    Raises ``Refused``: ``guest_unknown`` without a name, ``not_permitted`` to a machine.
    """
    if scope_of(principal.party, Act.GUEST_LINK) is None:
        node.note_refusal(principal, Act.GUEST_LINK.value)
        raise Refused(Code.NOT_PERMITTED)
    if not command.name.strip():
        raise Refused(Code.GUEST_UNKNOWN)
    return await node.ledger.staff.invite_guest(
        principal.fair_id,
        principal.booth_id or "",
        command.name,
        _errand(principal, key),
        principal.by,
    )


def _errand(principal: Principal, key: CommandKey) -> str:
    return f"{principal.subject_id} {key.command_id} {key.digest}"


def _link(node: Node, principal: Principal, outsider: Invitation | None) -> dict[str, str]:
    if outsider is None:
        return {}
    base_url, fair_id = node.settings.base_url, principal.fair_id
    return {"link": staff_link(base_url, fair_id, Role.GUEST, outsider.token)}


async def _find_colleague(node: Node, principal: Principal, staff_id: str) -> None:
    others = await _colleagues(node, principal)
    if staff_id not in {member.staff_id for member in others}:
        raise Refused(Code.GUEST_UNKNOWN)


async def _colleagues(node: Node, principal: Principal) -> list[StaffMember]:
    """List who else works at the own booth."""
    return [
        member
        for member in await node.ledger.staff.of_fair(principal.fair_id)
        if member.role is Role.RECRUITER
        and member.booth_id == principal.booth_id
        and member.staff_id != principal.subject_id
        and not member.revoked
    ]


@routes.get("/api/fairs/{fair_id}/colleagues")
@contract(Act.COLLEAGUES, Colleagues)
async def list_colleagues(request: web.Request) -> web.Response:
    """List who else works at the own booth."""
    members = await _colleagues(request.app[NODE], principal_of(request))
    found = [
        Colleague(staff_id=member.staff_id, display_name=member.display_name) for member in members
    ]
    return json_response(Colleagues(colleagues=found))


# --- who it is ----------------------------------------------------------------------------------


@routes.get("/api/fairs/{fair_id}/tickets/{ticket_id}/guest")
@contract(Act.GUEST, WhoComes, refusals=(Code.TICKET_UNKNOWN, Code.GUEST_UNKNOWN))
async def show_guest(request: web.Request) -> web.Response:
    """Say who the third person is, to everybody in the interview and to nobody else."""
    ticket = own_ticket(request, live_fair(request))
    if ticket.guest is None:
        raise Refused(Code.GUEST_UNKNOWN)
    member = await request.app[NODE].ledger.staff.get(ticket.guest.guest_id)
    return json_response(WhoComes(role=ticket.guest.role, display_name=member.display_name))
