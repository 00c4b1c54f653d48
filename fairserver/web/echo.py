"""Trying camera, microphone and network before the interview, against the server's echo."""

from __future__ import annotations

import time
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from fairserver.protocol.answers import IceServer
from fairserver.protocol.errors import Code
from fairserver.rooms.echo_sdp import Ways
from fairserver.web.address import client_address
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response, read_body
from fairserver.web.keys import ECHO_DOOR, NODE
from fairserver.web.permissions import Act
from fairserver.web.reach import principal_of

routes = web.RouteTableDef()

#: Seconds beyond the test's own that its TURN users work: for finding each other.
_CONNECT_S = 40


class EchoTerms(msgspec.Struct, frozen=True, kw_only=True):
    """There is a place: through which servers to connect, and how many seconds a test lasts."""

    ice_servers: list[IceServer]
    seconds: int


class EchoOffer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A browser's offer with all its addresses."""

    sdp: Annotated[str, Meta(min_length=1, max_length=32_000)]


class EchoAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The echo's answer; the connection is then made without a further word."""

    sdp: str


@routes.get("/api/fairs/{fair_id}/echo")
@contract(Act.ECHO, EchoTerms, door=None, refusals=(Code.ECHO_FULL, Code.ECHO_AWAY))
async def show_terms(request: web.Request) -> web.Response:
    """Tell a page how to reach the echo, if a place is free now."""
    person = principal_of(request).subject_id
    request.app[NODE].echo.check(person)
    seconds = request.app[NODE].echo.seconds
    return json_response(EchoTerms(ice_servers=_servers(request, person), seconds=seconds))


@routes.post("/api/fairs/{fair_id}/echo")
@contract(
    Act.ECHO,
    EchoAnswer,
    door=ECHO_DOOR,
    body=EchoOffer,
    refusals=(Code.ECHO_FULL, Code.ECHO_AWAY),
)
async def try_out(request: web.Request) -> web.Response:
    """Connect a browser with the echo. Any node does it: no earlier request is needed."""
    person = principal_of(request).subject_id
    asked = await read_body(request, EchoOffer)
    servers = _servers(request, f"{person}-echo")
    sdp = await request.app[NODE].echo.answer(person, asked.sdp, servers, _ways(request))
    return json_response(EchoAnswer(sdp=sdp))


def _ways(request: web.Request) -> Ways:
    own = request.transport.get_extra_info("sockname") if request.transport else None
    reached = str(own[0]) if isinstance(own, tuple) else ""
    return Ways(client_address(request), reached)


def _servers(request: web.Request, peer: str) -> list[IceServer]:
    """Make a short-lived TURN user for one end of a test."""
    node = request.app[NODE]
    return node.ice.servers_for(peer, time.time(), node.echo.seconds + _CONNECT_S)
