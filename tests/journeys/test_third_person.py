"""A third person in the interview, in real browsers with real video: told first, agreed to, seen by
both, gone and back, listening only with everybody told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from fairserver.domain.states import Leg, Role
from fairserver.events.records import Guest
from tests.journeys.by_phone import Outside, outside
from tests.journeys.desk import Desk, sit_down
from tests.journeys.eyes import Lights
from tests.journeys.people import comes_true, sees_the_other
from tests.journeys.support import LAPTOP, PHONE, RunningFair, open_page

pytestmark = pytest.mark.journey

Until = Callable[[Callable[[], object]], Awaitable[None]]
#: Both languages, wide and narrow.
#: True when so many of the others' pictures move on the page.
_MOVING = """
async () => {
  const found = [...document.querySelectorAll("video")]
    .filter((one) => !one.muted && one.videoWidth);
  const before = found.map((one) => one.getVideoPlaybackQuality().totalVideoFrames);
  await new Promise((resolve) => setTimeout(resolve, 400));
  return found.filter((one, index) =>
    one.getVideoPlaybackQuality().totalVideoFrames > before[index]).length >= WANTED;
}
"""


async def sees(page: Page, pictures: int) -> None:
    """Wait until moving pictures of so many others are on this page."""
    await comes_true(page, _MOVING.replace("WANTED", str(pictures)))


async def meet(browser: Browser, server: Outside, desk: Desk) -> Page:
    """Bring a candidate's phone and the desk into a video interview."""
    person = await server.candidate(full_name="Trần Thị Nhất")
    phone = await open_page(browser, f"{server.base_url}{person.ticket_link}", PHONE)
    socket = await server.socket(person, ["me"])
    await socket.until(lambda: socket.cell("me", "me").get("present"))
    await socket.do("join", booth_id="b01", show_profile=True)
    await desk.press("s", "open")
    await phone.get_by_role("button", name="Vào ngay").click()
    await sees_the_other(phone)
    await sees_the_other(desk.page)
    return phone


async def ask_an_interpreter_in(browser: Browser, desk: Desk) -> Page:
    """Make the link that works once, and open it on another machine."""
    await desk.press("i", "invite")
    dialog = desk.page.get_by_role("dialog")
    await expect(dialog.get_by_text("Mbit/s")).to_be_visible()
    await desk.keys.go_to(dialog.get_by_label("Tên để mọi người thấy"))
    await desk.page.keyboard.type("Bà Lan")
    await desk.page.keyboard.press("Enter")
    link = await dialog.get_by_label("Đường dẫn cho người phiên dịch").input_value()
    await desk.page.keyboard.press("Escape")
    guest = await open_page(browser, link, LAPTOP)
    await guest.get_by_role("button", name="Vào", exact=True).click()
    return guest


def guest_of(fair: RunningFair) -> Guest:
    """The third person, as the server knows it."""
    guest = fair.feed.projection.tickets["t1"].guest
    assert guest is not None
    return guest


async def test_an_interpreter_comes_in_after_the_candidate_has_agreed_and_back_after_a_reload(
    browser: Browser, fair: RunningFair, until: Until
) -> None:
    async with outside(fair) as server:
        desk = await sit_down(browser, fair, "b01")
        phone = await meet(browser, server, desk)
        guest = await ask_an_interpreter_in(browser, desk)
        await expect(guest.get_by_text("Đang chờ người được phỏng vấn đồng ý.")).to_be_visible()
        asked = phone.get_by_role("alertdialog")
        await expect(asked).to_contain_text("Bà Lan")
        await expect(asked).to_contain_text("phiên dịch")
        assert not any(leg.epoch for leg in guest_of(fair).legs.values())  # nothing flows yet
        await phone.get_by_role("button", name="Đồng ý", exact=True).click()
        for page in (guest, phone, desk.page):
            await sees(page, 2)
        epoch = guest_of(fair).legs[Leg.GUEST_CANDIDATE].epoch
        await guest.reload()
        for page in (guest, phone, desk.page):
            await sees(page, 2)
        assert guest_of(fair).legs[Leg.GUEST_CANDIDATE].epoch > epoch

        await guest.get_by_role("button", name="Tạm ra ngoài").click()
        await expect(phone.get_by_text("tạm ra ngoài")).to_be_visible()
        await guest.get_by_role("button", name="Vào lại").click()
        for page in (guest, phone):
            await sees(page, 2)
        await desk.finish()
        await expect(guest.get_by_role("heading", name="Lời mời này đã kết thúc")).to_be_visible()
        await until(lambda: fair.feed.projection.tickets["t1"].guest is None)


