"""The live store dies and comes back while people look at their pages: nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from fairserver.settings import ServerSettings, StoreSettings
from fairserver.web.app import serving
from tests.conftest import TestValkey
from tests.journeys.people import join_lines, sees_the_other, staff_a_booth, take_part
from tests.journeys.support import FAIR_FILE, FAIR_ID, RunningFair

pytestmark = pytest.mark.journey


async def test_pages_say_that_they_reconnect_and_the_fair_goes_on_where_it_was(
    browser: Browser,
    valkey_durable: Callable[..., TestValkey],
    tmp_path: Path,
    free_port: Callable[[], int],
) -> None:
    valkey = valkey_durable()
    settings = ServerSettings(
        port=free_port(),
        data_folder=str(tmp_path / "data"),
        fairs=[str(FAIR_FILE)],
        store=StoreSettings(address=valkey.address),
    )
    async with serving(settings) as node:
        await node.open_fair(FAIR_ID)
        fair = RunningFair(node)
        phone = await take_part(browser, fair)
        await join_lines(phone, "01")
        booth = await staff_a_booth(browser, fair, "b01")

        valkey.kill()
        await expect(phone.get_by_text("đang kết nối lại")).to_be_visible(timeout=15_000)
        # What is tapped meanwhile waits, and is carried out once.
        await booth.get_by_role("button", name="Sẵn sàng").click()

        valkey.start()
        await expect(phone.get_by_role("heading", name="Mời vào phỏng vấn")).to_be_visible(
            timeout=30_000
        )
        await phone.get_by_role("button", name="Vào ngay").click()
        await sees_the_other(phone)
        await sees_the_other(booth)
