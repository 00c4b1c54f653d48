"""Finding an interview, being offered an idle booth, and why one still waits, in real browsers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.people import join, join_lines, staff_a_booth, take_part, watch_the_fair
from tests.journeys.support import FAIR_ID, RunningFair
from tests.line.live import ORGANISER

pytestmark = pytest.mark.journey


async def look_for(phone: Page, words: str) -> None:
    """Search for a kind of work."""
    await phone.get_by_role("button", name="Tìm giúp tôi một cuộc phỏng vấn").click()
    await phone.get_by_label("Nghề, việc muốn làm").fill(words)
    await phone.get_by_role("button", name="Tìm", exact=True).click()


async def test_who_looks_for_work_finds_an_idle_booth_first_and_is_called_there(
    browser: Browser, fair: RunningFair
) -> None:
    booth = await staff_a_booth(browser, fair, "b03")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    phone = await take_part(browser, fair)
    await look_for(phone, "công nhân may")
    first = phone.locator(".found-booth").first
    await expect(first).to_contain_text("Gian 03")
    await expect(first).to_contain_text("Có bàn trống ngay")
    await expect(first).to_contain_text("Hợp vì: đúng việc muốn làm")
    await expect(phone.locator(".found-booth").nth(1)).to_contain_text("Gian 01")
    await join(first.get_by_role("button", name="Xếp hàng gian 03"))
    await expect(phone.get_by_role("heading", name="Mời vào phỏng vấn – gian 03")).to_be_visible()


async def test_what_is_asked_besides_narrows_the_search_and_a_refusal_is_shown(
    browser: Browser, fair: RunningFair
) -> None:
    phone = await take_part(browser, fair)
    await phone.get_by_role("button", name="Tìm giúp tôi một cuộc phỏng vấn").click()
    await phone.get_by_text("Nơi làm, lương, ca, điều kiện").click()
    await phone.get_by_label("Nơi làm việc").select_option("82")
    await phone.get_by_label("Làm theo ca").select_option("no")
    await phone.get_by_label("Nâng được").select_option("5_20kg")
    await phone.get_by_role("button", name="Tìm", exact=True).click()
    await expect(phone.get_by_text("Nơi làm, lương, ca, điều kiện (3)")).to_be_visible()
    found = phone.locator(".found-booth")
    await expect(found.first).to_contain_text("đúng nơi muốn làm")
    await fair.node.line.run(FAIR_ID, "close_fair", ORGANISER)
    await join(found.first.get_by_role("button", name="Xếp hàng"))
    await expect(found.first.get_by_role("alert")).to_contain_text("Phiên đã kết thúc")


async def test_an_idle_booth_that_fits_is_offered_to_somebody_who_waits(
    browser: Browser, fair: RunningFair
) -> None:
    phone = await take_part(browser, fair)
    await look_for(phone, "công nhân may")
    await expect(phone.locator(".found-booth").first).to_contain_text("Gian 01")
    await phone.get_by_role("button", name="Các hàng của tôi").click()
    await join_lines(phone, "02")
    offer = phone.get_by_text("Gian 01 đang rảnh và hợp với anh/chị")
    await expect(offer).to_have_count(0)
    booth = await staff_a_booth(browser, fair, "b01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await expect(offer).to_be_visible()
    await join(phone.get_by_role("button", name="Xếp hàng gian 01"))
    await expect(phone.get_by_role("heading", name="Mời vào phỏng vấn – gian 01")).to_be_visible()


async def test_why_is_answered_truly_and_again_after_the_organiser_moved_a_ticket(
    browser: Browser, fair: RunningFair, until: Callable[[Callable[[], object]], Awaitable[None]]
) -> None:
    phone = await take_part(browser, fair)
    await join_lines(phone, "02")
    other = await take_part(browser, fair, "Lê Văn Nhì")
    await join_lines(other, "02")
    await phone.get_by_role("button", name="Vì sao tôi vẫn đang chờ? gian 02").click()
    dialog = phone.get_by_role("dialog")
    await expect(dialog).to_contain_text("Gian này hiện chưa có người phỏng vấn")
    await expect(dialog).to_contain_text("0 người phía trước")

    control = await watch_the_fair(browser, fair)
    await control.get_by_role("button", name="Xem hàng của gian 02").click()
    line = control.get_by_role("dialog")
    await expect(line.locator(".line-row")).to_have_count(2)
    await line.get_by_role("button", name="Đổi chỗ số 2").click()
    await line.get_by_role("button", name="Đổi chỗ", exact=True).click()
    await expect(line.locator(".line-row").first).to_contain_text("số 2")
    await expect(dialog).to_contain_text("1 người phía trước")

    booth = await staff_a_booth(browser, fair, "b02")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await until(lambda: fair.feed.projection.tickets["t1"].overtaken)
    await line.get_by_role("button", name="Vì sao số 1 vẫn đang chờ").click()
    await expect(line).to_contain_text(re.compile("1 lần: *ban tổ chức đổi chỗ"))


async def test_who_left_is_recalled_from_the_control_room(
    browser: Browser, fair: RunningFair
) -> None:
    phone = await take_part(browser, fair)
    await join_lines(phone, "02")
    control = await watch_the_fair(browser, fair)
    await control.get_by_role("button", name="Xem hàng của gian 02").click()
    await phone.get_by_role("button", name="Rời hàng này gian 02").click()
    await phone.get_by_role("button", name="Rời hàng", exact=True).click()
    line = control.get_by_role("dialog")
    await line.get_by_role("button", name="Mời lại số 1").click()
    await expect(line.get_by_text("mời lại", exact=True)).to_be_visible()
    await expect(phone.get_by_role("button", name="Rời hàng này gian 02")).to_be_visible()