async def test_a_colleague_listens_and_everybody_is_told(
    browser: Browser, fair: RunningFair
) -> None:
    async with outside(fair) as server:
        desk = await sit_down(browser, fair, "b01")
        colleague = await sit_down(browser, fair, "b01", 2)
        phone = await meet(browser, server, desk)
        await desk.press("i", "invite")
        await desk.keys.press("Chỉ nghe")
        await expect(colleague.page.get_by_role("alert")).to_contain_text("Chỉ nghe")
        await phone.get_by_role("button", name="Đồng ý", exact=True).click()
        await expect(colleague.page.locator("button[data-key=G]")).to_be_enabled()
        await colleague.page.keyboard.press("g")
        await sees(colleague.page, 2)
        for page in (phone, desk.page):
            await expect(page.locator(".third.listener")).to_contain_text("đang nghe")
            await sees(page, 1)
        await phone.get_by_role("button", name="Không đồng ý nữa").click()
        await expect(colleague.page.locator("main.columns")).to_be_visible()
        await expect(desk.page.locator(".third")).to_have_count(0)
        await sees_the_other(phone)


async def test_a_link_that_was_used_says_so(browser: Browser, fair: RunningFair) -> None:
    invited = await fair.node.ledger.staff.invite("tay-ninh", Role.GUEST, "b01", "Bà Lan")
    await fair.node.ledger.staff.by_token(invited.token)
    page = await open_page(browser, f"{fair.base_url}/f/tay-ninh/guest#t={invited.token}", LAPTOP)
    await page.get_by_role("button", name="Vào", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("đã được dùng")


@pytest.mark.soak
@pytest.mark.parametrize("lights", [True], indirect=True, ids=["all"])
async def test_every_state_of_a_third_person_is_accessible(
    browser: Browser, fair: RunningFair, lights: Lights
) -> None:
    now = fair.feed.projection.settings
    await fair.change_settings(msgspec.structs.replace(now, recording=True))
    async with outside(fair) as server:
        desk = await sit_down(browser, fair, "b01")
        phone = await meet(browser, server, desk)
        looks = {page: await lights.eyes_of_phone(page) for page in (desk.page, phone)}
        await desk.page.keyboard.press("?")
        await looks[desk.page].look("desk, all keys")
        await desk.page.keyboard.press("Escape")
        await desk.press("i", "invite")
        await expect(desk.page.get_by_label("Tên để mọi người thấy")).to_be_visible()
        await looks[desk.page].look("desk, whom to invite")
        await desk.page.keyboard.press("Escape")
        guest = await ask_an_interpreter_in(browser, desk)
        looks[guest] = await lights.eyes_of_phone(guest)
        await expect(guest.get_by_text("Đang chờ người được phỏng vấn đồng ý.")).to_be_visible()
        await looks[guest].look("guest, waiting")
        await expect(phone.get_by_role("alertdialog")).to_be_visible()
        await looks[phone].look("phone, asked")
        await phone.get_by_role("button", name="Đồng ý", exact=True).click()
        for who, page in (("guest", guest), ("phone", phone), ("desk", desk.page)):
            await sees(page, 2)
            await looks[page].look(f"{who}, three in the interview")
        await desk.page.set_viewport_size({"width": 1280, "height": 800})
        await desk.page.keyboard.press("r")
        await expect(guest.get_by_role("alertdialog")).to_contain_text("ghi hình")
        await looks[guest].look("guest, asked to be recorded")
        await guest.get_by_role("button", name="Đồng ý ghi hình").click()
        await phone.get_by_role("button", name="Đồng ý ghi hình").click()
        await expect(guest.locator(".recording-sign[data-state=on]")).to_be_visible()
        await looks[guest].look("guest, recorded")
        await desk.finish()
        await desk.press("l", "later")
        await expect(desk.page.locator(".chase")).to_be_visible()
        await looks[desk.page].look("desk, an open outcome")
        faults = [fault for eyes in looks.values() for fault in eyes.faults]
        assert faults == [], "\n".join(faults)
