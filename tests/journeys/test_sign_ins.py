"""Seeing where one is signed in, taking over what somebody left, and signing out for real."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from fairserver.domain.states import Role
from tests.journeys.eyes import Light, open_eyes
from tests.journeys.people import staff_a_booth, take_part, watch_the_fair
from tests.journeys.support import FAIR_ID, RunningFair

pytestmark = pytest.mark.journey

LIGHTS: list[Light] = [("vi", 1280, False), ("en", 1280, False), ("vi", 360, False)]


async def open_list(page: Page) -> None:
    await page.get_by_role("button", name="Nơi đăng nhập").click()
    await expect(page.get_by_role("dialog").get_by_text("Máy này").first).to_be_visible()


async def test_a_booth_takes_over_a_key_and_signs_out_so_that_nothing_is_kept(
    browser: Browser, fair: RunningFair
) -> None:
    ledger = fair.node.ledger
    left = await ledger.staff.invite(FAIR_ID, Role.RECRUITER, "b01", "Anh Ba")
    by = f"staff:{left.staff_id}"
    key = await ledger.api_keys.make(FAIR_ID, "b01", "ATS của công ty", by)
    await ledger.devices.invite(FAIR_ID, "b01", "Máy bàn 2", by)
    await ledger.staff.revoke(left.staff_id)
    booth = await staff_a_booth(browser, fair, "b01")
    eyes = await open_eyes(booth, LIGHTS)
    await open_list(booth)
    dialog = booth.get_by_role("dialog")
    await expect(dialog.get_by_text("Máy bàn 2").first).to_be_visible()
    await eyes.look("sign-ins of a booth")
    await dialog.get_by_role("button", name="Tiếp nhận ATS của công ty").click()
    await expect(dialog.get_by_text("ATS của công ty")).to_have_count(0)
    assert await ledger.api_keys.find(key.token) is not None
    assert not eyes.faults, eyes.faults
    await dialog.get_by_role("button", name="Đăng xuất ở máy này").click()
    await expect(booth.locator(".entry")).to_be_visible()
    assert await booth.evaluate("JSON.stringify({...sessionStorage})") == "{}"


async def test_the_organiser_signs_people_out_and_lets_them_go(
    browser: Browser, fair: RunningFair
) -> None:
    booth = await staff_a_booth(browser, fair, "b01")
    control = await watch_the_fair(browser, fair)
    eyes = await open_eyes(control, LIGHTS)
    await open_list(control)
    dialog = control.get_by_role("dialog")
    member = dialog.get_by_role("listitem").filter(has_text="Nhà tuyển dụng")
    await expect(member).to_contain_text("đang vào ở 1 nơi")
    await eyes.look("sign-ins of the organiser")
    await member.get_by_role("button", name="Ngừng cho làm").click()
    await eyes.look("sign-ins of the organiser, asked once more")
    await member.get_by_role("button", name="Ngừng", exact=False).click()
    await expect(member).to_have_count(0)
    await expect(booth.locator(".entry")).to_be_visible()
    assert not eyes.faults, eyes.faults


async def test_a_candidate_signs_out_a_lost_phone_in_my_data(
    browser: Browser, fair: RunningFair
) -> None:
    phone = await take_part(browser, fair)
    (person,) = fair.feed.projection.candidates.values()
    lost = await fair.node.ledger.sessions.open(
        FAIR_ID, Role.CANDIDATE, person.candidate_id, None, str(person.number), 3600, "phone"
    )
    await phone.get_by_role("button", name="Dữ liệu của tôi").click()
    eyes = await open_eyes(phone, [("vi", 360, False), ("en", 360, False), ("vi", 1280, False)])
    await expect(phone.get_by_role("button", name="Thoát ở máy đó")).to_be_visible()
    await eyes.look("my data, sign-ins")
    await phone.get_by_role("button", name="Thoát ở máy đó").click()
    await expect(phone.get_by_text("Đã thoát. Chỗ trong hàng vẫn được giữ.")).to_be_visible()
    assert await fair.node.ledger.sessions.find(lost.token) is None
    assert not eyes.faults, eyes.faults


async def test_who_was_signed_out_elsewhere_comes_back_with_the_number_and_not_as_somebody_new(
    browser: Browser, fair: RunningFair
) -> None:
    phone = await take_part(browser, fair)
    await expect(phone.get_by_role("button", name="Chọn gian")).to_be_visible()
    (person,) = fair.feed.projection.candidates.values()
    await fair.node.ledger.sessions.end_subject(person.candidate_id)
    fair.node.end_subject(person.candidate_id)
    eyes = await open_eyes(phone, [("vi", 320, False), ("en", 360, False)])
    await expect(phone.get_by_text("Máy này đã được thoát ra.")).to_be_visible()
    await expect(phone.locator(".connection")).to_have_count(0)
    await eyes.look("signed out elsewhere")
    assert not eyes.faults, eyes.faults


async def test_a_code_is_given_again_by_the_keyboard_alone(
    browser: Browser, fair: RunningFair
) -> None:
    await take_part(browser, fair)
    control = await watch_the_fair(browser, fair)
    eyes = await open_eyes(control, LIGHTS)
    await control.get_by_role("button", name="Cấp lại mã").click()
    dialog = control.get_by_role("dialog")
    await expect(dialog.get_by_label("Số thứ tự")).to_be_focused()
    await control.keyboard.type("1")
    await control.keyboard.press("Enter")
    await expect(dialog.get_by_text("Sinh năm 1985")).to_be_focused()
    await eyes.look("whose code is given again")
    await control.keyboard.press("Tab")
    await control.keyboard.press("Tab")
    await control.keyboard.press("Enter")
    await expect(dialog.locator("[data-code]")).to_be_visible()
    await eyes.look("a new code")
    assert not eyes.faults, eyes.faults
