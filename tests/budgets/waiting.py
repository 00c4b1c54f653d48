"""What a phone sends and receives while its owner waits in a living fair."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from typing import Any

from playwright.async_api import Browser, CDPSession, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from booth_client import Consents, FairClient, RegistrationForm
from booth_client import register as register_program
from fairserver.protocol.views import HallBoothCell
from tests.budgets.ground import first_visit
from tests.budgets.table import Figure
from tests.budgets.weight import Traffic
from tests.journeys.people import join_lines, register
from tests.journeys.support import FAIR_ID

#: Seconds that are watched, and those of the budget.
WATCHED_S = 180
BUDGET_S = 600
#: Lines that the phone stands in, and people whom it finds in each of them.
_LINES = 3
_AHEAD = 8
#: Seconds that the robots may take to come and to fill the lines.
_CROWD_S = 400
#: Robots at the pace of people. Interviews take 8.5 minutes on average, as the example's booths
#: plan, and are spread so widely that from the third minute on turns pass as in mid-morning.
PEOPLE = """
[candidate]
arrive_over_s = 60
stay = { median_s = 3000, low_s = 1500, high_s = 5400 }

[recruiter]
interview = { median_s = 250, low_s = 20, high_s = 2400, sigma = 1.2 }
"""
_KB = 1000
#: Bytes of a frame's own head: from the server, and with a mask to it.
_HEAD_IN, _HEAD_OUT = 2, 6
#: Above this many bytes a frame's head is two longer.
_SMALL_FRAME = 125


class Frames:
    """Counts a socket's frames and their bytes, both ways."""

    def __init__(self, session: CDPSession) -> None:
        self.bytes: Counter[str] = Counter()
        self.count: Counter[str] = Counter()
        session.on("Network.webSocketFrameReceived", lambda event: self._add("in", event))
        session.on("Network.webSocketFrameSent", lambda event: self._add("out", event))

    def _add(self, way: str, event: dict[str, Any]) -> None:
        size = len(event["response"]["payloadData"].encode())
        head = _HEAD_IN if way == "in" else _HEAD_OUT
        self.bytes[way] += size + head + (2 if size > _SMALL_FRAME else 0)
        self.count[way] += 1

    def clear(self) -> None:
        """Begin anew."""
        self.bytes.clear()
        self.count.clear()


async def _crowded_booths(url: str) -> list[str]:
    """Wait until the robots fill some lines; give those booths, the longest line first."""
    server = url.split("/f/")[0]
    form = RegistrationForm(
        full_name="Người đếm", birth_year=1990, sex="nu", commune="Tân Ninh", wish="",
        consents=Consents(take_part=True),
    )  # fmt: skip
    me = await register_program(server, FAIR_ID, form)

    def crowded(client: FairClient) -> list[HallBoothCell]:
        cells = client.cells_of("hall", HallBoothCell)
        found = [cell for cell in cells if cell.desks_working and cell.waiting >= _AHEAD]
        return found if len(found) >= _LINES else []

    async with FairClient(server, FAIR_ID, me.session_token, views=["hall"]) as client:
        found = await client.wait_for(crowded, _CROWD_S)
    longest = sorted(found, key=lambda cell: -cell.waiting)[:_LINES]
    return [cell.booth_id.removeprefix("b") for cell in longest]


async def _stand_in_lines(page: Page, url: str) -> None:
    booths = await _crowded_booths(url)
    await page.goto(url)
    await register(page)
    await join_lines(page, *booths)
    await page.wait_for_load_state("networkidle")


async def _wait(page: Page) -> float:
    """Let the time pass that the budget is about, until the phone is called; give the seconds."""
    began = time.monotonic()
    with suppress(PlaywrightTimeout):
        await page.locator("main.called").wait_for(timeout=WATCHED_S * 1000)
    return time.monotonic() - began


async def watch_wait(browser: Browser, url: str) -> list[Figure]:
    """Wait some minutes in three lines of a crowded fair; give the bytes of ten such minutes."""
    async with first_visit(browser) as (page, session):
        frames, traffic = Frames(session), Traffic(session)
        await _stand_in_lines(page, url)
        asked_before = traffic.total
        frames.clear()
        watched_s = await _wait(page)
        counted, size = frames.count.copy(), frames.bytes.copy()
        asked = traffic.total - asked_before
    scale = BUDGET_S / watched_s / _KB
    note = f"(watched {watched_s:.0f} s, times {BUDGET_S / watched_s:.2f})"
    return [
        Figure("10 minutes in three lines", (size.total() + asked) * scale, "KB", 20, note),
        Figure("  heard", size["in"] * scale, "KB", None, f"({counted['in']} frames)"),
        Figure("  sent", size["out"] * scale, "KB", None, f"({counted['out']} frames)"),
        Figure("  asked for besides", asked * scale, "KB"),
    ]
