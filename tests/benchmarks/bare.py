"""What the parts with real browsers share: the browser, a page under watch, and the bare call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import WSMsgType, web
from playwright.async_api import Browser, Page

from tests.faults.support.nodes import free_port

_PAGES = Path(__file__).parent / "pages"


async def open_page(
    browser: Browser, url: str, size: dict[str, int], probe: str = "probe.js"
) -> Page:
    """Open an address with camera and microphone allowed, and a script of ``pages`` before it."""
    context = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, locale="vi-VN"
    )
    await context.grant_permissions(["camera", "microphone"])
    await context.add_init_script(path=_PAGES / probe)
    page = await context.new_page()
    page.set_default_timeout(60_000)
    await page.goto(url)
    return page


@asynccontextmanager
async def relay() -> AsyncIterator[str]:
    """Serve the bare page, and pass every message on to the other side of its room."""
    rooms: dict[str, set[web.WebSocketResponse]] = {}

    async def pass_on(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        room = rooms.setdefault(request.query["room"], set())
        room.add(ws)
        async for message in ws:
            if message.type is WSMsgType.TEXT:
                for other in room - {ws}:
                    await other.send_str(message.data)
        room.discard(ws)
        return ws

    app = web.Application()
    app.router.add_get("/relay", pass_on)
    app.router.add_static("/", _PAGES)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()
