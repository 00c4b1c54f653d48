"""The gate before every handler: nobody passes whom the table of permissions does not name.

A handler says in its contract what is done there. Here, and nowhere else, it is found out who asks
and whether they may; the handler reads from the request who it is and how far they reach. An
address that says nothing is not served: the node does not start with one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from fairserver.domain.states import Role
from fairserver.ledger.tries import SignInWay
from fairserver.node.guest_keeper import has_left
from fairserver.protocol.errors import Code, Refused
from fairserver.web.access import bearer, find_principal
from fairserver.web.address import client_address
from fairserver.web.contract import CONTRACTS, Contract, Who
from fairserver.web.keys import API_DOOR, API_KEYS, NODE, SLOW_LINES, VISITORS
from fairserver.web.permissions import Party, scope_of
from fairserver.web.reach import ADMIT, CALLER, PERMIT, Caller, Permit
from fairserver.web.tries import source_of, wrong_token


class Unguarded(Exception):
    """An address for which nobody has said who may use it."""


def check_routes(app: web.Application, public: Collection[Callable[..., Any]]) -> None:
    """Look at every address before the node starts.

    Raises ``Unguarded`` for one that has no contract and is not named in ``public``.
    """
    for route in app.router.routes():
        if route.handler not in CONTRACTS and route.handler not in public:
            raise Unguarded(f"{route.method} {route.resource} says no act and is not public")


def make_gate(public: Collection[Callable[..., Any]]) -> Any:
    """Make the middleware; ``public`` are handlers that are no part of the interface."""

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        match = request.match_info
        if match.http_exception is None and match.handler not in public:
            said = CONTRACTS.get(match.handler)
            if said is None:  # cannot be: the node has not started with it
                raise Refused(Code.NOT_PERMITTED)
            request[ADMIT] = partial(_admit, request, said)
            await _admit(request, said)
        return await handler(request)

    return gate


async def _admit(request: web.Request, said: Contract) -> None:
    if said.who is Who.KEY:
        request[CALLER] = await _find_caller(request, said)
    elif said.who is Who.SESSION:
        request[PERMIT] = await _find_permit(request, said)
    elif not request.app[VISITORS].take(client_address(request)):
        raise Refused(Code.TOO_FAST)


async def _find_permit(request: web.Request, said: Contract) -> Permit:
    """Find who asks and how far they reach.

    Raises ``Refused``: ``not_signed_in``, ``fair_unknown``, ``not_permitted`` as the table says
    and for another fair's, ``too_fast``.
    """
    node = request.app[NODE]
    assert said.act is not None
    principal = await find_principal(request, node.settings, node.ledger)
    fair_id = request.match_info.get("fair_id", principal.fair_id)
    if fair_id not in node.fairs:
        raise Refused(Code.FAIR_UNKNOWN)
    if principal.role is Role.GUEST and has_left(
        node.fairs[fair_id].feed.projection, principal.subject_id
    ):
        raise Refused(Code.NOT_SIGNED_IN)
    scope = scope_of(principal.party, said.act)
    if scope is None or principal.fair_id != fair_id:
        node.note_refusal(principal, said.act.value, client_address(request))
        raise Refused(Code.NOT_PERMITTED)
    door = said.door
    if door is not None and not request.app[door].take(f"{said.act} {principal.subject_id}"):
        raise Refused(Code.TOO_FAST)
    return Permit(principal=principal, scope=scope)


async def _find_caller(request: web.Request, said: Contract) -> Caller:
    """Find whose key a request brings.

    Raises ``Refused``: ``key_wrong``, ``too_fast``, ``not_permitted``, or ``fair_unknown`` when
    this server runs the key's fair no more.
    """
    node, token = request.app[NODE], bearer(request)
    if not request.app[API_DOOR].take(client_address(request)):
        raise Refused(Code.TOO_FAST)
    if not token:
        raise Refused(Code.KEY_WRONG)
    async with request.app[SLOW_LINES].turn(source_of(request).network):
        key = await node.ledger.api_keys.find(token)
        if key is None:
            await wrong_token(request, SignInWay.KEY, Code.KEY_WRONG)
            raise Refused(Code.KEY_WRONG)
    if not request.app[API_KEYS].take(key.key_id):
        raise Refused(Code.TOO_FAST)
    assert said.act is not None
    if scope_of(Party.KEY, said.act) is None:
        raise Refused(Code.NOT_PERMITTED)
    fair = node.fairs.get(key.fair_id)
    if fair is None:
        raise Refused(Code.FAIR_UNKNOWN)
    return Caller(key=key, fair=fair)
