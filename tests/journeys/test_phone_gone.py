"""A phone whose tab is killed, or that sleeps: it comes back to its place and its interview."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.journeys.far import (
    AT_A_HALLS_PACE,
    FarFair,
    Until,
    answer,
    be_called,
    both_see,
    finish,
    talked_ms,
)
from tests.journeys.people import join_lines
from tests.journeys.support import BROWSER_ARGS, FAIR_ID, PHONE, open_page

pytestmark = pytest.mark.journey

#: What the page asks of the server, as its person.
_OWN_LINK = """
async (path) => (await (await import("/static/shared/api.js")).api("GET", path)).url
"""

Report = Callable[[str], None]


async def test_a_killed_tab_comes_back_to_its_place_its_call_and_its_interview(
    browser: Browser, far: FarFair, until: Until, report: Report
) -> None:
    phone = await far.take_part(browser)
    await join_lines(phone, "01")
    issued = far.ticket.order
    phone = await killed_and_reopened(phone, far)
    await expect(phone.get_by_role("button", name="Rời hàng này gian 01")).to_be_visible()

    booth = await far.staff_a_booth(browser)
    await be_called(booth, phone)
    link = await ticket_link(phone)
    await crash(phone)
    # Another browser, which knows the ticket's link and nothing else.
    phone = await open_page(browser, f"{far.proxy.url}{link}", PHONE)
    await answer(booth, phone)
    await until(lambda: far.room.both_connected)
    started, epoch = far.ticket.started_at, far.room.epoch

    phone = await killed_and_reopened(phone, far)
    await both_see(booth, phone)
    await until(lambda: far.room.both_connected and far.room.epoch > epoch)
    assert (far.ticket.started_at, far.ticket.order) == (started, issued)
    await finish(booth, phone)
    await happened_once(far)
    report(await far.proof("a tab killed while waiting, called and talking"))


@AT_A_HALLS_PACE
async def test_a_phone_asleep_while_waiting_keeps_its_place(
    sleeper: Browser, browser: Browser, far: FarFair, until: Until, report: Report
) -> None:
    phone = await far.take_part(sleeper)
    await join_lines(phone, "01")
    before = far.ticket.order
    async with asleep(sleeper, far):
        await until(lambda: not far.is_present)
    await until(lambda: far.is_present)
    await expect(phone.get_by_text("Đã giữ chỗ")).to_be_visible()
    assert (far.ticket.state, far.ticket.order) == ("waiting", before)
    booth = await far.staff_a_booth(browser)
    await be_called(booth, phone)
    await answer(booth, phone)
    await until(lambda: far.room.both_connected)
    await finish(booth, phone)
    await happened_once(far)
    report(await far.proof(f"a sleep of {far.pace.sleep_s:.0f} s while waiting"))


@AT_A_HALLS_PACE
async def test_a_phone_that_sleeps_through_its_call_is_called_again_when_it_wakes(
    sleeper: Browser, browser: Browser, far: FarFair, until: Until, report: Report
) -> None:
    phone = await far.take_part(sleeper)
    await join_lines(phone, "01")
    await far.set_pace(accept_s=far.pace.short_accept_s)
    booth = await far.staff_a_booth(browser)
    await be_called(booth, phone)
    await far.set_pace()
    first = far.ticket.since
    async with asleep(sleeper, far):
        await until(lambda: far.ticket.state == "waiting" and not far.is_present)
    await until(lambda: far.ticket.state == "called" and far.ticket.since > first)
    await answer(booth, phone)
    await until(lambda: far.room.both_connected)
    await finish(booth, phone)
    counts = await far.counts()
    assert (counts["ticket_called"], counts["ticket_missed"]) == (2, 1)
    await happened_once(far)
    report(await far.proof(f"a sleep of {far.pace.sleep_s:.0f} s while called"))


async def test_a_phone_asleep_in_its_interview_comes_back_into_the_same_one(
    sleeper: Browser, browser: Browser, far: FarFair, until: Until, report: Report
) -> None:
    phone = await far.take_part(sleeper)
    await join_lines(phone, "01")
    booth = await far.staff_a_booth(browser)
    await be_called(booth, phone)
    await answer(booth, phone)
    await until(lambda: far.room.both_connected)
    started = far.ticket.started_at
    async with asleep(sleeper, far):
        await until(lambda: far.room.talking_since is None)
    await both_see(booth, phone)
    await until(lambda: far.room.both_connected and far.room.talking_since)
    assert far.ticket.started_at == started
    await finish(booth, phone)
    events = await far.events()
    (finished,) = [event for event in events if event["event"] == "interview_finished"]
    assert finished["talk_ms"] == talked_ms(events)
    await happened_once(far)
    lasted = finished["at"] - (started or 0)
    report(
        f"{await far.proof(f'a sleep of {far.pace.sleep_s:.0f} s while talking')}; the interview "
        f"lasted {lasted / 1000:.0f} s, its clock counted {finished['talk_ms'] / 1000:.0f} s"
    )


@pytest.fixture
async def sleeper(chromium: str) -> AsyncIterator[Browser]:
    """Start a browser of its own for a phone that will sleep: all of its processes stop then."""
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGS)
        yield found
        await found.close()


@contextlib.asynccontextmanager
async def asleep(sleeper: Browser, far: FarFair) -> AsyncIterator[None]:
    """Stop a phone and its network, for as long as the pace says and until the block is through."""
    session = await sleeper.new_browser_cdp_session()
    found = await session.send("SystemInfo.getProcessInfo")
    pids = [int(process["id"]) for process in found["processInfo"]]
    far.proxy.go_dark()
    send_all(pids, signal.SIGSTOP)
    try:
        await asyncio.sleep(far.pace.sleep_s)
        yield
    finally:
        far.proxy.clear()
        send_all(pids, signal.SIGCONT)


def send_all(pids: list[int], number: signal.Signals) -> None:
    """Send a signal to processes; one that has ended meanwhile needs none."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


async def crash(page: Page) -> None:
    """Kill the page's renderer, as a phone does that runs out of memory."""
    session = await page.context.new_cdp_session(page)
    async with page.expect_event("crash"):
        # The answer never comes: its process is dead.
        dying = asyncio.ensure_future(session.send("Page.crash"))
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)


async def killed_and_reopened(page: Page, far: FarFair) -> Page:
    """Kill a tab and open the fair anew in the same browser."""
    await crash(page)
    again = await page.context.new_page()
    again.set_default_timeout(30_000)
    await again.goto(f"{far.proxy.url}/f/{FAIR_ID}/")
    return again


async def ticket_link(page: Page) -> str:
    """The ticket's link as the server gives it to its owner, a path with its token."""
    own: str = await page.evaluate(_OWN_LINK, f"/api/fairs/{FAIR_ID}/own_link")
    return own[own.index("/f/") :]


async def happened_once(far: FarFair) -> None:
    """See to it that what a turn has once has happened once, and that it ended well."""
    counts = await far.counts()
    once = ("ticket_issued", "ticket_accepted", "interview_started", "interview_finished")
    assert [counts[name] for name in once] == [1, 1, 1, 1]
    assert far.ticket.state == "done"
