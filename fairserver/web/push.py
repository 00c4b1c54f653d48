"""Web push as clients see it: our public key, asking to be told, and ending that."""

from __future__ import annotations

from pathlib import Path

import msgspec
from aiohttp import web
from redis.asyncio import Redis

from fairserver.domain.fair_walk import Fault
from fairserver.ledger import Ledger, PushAddress
from fairserver.line.line import Actor, CommandKey
from fairserver.notify.pusher import Pusher
from fairserver.notify.sealing import check_keys
from fairserver.notify.settings import contact_of
from fairserver.notify.targets import EndpointRefused, check_endpoint
from fairserver.notify.vapid import KeyUnfit, open_key
from fairserver.protocol import commands as c
from fairserver.protocol.answers import Ok
from fairserver.protocol.errors import Code, Refused
from fairserver.settings import ServerSettings, SettingsError
from fairserver.web.connection import Connection
from fairserver.web.contract import Who, contract
from fairserver.web.http_api import json_response
from fairserver.web.keys import NODE
from fairserver.web.node import Node

routes = web.RouteTableDef()


class PushKey(msgspec.Struct, frozen=True, kw_only=True):
    """The key that browsers subscribe with; null where pushes are switched off."""

    public_key: str | None


def open_pusher(settings: ServerSettings, store: Redis, ledger: Ledger) -> Pusher | None:
    """Make what sends pushes, None where they are switched off; the key is made if need be.

    Raises ``SettingsError`` when the key cannot be used.
    """
    push = settings.push
    if not push.enabled:
        return None
    path = Path(push.key_file) if push.key_file else settings.data / "push-key.pem"
    try:
        key = open_key(path, contact_of(push, settings.base_url), make=push.key_file is None)
    except KeyUnfit as unfit:
        fault = Fault("push.key_file", unfit.problem, unfit.right)
        raise SettingsError(path, [fault]) from None
    return Pusher(store, ledger.push, key, push.own_origins, push.services)


@routes.get("/api/push")
@contract(Who.ANYBODY, PushKey)
async def show_key(request: web.Request) -> web.Response:
    """Show the key that browsers subscribe with; null where pushes are switched off."""
    pusher = request.app[NODE].pusher
    return json_response(PushKey(public_key=pusher.key.public if pusher else None))


async def subscribe(
    node: Node, connection: Connection, actor: Actor, command: c.PushSubscribe, key: CommandKey
) -> Ok:
    """Keep where this sign-in's browser takes pushes.

    Raises ``Refused`` ``push_off``, or ``push_refused`` for an endpoint that is no allowed push
    service's and for keys that are none.
    """
    pusher = node.pusher
    if pusher is None:
        raise Refused(Code.PUSH_OFF)
    try:
        check_endpoint(command.endpoint, pusher.own_services, pusher.hosts)
        check_keys(command.p256dh, command.auth)
    except (EndpointRefused, ValueError):
        raise Refused(Code.PUSH_REFUSED) from None
    address = PushAddress(endpoint=command.endpoint, p256dh=command.p256dh, auth=command.auth)
    principal = connection.principal
    await node.ledger.push.put(principal.slot, principal.subject_id, pusher.key.key_id, address)
    await node.line.settle(principal.fair_id, actor, key)
    return Ok(id=command.id)


async def unsubscribe(
    node: Node, connection: Connection, actor: Actor, command: c.PushUnsubscribe, key: CommandKey
) -> Ok:
    """Forget it; none is no fault."""
    principal = connection.principal
    await node.ledger.push.end_slot(principal.slot)
    await node.line.settle(principal.fair_id, actor, key)
    return Ok(id=command.id)
