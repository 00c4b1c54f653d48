"""Machines of booths over HTTP: somebody makes a code, the machine exchanges it for a key."""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from fairserver.ledger.devices import Device, PairingCode
from fairserver.ledger.tries import SignInWay
from fairserver.protocol.errors import Code, Refused
from fairserver.security import Deed
from fairserver.web.contract import Who, contract
from fairserver.web.http_api import json_response, knock, live_fair, read_body
from fairserver.web.keys import NODE
from fairserver.web.permissions import Act
from fairserver.web.reach import PERMIT, note_deed
from fairserver.web.tries import note_refusal, note_sign_in, source_of

routes = web.RouteTableDef()


class DeviceRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which booth gets a machine, and what it is called."""

    booth_id: Annotated[str, Meta(max_length=40)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]


class DeviceCell(msgspec.Struct, frozen=True, kw_only=True):
    """A machine; ``connected`` when one of its sockets is open at the node that answers."""

    device: Device
    connected: bool


class DeviceList(msgspec.Struct, frozen=True, kw_only=True):
    """The machines that one may see, those awaited with a code too."""

    devices: list[DeviceCell]


class PairRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code as it was typed; case and dashes do not matter."""

    code: Annotated[str, Meta(max_length=40)]


class PairedDevice(msgspec.Struct, frozen=True, kw_only=True):
    """What a device keeps. ``device_key`` signs it in as a personal link's token does."""

    device_key: str
    staff_id: str
    fair_id: str
    booth_id: str
    display_name: str


@routes.get("/api/fairs/{fair_id}/devices")
@contract(Act.DEVICES, DeviceList)
async def list_devices(request: web.Request) -> web.Response:
    """List the machines of the own booth; to the organiser those of the whole fair."""
    node, permit = request.app[NODE], request[PERMIT]
    found = await node.ledger.devices.of_fair(permit.principal.fair_id, permit.booth_id)
    here = {connection.principal.subject_id for connection in node.connections}
    listed = [DeviceCell(device=one, connected=one.staff_id in here) for one in found]
    return json_response(DeviceList(devices=listed))


@routes.post("/api/fairs/{fair_id}/devices")
@contract(
    Act.DEVICES,
    PairingCode,
    status=201,
    body=DeviceRequest,
    refusals=(Code.BOOTH_UNKNOWN, Code.LIMIT_REACHED),
)
async def invite_device(request: web.Request) -> web.Response:
    """Make a one-time code for a machine of a booth; the organiser, or the booth's recruiters."""
    node, fair, permit = request.app[NODE], live_fair(request), request[PERMIT]
    asked = await read_body(request, DeviceRequest)
    known = {booth.booth_id for booth in fair.plan.booths}
    if asked.booth_id not in known or permit.booth_id not in (None, asked.booth_id):
        raise Refused(Code.BOOTH_UNKNOWN)
    try:
        code = await node.ledger.devices.invite(
            fair.plan.fair_id, asked.booth_id, asked.name, permit.principal.by
        )
    except ValueError as error:
        raise Refused(Code.MALFORMED, problem=str(error)) from error
    note_deed(request, Deed.CREATED, f"staff:{code.staff_id}", "device")
    return json_response(code, 201)


@routes.delete("/api/fairs/{fair_id}/devices/{staff_id}")
@contract(Act.DEVICES, status=204, refusals=(Code.STAFF_UNKNOWN,))
async def revoke_device(request: web.Request) -> web.Response:
    """End a machine's access at once, on every node; the organiser, or the booth's recruiters."""
    node, permit = request.app[NODE], request[PERMIT]
    staff_id = request.match_info["staff_id"]
    found = await node.ledger.devices.of_fair(permit.principal.fair_id, permit.booth_id)
    if staff_id not in {device.staff_id for device in found}:
        raise Refused(Code.STAFF_UNKNOWN)
    await node.ledger.staff.revoke(staff_id)
    node.end_subject(staff_id)
    note_deed(request, Deed.REVOKED, f"staff:{staff_id}")
    return web.Response(status=204)


@routes.post("/api/devices")
@contract(
    Who.ANYBODY,
    PairedDevice,
    status=201,
    body=PairRequest,
    refusals=(
        Code.PAIRING_UNKNOWN,
        Code.PAIRING_USED,
        Code.PAIRING_EXPIRED,
        Code.DEVICE_REVOKED,
        Code.TOO_MANY_TRIES,
    ),
)
async def pair_device(request: web.Request) -> web.Response:
    """Exchange a one-time code for the key by which the machine is known from now on."""
    knock(request)
    asked = await read_body(request, PairRequest)
    try:
        paired = await request.app[NODE].ledger.devices.pair(asked.code, source_of(request))
    except Refused as refused:
        await note_refusal(request, SignInWay.PAIRING, refused)
        raise
    note_sign_in(
        paired.member.role,
        paired.member.staff_id,
        paired.member.fair_id,
        SignInWay.PAIRING,
    )
    device = PairedDevice(
        device_key=paired.device_key,
        staff_id=paired.member.staff_id,
        fair_id=paired.member.fair_id,
        booth_id=paired.member.booth_id or "",
        display_name=paired.member.display_name,
    )
    return json_response(device, 201)
