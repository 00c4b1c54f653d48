"""The two ends under test: the server's socket as an echo, and the client's against the suite."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import WSMsgType, web
from websockets.exceptions import ConnectionClosed, InvalidMessage

from booth_client.client import new_socket as client_socket
from fairserver.settings import LimitSettings
from fairserver.web.socket import new_socket as server_socket

#: The largest message of the suite is as long as the default's hard limit (64 KiB), at which the
#: server rightly closes; one step up from it all other settings are the default's.
_LIMITS = LimitSettings(message_bytes=2 * LimitSettings().message_bytes)


async def _echo(request: web.Request) -> web.WebSocketResponse:
    """Send every message back over the very socket that candidates get, with its settings."""
    ws = server_socket(_LIMITS)
    await ws.prepare(request)
    async for message in ws:
        if message.type is WSMsgType.TEXT:
            await ws.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await ws.send_bytes(message.data)
    return ws


@asynccontextmanager
async def echo_server(port: int) -> AsyncIterator[None]:
    """Serve the echo on the loopback; it is part of the tests, not of the server."""
    app = web.Application()
    app.router.add_get("/", _echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


async def run_client(url: str, agent: str) -> None:
    """Go through all cases of a fuzzing server with the client's socket, and let it report."""
    for case in range(1, await _count(url) + 1):
        try:
            async with client_socket(f"{url}/runCase?case={case}&agent={agent}") as socket:
                async for message in socket:
                    await socket.send(message)
        except (ConnectionClosed, InvalidMessage):
            continue  # how it ended is what the suite looks at
    async with client_socket(f"{url}/updateReports?agent={agent}"):
        pass


async def _count(url: str) -> int:
    async with client_socket(f"{url}/getCaseCount") as socket:
        return int(json.loads(await socket.recv()))
