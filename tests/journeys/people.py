"""What people do in a journey, in their own words: sign in, join, answer, interview."""

from __future__ import annotations

import asyncio
import datetime as dt

from playwright.async_api import Browser, Locator, Page, expect

from fairserver.domain.states import Role
from tests.journeys.support import LAPTOP, PHONE, RunningFair, open_page

#: A day that is near enough for a date to be made, by the clock of Việt Nam.
_ZONE = dt.timezone(dt.timedelta(hours=7))
#: True when a page's big video shows moving pictures of the other side.
_FRAMES = """
async () => {
  for (const video of document.querySelectorAll("video")) {
    if (video.muted || !video.videoWidth || video.paused) continue;
    const before = video.getVideoPlaybackQuality().totalVideoFrames;
    await new Promise((resolve) => setTimeout(resolve, 400));
    if (video.getVideoPlaybackQuality().totalVideoFrames > before) return true;
  }
  return false;
}
"""


async def comes_true(page: Page, check: str, seconds: float = 120) -> None:
    """Wait until a check that takes its time says yes on this page.

    ``wait_for_function`` would not do: it takes the promise itself for a yes, and what is no
    function at all is evaluated again at each look, which the pages' own policy forbids.
    """
    async with asyncio.timeout(seconds):
        while not await page.evaluate(check):  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.1)


async def sees_the_other(page: Page) -> None:
    """Wait until decoded frames of the other side move on this page."""
    await comes_true(page, _FRAMES)


async def take_part(
    browser: Browser, fair: RunningFair, name: str = "Nguyễn Thị Thử", by: str | None = None
) -> Page:
    """Register on a phone without a telephone number, and come to the waiting page.

    ``by`` is another address of the same server, such as a bad network's.
    """
    page = await open_page(browser, f"{by or fair.base_url}/", PHONE)
    await register(page, name)
    return page


async def register(page: Page, name: str = "Nguyễn Thị Thử") -> None:
    """Fill the entry form in and go on to the waiting page."""
    await page.get_by_label("Họ và tên").fill(name)
    await page.get_by_label("Không có điện thoại").check()
    await page.get_by_label("Năm sinh").fill("1985")
    await page.get_by_label("Nữ", exact=True).check()
    await page.get_by_label("Xã, phường đang ở").fill("Long An")
    await page.get_by_label("Dùng thông tin này để tham gia").check()
    await page.get_by_role("button", name="Nhận số thứ tự").click()
    await page.get_by_role("button", name="Tiếp tục").click()


async def join(button: Locator, *, shown: bool = True) -> None:
    """Join a line, and answer whether its booth may read who one is."""
    await button.click()
    page = button.page
    await page.get_by_role(
        "button", name="Cho xem" if shown else "Chỉ số thứ tự", exact=True
    ).click()


async def join_lines(page: Page, *booth_numbers: str) -> None:
    """Stand in the lines of some booths."""
    for number in booth_numbers:
        button = page.get_by_role("button", name="Thêm gian")
        await button.or_(page.get_by_role("button", name="Chọn gian")).first.click()
        await join(page.get_by_role("button", name=f"Xếp hàng gian {number}"))
        await expect(page.get_by_role("button", name=f"Rời hàng này gian {number}")).to_be_visible()


async def staff_a_booth(browser: Browser, fair: RunningFair, booth_id: str) -> Page:
    """Open a booth by its personal link and sit down at its first desk."""
    link = await fair.staff_link(Role.RECRUITER, booth_id)
    page = await open_page(browser, link, LAPTOP)
    await page.get_by_role("button", name="Vào gian").click()
    await page.get_by_role("button", name="Vào bàn").click()
    await expect(page.get_by_role("button", name="Sẵn sàng")).to_be_visible()
    return page


async def watch_the_fair(browser: Browser, fair: RunningFair) -> Page:
    """Open the control room."""
    page = await open_page(browser, await fair.staff_link(Role.ORGANISER), LAPTOP)
    await page.get_by_role("button", name="Vào phòng điều hành").click()
    await expect(page.get_by_text("Đang mở")).to_be_visible()
    return page


async def total_shows(page: Page, total: str, value: int) -> None:
    """Wait until one of the control room's large numbers has a value."""
    await expect(page.locator(f"[data-total={total}] dd")).to_have_text(str(value))


def tomorrow() -> dt.date:
    """The day after today in Việt Nam."""
    return dt.datetime.now(_ZONE).date() + dt.timedelta(days=1)


async def be_interviewed(phone: Page, booth: Page, outcome: str = "Hẹn lần hai") -> None:
    """Answer the call of booth 01 and come out again with an outcome."""
    await join_lines(phone, "01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await phone.get_by_role("button", name="Vào ngay").click()
    await sees_the_other(booth)
    await booth.get_by_role("button", name="Kết thúc", exact=True).click()
    await booth.get_by_role("button", name=outcome).click()
    await booth.get_by_role("button", name="Lưu kết quả").click()
    await expect(booth.get_by_role("button", name="Công bố kết quả")).to_be_visible()


async def list_times(booth: Page) -> None:
    """List three free times of tomorrow morning in the open dialog."""
    dialog = booth.get_by_role("dialog")
    await dialog.get_by_text("Danh sách giờ trống").click()
    times = dialog.locator(".free-times")
    await times.get_by_label("Ngày").fill(tomorrow().isoformat())
    await times.get_by_label("Từ").fill("08:30")
    await times.get_by_label("Đến").fill("10:00")
    await times.get_by_label("Địa chỉ").fill("Cổng 2, KCN Long Hậu")
    await times.get_by_role("button", name="Thêm các giờ này").click()
    await expect(dialog.locator(".time-choice .chip")).to_have_count(3)
