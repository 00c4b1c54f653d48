"""How far who asks over HTTP may reach: what ``gate`` has found out, for the handlers."""

from __future__ import annotations

from functools import partial

import msgspec
from aiohttp import web

from fairserver import security
from fairserver.events.records import Ticket
from fairserver.ledger.api_keys import ApiKey
from fairserver.protocol.errors import Code, Refused
from fairserver.web.address import client_address
from fairserver.web.node import LiveFair
from fairserver.web.permissions import Scope
from fairserver.web.principal import Principal


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and how far the permission for what is asked reaches."""

    principal: Principal
    scope: Scope

    @property
    def booth_id(self) -> str | None:
        """The one booth within reach; None is every booth of the fair."""
        return None if self.scope is Scope.FAIR else self.principal.booth_id or ""

    def ticket(self, fair: LiveFair, ticket_id: str) -> Ticket:
        """Find a ticket within reach; raises ``Refused`` (``ticket_unknown``)."""
        ticket = fair.feed.projection.tickets.get(ticket_id)
        if ticket is None or not self.reaches(ticket):
            raise Refused(Code.TICKET_UNKNOWN)
        return ticket

    def reaches(self, ticket: Ticket) -> bool:
        """Say whether a ticket lies within reach."""
        if self.scope is Scope.FAIR:
            return True
        if self.scope is Scope.BOOTH:
            return ticket.booth_id == self.principal.booth_id
        if ticket.candidate_id == self.principal.subject_id:
            return True
        return ticket.guest is not None and ticket.guest.guest_id == self.principal.subject_id


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


PERMIT = web.RequestKey("permit", Permit)
CALLER = web.RequestKey("caller", Caller)
#: Asks the gate once more.
ADMIT = web.RequestKey("admit", partial)


async def admit_again(request: web.Request) -> None:
    """Ask the gate once more, where a body was long on its way: a right may have ended meanwhile.

    Raises ``Refused`` as the gate does.
    """
    if (admit := request.get(ADMIT)) is not None:
        await admit()


def principal_of(request: web.Request) -> Principal:
    """Give who asks, as ``gate`` has found them."""
    return request[PERMIT].principal


def note_deed(request: web.Request, deed: security.Deed, of: str, why: str = "") -> None:
    """Tell the security log what somebody signed in has just done over HTTP."""
    principal, address = principal_of(request), client_address(request)
    fair_id = principal.fair_id
    security.note(deed, who=principal.by, of=of, fair_id=fair_id, address=address, why=why)


def own_ticket(request: web.Request, fair: LiveFair) -> Ticket:
    """Find the ticket of the address within reach; raises ``Refused`` (``ticket_unknown``)."""
    return request[PERMIT].ticket(fair, request.match_info["ticket_id"])
