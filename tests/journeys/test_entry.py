"""Filling the entry form in."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

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
