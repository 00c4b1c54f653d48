"""Looking up where a person lives while the entry form is filled in."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from fairserver.domain.communes import FoundCommune, find_communes
from fairserver.protocol.errors import Code, Refused
from fairserver.web.address import client_address
from fairserver.web.contract import Who, contract
from fairserver.web.http_api import json_response, live_fair, read_body
from fairserver.web.keys import LOOKUPS

routes = web.RouteTableDef()

#: A short search goes over thousands of names: beside the loop, one after the other.
_SEARCHER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="communes")


class CommuneSearch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person has typed so far: in the body, for addresses stand in no log."""

    search: Annotated[str, Meta(max_length=200)]


@routes.post("/api/fairs/{fair_id}/communes")
@contract(Who.ANYBODY, list[FoundCommune], body=CommuneSearch)
async def search_communes(request: web.Request) -> web.Response:
    """Find today's communes by a new or an old name, those of the fair's provinces first."""
    if not request.app[LOOKUPS].take(client_address(request)):
        raise Refused(Code.TOO_FAST)
    plan = live_fair(request).plan
    near = frozenset([plan.province_code, *(site.province_code for site in plan.sites)])
    asked = await read_body(request, CommuneSearch)
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_SEARCHER, find_communes, asked.search, near)
    return json_response([msgspec.to_builtins(one) for one in found])
