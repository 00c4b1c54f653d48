"""The floor: the least that could do the same job, without sign-in, views or record.

``python -m tests.benchmarks.floor STORE PORT`` serves a socket on which ``join`` runs one store
function and every socket is told of every event.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiohttp import WSMsgType, web
from redis.asyncio import Redis

from fairserver.line.store import open_store

_EVENTS = "{floor}:events"
_LUA = """
local n = redis.call('INCR', KEYS[1] .. ':n')
redis.call('ZADD', KEYS[1] .. ':line', n, ARGV[1])
local event = '{"event":"joined","who":"' .. ARGV[1] .. '","number":' .. n .. '}'
redis.call('XADD', KEYS[1] .. ':events', n .. '-0', 'e', event)
return n
"""
_sockets: set[web.WebSocketResponse] = set()


def make_app(store: Redis) -> web.Application:
    """Make the whole server."""
    join = store.register_script(_LUA)

    async def serve(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        _sockets.add(ws)
        try:
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    await join(keys=["{floor}"], args=[message.data])
                    await ws.send_str("ok")
        finally:
            _sockets.discard(ws)
        return ws

    async def tell(_: web.Application) -> Any:
        task = asyncio.create_task(_tell(store))
        yield
        task.cancel()

    app = web.Application()
    app.router.add_get("/ws", serve)
    app.cleanup_ctx.append(tell)
    return app


async def _tell(store: Redis) -> None:
    last = b"0-0"
    while True:
        news: Any = await store.xread({_EVENTS: last}, block=2000)
        streams = list(news.values()) if isinstance(news, dict) else [s[1] for s in news]
        for entry_id, fields in streams[0] if streams else []:
            last = entry_id
            text = fields[b"e"].decode()
            for ws in tuple(_sockets):
                await ws.send_str(text)


if __name__ == "__main__":
    web.run_app(
        make_app(open_store(sys.argv[1])),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        access_log=None,
        print=lambda _: print("ready", flush=True),
    )
