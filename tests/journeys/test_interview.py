"""From the link to the interview and back, in real browsers with real video."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.people import (
    join_lines,
    sees_the_other,
    staff_a_booth,
    take_part,
    total_shows,
    watch_the_fair,
)
from tests.journeys.support import RunningFair

pytestmark = pytest.mark.journey

#: A network that lets no picture and no sound through.
_NO_WAY_THROUGH = """
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(settings) {
    super({ ...settings, iceServers: [], iceTransportPolicy: "relay" });
  }
};
"""


async def test_a_candidate_on_a_phone_is_called_interviewed_and_counted(
    browser: Browser, fair: RunningFair
) -> None:
    control = await watch_the_fair(browser, fair)
    phone = await take_part(browser, fair)
    await join_lines(phone, "01", "02")
    await total_shows(control, "present", 1)
    await total_shows(control, "waiting", 1)

    booth = await staff_a_booth(browser, fair, "b01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await expect(phone.get_by_role("heading", name="Mời vào phỏng vấn")).to_be_visible()
    await phone.get_by_role("button", name="Vào ngay").click()
    await sees_the_other(phone)
    await sees_the_other(booth)
    await expect(booth.get_by_role("heading", name="Nguyễn Thị Thử")).to_be_visible()
    await total_shows(control, "in_interview", 1)

    await booth.get_by_role("button", name="Kết thúc", exact=True).click()
    await booth.get_by_role("button", name="Nhận việc").click()
    await booth.get_by_role("button", name="Lưu kết quả").click()
    await expect(booth.get_by_role("button", name="Người tiếp theo")).to_be_visible()
    await expect(phone.get_by_role("heading", name="Đã phỏng vấn xong ở gian 01")).to_be_visible()
    await total_shows(control, "in_interview", 0)
    await total_shows(control, "interviewed", 1)
    await total_shows(control, "waiting", 1)  # the place at booth 02 was kept

    projection = fair.feed.projection
    outcomes = [str(t.outcome) for t in projection.tickets.values() if t.outcome]
    assert outcomes == ["hired"]
    assert projection.booths["b01"].interviewed == 1


async def test_a_reload_keeps_the_place_and_comes_back_into_the_interview(
    browser: Browser, fair: RunningFair, until: Callable[[Callable[[], object]], Awaitable[None]]
) -> None:
    phone = await take_part(browser, fair)
    await join_lines(phone, "01", "02")
    await phone.reload()
    await expect(phone.get_by_role("button", name="Rời hàng này gian 01")).to_be_visible()
    await expect(phone.get_by_role("button", name="Rời hàng này gian 02")).to_be_visible()

    booth = await staff_a_booth(browser, fair, "b01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await phone.get_by_role("button", name="Vào ngay").click()
    await sees_the_other(booth)
    (ticket,) = [t for t in fair.feed.projection.tickets.values() if t.room is not None]
    room = ticket.room
    assert room is not None
    await until(lambda: room.both_connected)
    epoch_before, started_at = room.epoch, ticket.started_at

    await phone.reload()
    await sees_the_other(phone)
    await sees_the_other(booth)
    await until(lambda: room.both_connected and room.epoch > epoch_before)

    await booth.reload()
    await sees_the_other(booth)
    await sees_the_other(phone)
    await until(lambda: room.both_connected)
    assert ticket.state == "interviewing"
    assert ticket.started_at == started_at  # the same interview, not a second one

    await booth.get_by_role("button", name="Kết thúc", exact=True).click()
    await expect(phone.get_by_role("heading", name="Đã phỏng vấn xong ở gian 01")).to_be_visible()
    await until(lambda: ticket.state == "done")
    assert [t.state for t in fair.feed.projection.tickets.values()] == ["done", "waiting"]


async def test_a_talk_by_telephone_shows_no_room_and_its_clock_runs(
    browser: Browser, fair: RunningFair, until: Callable[[Callable[[], object]], Awaitable[None]]
) -> None:
    booth = await staff_a_booth(browser, fair, "b01")
    phone = await take_part(browser, fair)
    await phone.add_init_script(_NO_WAY_THROUGH)
    await phone.reload()
    await join_lines(phone, "01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    by_phone = booth.get_by_role("button", name="Phỏng vấn qua điện thoại")
    await phone.get_by_role("button", name="Vào ngay").wait_for()
    assert await by_phone.count() == 0  # nobody is talked with before the answer
    await phone.get_by_role("button", name="Vào ngay").click()
    await by_phone.click()
    await expect(phone.get_by_role("heading", name="qua điện thoại")).to_be_visible()
    await phone.reload()
    await expect(phone.get_by_role("heading", name="qua điện thoại")).to_be_visible()
    room = fair.feed.projection.tickets["t1"].room
    assert room is not None
    assert room.talking_since is not None
    await booth.get_by_role("button", name="Kết thúc", exact=True).click()
    await until(lambda: fair.feed.projection.tickets["t1"].state == "done")
