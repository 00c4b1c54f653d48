"""Making and revoking the keys of employers' own systems."""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from fairserver.ledger.api_keys import ApiKey, NewApiKey
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import BoothId
from fairserver.security import Deed
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response, live_fair, read_body
from fairserver.web.keys import NODE
from fairserver.web.permissions import Act
from fairserver.web.reach import PERMIT, note_deed

routes = web.RouteTableDef()


class KeyWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The key that is wanted; an organiser names the booth, a recruiter's is the own one."""

    #: What the key is for, as people will read it in the list.
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    booth_id: BoothId | None = None


class KeyList(msgspec.Struct, frozen=True, kw_only=True):
    """The keys that one may see, revoked ones too."""

    keys: list[ApiKey]


@routes.get("/api/fairs/{fair_id}/keys")
@contract(Act.API_KEYS, KeyList)
async def list_keys(request: web.Request) -> web.Response:
    """List the keys of the own booth; to the organiser those of the whole fair."""
    permit, keys = request[PERMIT], request.app[NODE].ledger.api_keys
    found = await keys.of_fair(permit.principal.fair_id, permit.booth_id)
    return json_response(KeyList(keys=found))


@routes.post("/api/fairs/{fair_id}/keys")
@contract(
    Act.API_KEYS,
    NewApiKey,
    status=201,
    body=KeyWish,
    refusals=(Code.BOOTH_UNKNOWN, Code.LIMIT_REACHED),
)
async def make_key(request: web.Request) -> web.Response:
    """Make a key for one booth; its secret is in this answer and nowhere else."""
    permit = request[PERMIT]
    asked, principal = await read_body(request, KeyWish), permit.principal
    booth_id = asked.booth_id or principal.booth_id
    known = {booth.booth_id for booth in live_fair(request).plan.booths}
    if booth_id not in known or permit.booth_id not in (None, booth_id):
        raise Refused(Code.BOOTH_UNKNOWN)
    keys = request.app[NODE].ledger.api_keys
    made = await keys.make(principal.fair_id, booth_id, asked.name, principal.by)
    note_deed(request, Deed.CREATED, f"key:{made.key_id}", "api_key")
    return json_response(made, 201)


@routes.delete("/api/fairs/{fair_id}/keys/{key_id}")
@contract(Act.API_KEYS, status=204, refusals=(Code.KEY_UNKNOWN,))
async def revoke_key(request: web.Request) -> web.Response:
    """Let a key work no more, from this moment on."""
    permit, keys = request[PERMIT], request.app[NODE].ledger.api_keys
    fair_id, key_id = permit.principal.fair_id, request.match_info["key_id"]
    await keys.revoke(fair_id, permit.booth_id, key_id)
    note_deed(request, Deed.REVOKED, f"key:{key_id}")
    return web.Response(status=204)
