"""What goes wrong at a booth's page has its sentence, and the true state stays on the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, expect

from fairserver.line.line import Actor
from tests.journeys.by_phone import outside
from tests.journeys.desk import sit_down
from tests.journeys.people import sees_the_other
from tests.journeys.support import FAIR_ID, PHONE, RunningFair, open_page

pytestmark = pytest.mark.journey

Until = Callable[[Callable[[], object]], Awaitable[None]]
#: Take the camera away, as pulling its plug does: the track ends by itself and says so.
_UNPLUG = """
() => {
  const [track] = document.querySelector(".own video").srcObject.getVideoTracks();
  track.stop();
  track.dispatchEvent(new Event("ended"));
}
"""


async def test_a_camera_unplugged_a_second_device_and_a_colleagues_outcome(
    browser: Browser, fair: RunningFair, until: Until
) -> None:
    async with outside(fair) as server:
        desk = await sit_down(browser, fair, "b01")
        person = await server.candidate(full_name="Trần Thị Nhất")
        phone = await open_page(browser, f"{server.base_url}{person.ticket_link}", PHONE)
        socket = await server.socket(person, ["me"])
        await socket.until(lambda: socket.cell("me", "me").get("present"))
        await socket.do("join", booth_id="b01")
        await desk.press("s", "open")
        await phone.get_by_role("button", name="Vào ngay").click()
        await sees_the_other(desk.page)

        await desk.page.evaluate(_UNPLUG)
        gone = desk.page.locator(".gone-note")
        await expect(gone).to_contain_text("Camera vừa bị ngắt")
        await desk.at("interviewing")
        await gone.get_by_role("button").press("Enter")
        await expect(gone).to_have_count(0)
        await sees_the_other(phone)

        second = await sit_down(browser, fair, "b01", at="interviewing")
        await expect(desk.page.get_by_text("đang mở ở cửa sổ khác")).to_be_visible()
        await desk.keys.press("Lấy về cửa sổ này")
        await expect(second.page.get_by_text("đang mở ở cửa sổ khác")).to_be_visible()
        await sees_the_other(desk.page)

        await desk.finish()
        await second.at("outcome")
        colleague = Actor.recruiter("s-colleague", "b01")
        says = {"ticket_id": "t1", "outcome": "hired"}
        await fair.node.line.run(FAIR_ID, "record_outcome", colleague, **says)
        await desk.at("next")
        await expect(desk.page.locator(".after-strip")).to_contain_text("Nhận việc")


async def test_a_link_revoked_while_its_owner_works_shows_out_and_says_why(
    browser: Browser, fair: RunningFair
) -> None:
    desk = await sit_down(browser, fair, "b01")
    (member,) = await fair.node.ledger.staff.of_fair(FAIR_ID)
    await fair.node.ledger.staff.revoke(member.staff_id)
    await expect(desk.page.get_by_role("alert")).to_be_visible()
    await expect(desk.page.get_by_text("Mỗi người có một đường dẫn riêng")).to_be_visible()
    await expect(desk.page.locator("main.columns")).to_have_count(0)
