"""A phone's link that falls from 2 Mbit/s to 200 and 80 kbit/s in mid-call and comes back.

Our two pages beside a bare call whose browsers do as they like, one after the other on the same
link in the same run, both ends read by the same script (``pages/link.js``). The phone is in a
network of its own (``lab.py``).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright, expect

from fairserver.domain.states import BoothMode
from fairserver.protocol.answers import Ok
from tests.benchmarks.bare import open_page, relay
from tests.benchmarks.falls import PHASES, Reading, table
from tests.benchmarks.ground import Ground, ground
from tests.benchmarks.lab import PhoneLink, phone_link
from tests.benchmarks.meter import RESULTS
from tests.chromium import find_chromium
from tests.faults.support.fair import FairShape
from tests.faults.support.people import invite_organiser, invite_recruiters, register_people
from tests.journeys.people import comes_true
from tests.journeys.support import BROWSER_ARGS, LAPTOP, PHONE

_ARGS = ["--headless=new", *BROWSER_ARGS]
_SHAPE = FairShape(
    fair_id="ladder", booths=1, desks=1, mode=BoothMode.ONLINE, settings={"deck_per_desk": 0}
)
#: Seconds between two looks at both pages.
_LOOK_S = 0.5
_MOVES = "async () => (await meter.read()).frames > 0"


@asynccontextmanager
async def _our_call(
    base: Ground, there: Browser, here: Browser, link: PhoneLink
) -> AsyncIterator[tuple[Page, Page]]:
    """Bring our two pages into an interview."""
    node = base.nodes.nodes[0]
    organiser = await base.socket(await invite_organiser(base.nodes))
    await organiser.ask("open_fair")
    (person,) = await register_people(base.nodes, 1)
    (invited,) = await invite_recruiters(base.nodes)
    desk_url = f"{node.url}/f/{_SHAPE.fair_id}/booth#t={invited.token}"
    async with link.reach(node.settings.port):
        phone = await open_page(there, f"{node.url}{person.ticket_link}", PHONE, "link.js")
        desk = await open_page(here, desk_url, LAPTOP, "link.js")
        for name in ("Vào gian", "Vào bàn", "Sẵn sàng"):
            await desk.get_by_role("button", name=name).click()
        ok = await (await base.socket(person)).ask("join", booth_id="b1")
        assert isinstance(ok, Ok), ok
        await phone.locator("button.accept").click()
        await expect(desk.locator(".stage.in-call")).to_be_visible(timeout=60_000)
        yield phone, desk
        await phone.context.close()
        await desk.context.close()


@asynccontextmanager
async def _bare_call(
    there: Browser, here: Browser, link: PhoneLink
) -> AsyncIterator[tuple[Page, Page]]:
    """Bring the two ends of the bare page into a call."""
    async with relay() as url, link.reach(int(url.rsplit(":", 1)[1])):
        sides = ((there, "phone", PHONE), (here, "desk", LAPTOP))
        phone, desk = [
            await open_page(browser, f"{url}/bare.html?side={side}&camera=open", size, "link.js")
            for browser, side, size in sides
        ]
        for page in (phone, desk):
            await page.locator("body[data-ready]").wait_for()
        await phone.locator("button.accept").click()
        yield phone, desk
        await phone.context.close()
        await desk.context.close()


async def _watch(phone: Page, desk: Page, link: PhoneLink) -> list[Reading]:
    """Let the link fall and rise; give what both ends said all the time."""
    readings: list[Reading] = []
    for page in (phone, desk):
        await comes_true(page, _MOVES)
    for index, phase in enumerate(PHASES):
        link.limit(phase.kbit_s)
        began = time.monotonic()
        while (into := time.monotonic() - began) < phase.seconds:
            for side, page in (("phone", phone), ("desk", desk)):
                readings.append(Reading(index, into, side, await page.evaluate("meter.read()")))
            await asyncio.sleep(_LOOK_S)
    return readings


async def measure(chromium: str, link: PhoneLink) -> dict[str, list[Reading]]:
    """Hold our call and the bare one; give the readings of each."""
    found: dict[str, list[Reading]] = {}
    with link.browser(chromium) as wrapped:
        async with (
            async_playwright() as playwright,
            await playwright.chromium.launch(executable_path=wrapped, args=_ARGS) as there,
            await playwright.chromium.launch(executable_path=chromium, args=_ARGS) as here,
        ):
            link.limit(PHASES[0].kbit_s)
            async with ground(_SHAPE) as base, _our_call(base, there, here, link) as pages:
                found["ours"] = await _watch(*pages, link)
            link.limit(PHASES[0].kbit_s)
            async with _bare_call(there, here, link) as pages:
                found["bare"] = await _watch(*pages, link)
    return found


def main() -> None:
    """Measure and print, or say why it cannot be measured here."""
    chromium = find_chromium()
    if chromium is None:
        print("\nLadder: no Chromium was found; this part is left out.")
        return
    try:
        with phone_link() as link:
            found = asyncio.run(measure(chromium, link))
    except PermissionError as error:
        print(f"\nLadder: {error}; this part is left out.")
        return
    print("\nLadder: a phone's link falls in mid-call and comes back; the worse of both ends")
    print("\n".join(table(found)))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "ladder.json").write_text(json.dumps(found), encoding="utf-8")
