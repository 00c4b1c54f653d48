"""A client that reads nothing is closed, and nobody waits for it."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
from collections.abc import Awaitable, Callable

import pytest

from tests.web.support import Person, Server, Servers


async def deaf_client(server: Server, person: Person) -> sockets.socket:
    """Open a socket by hand that sends hello and then never reads."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", server.node.settings.port))
    request = (
        f"GET /ws/{server.fair_id} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Authorization: Bearer {person.token}\r\n\r\n"
    )
    await loop.sock_sendall(raw, request.encode())
    reply = b""
    while b"\r\n\r\n" not in reply:
        reply += await loop.sock_recv(raw, 1)
    assert b" 101 " in reply
    hello = json.dumps({"type": "hello", "id": "k", "views": {"control": None}}).encode()
    # One unmasked-length text frame with a mask of zeros: the mask changes nothing.
    await loop.sock_sendall(raw, bytes([0x81, 0x80 | len(hello), 0, 0, 0, 0]) + hello)
    return raw


async def test_a_client_that_never_reads_is_closed_and_others_are_served_meanwhile(
    servers: Servers,
    until: Callable[[Callable[[], object]], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fairserver.web.connection._WRITE_S", 0.3)
    server = await servers.start(limits={"commands_per_second": 1000, "commands_burst": 10_000})
    person = await server.organiser()
    before = set(server.node.connections)
    raw = await deaf_client(server, person)
    await until(lambda: len(server.node.connections) > len(before))
    (deaf,) = server.node.connections - before
    await until(lambda: deaf.has_said_hello)
    calm = await server.socket(await server.organiser(), ["control"])
    big = json.dumps({"type": "delta", "pad": "x" * 20_000}).encode()
    pushed = 0
    while deaf.close_code is None:
        deaf.push(big)
        pushed += 1
        await calm.do("ping")
        assert pushed < 1000, "a deaf client's queue has no bound"
    assert deaf._waiting_bytes <= 512 * 1024 + len(big)
    while deaf in server.node.connections:
        await calm.do("ping")
    raw.close()
