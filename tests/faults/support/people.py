"""Bring people into a fair: candidates register over HTTP, staff come by personal links."""

from __future__ import annotations

import asyncio
from random import Random

import aiohttp

from booth_client import Registered, Session, open_session, register
from booth_client.robots.people import invent_person
from booth_client.robots.roster import StaffDesks
from fairserver.domain.states import Role
from tests.faults.support.nodes import Nodes

#: Registrations on their way at a time.
_AT_ONCE = 8


async def register_people(
    nodes: Nodes, count: int, seed: int = 1, *, at_once: int = _AT_ONCE
) -> list[Registered]:
    """Register candidates, on all nodes in turn, so many at a time."""
    rng = Random(seed)
    forms = [invent_person(rng) for _ in range(count)]
    gate = asyncio.Semaphore(at_once)
    fair_id, urls = nodes.shape.fair_id, [node.url for node in nodes.nodes]

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:

        async def one(index: int) -> Registered:
            async with gate:
                url = urls[index % len(urls)]
                return await register(url, fair_id, forms[index], http=http)

        return list(await asyncio.gather(*map(one, range(count))))


async def invite_recruiters(nodes: Nodes) -> list[StaffDesks]:
    """Invite one recruiter to every desk."""
    shape, found = nodes.shape, []
    async with await nodes.open_ledger() as ledger:
        for booth_id in shape.booth_ids:
            for desk_id in shape.desk_ids(booth_id):
                invited = await ledger.staff.invite(
                    shape.fair_id, Role.RECRUITER, booth_id, f"Bàn {desk_id}"
                )
                found.append(StaffDesks(token=invited.token, booth_id=booth_id, desk_ids=[desk_id]))
    return found


async def invite_organiser(nodes: Nodes) -> Session:
    """Invite an organiser and sign in as one."""
    async with await nodes.open_ledger() as ledger:
        invited = await ledger.staff.invite(
            nodes.shape.fair_id, Role.ORGANISER, None, "Ban tổ chức"
        )
    return await open_session(nodes.nodes[0].url, invited.token)
