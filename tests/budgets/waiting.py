"""What a phone sends and receives while its owner waits in a living fair."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from contextlib import suppress
from typing import Any

from playwright.async_api import Browser, CDPSession, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from booth_client import Consents, FairClient, RegistrationForm
from booth_client import register as register_program
from booth_client.robots.behaviour import Behaviour
from fairserver.demo import EXAMPLE
from fairserver.domain.fair_file import read_fair
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
_PEOPLE = 8
#: Seconds that the robots may take to come and to fill the lines.
_CROWD_S = 400
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
        found = [cell for cell in cells if cell.desks_working and cell.waiting >= _PEOPLE]
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


def _hurry() -> float:
    """Tell how many times faster turns pass with the robots than the fair plans them."""
    recruiter = Behaviour().recruiter
    robots_s = recruiter.interview.median_s + recruiter.wrap_up.median_s
    return 60 * statistics.mean(booth.minutes for booth in read_fair(EXAMPLE).booths) / robots_s


async def _wait(page: Page) -> float:
    """Let the time pass that the budget is about, until the phone is called; give the seconds."""
    began = time.monotonic()
    with suppress(PlaywrightTimeout):
        await page.locator("main.called").wait_for(timeout=WATCHED_S * 1000)
    return time.monotonic() - began


async def watch_wait(browser: Browser, url: str) -> list[Figure]:
    """Wait some minutes in three lines of a crowded fair; give the bytes of ten minutes.

    Robots interview for less than a minute, so that a visitor sees something happen. All that a
    waiting phone hears is of turns that pass; so the bytes of a turn are what is carried over to
    ten minutes at the pace that the fair plans. What ten of the robots' minutes bring is told too.
    """
    async with first_visit(browser) as (page, session):
        frames, traffic = Frames(session), Traffic(session)
        await _stand_in_lines(page, url)
        asked_before = traffic.total
        frames.clear()
        watched_s = await _wait(page)
        counted, size = frames.count.copy(), frames.bytes.copy()
        asked = traffic.total - asked_before
    robots_kb = (size.total() + asked) / _KB * BUDGET_S / watched_s
    hurry = _hurry()
    each = size["in"] / max(1, counted["in"])
    heard = f"({counted['in']} frames of {each:.0f} bytes and {asked} bytes of answers heard, "
    heard += f"{counted['out']} frames sent in {watched_s:.0f} s)"
    return [
        Figure("10 minutes in three lines", robots_kb / hurry, "KB", 20, f"turns {hurry:.1f}× slower"),
        Figure("  at the robots' own pace", robots_kb, "KB", None, heard),
    ]
