"""One person, or one address, cannot take the sockets of a node from the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from fairserver.domain.states import Role
from fairserver.protocol.answers import CloseCode
from tests.web.support import Person, Server, Servers, Socket

Until = Callable[[Callable[[], object]], Awaitable[None]]

MOST = 3


async def test_who_opens_one_page_too_many_loses_the_oldest_with_a_sentence(
    servers: Servers,
) -> None:
    server = await servers.start(limits={"sockets_per_person": MOST})
    person = await server.candidate()
    pages = [await server.socket(person) for _ in range(MOST + 2)]
    for oldest in pages[:2]:
        assert await oldest.close_code() == CloseCode.TOO_MANY_OPEN
    for page in pages[2:]:
        await page.do("ping")
    assert len(server.node.connections) == MOST


async def test_all_sign_ins_of_one_person_count_together(servers: Servers) -> None:
    server = await servers.start(limits={"sockets_per_person": MOST})
    person = await server.candidate()
    pages = []
    for _ in range(MOST + 1):
        signed_in = await server.post(
            "/api/sessions", {"token": person.ticket_link.rpartition("=")[2], "bearer": True}
        )
        again = Person(token=signed_in.json["session_token"], slot="", role=Role.CANDIDATE)
        pages.append(await server.socket(again))
    assert await pages[0].close_code() == CloseCode.TOO_MANY_OPEN


async def test_a_phone_that_comes_back_is_let_in_while_its_dead_sockets_are_still_there(
    servers: Servers,
) -> None:
    server = await servers.start(limits={"sockets_per_person": MOST, "heartbeat_s": 60})
    person = await server.candidate()
    for _ in range(3 * MOST):
        page = await server.socket(person)  # the ones before say nothing of their end
        await page.do("ping")


async def test_candidates_cannot_lock_staff_out(servers: Servers, until: Until) -> None:
    server = await servers.start(limits={"max_connections": 10})
    crowd = [await server.candidate() for _ in range(10)]
    pages = [await server.socket(person) for person in crowd[:9]]
    late = await server.socket(crowd[9], None)
    assert await late.close_code() == aiohttp.WSCloseCode.TRY_AGAIN_LATER
    await (await server.socket(await server.organiser())).do("ping")
    reply = await server.get(f"/ws/{server.fair_id}", token=(await server.recruiter()).token)
    assert reply.status == 503
    for page in pages[:2]:
        await page.close()
    await until(lambda: server.node.places.open == 8)
    await (await server.socket(crowd[9])).do("ping")


async def _open_from(server: Server, address: str, person: Person | None) -> Any:
    """Open a socket as the proxy passes it on; give it, or the status that refuses it."""
    headers = {"Authorization": f"Bearer {person.token if person else 'nobody'}"}
    try:
        ws = await server.http.ws_connect(
            f"{server.base_url}/ws/{server.fair_id}",
            headers={**headers, "X-Forwarded-For": address},
        )
    except aiohttp.WSServerHandshakeError as refused:
        return refused.status
    socket = Socket(ws)
    server.sockets.append(socket)
    return socket


@pytest.mark.parametrize(
    ("one", "other"),
    [("198.51.100.7", "198.51.100.8"), ("2001:db8:1:2::1", "2001:db8:1:3::1")],
)
async def test_one_address_has_a_share_of_the_sockets(
    servers: Servers, one: str, other: str
) -> None:
    server = await servers.start(
        limits={"connections_per_address": 3}, trusted_proxies=["127.0.0.1"]
    )
    people = [await server.candidate() for _ in range(5)]
    for person in people[:3]:
        assert isinstance(await _open_from(server, one, person), Socket)
    neighbour = one if ":" not in one else "2001:db8:1:2:ffff::9"  # the same line's
    assert await _open_from(server, neighbour, people[3]) == 503
    assert isinstance(await _open_from(server, other, people[4]), Socket)


async def test_an_address_of_the_centres_own_is_not_counted(servers: Servers) -> None:
    server = await servers.start(
        limits={"connections_per_address": 1, "known_addresses": ["198.51.100.0/24"]},
        trusted_proxies=["127.0.0.1"],
    )
    for _ in range(4):
        person = await server.candidate()
        assert isinstance(await _open_from(server, "198.51.100.7", person), Socket)


async def test_sockets_that_nobody_signs_in_leave_the_door_free_for_others(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairserver.web.limits.sockets.SIGNING_IN_PER_ADDRESS", 5)
    server = await servers.start(trusted_proxies=["127.0.0.1"])
    person = await server.candidate()
    asked = asyncio.Event()
    found, ledger = server.node.ledger.sessions.find, server.node.ledger.sessions

    async def find(token: str) -> Any:
        """The ledger is slow: who is not signed in stands at the door."""
        if token == "nobody":
            await asked.wait()
        return await found(token)

    monkeypatch.setattr(ledger, "find", find)
    attackers = [await _open_from(server, "198.51.100.7", None) for _ in range(8)]
    assert attackers[5:] == [503, 503, 503]
    assert isinstance(await _open_from(server, "198.51.100.8", person), Socket)
    asked.set()
    for attacker in attackers[:5]:
        assert await attacker.close_code() == CloseCode.SIGN_IN
    assert isinstance(await _open_from(server, "198.51.100.7", person), Socket)


async def test_who_opens_sockets_without_end_is_told_to_wait(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairserver.web.limits.meters._OPENINGS_BURST", 4)
    monkeypatch.setattr("fairserver.web.limits.meters._OPENINGS_RATE", 1e-6)
    server = await servers.start()
    person, other = await server.candidate(), await server.candidate()
    for _ in range(4):
        await (await server.socket(person)).close()
    assert await (await server.socket(person, None)).close_code() == CloseCode.TOO_FAST
    await (await server.socket(other)).do("ping")
