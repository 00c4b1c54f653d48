"""Making and revoking the keys of employers' own systems, and finding who holds one."""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from fairserver.domain.states import Role
from fairserver.ledger.api_keys import ApiKey, NewApiKey
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import BoothId
from fairserver.web.access import bearer
from fairserver.web.address import client_address
from fairserver.web.contract import Who, contract
from fairserver.web.http_api import json_response, live_fair, read_body
from fairserver.web.keys import API_DOOR, API_KEYS, NODE
from fairserver.web.node import LiveFair
from fairserver.web.principal import Principal
from fairserver.web.reach import permitted

routes = web.RouteTableDef()


class KeyWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The key that is wanted; an organiser names the booth, a recruiter's is the own one."""

    #: What the key is for, as people will read it in the list.
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    booth_id: BoothId | None = None


class KeyList(msgspec.Struct, frozen=True, kw_only=True):
    """The keys that one may see, revoked ones too."""

    keys: list[ApiKey]


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """An employer's own system: its key, and the one booth that it may read."""

    key: ApiKey
    fair: LiveFair

    @property
    def fair_id(self) -> str:
        """The fair of the booth."""
        return self.key.fair_id

    @property
    def booth_id(self) -> str:
        """The booth that the key was made for."""
        return self.key.booth_id


async def find_caller(request: web.Request) -> Caller:
    """Find whose key a request brings.

    Raises ``Refused``: ``key_wrong``, ``too_fast``, or ``fair_unknown`` when this server runs the
    key's fair no more.
    """
    node, token = request.app[NODE], bearer(request)
    if not request.app[API_DOOR].take(client_address(request)):
        raise Refused(Code.TOO_FAST)
    key = await node.ledger.api_keys.find(token) if token else None
    if key is None:
        raise Refused(Code.KEY_WRONG)
    if not request.app[API_KEYS].take(key.key_id):
        raise Refused(Code.TOO_FAST)
    fair = node.fairs.get(key.fair_id)
    if fair is None:
        raise Refused(Code.FAIR_UNKNOWN)
    return Caller(key=key, fair=fair)


@routes.get("/api/fairs/{fair_id}/keys")
@contract(Who.SESSION, KeyList)
async def list_keys(request: web.Request) -> web.Response:
    """List the keys of the own booth; to the organiser those of the whole fair."""
    principal = await permitted(request, "api_keys")
    keys = request.app[NODE].ledger.api_keys
    return json_response(KeyList(keys=await keys.of_fair(principal.fair_id, _reach(principal))))


@routes.post("/api/fairs/{fair_id}/keys")
@contract(
    Who.SESSION,
    NewApiKey,
    status=201,
    body=KeyWish,
    refusals=(Code.BOOTH_UNKNOWN, Code.LIMIT_REACHED),
)
async def make_key(request: web.Request) -> web.Response:
    """Make a key for one booth; its secret is in this answer and nowhere else."""
    principal = await permitted(request, "api_keys")
    asked = await read_body(request, KeyWish)
    booth_id = asked.booth_id or principal.booth_id
    known = {booth.booth_id for booth in live_fair(request).plan.booths}
    if booth_id not in known or _reach(principal) not in (None, booth_id):
        raise Refused(Code.BOOTH_UNKNOWN)
    keys = request.app[NODE].ledger.api_keys
    by = f"staff:{principal.subject_id}"
    return json_response(await keys.make(principal.fair_id, booth_id, asked.name, by), 201)


@routes.delete("/api/fairs/{fair_id}/keys/{key_id}")
@contract(Who.SESSION, status=204, refusals=(Code.KEY_UNKNOWN,))
async def revoke_key(request: web.Request) -> web.Response:
    """Let a key work no more, from this moment on."""
    principal = await permitted(request, "api_keys")
    keys = request.app[NODE].ledger.api_keys
    await keys.revoke(principal.fair_id, _reach(principal), request.match_info["key_id"])
    return web.Response(status=204)


def _reach(principal: Principal) -> str | None:
    """Name the one booth that a person may see to; None for every booth of the fair."""
    return principal.booth_id or "" if principal.role is Role.RECRUITER else None
