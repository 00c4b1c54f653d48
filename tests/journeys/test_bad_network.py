"""Whole fairs through a bad network: slow, held up, and black for a while. Nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from redis.asyncio import Redis

from tests.journeys.far import (
    AT_A_HALLS_PACE,
    REAL,
    FarFair,
    Sent,
    Until,
    answer,
    be_called,
    both_see,
    far_fair,
    finish,
    talked_ms,
)
from tests.journeys.fault_proxy import mobile
from tests.journeys.people import join_lines

pytestmark = pytest.mark.journey

Report = Callable[[str], None]


async def test_a_whole_turn_goes_well_at_200_ms_and_700_kbit(
    browser: Browser,
    store: Redis,
    tmp_path: Path,
    free_port: Callable[[], int],
    until: Until,
    report: Report,
) -> None:
    async with far_fair(store, tmp_path, free_port(), REAL, mobile(200, 50, 700)) as far:
        phone = await far.take_part(browser)
        await join_lines(phone, "01")
        booth = await far.staff_a_booth(browser)
        await be_called(booth, phone)
        await answer(booth, phone)
        await until(lambda: far.room.both_connected)
        await finish(booth, phone)
        counts = await far.counts()
        assert [counts[name] for name in ("ticket_missed", "candidate_away")] == [0, 0]
        await happened_once(far)
        report(await far.proof("200 ms ± 50, 700 kbit/s"))


@AT_A_HALLS_PACE
async def test_a_black_out_while_waiting_keeps_the_place(
    browser: Browser, far: FarFair, until: Until, report: Report
) -> None:
    phone = await far.take_part(browser)
    await join_lines(phone, "01", "02")
    before = far.ticket.order
    async with far.dark(phone):
        if not far.pace.dark_s:
            await until(lambda: not far.is_present)  # longer than the fair's patience
        assert far.ticket.state == "waiting"
    await expect(phone.get_by_text("Đã giữ chỗ")).to_be_visible()
    await until(lambda: far.is_present)
    assert (far.ticket.state, far.ticket.order) == ("waiting", before)

    booth = await far.staff_a_booth(browser)
    await be_called(booth, phone)
    await answer(booth, phone)
    await until(lambda: far.room.both_connected)
    await finish(booth, phone)
    await happened_once(far, issued=2)
    report(await far.proof("a black-out while waiting"))


async def test_a_black_out_while_called_that_ends_in_time_costs_nothing(
    browser: Browser, far: FarFair, until: Until, report: Report
) -> None:
    phone = await far.take_part(browser)
    sent = Sent(phone)
    await phone.reload()
    await join_lines(phone, "01")
    booth = await far.staff_a_booth(browser)
    await be_called(booth, phone)
    async with far.dark(phone):
        # The answer is given into the dark; it waits, and says so.
        await phone.get_by_role("button", name="Vào ngay").click()
        assert far.ticket.state == "called"
    await both_see(booth, phone)
    await until(lambda: far.room.both_connected)
    await finish(booth, phone)
    assert len(set(sent.ids("accept"))) == 1
    await happened_once(far)
    report(await far.proof("a black-out while called"))


@AT_A_HALLS_PACE
async def test_a_call_that_runs_out_in_a_black_out_is_a_missed_one_and_is_said(
    browser: Browser, far: FarFair, until: Until, report: Report
) -> None:
    phone = await far.take_part(browser)
    await join_lines(phone, "01")
    await far.set_pace(accept_s=far.pace.short_accept_s)
    booth = await far.staff_a_booth(browser)
    await be_called(booth, phone)
    await far.set_pace()
    first = far.ticket.since
    async with far.dark(phone):
        await phone.get_by_role("button", name="Vào ngay").click()
        await until(lambda: far.ticket.misses == 1)
    # The answer reaches the server after all, and is not taken for one to the second call.
    await until(lambda: far.ticket.state == "called" and far.ticket.since > first)
    accept = phone.get_by_role("button", name="Vào ngay")
    await expect(accept).to_be_enabled()
    await accept.click()
    await both_see(booth, phone)
    await until(lambda: far.room.both_connected)
    await finish(booth, phone)
    counts = await far.counts()
    assert (counts["ticket_called"], counts["ticket_missed"]) == (2, 1)
    await happened_once(far)
    report(await far.proof("a black-out beyond the time to answer"))


async def test_a_black_out_while_talking_does_not_touch_the_talk(
    browser: Browser, far: FarFair, until: Until, report: Report
) -> None:
    phone = await far.take_part(browser)
    await join_lines(phone, "01")
    booth = await far.staff_a_booth(browser)
    await be_called(booth, phone)
    await answer(booth, phone)
    await until(lambda: far.room.both_connected)
    epoch, peers, started = far.room.epoch, dict(far.room.peers), far.ticket.started_at
    async with far.dark(phone):
        # The server finds the socket gone; the booth, which goes on seeing the person, says so.
        # A machine too busy for two videos may have broken the connection by itself: then the two
        # meet again only in the light.
        await far.happened("room_connected", 3, unless=lambda: far.room.epoch != epoch)
        if far.room.epoch == epoch:
            assert far.room.talking_since is not None
            await both_see(booth, phone)
    await expect(phone.get_by_text("Hai bên cứ nói chuyện tiếp")).to_be_hidden()
    await both_see(booth, phone)
    await until(lambda: far.room.both_connected)
    assert (far.room.peers, far.ticket.started_at) == (peers, started)
    rebuilt = far.room.epoch - epoch
    await finish(booth, phone)
    events = await far.events()
    (finished,) = [event for event in events if event["event"] == "interview_finished"]
    assert finished["talk_ms"] == talked_ms(events)
    await happened_once(far)
    lasted = finished["at"] - (started or 0)
    report(
        f"{await far.proof('a black-out while talking')}; the interview lasted "
        f"{lasted / 1000:.0f} s, its clock counted {finished['talk_ms'] / 1000:.0f} s, "
        f"its connection was made anew {rebuilt} times"
    )


async def test_an_answer_that_reaches_the_server_twice_is_one_answer(
    browser: Browser,
    store: Redis,
    tmp_path: Path,
    free_port: Callable[[], int],
    until: Until,
    report: Report,
) -> None:
    # A patient server: it does not find the held socket dead, and hears both.
    async with far_fair(store, tmp_path, free_port(), REAL) as far:
        phone = await far.take_part(browser)
        sent = Sent(phone)
        await phone.reload()
        await join_lines(phone, "01")
        booth = await far.staff_a_booth(browser)
        await be_called(booth, phone)
        before = far.proxy.taken
        far.proxy.hold()
        await phone.get_by_role("button", name="Vào ngay").click()
        # The phone finds another network: the page gives the old socket up and opens a new one.
        await phone.evaluate("dispatchEvent(new Event('online'))")
        await until(lambda: far.proxy.taken > before)
        far.proxy.clear()
        await both_see(booth, phone)
        await until(lambda: len(sent.ids("accept")) >= 2)
        await until(lambda: far.room.both_connected)
        await finish(booth, phone)
        assert len(set(sent.ids("accept"))) == 1
        await happened_once(far)
        times = len(sent.ids("accept"))
        report(f"{await far.proof('an answer held up')}; it was sent {times} times, with one id")


async def happened_once(far: FarFair, issued: int = 1) -> None:
    """See to it that what a turn has once has happened once, and that it ended well."""
    counts = await far.counts()
    once = ("ticket_accepted", "interview_started", "interview_finished")
    assert [counts[name] for name in once] == [1, 1, 1]
    assert counts["ticket_issued"] == issued
    assert far.ticket.state == "done"
