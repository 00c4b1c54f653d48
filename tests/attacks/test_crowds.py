"""What a crowd makes long or many, honest or not, locks nobody out."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest
from aiohttp import web

from fairserver.settings import LimitSettings, ServerSettings
from fairserver.web.limits.connections import Connections, GuardedSite
from tests.attacks.test_slow_clients import Raw
from tests.line.live import ORGANISER
from tests.web.support import Server, Servers, a_form


async def long_line(server: Server, booth_id: str, count: int) -> None:
    """Let people stand in a booth's line."""
    for number in range(count):
        person = {"candidate_id": f"cInTheLine{number:03d}"}
        await server.node.line.register(server.fair_id, person["candidate_id"])
        await server.node.line.run(server.fair_id, "join", ORGANISER, **person, booth_id=booth_id)


async def test_a_booth_whose_line_is_longer_than_what_may_wait_for_a_client_is_shown(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await servers.start()
    await server.open_fair()
    await long_line(server, "b1", 20)
    monkeypatch.setattr("fairserver.web.connection._MOST_BYTES", 4096)
    page = await server.socket(await server.recruiter(), ["booth", "hall"])
    shown = next(one for one in page.frames if one.get("view") == "booth")
    assert len(json.dumps(shown)) > 4096
    await page.do("ping")


class Loading:
    """A page that is being loaded, as slowly as a phone in a full hall takes its files."""

    def __init__(self) -> None:
        self.came, self.goes_on = asyncio.Semaphore(0), asyncio.Event()

    async def load(self, _: web.Request) -> web.Response:
        self.came.release()
        await self.goes_on.wait()
        return web.Response(text="loaded\n")


async def _at_once(_: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def test_a_hall_that_opens_the_page_at_once_gets_it_whole(
    monkeypatch: pytest.MonkeyPatch, free_port: Callable[[], int]
) -> None:
    monkeypatch.setattr("fairserver.web.limits.connections.UNSETTLED", 40)
    page, app = Loading(), web.Application()
    app.router.add_get("/page", page.load)
    app.router.add_get("/livez", _at_once)
    runner = web.AppRunner(app)
    await runner.setup()
    connections, port = Connections(ServerSettings()), free_port()
    await GuardedSite(runner, connections, "127.0.0.1", port, backlog=128).start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        phones = [await Raw.to(port, f"127.0.1.{number}") for number in range(1, 11)]
        phones += [await Raw.to(port, f"127.0.1.{number}") for number in range(1, 11)]
        for phone in phones:  # each asks for a file, and keeps a connection that has had its own
            stack.callback(phone.close)
            phone.writer.write(b"GET /page HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            async with asyncio.timeout(30):
                await page.came.acquire()
        for number in range(1, 61):
            more = await Raw.to(port, f"127.0.1.{number}")
            stack.callback(more.close)
            assert b"200 OK" in await more.ask()
        assert connections.unsettled <= 40
        page.goes_on.set()
        for phone in phones:
            assert b"200 OK" in await phone.reader.readline()


async def test_a_hall_of_the_centre_registers_and_comes_back_when_the_doors_open(
    servers: Servers,
) -> None:
    """A hall of 1,500 at a twentieth: one address, everybody at once, every tenth mistypes."""
    assert 60 * LimitSettings().registrations_per_second * 5 >= 1500
    few = {"registrations_per_second": 5 / 20, "registrations_per_minute": 2}
    limits = {**few, "known_addresses": ["198.51.100.0/24"]}
    hall = [await servers.start(trusted_proxies=["127.0.0.1"], limits=limits) for _ in range(2)]

    async def one(number: int) -> tuple[int, int]:
        server, sent = hall[number % 2], {"X-Forwarded-For": "198.51.100.9"}
        url, form = f"{server.fair_url}/candidates", a_form(bearer=True)
        taken = await server.post(url, form, headers=sent)
        if taken.status != 201:
            return taken.status, 0
        known = {"fair_id": server.fair_id, "number": taken.json["number"]}
        code = "0000 0000" if number % 10 == 0 else taken.json["code"]
        back = await server.post("/api/sessions", {**known, "code": code}, headers=sent)
        return taken.status, back.status

    told = Counter(await asyncio.gather(*map(one, range(70))))
    assert told == {(201, 200): 63, (201, 401): 7}
