"""Registering where an employer's own system is told, and looking after what was not taken."""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from fairserver import security
from fairserver.domain.states import DeliveryState
from fairserver.events.webhook_news import WebhookEvent
from fairserver.ledger.deliveries import Delivery
from fairserver.ledger.webhooks import Webhook
from fairserver.notify.carrier import secret_text
from fairserver.notify.targets import ENDPOINT_CHARS, EndpointRefused, check_endpoint
from fairserver.protocol.errors import Code, Refused
from fairserver.security import Deed
from fairserver.web.contract import contract, read_query
from fairserver.web.http_api import json_response, read_body
from fairserver.web.keys import NODE
from fairserver.web.permissions import Act
from fairserver.web.reach import CALLER, Caller

routes = web.RouteTableDef()


class WebhookWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The webhook that is wanted; without ``events`` it is told of all kinds."""

    #: Public, https, port 443, of a host that this server may write to.
    url: Annotated[str, Meta(min_length=1, max_length=ENDPOINT_CHARS)]
    events: Annotated[list[WebhookEvent], Meta(min_length=1, max_length=20)] | None = None


class NewWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook just registered; ``secret`` signs its messages and is shown this once."""

    webhook: Webhook
    secret: str


class WebhookList(msgspec.Struct, frozen=True, kw_only=True):
    """The webhooks of a booth."""

    webhooks: list[Webhook]


class DeliveryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages: those in one state only."""

    state: DeliveryState | None = None


class DeliveryList(msgspec.Struct, frozen=True, kw_only=True):
    """The newest messages of a webhook, the newest first, 100 at most."""

    deliveries: list[Delivery]


@routes.get("/api/v1/webhooks")
@contract(Act.WEBHOOKS, WebhookList)
async def list_webhooks(request: web.Request) -> web.Response:
    """List the webhooks of the booth."""
    caller = request[CALLER]
    ledger = request.app[NODE].ledger
    found = await ledger.webhooks.of_booth(caller.fair_id, caller.booth_id)
    return json_response(WebhookList(webhooks=found))


@routes.post("/api/v1/webhooks")
@contract(
    Act.WEBHOOKS,
    NewWebhook,
    status=201,
    body=WebhookWish,
    refusals=(Code.WEBHOOK_REFUSED, Code.LIMIT_REACHED),
)
async def add_webhook(request: web.Request) -> web.Response:
    """Register a webhook, which is told of what happens from now on."""
    caller = request[CALLER]
    node, asked = request.app[NODE], await read_body(request, WebhookWish)
    try:
        webhooks = node.deliverer.settings
        check_endpoint(asked.url, webhooks.own_origins, webhooks.hosts)
    except EndpointRefused as error:
        raise Refused(Code.WEBHOOK_REFUSED, problem=str(error)) from None
    made = await node.ledger.webhooks.add(
        caller.fair_id,
        caller.booth_id,
        url=asked.url,
        events=list(dict.fromkeys(asked.events or WebhookEvent)),
        by=f"key:{caller.key.key_id}",
        position=caller.fair.feed.projection.seq,
    )
    hook, who = f"webhook:{made.webhook_id}", f"key:{caller.key.key_id}"
    security.note(Deed.CREATED, who=who, of=hook, fair_id=caller.fair_id, why="webhook")
    secret = secret_text(node.ledger.webhooks.secret(made.webhook_id))
    return json_response(NewWebhook(webhook=made, secret=secret), 201)


@routes.get("/api/v1/webhooks/{webhook_id}")
@contract(Act.WEBHOOKS, Webhook, refusals=(Code.WEBHOOK_UNKNOWN,))
async def show_webhook(request: web.Request) -> web.Response:
    """Show one webhook."""
    _, webhook = await _own(request)
    return json_response(webhook)


@routes.delete("/api/v1/webhooks/{webhook_id}")
@contract(Act.WEBHOOKS, status=204, refusals=(Code.WEBHOOK_UNKNOWN,))
async def remove_webhook(request: web.Request) -> web.Response:
    """Tell this webhook nothing more; what was still to be told is forgotten."""
    caller = request[CALLER]
    ledger, webhook_id = request.app[NODE].ledger, request.match_info["webhook_id"]
    await ledger.webhooks.remove(caller.fair_id, caller.booth_id, webhook_id)
    hook, who = f"webhook:{webhook_id}", f"key:{caller.key.key_id}"
    security.note(Deed.REVOKED, who=who, of=hook, fair_id=caller.fair_id)
    return web.Response(status=204)


@routes.get("/api/v1/webhooks/{webhook_id}/deliveries")
@contract(
    Act.WEBHOOKS, DeliveryList, query=DeliveryQuery, refusals=(Code.WEBHOOK_UNKNOWN, Code.MALFORMED)
)
async def list_deliveries(request: web.Request) -> web.Response:
    """List what was told, is still to be told, and was given up."""
    _, webhook = await _own(request)
    asked = read_query(request, DeliveryQuery)
    deliveries = request.app[NODE].ledger.deliveries
    found = await deliveries.of_webhook(webhook.webhook_id, asked.state)
    return json_response(DeliveryList(deliveries=found))


@routes.post("/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver")
@contract(
    Act.WEBHOOKS,
    Delivery,
    status=202,
    refusals=(Code.WEBHOOK_UNKNOWN, Code.DELIVERY_UNKNOWN, Code.DELIVERY_WRONG_STATE),
)
async def redeliver(request: web.Request) -> web.Response:
    """Tell a message once more that was given up or told before."""
    _, webhook = await _own(request)
    node = request.app[NODE]
    delivery_id = request.match_info["delivery_id"]
    found = await node.ledger.deliveries.send_again(webhook.webhook_id, delivery_id)
    node.deliverer.look()
    return json_response(found, 202)


async def _own(request: web.Request) -> tuple[Caller, Webhook]:
    """Find the webhook of the address among those of the key's booth; raises ``Refused``."""
    caller = request[CALLER]
    webhooks, webhook_id = request.app[NODE].ledger.webhooks, request.match_info["webhook_id"]
    return caller, await webhooks.get(caller.fair_id, caller.booth_id, webhook_id)
