"""The organiser and the booth let a computer in from their pages, and let it go."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from booth_client import ConnectionEnded, FairClient, open_session, pair
from tests.journeys import eyes as sight
from tests.journeys.eyes import open_eyes
from tests.journeys.people import staff_a_booth, watch_the_fair
from tests.journeys.support import FAIR_ID, RunningFair

pytestmark = pytest.mark.journey


async def test_a_computer_is_paired_from_the_control_room_seen_and_let_go(
    browser: Browser, fair: RunningFair
) -> None:
    control = await watch_the_fair(browser, fair)
    eyes = await open_eyes(control, [*sight.LAPTOP, ("en", 360, False)])
    tile = control.locator("[data-booth=b01]")
    await tile.locator("summary").click()
    await tile.get_by_role("button", name="Ghép máy ở gian").click()
    dialog = control.get_by_role("dialog")
    await dialog.get_by_label("Tên máy").fill("Máy bàn 1")
    # The list is read again meanwhile, and what was typed stays.
    async with control.expect_response(
        lambda reply: "/api/" in reply.url and "/devices" in reply.url
    ):
        pass
    await expect(dialog.get_by_label("Tên máy")).to_have_value("Máy bàn 1")
    await dialog.get_by_role("button", name="Tạo mã").click()
    code = await dialog.locator("[data-code]").inner_text()
    await eyes.look("a code for a booth's computer")
    server = fair.node.settings.base_url
    device = await pair(server, code)
    await expect(dialog.get_by_text("Máy bàn 1 đã ghép xong.")).to_be_visible()
    session = await open_session(server, device.device_key)
    async with FairClient(server, FAIR_ID, session.session_token) as client:
        await expect(dialog.get_by_text("đang kết nối")).to_be_visible()
        await dialog.get_by_role("button", name="Ngừng cho dùng Máy bàn 1").click()
        await eyes.look("letting a booth's computer go")
        await dialog.get_by_role("button", name="Ngừng Máy bàn 1", exact=True).click()
        await expect(dialog.get_by_text("Chưa có máy nào được ghép.")).to_be_visible()
        with pytest.raises(ConnectionEnded):
            await client.wait_for(lambda _: False, 60)
    assert eyes.faults == [], "\n".join(eyes.faults)


async def test_a_booth_makes_a_code_for_its_own_computer(
    browser: Browser, fair: RunningFair
) -> None:
    booth = await staff_a_booth(browser, fair, "b01")
    await booth.get_by_role("button", name="Ghép máy").click()
    dialog = booth.get_by_role("dialog")
    await dialog.get_by_role("button", name="Tạo mã").click()
    device = await pair(
        fair.node.settings.base_url, await dialog.locator("[data-code]").inner_text()
    )
    assert (device.booth_id, device.display_name) == ("b01", "Máy 1")
