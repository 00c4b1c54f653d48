"""Machines of booths over HTTP: the organiser makes a code, the machine exchanges it for a key."""

from __future__ import annotations

import msgspec
from aiohttp import web

from fairserver.ledger.devices import PairingCode
from fairserver.protocol.errors import Code, Refused
from fairserver.web.access import find_principal
from fairserver.web.contract import Who, contract
from fairserver.web.http_api import json_response, knock, live_fair, read_body
from fairserver.web.keys import NODE
from fairserver.web.permissions import MAY_PAIR

routes = web.RouteTableDef()


class DeviceRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which booth gets a machine, and what it is called."""

    booth_id: str
    name: str


class PairRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code as it was typed; case and dashes do not matter."""

    code: str


class PairedDevice(msgspec.Struct, frozen=True, kw_only=True):
    """What a device keeps. ``device_key`` signs it in as a personal link's token does."""

    device_key: str
    staff_id: str
    fair_id: str
    booth_id: str
    display_name: str


@routes.post("/api/fairs/{fair_id}/devices")
@contract(Who.SESSION, PairingCode, status=201, body=DeviceRequest, refusals=(Code.BOOTH_UNKNOWN,))
async def invite_device(request: web.Request) -> web.Response:
    """Make a one-time code for a machine of a booth; the organiser."""
    node, fair = request.app[NODE], live_fair(request)
    await _organiser(request)
    asked = await read_body(request, DeviceRequest)
    if asked.booth_id not in {booth.booth_id for booth in fair.plan.booths}:
        raise Refused(Code.BOOTH_UNKNOWN)
    try:
        code = await node.ledger.devices.invite(fair.plan.fair_id, asked.booth_id, asked.name)
    except ValueError as error:
        raise Refused(Code.MALFORMED, problem=str(error)) from error
    return json_response(code, 201)


@routes.delete("/api/fairs/{fair_id}/devices/{staff_id}")
@contract(Who.SESSION, status=204)
async def revoke_device(request: web.Request) -> web.Response:
    """End a machine's access at once, on every node; the organiser."""
    node, fair = request.app[NODE], live_fair(request)
    await _organiser(request)
    staff_id = request.match_info["staff_id"]
    members = await node.ledger.staff.of_fair(fair.plan.fair_id)
    if staff_id not in {member.staff_id for member in members if member.booth_id}:
        raise Refused(Code.NOT_PERMITTED)
    await node.ledger.staff.revoke(staff_id)
    node.end_subject(staff_id)
    return web.Response(status=204)


@routes.post("/api/devices")
@contract(
    Who.ANYBODY,
    PairedDevice,
    status=201,
    body=PairRequest,
    refusals=(Code.PAIRING_UNKNOWN, Code.PAIRING_USED, Code.PAIRING_EXPIRED, Code.TOO_FAST),
)
async def pair_device(request: web.Request) -> web.Response:
    """Exchange a one-time code for the key by which the machine is known from now on."""
    knock(request)
    asked = await read_body(request, PairRequest)
    paired = await request.app[NODE].ledger.devices.pair(asked.code)
    device = PairedDevice(
        device_key=paired.device_key,
        staff_id=paired.member.staff_id,
        fair_id=paired.member.fair_id,
        booth_id=paired.member.booth_id or "",
        display_name=paired.member.display_name,
    )
    return json_response(device, 201)


async def _organiser(request: web.Request) -> None:
    node, fair = request.app[NODE], live_fair(request)
    principal = await find_principal(request, node.settings, node.ledger)
    if principal.fair_id != fair.plan.fair_id or principal.role not in MAY_PAIR:
        raise Refused(Code.NOT_PERMITTED)
