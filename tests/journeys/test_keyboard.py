"""From the link into an interview without a mouse or a touch, the focus in sight at every step."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.keyboard import Keyboard
from tests.journeys.people import sees_the_other, staff_a_booth
from tests.journeys.support import PHONE, RunningFair, open_page

pytestmark = pytest.mark.journey


async def come_in(page: Page, keys: Keyboard) -> None:
    """Fill the form in and go on to the waiting page."""
    await keys.fill("Họ và tên", "Nguyễn Thị Phím")
    await keys.tick("Không có điện thoại")
    await keys.fill("Năm sinh", "1985")
    await keys.tick("Nữ")
    await keys.fill("Xã, phường đang ở", "Long An")
    await keys.tick("Dùng thông tin này để tham gia")
    await keys.press("Nhận số thứ tự")
    await expect(page.get_by_role("heading", name="Số của anh/chị")).to_be_focused()
    await keys.press("Tiếp tục")


async def ask_and_go_back(page: Page, keys: Keyboard) -> None:
    """Every question takes the focus and gives it back to where it was asked."""
    why = page.locator(".ask-why")
    for close in ("Escape", "Enter"):
        await keys.go_to(why)
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        closing = dialog.get_by_role("button", name="Đóng")
        await expect(closing).to_be_focused()
        for _ in range(4):
            await page.keyboard.press("Tab")
            assert not await keys.is_on(why), "the focus left the dialog"
        if close == "Enter":
            await keys.go_to(closing)
        await page.keyboard.press(close)
        await expect(dialog).to_have_count(0)
        await expect(why).to_be_focused()
    await keys.press("Rời hàng này")
    await expect(page.get_by_role("button", name="Ở lại")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Rời hàng này")).to_be_focused()


async def test_a_candidate_comes_into_an_interview_by_the_keyboard_alone(
    browser: Browser, fair: RunningFair
) -> None:
    page = await open_page(browser, f"{fair.base_url}/", PHONE)
    keys = Keyboard(page)
    await come_in(page, keys)
    await keys.press("Chọn gian")
    await keys.press("Xếp hàng gian 01", "Space")
    await keys.press("Cho xem")
    await expect(page.locator(".ask-why")).to_be_visible()
    await ask_and_go_back(page, keys)

    booth = await staff_a_booth(browser, fair, "b01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await expect(page.get_by_role("heading", name="Mời vào phỏng vấn")).to_be_focused()
    await keys.press("Vào ngay")
    await sees_the_other(page)
    await keys.press("Tắt tiếng", "Space")
    await expect(page.get_by_role("button", name="Bật tiếng")).to_be_focused()

    await booth.get_by_role("button", name="Chuyển gian").click()
    await booth.get_by_role("button", name="Gian 02").click()
    await expect(page.get_by_role("alertdialog")).to_be_focused()
    await keys.press("Không")
    await expect(page.get_by_role("button", name="Bật tiếng")).to_be_focused()
    await keys.press("Ra khỏi phòng")
    await expect(page.get_by_role("button", name="Ở lại")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Ra khỏi phòng")).to_be_focused()
    await expect(booth.get_by_role("heading", name="Nguyễn Thị Phím")).to_be_visible()
