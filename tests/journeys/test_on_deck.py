"""The heads-up: "I'm ready" once, and then straight into the interview, in real browsers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, Page, expect

from fairserver.domain.settings import FairSettings
from tests.journeys.people import (
    join_lines,
    sees_the_other,
    staff_a_booth,
    take_part,
)
from tests.journeys.support import RunningFair

pytestmark = pytest.mark.journey


async def give_heads_ups_at_once(fair: RunningFair) -> None:
    """Let the next person get the heads-up the moment an interview begins."""
    settings = FairSettings(deck_moment_pct=0)
    await fair.change_settings(settings)


async def interview(booth: Page, phone: Page) -> None:
    """Call the person who waits, and begin."""
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await phone.get_by_role("button", name="Vào ngay").click()
    await sees_the_other(phone)
    await sees_the_other(booth)


async def test_a_ready_person_is_in_the_interview_without_tapping_again(
    browser: Browser, fair: RunningFair, until: Callable[[Callable[[], object]], Awaitable[None]]
) -> None:
    await give_heads_ups_at_once(fair)
    booth = await staff_a_booth(browser, fair, "b01")
    first = await take_part(browser, fair, "Trần Thị Nhất")
    await join_lines(first, "01")
    await interview(booth, first)

    second = await take_part(browser, fair, "Lê Văn Nhì")
    await join_lines(second, "01")
    await expect(second.get_by_text("Sắp đến lượt").first).to_be_visible()
    await second.get_by_role("button", name="Tôi sẵn sàng").click()
    await expect(second.get_by_text("Mời giữ máy, sắp vào phỏng vấn.")).to_be_visible()
    await expect(booth.get_by_text("Đã sẵn sàng")).to_be_visible()

    await booth.get_by_role("button", name="Kết thúc", exact=True).click()
    await booth.get_by_role("button", name="Nhận việc").click()
    await booth.get_by_role("button", name="Lưu kết quả").click()
    await booth.get_by_role("button", name="Người tiếp theo").click()
    await sees_the_other(second)
    await sees_the_other(booth)
    await expect(booth.get_by_role("heading", name="Lê Văn Nhì")).to_be_visible()
    tickets = fair.feed.projection.tickets
    # Pictures move before both ends have said so.
    await until(lambda: [t.state for t in tickets.values()] == ["done", "interviewing"])


async def test_a_person_agrees_to_be_handed_over_and_is_called_first_there(
    browser: Browser, fair: RunningFair
) -> None:
    booth = await staff_a_booth(browser, fair, "b01")
    phone = await take_part(browser, fair)
    await join_lines(phone, "01")
    await interview(booth, phone)

    await booth.get_by_role("button", name="Chuyển gian").click()
    await booth.get_by_role("button", name="Gian 02").click()
    await expect(phone.get_by_text("Chuyển sang gian 02")).to_be_visible()
    await phone.get_by_role("button", name="Chuyển, cho xem").click()
    await expect(phone.get_by_text("chuyển sang gian khác")).to_be_visible()
    await expect(phone.get_by_role("button", name="Rời hàng này gian 02")).to_be_visible()
    lanes = [(t.booth_id, str(t.lane)) for t in fair.feed.projection.tickets.values()]
    assert lanes == [("b01", "ordinary"), ("b02", "hand_over")]
