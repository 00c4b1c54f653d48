"""Every state of the pages, in both languages, narrow and wide, light and dark: nothing that WCAG
2.2 AA forbids, nothing outside the page at 320 px, nothing hidden when the letters are spread."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import AlarmKind
from tests.journeys.eyes import Eyes, Lights
from tests.journeys.people import (
    be_interviewed,
    join,
    join_lines,
    list_times,
    register,
    sees_the_other,
    staff_a_booth,
    take_part,
    watch_the_fair,
)
from tests.journeys.support import FAIR_ID, PHONE, RunningFair, open_page
from tests.line.live import ORGANISER

pytestmark = pytest.mark.journey

#: How the page says what its link does; for a moment it is told something else.
_SAY_LINK = """
async ([signal, value]) => {
  const { link } = await import("/static/candidate/state.js");
  link.value[signal].value = value;
}
"""
_NO_CAMERA = """
Object.defineProperty(navigator, "mediaDevices", { configurable: true, value: undefined });
"""


async def coming_in(phone: Page, eyes: Eyes) -> None:
    """Entry, its faults, coming back with a number, the number card."""
    await eyes.look("entry")
    await phone.get_by_role("button", name="Nhận số thứ tự").click()
    await expect(phone.locator(".wrong").first).to_be_visible()
    await eyes.look("entry with faults")
    await phone.get_by_role("button", name="Đã có số").click()
    await phone.get_by_label("Số thứ tự").fill("9")
    await phone.get_by_label("Mã 8 chữ số").fill("1234 5678")
    await phone.get_by_role("button", name="Vào tiếp").click()
    await expect(phone.get_by_role("alert")).to_be_visible()
    await eyes.look("sign-in refused")
    await phone.get_by_role("button", name="Chưa có số").click()
    await phone.get_by_label("Xã, phường đang ở").press_sequentially("tan an")
    await expect(phone.locator(".hint").first).to_be_visible()
    await eyes.look("entry with communes found")
    await register(phone)
    await expect(phone.get_by_role("button", name="Chọn gian")).to_be_visible()
    await phone.get_by_role("button", name="Số và mã").click()
    await eyes.look("number card")
    await phone.get_by_role("button", name="Tiếp tục").click()
    await eyes.look("home, in no line")


async def choosing(phone: Page, eyes: Eyes) -> None:
    """Booths, search for an interview, trying the phone."""
    await phone.get_by_role("button", name="Chọn gian").click()
    await phone.get_by_role("searchbox").fill("điện tử")
    await expect(phone.get_by_text("người chờ").first).to_be_visible()
    await eyes.look("booths")
    await phone.get_by_role("button", name="Các hàng của tôi").click()
    await phone.get_by_role("button", name="Tìm giúp tôi").click()
    await phone.get_by_text("Nơi làm, lương, ca, điều kiện").click()
    await expect(phone.locator(".found-booth").first).to_be_visible()
    await eyes.look("find")
    await phone.get_by_role("button", name="Các hàng của tôi").click()
    await phone.get_by_role("button", name="Kiểm tra máy").click()
    await expect(phone.locator(".checks .good").first).to_be_visible()
    await eyes.look("check")
    await phone.get_by_role("button", name="Xong").click()


async def waiting(phone: Page, eyes: Eyes, fair: RunningFair) -> None:
    """In two lines: what may be asked there, and what the page says of its link and of the fair."""
    await join_lines(phone, "02", "03")
    await eyes.look("waiting")
    await phone.get_by_role("button", name="Rời hàng này gian 02").click()
    await eyes.look("leaving a line")
    await phone.get_by_role("button", name="Ở lại").click()
    await phone.get_by_role("button", name="Để sau gian 03").click()
    await eyes.look("not now")
    await phone.get_by_role("button", name="Giữ nguyên chỗ").click()
    await phone.locator(".ask-why").first.click()
    await expect(phone.get_by_role("dialog")).to_be_visible()
    await eyes.look("why")
    await phone.keyboard.press("Escape")
    for signal, value in (("status", "offline"), ("status", "stale"), ("store", "away")):
        await phone.evaluate(_SAY_LINK, [signal, value])
        await eyes.look(f"link {value}")
        await phone.evaluate(_SAY_LINK, [signal, "ok" if signal == "store" else "live"])
    await fair.node.line.run(FAIR_ID, "pause_fair", ORGANISER)
    await expect(phone.locator(".notice")).to_be_visible()
    await eyes.look("fair paused")
    await fair.node.line.run(FAIR_ID, "open_fair", ORGANISER)


async def test_the_candidates_page_is_accessible_from_the_link_to_the_line(
    browser: Browser, fair: RunningFair, lights: Lights
) -> None:
    phone = await open_page(browser, f"{fair.base_url}/", PHONE)
    await phone.get_by_label("Họ và tên").wait_for()
    eyes = await lights.eyes_of_phone(phone)
    await coming_in(phone, eyes)
    await choosing(phone, eyes)
    await waiting(phone, eyes, fair)
    assert eyes.faults == [], "\n".join(eyes.faults)


async def on_deck(phone: Page, eyes: Eyes) -> None:
    """The turn is near, and then the person is ready."""
    await join_lines(phone, "01")
    await expect(phone.get_by_role("button", name="Tôi sẵn sàng")).to_be_visible()
    await eyes.look("on deck")
    await phone.get_by_role("button", name="Tôi sẵn sàng").click()
    await expect(phone.get_by_text("Mời giữ máy")).to_be_visible()
    await eyes.look("ready")


async def next_person(booth: Page, desk: Eyes) -> None:
    """Finish with one person and ask for the next."""
    await booth.get_by_role("button", name="Kết thúc", exact=True).click()
    await desk.look("desk, outcome")
    await booth.get_by_role("button", name="Nhận việc").click()
    await booth.get_by_role("button", name="Lưu kết quả").click()
    await expect(booth.get_by_role("button", name="Người tiếp theo")).to_be_visible()
    await desk.look("desk, saved")
    await booth.get_by_role("button", name="Người tiếp theo").click()


async def in_the_interview(phone: Page, eyes: Eyes, booth: Page, desk: Eyes) -> None:
    """Seen and heard, asked to leave, offered another booth, out of the room, and after it."""
    await eyes.look("interview")
    await beside_the_picture(phone, eyes, booth, desk)
    await phone.get_by_role("button", name="Ra khỏi phòng").click()
    await eyes.look("leaving the interview")
    await phone.get_by_role("button", name="Ở lại").click()
    await booth.get_by_role("button", name="Chuyển gian").click()
    await desk.look("desk, handing over")
    await booth.get_by_role("button", name="Gian 02").click()
    await expect(phone.get_by_role("alertdialog")).to_be_visible()
    await eyes.look("hand-over offered")
    await phone.get_by_role("alertdialog").get_by_role("button", name="Không").click()
    await phone.get_by_role("button", name="Ra khỏi phòng").click()
    await phone.get_by_role("button", name="Ra khỏi phòng").click()
    await eyes.look("out of the interview")
    await booth.get_by_role("button", name="Kết thúc", exact=True).click()
    await expect(phone.get_by_role("heading", name="Đã phỏng vấn xong")).to_be_visible()
    await eyes.look("after")


async def beside_the_picture(phone: Page, eyes: Eyes, booth: Page, desk: Eyes) -> None:
    """Captions, a line of chat, less picture, and the choice of it."""
    await booth.get_by_label("Phụ đề").fill("Chị có làm được ca đêm không?")
    await booth.keyboard.press("Enter")
    await booth.get_by_label("Viết tin nhắn").fill("Nghe rõ không?")
    await booth.keyboard.press("Enter")
    await expect(phone.get_by_role("log", name="Phụ đề")).to_contain_text("ca đêm")
    await expect(phone.get_by_role("button", name="1 tin mới")).to_be_visible()
    await eyes.look("captions and a new line of chat")
    await phone.get_by_role("button", name="1 tin mới").click()
    await phone.get_by_label("Viết tin nhắn").fill("Dạ rõ.")
    await phone.keyboard.press("Enter")
    await expect(booth.get_by_text("Dạ rõ.")).to_be_visible()
    await eyes.look("chat over the picture")
    await phone.keyboard.press("Escape")
    await phone.locator(".rung-button").click()
    await phone.get_by_role("radio", name="Hình nhỏ").check()
    await expect(booth.locator(".rung-button")).to_contain_text("Hình nhỏ", timeout=30_000)
    await eyes.look("choosing less picture")
    await phone.keyboard.press("Escape")
    await eyes.look("less picture")
    await desk.look("desk, less picture and chat")
    await booth.locator(".rung-button").click()
    await desk.look("desk, choosing less picture")
    await booth.keyboard.press("Escape")


async def called(phone: Page, eyes: Eyes) -> None:
    """The call and the interview in a browser that has no camera."""
    await expect(phone.get_by_role("button", name="Vào ngay")).to_be_visible()
    await phone.get_by_role("button", name="Cần thêm 1 phút").click()
    await expect(phone.get_by_text("Đã thêm 1 phút")).to_be_visible()
    await eyes.look("called without a camera")
    await phone.get_by_role("button", name="Vào ngay").click()
    await expect(phone.locator(".no-picture")).to_be_visible()
    await eyes.look("interview without a camera")


async def test_deck_call_and_interview_are_accessible_on_both_sides(
    browser: Browser, fair: RunningFair, lights: Lights
) -> None:
    await fair.change_settings(FairSettings(deck_moment_pct=0))
    booth = await staff_a_booth(browser, fair, "b01")
    desk = await lights.eyes_of_laptop(booth)
    await desk.look("desk, closed")
    first = await take_part(browser, fair, "Trần Thị Nhất")
    await join_lines(first, "01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await first.get_by_role("button", name="Vào ngay").click()
    await sees_the_other(booth)
    await desk.look("desk, interviewing")

    phone = await take_part(browser, fair)
    eyes = await lights.eyes_of_phone(phone)
    await on_deck(phone, eyes)
    await next_person(booth, desk)
    await sees_the_other(phone)
    await first.context.close()
    await in_the_interview(phone, eyes, booth, desk)

    await phone.evaluate(_NO_CAMERA)
    other = await staff_a_booth(browser, fair, "b02")
    await other.get_by_role("button", name="Sẵn sàng").click()
    await join_only(phone, "02")
    await called(phone, eyes)
    assert eyes.faults + desk.faults == [], "\n".join(eyes.faults + desk.faults)


async def join_only(phone: Page, number: str) -> None:
    """Choose a booth whose desk is free: the call comes at once."""
    await phone.get_by_role("button", name="Chọn gian").click()
    await join(phone.get_by_role("button", name=f"Xếp hàng gian {number}"))


async def test_the_hall_the_control_room_and_a_closed_fair_are_accessible(
    browser: Browser, fair: RunningFair, lights: Lights
) -> None:
    control = await watch_the_fair(browser, fair)
    room = await lights.eyes_of_laptop(control)
    phone = await take_part(browser, fair)
    eyes = await lights.eyes_of_phone(phone)
    await join_lines(phone, "01")
    desk = await staff_a_booth(browser, fair, "b13")
    await desk.get_by_role("button", name="Sẵn sàng").click()
    await phone.get_by_role("button", name="Thêm gian").click()
    await phone.get_by_role("button", name="Xếp hàng gian 13").click()
    await eyes.look("asked whether the booth may read who one is")
    await phone.get_by_role("button", name="Chỉ số thứ tự").click()
    await expect(phone.get_by_role("button", name="Tôi đang đến")).to_be_visible()
    await eyes.look("called to a desk")
    await phone.get_by_role("button", name="Tôi đang đến").click()
    await expect(phone.locator("main.come")).to_be_visible()
    await eyes.look("come to the desk")
    await fair.node.raise_alarm(FAIR_ID, AlarmKind.PEOPLE_READ, "b13", 40)
    await expect(control.locator(".alarm")).to_be_visible()
    await room.look("control room")
    await fair.node.line.run(FAIR_ID, "close_fair", ORGANISER)
    await desk.get_by_role("button", name="Bắt đầu").click()
    await desk.get_by_role("button", name="Kết thúc", exact=True).click()
    await expect(phone.locator(".notice")).to_be_visible()
    await eyes.look("closed fair")
    await room.look("control room, closed")
    assert eyes.faults + room.faults == [], "\n".join(eyes.faults + room.faults)


async def agreeing(phone: Page, eyes: Eyes, booth: Page, desk: Eyes) -> None:
    """The result, a date and the booth's dialog for it."""
    await eyes.look("result not published")
    await booth.get_by_role("button", name="Công bố kết quả").click()
    await booth.get_by_role("button", name="Hẹn ngày khác").click()
    await list_times(booth)
    await desk.look("desk, second interview")
    await booth.get_by_role("button", name="09:00").first.click()
    await expect(phone.get_by_role("button", name="Nhận lời")).to_be_visible()
    await eyes.look("second interview offered")
    await phone.get_by_role("button", name="Không đến được").click()
    await eyes.look("declining")
    await phone.get_by_role("button", name="Giữ lịch hẹn").click()
    await phone.get_by_role("button", name="Nhận lời").click()
    await expect(booth.locator(".after-strip")).to_contain_text("đã nhận lời")
    await eyes.look("second interview accepted")
    await booth.get_by_role("button", name="Hôm nay").click()
    await desk.look("desk, met today")
    await booth.get_by_role("button", name="Danh sách, tải về").click()
    await expect(booth.locator(".people-met li")).to_have_count(1)
    await desk.look("desk, list of people met")
    await booth.keyboard.press("Escape")


