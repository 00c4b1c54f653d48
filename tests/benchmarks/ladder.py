"""A phone's link that falls from 2 Mbit/s to 200 and 80 kbit/s in mid-call and comes back.

Our two pages beside a bare call whose browsers do as they like, one after the other on the same
link, both ends read by the same script. The phone is in a network of its own (``lab.py``).
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from playwright.async_api import Browser, Page, async_playwright

from fairserver.domain.states import BoothMode
from fairserver.protocol.answers import Ok
from tests.benchmarks.bare import find_chromium, open_page, relay
from tests.benchmarks.ground import Ground, ground
from tests.benchmarks.lab import PhoneLink, phone_link
from tests.faults.support.fair import FairShape
from tests.faults.support.people import invite_organiser, invite_recruiters, register_people
from tests.journeys.support import BROWSER_ARGS, LAPTOP, PHONE

_ARGS = ["--headless=new", *BROWSER_ARGS]
_SHAPE = FairShape(
    fair_id="ladder", booths=1, desks=1, mode=BoothMode.ONLINE, settings={"deck_per_desk": 0}
)
#: Seconds between two looks at both pages.
_LOOK_S = 0.5


class Phase(NamedTuple):
    """So much of the link, for so long."""

    name: str
    kbit_s: int
    seconds: float


PHASES = (
    Phase("2 Mbit/s", 2_000, 60),
    Phase("200 kbit/s", 200, 20),
    Phase("80 kbit/s", 80, 20),
    Phase("2 Mbit/s again", 2_000, 40),
)


class Reading(NamedTuple):
    """What one page's script said at one time."""

    phase: int
    side: str
    figures: dict[str, float]


@asynccontextmanager
async def _our_call(
    base: Ground, phone_browser: Browser, desk_browser: Browser, link: PhoneLink
) -> AsyncIterator[tuple[Page, Page]]:
    """Bring our two pages into an interview."""
    url = base.nodes.nodes[0].url
    organiser = await base.socket(await invite_organiser(base.nodes))
    await organiser.ask("open_fair")
    (person,) = await register_people(base.nodes, 1)
    (invited,) = await invite_recruiters(base.nodes)
    async with link.reach(base.nodes.nodes[0].settings.port):
        phone = await open_page(phone_browser, f"{url}{person.ticket_link}", PHONE, "link.js")
        desk_url = f"{url}/f/{_SHAPE.fair_id}/booth#t={invited.token}"
        desk = await open_page(desk_browser, desk_url, LAPTOP, "link.js")
        for name in ("Vào gian", "Vào bàn", "Sẵn sàng"):
            await desk.get_by_role("button", name=name).click()
        ok = await (await base.socket(person)).ask("join", booth_id="b1")
        assert isinstance(ok, Ok), ok
        await phone.locator("button.accept").click()
        yield phone, desk


async def _watch(phone: Page, desk: Page, link: PhoneLink) -> list[Reading]:
    readings: list[Reading] = []
    for index, phase in enumerate(PHASES):
        link.limit(phase.kbit_s)
        ends = time.monotonic() + phase.seconds
        while time.monotonic() < ends:
            started = time.monotonic()
            for side, page in (("phone", phone), ("desk", desk)):
                figures: dict[str, float] = await page.evaluate("meter.read()")
                readings.append(Reading(index, side, figures))
                if os.environ.get("LADDER_LOOK"):
                    out = await page.evaluate("meter.outgoing()")
                    print(phase.name, side, round(time.monotonic() - ends + phase.seconds, 1), figures.get("trip"), figures.get("width"), figures.get("longest"), out, flush=True)
            await asyncio.sleep(max(0, _LOOK_S - (time.monotonic() - started)))
    return readings


def _row(readings: Sequence[Reading], phase: int, side: str, skip: float) -> str:
    mine = [r.figures for r in readings if r.side == side and r.phase <= phase]
    here = [r.figures for r in readings if r.side == side and r.phase == phase]
    before = next((r for r in reversed(mine) if r["at"] < here[0]["at"]), here[0])
    start = here[0]["at"] + skip * 1000
    base = [r for r in here if r["at"] <= start][-1] if skip else before
    last = here[-1]
    d = lambda k: last.get(k, 0) - base.get(k, 0)
    after = [r for r in here if r["at"] > base["at"]]
    samples = max(1, d("audio.totalSamplesReceived"))
    secs = (last["at"] - base["at"]) / 1000
    jb = 1000 * d("audio.jitterBufferDelay") / max(1, d("audio.jitterBufferEmittedCount"))
    trip = 1000 * statistics.mean(r["trip"] for r in after)
    return (f"  {PHASES[phase].name:16}{side:6} skip {skip:3} concealed {100*d('audio.concealedSamples')/samples:6.2f} % "
      f"(heard {100*(d('audio.concealedSamples')-d('audio.silentConcealedSamples'))/samples:5.2f}) buffer {jb:5.0f} ms trip {trip:5.0f} ms "
      f"freezes {d('video.freezeCount'):3.0f} ({d('video.totalFreezesDuration'):4.1f} s) longest {max(r['longest'] for r in after):5.0f} ms "
      f"fps {d('frames')/secs:4.1f} width {last.get('width')} rate {8*(d('audio.bytesReceived')+d('video.bytesReceived'))/secs/1000:5.0f} kbit/s")


async def measure(chromium: str) -> None:
    with phone_link() as link:
        link.limit(PHASES[0].kbit_s)
        with link.browser(chromium) as wrapped:
            async with (
                async_playwright() as playwright,
                await playwright.chromium.launch(executable_path=wrapped, args=_ARGS) as there,
                await playwright.chromium.launch(executable_path=chromium, args=_ARGS) as here,
            ):
                which = os.environ.get("LADDER_WHICH", "bare ours").split()
                if "ours" in which:
                    async with ground(_SHAPE) as base, _our_call(base, there, here, link) as (phone, desk):
                        await asyncio.sleep(3)
                        _print("ours", await _watch(phone, desk, link))
                        await phone.context.close(); await desk.context.close()
                if "bare" in which:
                    async with relay() as url, link.reach(int(url.rsplit(":", 1)[1])):
                        link.limit(PHASES[0].kbit_s)
                        phone, desk = [
                            await open_page(b, f"{url}/bare.html?side={side}&camera=open", size, "link.js")
                            for b, side, size in ((there, "phone", PHONE), (here, "desk", LAPTOP))
                        ]
                        for p in (phone, desk):
                            await p.locator("body[data-ready]").wait_for()
                        await phone.locator("button.accept").click()
                        await asyncio.sleep(3)
                        _print("bare", await _watch(phone, desk, link))


def _print(name: str, readings: list[Reading]) -> None:
    print(name)
    for phase in range(len(PHASES)):
        for side in ("phone", "desk"):
            for skip in (0, 5):
                print(_row(readings, phase, side, skip), flush=True)
        back = PHASES[phase].name


def main() -> None:
    chromium = find_chromium()
    asyncio.run(measure(chromium))

if __name__ == "__main__":
    main()
