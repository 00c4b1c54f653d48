"""Filling the entry form in."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Route, expect

from tests.journeys.support import PHONE, RunningFair, open_page

pytestmark = pytest.mark.journey


async def test_an_old_commune_and_district_become_todays_commune_with_one_tap(
    browser: Browser, fair: RunningFair
) -> None:
    page = await open_page(browser, f"{fair.base_url}/", PHONE)
    field = page.get_by_label("Xã, phường đang ở")
    await field.press_sequentially("my khanh phong dien")
    hint = page.get_by_role("button", name="Phường An Bình, Cần Thơ")
    await expect(hint).to_contain_text("trước là Xã Mỹ Khánh, Huyện Phong Điền, Cần Thơ")
    await expect(page.get_by_text("Có 1 xã, phường phù hợp bên dưới")).to_be_attached()
    # By the keyboard alone: the suggestion is the next stop after the field.
    await field.press("Tab")
    await expect(hint).to_be_focused()
    await hint.press("Enter")
    await expect(field).to_have_value("Phường An Bình, Cần Thơ")
    await expect(field).to_be_focused()
    await expect(hint).to_have_count(0)


async def test_communes_that_come_late_push_nothing_away_from_who_has_gone_on(
    browser: Browser, fair: RunningFair
) -> None:
    page = await open_page(browser, f"{fair.base_url}/", PHONE)
    field = page.get_by_label("Xã, phường đang ở")
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await go_on.wait()
        await route.continue_()

    await page.route("**/communes", hold)
    await field.press_sequentially("long an")
    await asked.wait()
    await field.press("Tab")
    wish = page.locator("#wish")
    await expect(wish).to_be_focused()
    before = await wish.bounding_box()
    async with page.expect_response("**/communes"):
        go_on.set()
    await expect(page.locator(".hint")).to_have_count(0)
    assert await wish.bounding_box() == before
    await page.unroute("**/communes", hold)
    await field.press_sequentially("h")
    await field.press("Backspace")
    hint = page.locator(".hint").first
    await expect(hint).to_be_visible()

    # Nor is a list taken from under somebody who chooses from it.
    asked.clear()
    go_on.clear()
    await page.route("**/communes", hold)
    await field.press_sequentially(" x")
    await asked.wait()
    await field.press("Tab")
    await expect(hint).to_be_focused()
    async with page.expect_response("**/communes"):
        go_on.set()
    await page.evaluate("new Promise((drawn) => setTimeout(drawn, 300))")
    await expect(hint).to_be_focused()