async def own_data(phone: Page, eyes: Eyes) -> None:
    """What is stored, its correction, a consent taken back, and being erased."""
    await phone.get_by_role("button", name="Dữ liệu của tôi").click()
    await expect(phone.locator(".consent-list").first).to_be_visible()
    await eyes.look("my data")
    await phone.get_by_role("button", name="Sửa thông tin").click()
    await phone.get_by_label("Năm sinh").fill("1800")
    await phone.get_by_role("button", name="Lưu", exact=True).click()
    await expect(phone.locator(".wrong")).to_be_visible()
    await phone.get_by_role("button", name="Rút lại").first.click()
    await phone.get_by_role("button", name="Xóa dữ liệu của tôi").click()
    await eyes.look("my data, questions")
    await phone.get_by_label("Để chắc chắn").fill("1")
    await phone.get_by_role("button", name="Xóa hẳn").click()
    await expect(phone.get_by_role("heading", name="Đã xóa dữ liệu")).to_be_visible()
    await eyes.look("erased")


async def test_what_comes_after_an_interview_is_accessible(
    browser: Browser, fair: RunningFair, lights: Lights
) -> None:
    booth = await staff_a_booth(browser, fair, "b01")
    phone = await take_part(browser, fair)
    eyes, desk = await lights.eyes_of_phone(phone), await lights.eyes_of_laptop(booth)
    await be_interviewed(phone, booth)
    await agreeing(phone, eyes, booth, desk)
    await advice(phone, eyes, browser, fair)
    await own_data(phone, eyes)
    assert eyes.faults + desk.faults == [], "\n".join(eyes.faults + desk.faults)


