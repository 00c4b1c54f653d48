"""Large letters and reading aloud, for those who see little or read slowly."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.eyes import Lights
from tests.journeys.people import join_lines, register, staff_a_booth
from tests.journeys.support import PHONE, RunningFair, open_page

pytestmark = pytest.mark.journey

#: Nobody hears a test: what is played is noted.
_LISTEN = """
() => {
  window.played = 0;
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...when) {
    window.played += 1;
    return start.apply(this, when);
  };
}
"""
#: Buttons that a thumb would miss.
_SMALL = """
() => [...document.querySelectorAll(".reading button, .bar button")]
  .map((one) => [one.innerText, one.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 44 || height < 44)
  .map(([text, { width, height }]) => `${text}: ${width} x ${height}`)
"""


async def enlarge(page: Page, percent: int) -> None:
    """Open the panel and choose a size."""
    await page.get_by_role("button", name="Chữ to").click()
    await page.get_by_role("button", name=f"{percent}%").click()
    assert await page.evaluate("document.documentElement.dataset.text") == str(percent)
    assert await page.evaluate(_SMALL) == []


@pytest.mark.parametrize(
    "percent",
    [200, *(pytest.param(percent, marks=pytest.mark.soak) for percent in (125, 150))],
)
async def test_large_letters_fit_the_narrowest_page_and_are_remembered(
    browser: Browser, fair: RunningFair, lights: Lights, percent: int
) -> None:
    page = await open_page(browser, f"{fair.base_url}/", PHONE)
    eyes = await lights.eyes_of_phone(page)
    await enlarge(page, percent)
    await eyes.look(f"entry and panel, {percent} %")
    await page.get_by_role("button", name="Xong").click()
    await register(page)
    await join_lines(page, "01")
    await eyes.look(f"waiting, {percent} %")
    await page.reload()
    await page.wait_for_function(
        "(size) => parseFloat(getComputedStyle(document.body).fontSize) === size",
        arg=16 * percent / 100,
    )
    # The parts that come by themselves have come: nothing moves under the finger any more.
    await expect(page.get_by_role("region", name="Báo khi đến lượt")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    again = await lights.eyes_of_phone(page)
    await page.get_by_role("button", name="Thêm gian").click()
    await expect(page.get_by_role("button", name="Xếp hàng gian 02")).to_be_visible()
    await again.look(f"booths, {percent} %")
    booth = await staff_a_booth(browser, fair, "b01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await expect(page.get_by_role("button", name="Vào ngay")).to_be_visible()
    await again.look(f"called, {percent} %")
    faults = eyes.faults + again.faults
    assert faults == [], "\n".join(faults)


async def test_a_call_is_read_aloud_without_a_voice_of_the_phones_own(
    browser: Browser, fair: RunningFair
) -> None:
    page = await open_page(browser, f"{fair.base_url}/", PHONE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    await page.evaluate(_LISTEN)
    await register(page)
    await join_lines(page, "01")
    assert not [name for name in asked if name.endswith(".mp3")]
    assert not [name for name in asked if name == "voice.js"]
    await page.get_by_role("button", name="Chữ to").click()
    await page.get_by_role("button", name="Đọc to các tin chính").click()
    await page.wait_for_function("() => window.played > 0")
    assert "say.number-0.mp3" in asked
    before = await page.evaluate("window.played")
    booth = await staff_a_booth(browser, fair, "b01")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await expect(page.get_by_role("button", name="Vào ngay")).to_be_visible()
    # "Đã đến lượt …", "Gian" "một", "Bàn" "một".
    await page.wait_for_function("(before) => window.played >= before + 5", arg=before)
    assert "say.called-0.mp3" in asked
    # What is spoken is not also put before a screen reader a second time.
    assert await page.locator(".reading [aria-live], .reading [role=status]").count() == 0


async def test_reading_aloud_is_remembered_and_switched_off(
    browser: Browser, fair: RunningFair
) -> None:
    page = await open_page(browser, f"{fair.base_url}/", PHONE)
    aloud = page.get_by_role("button", name="Đọc to các tin chính")
    await page.get_by_role("button", name="Chữ to").click()
    await aloud.click()
    await page.reload()
    await page.get_by_role("button", name="Chữ to").click()
    await expect(aloud).to_have_attribute("aria-pressed", "true")
    await aloud.click()
    await expect(aloud).to_have_attribute("aria-pressed", "false")
    assert await page.evaluate("localStorage.getItem('fs_read')") is None
