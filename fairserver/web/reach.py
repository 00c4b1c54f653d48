"""Who may have what over HTTP: the table of permissions, a rate, and one's own turns only."""

from __future__ import annotations

from aiohttp import web

from fairserver.events.records import Ticket
from fairserver.protocol.errors import Code, Refused
from fairserver.web.access import find_principal
from fairserver.web.http_api import live_fair
from fairserver.web.keys import NODE, OWN_DATA
from fairserver.web.limits import Buckets
from fairserver.web.node import LiveFair
from fairserver.web.permissions import RESOURCES, Scope
from fairserver.web.principal import Principal


async def permitted(
    request: web.Request, resource: str, door: web.AppKey[Buckets] = OWN_DATA
) -> Principal:
    """Find who asks for a resource; raises ``Refused`` as the table of permissions says.

    One person or booth gets so many answers a second only: as many as ``door`` lets through.
    """
    node = request.app[NODE]
    principal = await find_principal(request, node.settings, node.ledger)
    allowed = RESOURCES[resource].get(principal.role)
    if allowed is None or principal.fair_id != live_fair(request).plan.fair_id:
        raise Refused(Code.NOT_PERMITTED)
    if not request.app[door].take(f"{resource} {principal.subject_id}"):
        raise Refused(Code.TOO_FAST)
    return principal


def own_ticket(request: web.Request, fair: LiveFair, principal: Principal, resource: str) -> Ticket:
    """Find the ticket of the address within one's reach; raises ``Refused``."""
    ticket = fair.feed.projection.tickets.get(request.match_info["ticket_id"])
    scope = RESOURCES[resource][principal.role]
    if ticket is None or (
        ticket.candidate_id != principal.subject_id
        if scope is Scope.OWN
        else ticket.booth_id != principal.booth_id
    ):
        raise Refused(Code.TICKET_UNKNOWN)
    return ticket