async def advice(phone: Page, eyes: Eyes, browser: Browser, fair: RunningFair) -> None:
    """The form for rating advice, and the rating."""
    adviser = await staff_a_booth(browser, fair, "b14")
    await adviser.get_by_role("button", name="Sẵn sàng").click()
    await join_only(phone, "14")
    coming = phone.get_by_role("button", name="Tôi đang đến")
    await coming.or_(phone.get_by_role("button", name="Vào ngay")).click()
    start = adviser.get_by_role("button", name="Bắt đầu")
    finish = adviser.get_by_role("button", name="Kết thúc", exact=True)
    await expect(start.or_(finish)).to_be_visible()
    if await start.is_visible():
        await start.click()
    await finish.click()
    await expect(phone.get_by_role("button", name="Gửi đánh giá")).to_be_visible()
    await eyes.look("rating")
    await phone.get_by_text("Đạt", exact=True).click()
    await phone.get_by_role("button", name="Gửi đánh giá").click()
    await expect(phone.get_by_text("Đã đánh giá:")).to_be_visible()
    await eyes.look("rated")


#: Whatever still moves or takes time to change, and what of a button cannot be told from the page.
_STILL_AND_DRAWN = """
() => {
  const wrong = document.getAnimations().map((one) => `${one.effect.target.className} moves`);
  for (const one of document.querySelectorAll("button, .input, .card")) {
    const { borderTopStyle, borderTopWidth, transitionDuration } = getComputedStyle(one);
    if (parseFloat(transitionDuration) > 0) wrong.push(`${one.className} takes its time`);
    if (borderTopStyle !== "solid" || parseFloat(borderTopWidth) < 1) {
      wrong.push(`${one.className} has no border`);
    }
  }
  return wrong;
}
"""


async def test_who_asks_for_stillness_or_other_colours_gets_them(
    browser: Browser, fair: RunningFair
) -> None:
    phone = await open_page(browser, f"{fair.base_url}/", PHONE)
    await phone.emulate_media(reduced_motion="reduce", forced_colors="active")
    await register(phone)
    await expect(phone.get_by_role("button", name="Chọn gian")).to_be_visible()
    assert await phone.evaluate(_STILL_AND_DRAWN) == []
    await phone.get_by_role("button", name="Chọn gian").click()
    await expect(phone.get_by_role("button", name="Xếp hàng gian 24")).to_be_visible()
    assert await phone.evaluate(_STILL_AND_DRAWN) == []
