"""After an interview, in real browsers: the result, a date with its calendar file, a rating, one's
own data corrected, hidden and erased."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.keyboard import Keyboard
from tests.journeys.people import (
    be_interviewed,
    join,
    join_lines,
    list_times,
    register,
    staff_a_booth,
    take_part,
    tomorrow,
    total_shows,
    watch_the_fair,
)
from tests.journeys.support import FAIR_ID, PHONE, RunningFair, open_page

pytestmark = pytest.mark.journey


async def calendar_lines(phone: Page, folder: Path) -> list[str]:
    """Download the calendar file and give its lines as they were before they were broken."""
    async with phone.expect_download() as coming:
        await phone.get_by_role("link", name="Thêm vào lịch").click()
    path = folder / "second.ics"
    await (await coming.value).save_as(path)
    return re.sub(r"\r\n[ \t]", "", path.read_bytes().decode()).split("\r\n")


async def test_a_result_is_published_and_a_date_is_agreed_and_put_into_the_calendar(
    browser: Browser, fair: RunningFair, tmp_path: Path
) -> None:
    booth = await staff_a_booth(browser, fair, "b01")
    phone = await take_part(browser, fair)
    await be_interviewed(phone, booth)
    await expect(phone.get_by_text("Kết quả chưa được công bố")).to_be_visible()
    await booth.get_by_role("button", name="Công bố kết quả").click()
    await expect(phone.get_by_text("Hẹn phỏng vấn lần hai.")).to_be_visible()

    await booth.get_by_role("button", name="Hẹn ngày khác").click()
    await list_times(booth)
    await booth.get_by_role("button", name="09:00").first.click()
    await expect(booth.get_by_role("dialog")).to_have_count(0)
    day = tomorrow().strftime("%d/%m/%Y")
    await expect(phone.locator(".second")).to_contain_text(f"09:00, {weekday()} {day}")
    await expect(phone.locator(".second")).to_contain_text("Cổng 2, KCN Long Hậu")
    await phone.get_by_role("button", name="Nhận lời").click()
    await expect(phone.get_by_text("Đã nhận lời với")).to_be_visible()
    await expect(booth.locator(".after-strip")).to_contain_text("đã nhận lời")
    lines = await calendar_lines(phone, tmp_path)
    assert f"DTSTART;TZID=Asia/Ho_Chi_Minh:{tomorrow():%Y%m%d}T090000" in lines
    assert {"METHOD:PUBLISH", "SEQUENCE:0", "STATUS:CONFIRMED"} <= set(lines)
    assert "LOCATION:Cổng 2\\, KCN Long Hậu" in lines

    await booth.get_by_role("button", name="Đổi lịch hẹn").click()
    await booth.get_by_role("button", name="08:30").first.click()
    await expect(phone.get_by_role("button", name="Nhận lời")).to_be_visible()
    assert "SEQUENCE:1" in await calendar_lines(phone, tmp_path)
    await phone.get_by_role("button", name="Không đến được").click()
    await phone.get_by_role("button", name="Từ chối", exact=True).click()
    await expect(booth.locator(".after-strip")).to_contain_text("không đến được")
    await booth.get_by_role("button", name="Rút công bố").click()
    await expect(phone.get_by_text("Kết quả chưa được công bố")).to_be_visible()


def weekday() -> str:
    """The day of the week of tomorrow, as Vietnamese pages say it."""
    names = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"]
    return names[tomorrow().weekday()]


async def test_advice_is_rated_in_two_taps_and_counted_in_the_control_room(
    browser: Browser, fair: RunningFair
) -> None:
    control = await watch_the_fair(browser, fair)
    desk = await staff_a_booth(browser, fair, "b14")
    phone = await take_part(browser, fair)
    await phone.get_by_role("button", name="Chọn gian").click()
    await desk.get_by_role("button", name="Sẵn sàng").click()
    await join(phone.get_by_role("button", name="Xếp hàng gian 14"))
    await (
        phone.get_by_role("button", name="Tôi đang đến")
        .or_(phone.get_by_role("button", name="Vào ngay"))
        .click()
    )
    start = desk.get_by_role("button", name="Bắt đầu")
    finish = desk.get_by_role("button", name="Kết thúc", exact=True)
    await expect(start.or_(finish)).to_be_visible()
    if await start.is_visible():
        await start.click()
    await finish.click()
    await total_shows(control, "interviewed", 1)
    await phone.get_by_text("Không đạt", exact=True).click()
    await phone.get_by_label("Nhận xét").fill("Nói hơi nhanh")
    await phone.get_by_role("button", name="Gửi đánh giá").click()
    await expect(phone.get_by_text("Đã đánh giá:")).to_contain_text("Không đạt – Nói hơi nhanh")
    await expect(control.get_by_text("0 đạt, 1 không đạt")).to_be_visible()
    await phone.get_by_role("button", name="Sửa đánh giá").click()
    await phone.get_by_text("Đạt", exact=True).click()
    await phone.get_by_role("button", name="Gửi đánh giá").click()
    await expect(control.get_by_text("1 đạt, 0 không đạt")).to_be_visible()


async def test_ones_own_data_is_corrected_hidden_taken_along_and_erased(
    browser: Browser, fair: RunningFair, tmp_path: Path
) -> None:
    booth = await staff_a_booth(browser, fair, "b01")
    phone = await take_part(browser, fair, "Nguyễn Thị Nhầm")
    await be_interviewed(phone, booth, "Nhận việc")
    await expect(booth.get_by_role("heading", name="Nguyễn Thị Nhầm")).to_be_visible()
    await phone.get_by_role("button", name="Dữ liệu của tôi").click()
    await phone.get_by_role("button", name="Sửa thông tin").click()
    await phone.get_by_label("Năm sinh").fill("1800")
    await phone.get_by_label("Họ và tên").fill("Nguyễn Thị Đúng")
    await phone.get_by_role("button", name="Lưu", exact=True).click()
    await expect(phone.locator(".wrong")).to_be_visible()
    await phone.get_by_label("Năm sinh").fill("1986")
    await phone.get_by_role("button", name="Lưu", exact=True).click()
    await expect(booth.get_by_role("heading", name="Nguyễn Thị Đúng")).to_be_visible()

    await (
        phone.get_by_role("button", name="Rút lại: Sau phỏng vấn")
        .or_(phone.get_by_role("button", name="Ẩn với mọi gian"))
        .click()
    )
    await phone.get_by_role("button", name="Rút lại", exact=True).last.click()
    await expect(booth.get_by_text("chỉ cho gian biết số thứ tự")).to_be_visible()
    await expect(booth.get_by_text("Nguyễn Thị Đúng")).to_have_count(0)
    async with phone.expect_download() as coming:
        await phone.get_by_role("link", name="Tải tệp dữ liệu").click()
    await (await coming.value).save_as(tmp_path / "my-data.json")
    kept = json.loads((tmp_path / "my-data.json").read_bytes())
    assert kept["person"]["full_name"] == "Nguyễn Thị Đúng"
    assert kept["standing"]["show_profile"] is False

    await phone.get_by_role("button", name="Xóa dữ liệu của tôi").click()
    await phone.get_by_label("Để chắc chắn").fill("1")
    await phone.get_by_role("button", name="Xóa hẳn").click()
    await expect(phone.get_by_role("heading", name="Đã xóa dữ liệu")).to_be_visible()
    await phone.get_by_role("button", name="Về trang đầu").click()
    await expect(phone.get_by_label("Họ và tên")).to_be_visible()
    await phone.reload()
    await expect(phone.get_by_label("Họ và tên")).to_be_visible()
    owner = next(iter(fair.feed.projection.candidates))
    assert (await fair.node.ledger.people.get(owner)).full_name == ""


async def test_who_takes_part_no_more_leaves_the_line_and_may_come_back(
    browser: Browser, fair: RunningFair
) -> None:
    phone = await open_page(browser, f"{fair.base_url}/f/{FAIR_ID}/", PHONE)
    await register(phone)
    await join_lines(phone, "02")
    await phone.get_by_role("button", name="Dữ liệu của tôi").click()
    first = phone.locator(".consent-list li").first
    await first.get_by_role("button", name="Rút lại").click()
    await first.get_by_role("button", name="Rút lại", exact=True).click()
    await expect(first.get_by_role("button", name="Đồng ý")).to_be_visible()
    await phone.get_by_role("button", name="Các hàng của tôi").click()
    await expect(phone.get_by_text("Rời hàng này")).to_have_count(0)
    await phone.get_by_role("button", name="Dữ liệu của tôi").click()
    await first.get_by_role("button", name="Đồng ý").click()
    await expect(first.get_by_role("button", name="Rút lại")).to_be_visible()
    await phone.get_by_role("button", name="Các hàng của tôi").click()
    await join_lines(phone, "02")


async def test_a_date_is_answered_and_ones_own_data_handled_by_the_keyboard_alone(
    browser: Browser, fair: RunningFair
) -> None:
    booth = await staff_a_booth(browser, fair, "b01")
    phone = await take_part(browser, fair)
    await be_interviewed(phone, booth)
    await booth.get_by_role("button", name="Hẹn ngày khác").click()
    await list_times(booth)
    await booth.get_by_role("button", name="09:00").first.click()
    keys = Keyboard(phone)
    await keys.press("Không đến được")
    await expect(phone.get_by_role("button", name="Giữ lịch hẹn")).to_be_focused()
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("button", name="Không đến được")).to_be_focused()
    await keys.press("Nhận lời")
    await expect(phone.get_by_text("Đã nhận lời với")).to_be_visible()
    await keys.go_to(phone.get_by_role("link", name="Thêm vào lịch"))
    await keys.press("Dữ liệu của tôi")
    await expect(phone.get_by_role("heading", name="Dữ liệu của tôi")).to_be_focused()
    await keys.press("Sửa thông tin")
    await keys.press("Không sửa")
    await expect(phone.get_by_role("button", name="Sửa thông tin")).to_be_focused()
    await keys.press("Rút lại")
    await expect(phone.get_by_role("button", name="Giữ nguyên")).to_be_focused()
    await phone.keyboard.press("Enter")
    await keys.press("Xóa dữ liệu của tôi")
    await expect(phone.get_by_role("button", name="Không xóa")).to_be_focused()
