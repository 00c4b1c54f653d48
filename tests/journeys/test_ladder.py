"""Beside the picture: the rung that both are told, chat, captions, the camera's pauses."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.keyboard import Keyboard
from tests.journeys.people import comes_true, join_lines, sees_the_other, staff_a_booth, take_part
from tests.journeys.support import RunningFair

pytestmark = pytest.mark.journey

#: Bit/s that a page may still send of its picture, and whether it sends sound at all.
_SENDS = """
async (kind) => {
  const { ownRoom } = await import("/static/candidate/own_room.js");
  const { pc } = ownRoom.value.connection;
  const sender = pc.getSenders().find(({ track }) => track?.kind === kind);
  return sender.getParameters().encodings[0];
}
"""
#: What the phone's system does when another app comes to the front: the page is out of sight, and
#: the camera gives no more pictures.
_TO_BACKGROUND = """
async (isHidden) => {
  const { ownMedia } = await import("/static/candidate/own_media.js");
  const track = ownMedia.value.stream.getVideoTracks()[0];
  Object.defineProperty(document, "visibilityState",
    { configurable: true, get: () => (isHidden ? "hidden" : "visible") });
  Object.defineProperty(track, "muted", { configurable: true, get: () => isHidden });
  document.dispatchEvent(new Event("visibilitychange"));
  track.dispatchEvent(new Event(isHidden ? "mute" : "unmute"));
}
"""
#: A link that carries so much, as the browser's own statistics would tell it.
_CARRY = """
async (available) => {
  const { ownRoom } = await import("/static/candidate/own_room.js");
  const { ladder } = ownRoom.value.connection;
  const take = Object.getPrototypeOf(ladder).take;
  if (available === null) delete ladder.take;
  else ladder.take = (sample, now) => take.call(ladder, { ...sample, available }, now);
}
"""
#: The waits of the ladder are over: what takes seconds of good network may come now.
_WAITED = """
async () => {
  const { ownRoom } = await import("/static/candidate/own_room.js");
  ownRoom.value.connection.ladder.badAt -= 60_000;
}
"""
#: The straight way for words is shut, as while a connection is being made.
_SHUT = """
async () => {
  const { ownRoom } = await import("/static/candidate/own_room.js");
  ownRoom.value.connection.channel.close();
}
"""


async def in_interview(browser: Browser, fair: RunningFair) -> tuple[Page, Page]:
    """Bring a person and a desk together."""
    booth = await staff_a_booth(browser, fair, "b01")
    phone = await take_part(browser, fair)
    await join_lines(phone, "01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await phone.get_by_role("button", name="Vào ngay").click()
    await sees_the_other(phone)
    await sees_the_other(booth)
    return phone, booth


async def rung_is(page: Page, words: str) -> None:
    """Wait until a page says on which rung the call is."""
    await expect(page.locator(".rung-button")).to_contain_text(words, timeout=60_000)


async def test_a_person_chooses_less_by_keyboard_and_both_are_told(
    browser: Browser, fair: RunningFair
) -> None:
    phone, booth = await in_interview(browser, fair)
    await rung_is(phone, "Đủ hình")
    keyboard = Keyboard(phone)
    await keyboard.go_to(phone.locator(".rung-button"))
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("radio", name="Tự động")).to_be_checked()
    await keyboard.go_to(phone.get_by_role("radio", name="Tự động"))
    for rung, why in (
        ("Hình nhỏ", "Theo lựa chọn của bên kia"),
        ("Chỉ tiếng", "Theo lựa chọn của bên kia"),
        ("Nhắn chữ", "Theo lựa chọn của bên kia"),
    ):
        await phone.keyboard.press("ArrowDown")
        await rung_is(phone, rung)
        await rung_is(booth, rung)
        await expect(booth.locator(".beside-notice").first).to_contain_text(why)
    await comes_true(phone, f"async () => !(await ({_SENDS})('audio')).active")
    await expect(
        phone.get_by_role("status").filter(has_text="Theo lựa chọn của anh/chị")
    ).to_have_count(1)
    await phone.get_by_role("radio", name="Tự động").check()
    await phone.keyboard.press("Escape")
    for page in (phone, booth):
        await rung_is(page, "Đủ hình")
        await sees_the_other(page)


async def test_a_link_that_falls_and_rises_moves_the_picture_and_is_told(
    browser: Browser, fair: RunningFair
) -> None:
    phone, booth = await in_interview(browser, fair)
    await phone.evaluate(_CARRY, 150_000)
    await rung_is(booth, "Hình nhỏ")
    await rung_is(phone, "Hình nhỏ")
    await expect(booth.locator(".beside-notice").first).to_contain_text("Mạng yếu")
    encoding = await phone.evaluate(_SENDS, "video")
    assert encoding["scaleResolutionDownBy"] == 2
    await phone.evaluate(_CARRY, 40_000)
    await rung_is(booth, "Chỉ tiếng")
    await phone.evaluate(_CARRY, 5_000_000)
    await phone.evaluate(_WAITED)
    await rung_is(booth, "Đủ hình")
    await rung_is(phone, "Đủ hình")


async def test_chat_goes_both_ways_by_the_connection_and_without_it(
    browser: Browser, fair: RunningFair
) -> None:
    phone, booth = await in_interview(browser, fair)
    await booth.get_by_label("Viết tin nhắn").fill("Chào chị, nghe rõ không?")
    await booth.get_by_role("button", name="Gửi").click()
    await expect(phone.get_by_text("Chào chị, nghe rõ không?")).to_be_visible()
    await phone.get_by_role("button", name="1 tin mới").click()
    await phone.get_by_label("Viết tin nhắn").fill("Dạ nghe rõ.")
    await phone.keyboard.press("Enter")
    await expect(booth.get_by_role("log", name="Các tin nhắn")).to_contain_text("Dạ nghe rõ.")
    await expect(phone.get_by_text("Tin nhắn không được lưu")).to_be_visible()
    await phone.evaluate(_SHUT)
    await expect(phone.get_by_text("đi qua máy chủ")).to_be_visible()
    await phone.get_by_label("Viết tin nhắn").fill("Qua máy chủ.")
    await phone.keyboard.press("Enter")
    await expect(booth.get_by_role("log", name="Các tin nhắn")).to_contain_text("Qua máy chủ.")
    await booth.get_by_label("Viết tin nhắn").fill("Nhận được.")
    await booth.keyboard.press("Enter")
    await expect(phone.get_by_role("log", name="Các tin nhắn")).to_contain_text("Nhận được.")
    await expect(booth.get_by_text("đang gửi", exact=True)).to_have_count(0)
    await phone.keyboard.press("Escape")
    await expect(phone.get_by_role("button", name="Nhắn chữ")).to_be_focused()


async def test_captions_grow_on_the_phone_while_they_are_typed(
    browser: Browser, fair: RunningFair
) -> None:
    phone, booth = await in_interview(browser, fair)
    field = booth.get_by_label("Phụ đề cho người bên kia")
    await field.press_sequentially("Anh làm ca đêm")
    captions = phone.get_by_role("log", name="Phụ đề")
    await expect(captions).to_contain_text("Anh làm ca đêm")
    await field.press_sequentially(" được không?")
    await field.press("Enter")
    await expect(captions.locator("p:not([aria-hidden])")).to_have_text(
        "Anh làm ca đêm được không?"
    )
    await expect(field).to_have_value("")


async def test_the_desk_is_told_that_the_phones_camera_pauses_in_the_background(
    browser: Browser, fair: RunningFair
) -> None:
    phone, booth = await in_interview(browser, fair)
    await phone.evaluate(_TO_BACKGROUND, True)
    await expect(booth.get_by_text("họ đang mở ứng dụng khác")).to_be_visible()
    await phone.evaluate(_TO_BACKGROUND, False)
    await expect(booth.get_by_text("họ đang mở ứng dụng khác")).to_have_count(0)
    await phone.get_by_role("button", name="Tắt hình").click()
    await expect(booth.get_by_text("Bên kia đã tắt camera")).to_be_visible()


async def test_a_phone_that_saves_data_begins_with_sound_and_offers_the_picture(
    browser: Browser, fair: RunningFair
) -> None:
    booth = await staff_a_booth(browser, fair, "b01")
    phone = await take_part(browser, fair)
    await phone.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } });"
    )
    await phone.reload()
    await join_lines(phone, "01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await phone.get_by_role("button", name="Vào ngay").click()
    await rung_is(phone, "Chỉ tiếng")
    await rung_is(booth, "Chỉ tiếng")
    await phone.get_by_role("button", name="Bật hình").click()
    for page in (phone, booth):
        await rung_is(page, "Đủ hình")
        await sees_the_other(page)
