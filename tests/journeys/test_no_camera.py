"""Without a camera: refused, not there, or an app's browser; each way leads to an interview."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.journeys.eyes import Lights
from tests.journeys.people import comes_true, join_lines, register, sees_the_other, staff_a_booth
from tests.journeys.support import PHONE, RunningFair, open_page

pytestmark = pytest.mark.journey

Until = Callable[[Callable[[], object]], Awaitable[None]]

#: Zalo on a cheap Android phone.
ZALO = (
    "Mozilla/5.0 (Linux; Android 13; SM-A047F Build/TP1A; wv) AppleWebKit/537.36 (KHTML,"
    " like Gecko) Version/4.0 Chrome/124.0.6367.82 Mobile Safari/537.36 Zalo android/24040672"
)
#: An in-app browser has no camera interface at all.
_NO_INTERFACE = "delete Navigator.prototype.mediaDevices;"
#: Sound of the other side is decoded, and the element that plays it goes on.
_HEARS = """
async () => {
  const playing = [...document.querySelectorAll("video")].filter((one) => !one.muted && !one.paused
    && one.srcObject?.getAudioTracks().some((one) => one.readyState === "live" && !one.muted));
  if (!playing.length) return false;
  const energy = async () => {
    let sum = 0;
    for (const pc of window.connections) {
      for (const stat of (await pc.getStats()).values()) {
        if (stat.type === "inbound-rtp" && stat.kind === "audio") sum += stat.totalAudioEnergy || 0;
      }
    }
    return sum;
  };
  const [before, at] = [await energy(), playing[0].currentTime];
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return await energy() > before && playing[0].currentTime > at;
}
"""
_KEEP_CONNECTIONS = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...settings) {
    super(...settings);
    window.connections.push(this);
  }
};
"""


async def hears_the_other(page: Page) -> None:
    """Wait until sound of the other side is decoded and played on this page."""
    await comes_true(page, _HEARS)


async def phone_in(context: BrowserContext, fair: RunningFair, *, number: str = "") -> Page:
    """Take part on a phone of this kind, with or without a telephone number."""
    page = await context.new_page()
    page.set_default_timeout(40_000)
    await page.goto(f"{fair.base_url}/")
    if not number:
        await register(page)
        return page
    await page.get_by_label("Họ và tên").fill("Trần Văn Máy")
    await page.get_by_role("textbox", name="Số điện thoại").fill(number)
    await page.get_by_label("Năm sinh").fill("1990")
    await page.get_by_label("Nam", exact=True).check()
    await page.get_by_label("Xã, phường đang ở").fill("Long An")
    await page.get_by_label("Dùng thông tin này để tham gia").check()
    await page.get_by_role("button", name="Nhận số thứ tự").click()
    await page.get_by_role("button", name="Tiếp tục").click()
    return page


async def a_phone(browser: Browser, **more: object) -> BrowserContext:
    """A phone of its own."""
    return await browser.new_context(viewport=PHONE, locale="vi-VN", has_touch=True, **more)  # type: ignore[arg-type]


async def finish(booth: Page) -> None:
    """End the interview with an outcome."""
    await booth.get_by_role("button", name="Kết thúc", exact=True).click()
    await booth.get_by_role("button", name="Nhận việc").click()
    await booth.get_by_role("button", name="Lưu kết quả").click()
    await expect(booth.get_by_role("button", name="Người tiếp theo")).to_be_visible()


async def listening_booth(browser: Browser, fair: RunningFair) -> Page:
    """Sit down at booth 01 with an ear on every connection."""
    booth = await staff_a_booth(browser, fair, "b01")
    await booth.add_init_script(_KEEP_CONNECTIONS)
    await booth.reload()
    await expect(booth.get_by_role("button", name="Sẵn sàng")).to_be_visible()
    return booth


async def test_with_the_camera_refused_the_interview_is_held_by_sound(
    asking_browser: Browser, browser: Browser, fair: RunningFair, until: Until
) -> None:
    context = await a_phone(asking_browser)
    await context.grant_permissions(["microphone"])
    phone = await phone_in(context, fair)
    await join_lines(phone, "01")
    await expect(phone.get_by_role("heading", name="chưa được cho phép")).to_be_visible()
    await phone.get_by_role("button", name="Nói chuyện bằng tiếng").click()
    await expect(phone.get_by_text("Sẽ nói chuyện bằng tiếng")).to_be_visible()

    booth = await listening_booth(browser, fair)
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await phone.get_by_role("button", name="Vào ngay").click()
    await sees_the_other(phone)
    await hears_the_other(booth)
    await expect(booth.locator(".sound-only")).to_be_visible()
    await until(lambda: fair.feed.projection.tickets["t1"].interview_mode == "online")
    await finish(booth)
    await expect(phone.get_by_role("heading", name="Đã phỏng vấn xong ở gian 01")).to_be_visible()


