"""Who sends nothing, or letter by letter, is shown the door in time and takes nobody's place."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from fairserver.web.limits.connections import Connections, GuardedSite
from tests.web.support import Server, Servers

Until = Callable[[Callable[[], object]], Awaitable[None]]

#: Another address of this computer.
ELSEWHERE = "127.0.0.2"
PAGE = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
#: A server that never lets go would hang the run.
_NEVER_S = 30.0


class Raw:
    """A bare TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, port: int, source: str = "127.0.0.1") -> Raw:
        found = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
        return cls(*found)

    async def rest(self) -> bytes:
        """Everything that comes until the server closes."""
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(_NEVER_S):
                return await self.reader.read()
        return b""

    async def ask(self) -> bytes:
        """Ask for a page; give the first line of its answer, b"" when there is none."""
        with contextlib.suppress(ConnectionError):
            self.writer.write(PAGE)
            return await self.reader.readline()
        return b""

    def close(self) -> None:
        self.writer.close()


def port_of(server: Server) -> int:
    return server.node.settings.port


@pytest.mark.parametrize("said", [b"", b"GET /livez HTTP/1.1\r\nHost: 127.0", PAGE + b"GET"])
async def test_who_does_not_finish_a_header_is_closed(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr("fairserver.web.app._IDLE_S", 0.2)
    server = await servers.start()
    raw = await Raw.to(port_of(server))
    raw.writer.write(said)
    assert (await raw.rest()).count(b"200 OK") == said.count(PAGE)
    raw.close()


async def test_a_header_letter_by_letter_is_cut_off(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairserver.web.app._IDLE_S", 0.3)
    server = await servers.start()
    raw = await Raw.to(port_of(server))
    rest = asyncio.create_task(raw.rest())
    raw.writer.write(b"GET /livez HTTP/1.1\r\nX-Long: ")
    while not rest.done():
        raw.writer.write(b"x")
        await asyncio.sleep(0.02)
    assert b"200" not in rest.result()
    raw.close()


async def test_a_body_that_does_not_come_is_not_waited_for(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairserver.web.http_api._BODY_S", 0.1)
    server = await servers.start()
    raw = await Raw.to(port_of(server))
    raw.writer.write(
        b"POST /api/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Fair: 1\r\n"
        b"Content-Length: 500\r\n\r\n{"
    )
    assert b" 400 " in await raw.reader.readline()
    raw.close()


async def test_a_handshake_that_does_not_come_is_not_waited_for(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, free_port: Callable[[], int]
) -> None:
    monkeypatch.setattr("fairserver.web.limits.connections.HANDSHAKE_S", 0.1)
    runner = web.AppRunner(web.Application())
    await runner.setup()
    connections, port = Connections(servers.settings({}, {})), free_port()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    site = GuardedSite(runner, connections, "127.0.0.1", port, backlog=16, ssl_context=context)
    await site.start()
    for said in (b"", b"\x16\x03\x01"):
        raw = await Raw.to(port)
        raw.writer.write(said)
        await raw.rest()
        raw.close()
    assert connections.unsettled == 0
    await runner.cleanup()


async def test_one_address_has_a_share_of_the_connections(
    servers: Servers, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    server = await servers.start(limits={"connections_per_address": 4})
    silent = [await Raw.to(port_of(server), ELSEWHERE) for _ in range(4)]
    await until(lambda: server.node.doors.unsettled == 4)
    one_more = await Raw.to(port_of(server), ELSEWHERE)
    assert await one_more.ask() == b""
    told = [text for text in caplog.messages if "known_addresses" in text]
    assert [text.split()[0] for text in told] == [ELSEWHERE]
    neighbour = await Raw.to(port_of(server))
    assert b"200 OK" in await neighbour.ask()
    silent[0].close()
    await until(lambda: server.node.doors.unsettled == 4)  # three, and the neighbour
    again = await Raw.to(port_of(server), ELSEWHERE)
    assert b"200 OK" in await again.ask()
    for raw in (*silent, one_more, neighbour, again):
        raw.close()


async def test_who_holds_many_silent_connections_makes_room_for_newcomers(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    monkeypatch.setattr("fairserver.web.limits.connections.UNSETTLED", 8)
    server = await servers.start()
    silent = [await Raw.to(port_of(server), ELSEWHERE) for _ in range(8)]
    await until(lambda: server.node.doors.unsettled == 8)
    newcomers = [await Raw.to(port_of(server)) for _ in range(3)]
    for newcomer in newcomers:
        assert b"200 OK" in await newcomer.ask()
    for evicted in silent[:3]:
        assert await evicted.rest() == b""
    for raw in (*silent, *newcomers):
        raw.close()
    await until(lambda: server.node.doors.unsettled == 0)


async def test_a_socket_of_somebody_who_is_signed_in_is_not_made_room_with(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await servers.start()
    _, page = await server.newcomer()
    monkeypatch.setattr("fairserver.web.limits.connections.UNSETTLED", 2)
    many = [await Raw.to(port_of(server)) for _ in range(6)]
    for raw in many[-1:]:
        assert b"200 OK" in await raw.ask()
    await page.do("ping")
    for raw in many:
        raw.close()
