"""From the tap that begins a call until both people see each other, beside a bare two-tab call.

Ours are the real pages, the real server and a real Chromium with a fake camera, in three ways:
the call is answered by a person who has allowed the camera before, or who is asked for it in that
tap; or the person was ready on deck and the desk asks for the next.
"""

from __future__ import annotations

import asyncio

from playwright.async_api import Browser, Page, async_playwright, expect

from fairserver.domain.states import BoothMode
from fairserver.protocol.answers import Ok
from tests.benchmarks.bare import open_page, relay
from tests.benchmarks.ground import Ground, ground
from tests.benchmarks.meter import Series, show
from tests.chromium import find_chromium
from tests.faults.support.caller import Caller
from tests.faults.support.fair import FairShape
from tests.faults.support.people import invite_organiser, invite_recruiters, register_people
from tests.journeys.support import BROWSER_ARGS, LAPTOP, PHONE

#: Calls of each kind that count, after one that warms up.
_CALLS = 12
_ARGS = ["--headless=new", *BROWSER_ARGS]
_SHAPE = FairShape(
    fair_id="pictures", booths=1, desks=1, mode=BoothMode.ONLINE, settings={"deck_per_desk": 1}
)


class Pair:
    """Two pages of a call: the phone, and the desk it talks to."""

    #: Whose button begins the call, and which.
    begins_at_desk = False
    button = "button.accept"

    def __init__(self, phone: Page, desk: Page) -> None:
        self.phone = phone
        self.desk = desk

    async def call_ms(self) -> float:
        """Begin; give the milliseconds until both have the other's first frame."""
        for page in (self.phone, self.desk):
            await page.evaluate("probe.reset()")
        first = self.desk if self.begins_at_desk else self.phone
        await first.evaluate(f"probe.begin({self.button!r})")
        frames: list[float] = [await p.evaluate("probe.picture") for p in (self.phone, self.desk)]
        begun: float = await first.evaluate("probe.begun")
        return max(frames) - begun

    async def prepare(self) -> None:
        """Get ready for the next call."""

    async def end(self) -> None:
        """End this one."""
        await self.phone.evaluate("end()")


class OurPair(Pair):
    """The candidate's and the booth's page; the call is answered by a tap.

    Joining and finishing are done behind the scenes, between two calls the desk is in wrap-up.
    ``camera_allowed`` tells whether the person allowed the camera before in this browser: it is
    then opened while the phone rings, else in the tap that answers.
    """

    def __init__(
        self,
        phone: Page,
        desk: Page,
        candidate: Caller,
        recruiter: Caller,
        *,
        camera_allowed: bool = True,
    ) -> None:
        super().__init__(phone, desk)
        self.candidate = candidate
        self.recruiter = recruiter
        self._camera_allowed = camera_allowed
        self._ticket_id = ""

    async def join(self) -> None:
        """Stand in the line."""
        ok = await self.candidate.ask("join", booth_id="b1")
        assert isinstance(ok, Ok), ok
        self._ticket_id = ok.result["ticket_id"]

    async def prepare(self) -> None:
        """Be called, and let the pages do what they do before anybody can have answered."""
        await self.phone.context.clear_permissions()
        if self._camera_allowed:
            await self.phone.context.grant_permissions(["camera", "microphone"])
        await self.recruiter.ask("call_next", desk_id="b1-1")
        await self.join()
        await self.phone.locator("button.accept").wait_for()
        for page in (self.phone, self.desk):
            await page.evaluate("probe.described()")
        if self._camera_allowed:
            await self.phone.locator("video.own-picture").wait_for()

    async def end(self) -> None:
        """Finish; the desk stays in wrap-up."""
        await self.recruiter.ask("finish", ticket_id=self._ticket_id, outcome="hired")
        await expect(self.desk.locator("video")).to_have_count(1)


class ReadyPair(OurPair):
    """The person on deck has said "I'm ready"; the call begins with the desk's *next*."""

    begins_at_desk = True
    button = "#primary"

    async def prepare(self) -> None:
        """Get the heads-up, be ready, and let the pages make the connection."""
        await self.join()
        await self.phone.get_by_role("button", name="Tôi sẵn sàng").click()
        for page in (self.phone, self.desk):
            await page.evaluate("probe.connected()")
        await self.phone.locator("video.own-picture").wait_for()
        await expect(self.desk.get_by_role("button", name="Người tiếp theo")).to_be_enabled()


# --- bringing the pages up ----------------------------------------------------------------------


async def _ours(base: Ground, browser: Browser) -> list[OurPair]:
    """Bring our two pages up; give the ways in which they come to a call."""
    url, fair_id = base.nodes.nodes[0].url, _SHAPE.fair_id
    organiser = await base.socket(await invite_organiser(base.nodes))
    await organiser.ask("open_fair")
    (person,) = await register_people(base.nodes, 1)
    (invited,) = await invite_recruiters(base.nodes)
    phone = await open_page(browser, f"{url}{person.ticket_link}", PHONE)
    desk = await open_page(browser, f"{url}/f/{fair_id}/booth#t={invited.token}", LAPTOP)
    await desk.get_by_role("button", name="Vào gian").click()
    await desk.get_by_role("button", name="Vào bàn").click()
    await desk.get_by_role("button", name="Sẵn sàng").click()
    recruiter = await base.staff_socket(invited.token)
    people = (phone, desk, await base.socket(person), recruiter)
    ways = [OurPair(*people), OurPair(*people, camera_allowed=False), ReadyPair(*people)]
    await ways[0].prepare()
    await ways[0].call_ms()
    await ways[0].end()
    return ways


async def _bare(browser: Browser, url: str, camera: str) -> Pair:
    sides = [
        await open_page(browser, f"{url}/bare.html?side={side}&camera={camera}", size)
        for side, size in (("phone", PHONE), ("desk", LAPTOP))
    ]
    for page in sides:
        await page.locator("body[data-ready]").wait_for()
    return Pair(*sides)


async def measure(chromium: str) -> list[Series]:
    """Take turns; give the time to both pictures beside both kinds of bare call."""
    answered = Series("answered → both see a picture", "ms", "bare, cameras open", bar=1.2)
    on_tap = Series("the same, camera not allowed before", "ms", "bare, camera at the tap", bar=1.2)
    ahead = Series("ready: called → both see a picture", "ms", "bare, cameras open", bar=0.6)
    async with (
        ground(_SHAPE) as base,
        relay() as url,
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=chromium, args=_ARGS) as browser,
    ):
        ours, ours_tap, ready = await _ours(base, browser)
        bare, bare_tap = await _bare(browser, url, "open"), await _bare(browser, url, "tap")
        kinds: list[tuple[Pair, list[list[float]]]] = [
            (ours, [answered.ours]),
            (bare, [answered.bare, ahead.bare]),
            (ready, [ahead.ours]),
            (ours_tap, [on_tap.ours]),
            (bare_tap, [on_tap.bare]),
        ]
        for turn in range(_CALLS + 1):
            for pair, into in kinds:
                await pair.prepare()
                took_ms = await pair.call_ms()
                await pair.end()
                for series in into if turn else []:
                    series.append(took_ms)
    return [answered, on_tap, ahead]


def main() -> None:
    """Measure and print, or say that there is no browser."""
    chromium = find_chromium()
    if chromium is None:
        print("\nPictures: no Chromium was found; this part is left out.")
        return
    show("Pictures: our pages beside a bare two-tab call", asyncio.run(measure(chromium)))