async def test_without_any_device_the_recruiter_phones_and_sees_the_number_for_the_call(
    bare_browser: Browser, browser: Browser, fair: RunningFair, lights: Lights, until: Until
) -> None:
    phone = await phone_in(await a_phone(bare_browser), fair, number="0912 345 678")
    await join_lines(phone, "01")
    eyes = await lights.eyes_of_phone(phone)
    await expect(phone.get_by_role("heading", name="không có camera")).to_be_visible()
    await phone.get_by_role("button", name="Gọi điện cho tôi").click()
    await expect(phone.get_by_text("kết thúc bằng 678")).to_be_visible()
    await eyes.look("asked for the number")
    await phone.get_by_label("Đồng ý cho nhà tuyển dụng").check()
    await phone.get_by_role("button", name="Gọi cho tôi theo số này").click()
    await expect(phone.get_by_text("Nhà tuyển dụng sẽ gọi điện khi đến lượt")).to_be_visible()
    await eyes.look("to be phoned")

    booth = await staff_a_booth(browser, fair, "b01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await phone.get_by_role("button", name="Tôi nghe máy được").wait_for()
    await eyes.look("called, by telephone")
    await expect(booth.get_by_text("nói chuyện qua điện thoại")).to_be_visible()
    assert await booth.get_by_text("0912 345 678").count() == 0
    await phone.get_by_role("button", name="Tôi nghe máy được").click()
    await expect(booth.get_by_text("0912 345 678")).to_be_visible()
    await expect(phone.get_by_role("heading", name="sắp gọi điện")).to_be_visible()
    await eyes.look("about to be phoned")
    await booth.get_by_role("button", name="Gọi điện", exact=True).click()
    await expect(phone.get_by_role("heading", name="qua điện thoại")).to_be_visible()
    await finish(booth)
    assert await booth.get_by_text("0912 345 678").count() == 0
    ticket = fair.feed.projection.tickets["t1"]
    assert (str(ticket.interview_mode), str(ticket.outcome)) == ("phone", "hired")
    assert eyes.faults == [], "\n".join(eyes.faults)


async def test_from_an_apps_browser_the_link_leads_into_the_interview_with_picture(
    bare_browser: Browser, browser: Browser, fair: RunningFair, lights: Lights
) -> None:
    context = await a_phone(bare_browser, user_agent=ZALO)
    await context.add_init_script(_NO_INTERFACE)
    app = await phone_in(context, fair)
    await join_lines(app, "01")
    eyes = await lights.eyes_of_phone(app)
    await expect(app.get_by_role("heading", name="không mở được camera")).to_be_visible()
    await eyes.look("ways")
    await app.get_by_role("button", name="Đến điểm có máy").click()
    await expect(app.get_by_text("Điểm cầu chính Tân An")).to_be_visible()
    await eyes.look("station")
    await app.get_by_role("button", name="Mở bằng trình duyệt khác").click()
    link = await app.get_by_label("Đường dẫn riêng").input_value()
    intent = await app.get_by_role("link", name="Mở bằng trình duyệt của máy").get_attribute("href")
    assert intent is not None
    assert intent.startswith(link.replace("http:", "intent:") + "#Intent;scheme=http;")
    await app.wait_for_function("() => document.querySelector('.qr').naturalWidth > 0")
    await eyes.look("other browser")
    assert eyes.faults == [], "\n".join(eyes.faults)

    real = await open_page(browser, link, PHONE)
    await expect(real.get_by_role("button", name="Rời hàng này gian 01")).to_be_visible()
    await context.close()
    booth = await staff_a_booth(browser, fair, "b01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await real.get_by_role("button", name="Vào ngay").click()
    await sees_the_other(booth)
    await sees_the_other(real)
    await finish(booth)


async def test_who_finds_out_in_the_room_that_nothing_works_goes_on_by_telephone(
    bare_browser: Browser, browser: Browser, fair: RunningFair
) -> None:
    phone = await phone_in(await a_phone(bare_browser), fair)
    booth = await staff_a_booth(browser, fair, "b01")
    await join_lines(phone, "01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await phone.get_by_role("button", name="Vào ngay").click()
    await phone.get_by_role("button", name="Cách khác").click()
    await phone.get_by_role("button", name="Gọi điện cho tôi").click()
    await phone.get_by_label("Số điện thoại để gọi").fill("0987 654 321")
    await phone.get_by_label("Đồng ý cho nhà tuyển dụng").check()
    await phone.get_by_role("button", name="Gọi cho tôi theo số này").click()
    await expect(booth.get_by_text("0987 654 321")).to_be_visible()
    await booth.get_by_role("button", name="Gọi điện", exact=True).click()
    await expect(phone.get_by_role("heading", name="phỏng vấn qua điện thoại")).to_be_visible()
    await finish(booth)
    assert str(fair.feed.projection.tickets["t1"].interview_mode) == "phone"
