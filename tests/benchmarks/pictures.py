"""From the tap that accepts until both people see each other, beside a bare two-tab call.

Ours are the real pages, the real server and a real Chromium with a fake camera: accept, enter
the room, signal through the server, first frame on both sides.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import WSMsgType, web
from playwright.async_api import Browser, Page, async_playwright, expect

from fairserver.domain.states import BoothMode
from fairserver.protocol.answers import Ok
from tests.benchmarks.ground import Ground, ground
from tests.benchmarks.meter import Series, show
from tests.faults.support.caller import Caller
from tests.faults.support.fair import FairShape
from tests.faults.support.nodes import free_port
from tests.faults.support.people import invite_organiser, invite_recruiters, register_people
from tests.journeys.support import BROWSER_ARGS, LAPTOP, PHONE

_PAGES = Path(__file__).parent / "pages"
#: Calls of each kind that count, after one that warms up.
_CALLS = 12
_ARGS = ["--headless=new", *BROWSER_ARGS]
_SHAPE = FairShape(fair_id="pictures", booths=1, desks=1, mode=BoothMode.ONLINE)


class Pair:
    """Two pages of a call: who accepts, and who waits for it."""

    def __init__(self, phone: Page, desk: Page) -> None:
        self.phone = phone
        self.desk = desk

    async def call_ms(self) -> float:
        """Accept; give the milliseconds until both have the other's first frame."""
        for page in (self.phone, self.desk):
            await page.evaluate("probe.reset()")
        await self.phone.evaluate("document.querySelector('button.accept').click()")
        frames: list[float] = [await p.evaluate("probe.picture") for p in (self.phone, self.desk)]
        accepted: float = await self.phone.evaluate("probe.accepted")
        return max(frames) - accepted

    async def prepare(self) -> None:
        """Get ready for the next call."""

    async def end(self) -> None:
        """End this one."""
        await self.phone.evaluate("end()")


class OurPair(Pair):
    """The candidate's and the booth's page; joining and finishing is done behind the scenes."""

    def __init__(self, phone: Page, desk: Page, candidate: Caller, recruiter: Caller) -> None:
        super().__init__(phone, desk)
        self._candidate = candidate
        self._recruiter = recruiter
        self._ticket_id = ""

    async def prepare(self) -> None:
        """Join the line; the desk is ready, so the call comes at once."""
        ok = await self._candidate.ask("join", booth_id="b1")
        assert isinstance(ok, Ok), ok
        self._ticket_id = ok.result["ticket_id"]
        await self.phone.locator("button.accept").wait_for()
        # Nobody answers within the tenth of a second that the two pages need to meet ahead.
        for page in (self.phone, self.desk):
            await page.evaluate("probe.described()")

    async def end(self) -> None:
        """Finish, and be ready for the next."""
        await self._recruiter.ask("finish", ticket_id=self._ticket_id)
        await expect(self.desk.locator("video")).to_have_count(1)
        await self._recruiter.ask("call_next", desk_id="b1-1")


# --- bringing the pages up ----------------------------------------------------------------------


async def _open(browser: Browser, url: str, size: dict[str, int]) -> Page:
    context = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, locale="vi-VN"
    )
    await context.grant_permissions(["camera", "microphone"])
    await context.add_init_script(path=_PAGES / "probe.js")
    page = await context.new_page()
    page.set_default_timeout(60_000)
    await page.goto(url)
    return page


async def _ours(base: Ground, browser: Browser) -> OurPair:
    url, fair_id = base.nodes.nodes[0].url, _SHAPE.fair_id
    organiser = await base.socket(await invite_organiser(base.nodes))
    await organiser.ask("open_fair")
    (person,) = await register_people(base.nodes, 1)
    (invited,) = await invite_recruiters(base.nodes)
    phone = await _open(browser, f"{url}{person.ticket_link}", PHONE)
    desk = await _open(browser, f"{url}/f/{fair_id}/booth#t={invited.token}", LAPTOP)
    await desk.get_by_role("button", name="Vào gian").click()
    await desk.get_by_role("button", name="Vào bàn").click()
    await desk.get_by_role("button", name="Sẵn sàng").click()
    recruiter = await base.staff_socket(invited.token)
    return OurPair(phone, desk, await base.socket(person), recruiter)


async def _bare(browser: Browser, url: str, camera: str) -> Pair:
    sides = [
        await _open(browser, f"{url}/bare.html?side={side}&camera={camera}", size)
        for side, size in (("phone", PHONE), ("desk", LAPTOP))
    ]
    for page in sides:
        await page.locator("body[data-ready]").wait_for()
    return Pair(*sides)


@asynccontextmanager
async def _relay() -> AsyncIterator[str]:
    """Serve the bare page, and pass every message on to the other side of its room."""
    rooms: dict[str, set[web.WebSocketResponse]] = {}

    async def relay(request: web.Request) -> web.WebSocketResponse:
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
    app.router.add_get("/relay", relay)
    app.router.add_static("/", _PAGES)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


async def measure(chromium: str) -> list[Series]:
    """Take turns; give the time to both pictures beside both kinds of bare call."""
    open_before = Series("accepted → both see a picture", "ms", "bare, cameras open", bar=1.2)
    on_tap = Series("the same, camera opened in the tap", "ms", "bare, camera at the tap", bar=1.2)
    async with (
        ground(_SHAPE) as base,
        _relay() as url,
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=chromium, args=_ARGS) as browser,
    ):
        ours = await _ours(base, browser)
        bare, bare_tap = await _bare(browser, url, "open"), await _bare(browser, url, "tap")
        kinds = (
            (ours, [open_before.ours, on_tap.ours]),
            (bare, [open_before.bare]),
            (bare_tap, [on_tap.bare]),
        )
        for turn in range(_CALLS + 1):
            for pair, into in kinds:
                await pair.prepare()
                took_ms = await pair.call_ms()
                await pair.end()
                for series in into if turn else []:
                    series.append(took_ms)
    return [open_before, on_tap]


def find_chromium() -> str | None:
    """The browser that the Makefile found or installed, or one on the path."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("FAIRSERVER_CHROMIUM") or next(
        filter(None, map(shutil.which, names)), None
    )


def main() -> None:
    """Measure and print, or say that there is no browser."""
    chromium = find_chromium()
    if chromium is None:
        print("\nPictures: no Chromium was found; this part is left out.")
        return
    show("Pictures: our pages beside a bare two-tab call", asyncio.run(measure(chromium)))
