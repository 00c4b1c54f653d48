"""What one person sends is counted over all of the person's sockets, and costs nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from typing import Any

import aiohttp
import pytest

from fairserver.protocol.answers import CloseCode
from tests.web.support import Server, Servers, Socket

#: Nothing comes back while a test runs.
SLOW = {"commands_per_second": 1, "commands_burst": 20}


async def _flood(sockets: list[Socket], count: int, kind: str, **fields: Any) -> list[str]:
    """Send commands from all sockets at once; give what each was answered with."""
    names = [(socket, f"{kind}-{number}") for number in range(count) for socket in sockets]
    for socket, name in names:
        await socket.send(json.dumps({"type": kind, "id": name, **fields}))
    for socket, name in names:
        await socket.until(lambda socket=socket, name=name: socket.answers[name])
    return [socket.answers[name][0].get("code", "ok") for socket, name in names]


async def test_all_sockets_of_a_person_draw_on_one_account(servers: Servers) -> None:
    server = await servers.start(limits=SLOW)
    person = await server.candidate()
    pages = [await server.socket(person) for _ in range(4)]
    codes = await _flood(pages, 10, "ping")
    assert codes.count("ok") <= SLOW["commands_burst"] + 5
    assert set(codes) == {"ok", "too_fast"}
    _, other = await server.newcomer()
    await other.do("ping")


async def test_coming_back_does_not_fill_the_account_again(servers: Servers) -> None:
    server = await servers.start(limits=SLOW)
    person = await server.candidate()
    page = await server.socket(person)
    await _flood([page], 30, "ping")
    await page.close()
    again = await server.socket(person, None)
    assert await again.refused("ping") == "too_fast"


async def test_a_view_costs_more_than_a_command(servers: Servers) -> None:
    server = await servers.start(limits=SLOW)
    page = await server.socket(await server.candidate(), None)
    codes = await _flood([page], 12, "hello", views={"me": None, "hall": None})
    assert codes.count("ok") <= 3
    snapshots = [frame for frame in page.frames if frame["type"] == "snapshot"]
    assert len(snapshots) <= 6


async def test_who_goes_on_sending_too_fast_is_shown_out(servers: Servers) -> None:
    server = await servers.start(limits={"commands_per_second": 1, "commands_burst": 6})
    page = await server.socket(await server.candidate())
    ping = json.dumps({"type": "ping", "id": "p"})
    while not page.ws.closed:
        with contextlib.suppress(ConnectionError):
            await page.send(ping)
    assert await page.close_code() == CloseCode.TOO_FAST


async def test_bytes_are_counted_too(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairserver.web.limits.meters._BYTES_BURST", 40_000)
    monkeypatch.setattr("fairserver.web.limits.meters._BYTES_RATE", 1)
    server = await servers.start()
    page = await server.socket(await server.candidate())
    codes = []
    for _ in range(6):
        frame = json.dumps({"type": "ping", "id": "p"}) + " " * 10_000
        before = len(page.answers["p"])
        await page.send(frame)
        await page.until(lambda before=before: len(page.answers["p"]) > before)
        codes.append(page.answers["p"][-1].get("code"))
    assert codes[0] != "too_fast"
    assert codes[-1] == "too_fast"


@pytest.mark.parametrize("kind", ["ping", "pong"])
async def test_pings_of_the_socket_itself_are_counted(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("fairserver.web.limits.meters._PINGS_BURST", 10)
    server = await servers.start()
    page = await server.socket(await server.candidate())
    await page.ws.ping()
    await page.do("ping")
    for _ in range(200):
        try:
            await (page.ws.ping() if kind == "ping" else page.ws.pong())
        except ConnectionError:
            break
    assert await page.close_code() == CloseCode.TOO_FAST


async def test_requests_over_http_draw_on_one_account_at_all_addresses(servers: Servers) -> None:
    server = await servers.start(limits={"requests_per_second": 1})
    person, other = await server.candidate(), await server.candidate()
    paths = ["/api/session", f"{server.fair_url}/my-data"]
    replies = [await server.get(paths[number % 2], token=person.token) for number in range(40)]
    assert replies[0].status == 200
    assert (replies[-1].status, replies[-1].json["code"]) == (429, "too_fast")
    assert (await server.get("/api/session", token=other.token)).status == 200


async def test_a_flood_by_one_leaves_the_others_their_answers(server: Server) -> None:
    person = await server.candidate()
    pages = [await server.socket(person) for _ in range(8)]
    _, calm = await server.newcomer()

    async def flood(page: Socket) -> None:
        for number in range(400):
            try:
                await page.send(json.dumps({"type": "ping", "id": f"f{number}"}))
            except (ConnectionError, aiohttp.ClientError):
                return

    floods = [asyncio.create_task(flood(page)) for page in pages]
    for _ in range(20):
        await calm.do("ping")
    await asyncio.gather(*floods)


async def test_searches_for_a_commune_leave_the_loop_free(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One search stands still: nobody who is no searcher waits for it."""
    let_go = threading.Event()

    def search(*_: object) -> list[object]:
        let_go.wait(30)
        return []

    monkeypatch.setattr("fairserver.web.places.find_communes", search)
    path = f"{server.fair_url}/communes"
    searches = [asyncio.create_task(server.post(path, {"search": "t"})) for _ in range(5)]
    _, calm = await server.newcomer()
    await calm.do("ping")
    assert not any(one.done() for one in searches)
    let_go.set()
    assert {(await one).status for one in searches} == {200}


async def test_visitors_of_one_line_have_a_share_of_what_anybody_may_ask(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairserver.web.app._VISITORS", 0.1)
    limits = {"registrations_per_second": 1, "known_addresses": ["198.51.100.200"]}
    server = await servers.start(limits=limits, trusted_proxies=["127.0.0.1"])

    async def ask(address: str) -> int:
        headers = {"X-Forwarded-For": address}
        return (await server.get(f"{server.fair_url}/facts", headers=headers)).status

    flood = [await ask(f"2001:db8:1:2::{number}") for number in range(1, 12)]
    assert (flood[0], flood[-1]) == (200, 429)
    assert await ask("2001:db8:1:3::1") == 200
    assert {await ask("198.51.100.200") for _ in range(12)} == {200}


async def test_tokens_that_never_were_are_looked_up_one_by_one(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await servers.start(trusted_proxies=["127.0.0.1"])
    person, sessions = await server.candidate(), server.node.ledger.sessions
    find, under_way, most = sessions.find, 0, 0

    async def watched(token: str) -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await find(token)
        finally:
            under_way -= 1

    async def ask(token: str, address: str = "203.0.113.7") -> int:
        headers = {"X-Forwarded-For": address}
        return (await server.get("/api/session", token=token, headers=headers)).status

    for number in range(35):
        assert await ask(f"never-{number}") == 401
    monkeypatch.setattr(sessions, "find", watched)
    assert set(await asyncio.gather(*(ask(f"no-{number}") for number in range(20)))) == {401}
    assert most == 1
    # Nobody is kept out, there or elsewhere; elsewhere nobody waits.
    assert await ask(person.token) == 200
    many = [f"198.51.100.{number}" for number in range(20)]
    assert set(await asyncio.gather(*(ask(person.token, one) for one in many))) == {200}
    assert most > 1
