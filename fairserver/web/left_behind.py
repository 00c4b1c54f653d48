"""What stopped because its maker was let go: seen, taken over with one tap, or let go for good."""

from __future__ import annotations

import msgspec
from aiohttp import web

from fairserver.ledger.endings import LeftThing
from fairserver.protocol.errors import Code
from fairserver.security import Deed
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response
from fairserver.web.keys import NODE
from fairserver.web.permissions import Act
from fairserver.web.reach import PERMIT, note_deed

routes = web.RouteTableDef()


class LeftBehind(msgspec.Struct, frozen=True, kw_only=True):
    """What waits to be decided on, the latest first."""

    things: list[LeftThing]


@routes.get("/api/fairs/{fair_id}/left-behind")
@contract(Act.LEFT_BEHIND, LeftBehind)
async def list_left_behind(request: web.Request) -> web.Response:
    """List what was left behind at the own booth; to the organiser at the whole fair."""
    permit, endings = request[PERMIT], request.app[NODE].ledger.endings
    things = await endings.of_fair(permit.principal.fair_id, permit.booth_id)
    return json_response(LeftBehind(things=things))


@routes.post("/api/fairs/{fair_id}/left-behind/{thing_id}")
@contract(Act.LEFT_BEHIND, status=204, refusals=(Code.LEFT_UNKNOWN,))
async def take_over(request: web.Request) -> web.Response:
    """Let it work again, as one's own: from now on it ends with who has taken it over."""
    permit, thing_id = request[PERMIT], request.match_info["thing_id"]
    principal, node = permit.principal, request.app[NODE]
    await node.ledger.endings.take_over(principal.fair_id, permit.booth_id, thing_id, principal.by)
    note_deed(request, Deed.CREATED, thing_id, "taken_over")
    return web.Response(status=204)


@routes.delete("/api/fairs/{fair_id}/left-behind/{thing_id}")
@contract(Act.LEFT_BEHIND, status=204, refusals=(Code.LEFT_UNKNOWN,))
async def let_go(request: web.Request) -> web.Response:
    """Take it off the list: it has ended for good."""
    permit, thing_id = request[PERMIT], request.match_info["thing_id"]
    endings = request.app[NODE].ledger.endings
    await endings.let_go(permit.principal.fair_id, permit.booth_id, thing_id)
    note_deed(request, Deed.REVOKED, thing_id, "let_go")
    return web.Response(status=204)
