"""The control room's list of alarms, in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from fairserver.domain.states import AlarmKind
from tests.journeys.people import watch_the_fair
from tests.journeys.support import FAIR_ID, RunningFair

pytestmark = pytest.mark.journey


async def test_every_kind_of_alarm_is_a_sentence_that_can_be_put_aside(
    browser: Browser, fair: RunningFair
) -> None:
    control = await watch_the_fair(browser, fair)
    alarms = control.get_by_role("log", name="Cảnh báo")
    for kind in AlarmKind:
        await fair.node.raise_alarm(FAIR_ID, kind, "b02", 12)
    lines = alarms.locator(".alarm")
    await expect(lines).to_have_count(len(AlarmKind))
    await expect(alarms).not_to_contain_text("alarm.")
    read = alarms.locator('[data-alarm="people_read"]')
    await expect(read).to_contain_text("Gian 02 mở hồ sơ của 12 người")
    await read.get_by_role("button", name="Đã xem").click()
    await expect(read).to_have_count(0)
    await expect(lines).to_have_count(len(AlarmKind) - 1)
