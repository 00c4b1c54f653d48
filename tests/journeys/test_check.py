"""Trying the phone before the interview, against the server's own echo process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, Page, expect

from fairserver.rooms.echo_desk import EchoDesk
from tests.journeys.eyes import Lights
from tests.journeys.people import register, sees_the_other, take_part
from tests.journeys.support import PHONE, RunningFair
from tests.rooms.test_echo import Phone

Until = Callable[[Callable[[], object]], Awaitable[None]]

pytestmark = pytest.mark.journey


async def try_the_phone(page: Page) -> None:
    """Go to the page that tries camera and network."""
    await page.get_by_role("button", name="Kiểm tra máy").click()
    await expect(page.get_by_role("heading", name="Kiểm tra máy")).to_be_visible()


async def test_the_own_picture_comes_back_from_the_echo_and_the_network_is_judged(
    browser: Browser, fair: RunningFair, lights: Lights
) -> None:
    phone = await take_part(browser, fair)
    await try_the_phone(phone)
    eyes = await lights.eyes_of_phone(phone)
    await phone.get_by_role("button", name="Thử qua mạng").click()
    await sees_the_other(phone)  # not the mirror, which is muted: what came back was decoded
    await expect(phone.get_by_text("Xin nói vài câu")).to_be_visible()
    await expect(phone.locator(".findings")).to_be_visible(timeout=40_000)
    await expect(phone.locator(".findings")).to_contain_text("Đi về")
    await expect(phone.locator(".findings")).to_contain_text("Mạng")
    assert await phone.get_by_text("Hình không quay lại").count() == 0
    assert await phone.get_by_text("Mạng này không cho").count() == 0
    await eyes.look("the network is judged")
    assert eyes.faults == [], "\n".join(eyes.faults)


async def test_while_the_echo_is_full_the_page_says_when_to_try_again(
    browser: Browser, fair: RunningFair, lights: Lights, until: Until
) -> None:
    fair.node.echo = EchoDesk(1, 120)
    other = Phone()
    await other.connect(fair.node.echo, "somebody else")
    await other.came["video"].recv()
    second = await take_part(browser, fair, "Lê Thị Sau")
    await try_the_phone(second)
    eyes = await lights.eyes_of_phone(second)
    await second.get_by_role("button", name="Thử qua mạng").click()
    await expect(second.get_by_text("đang thử cho người khác")).to_be_visible()
    await expect(second.get_by_role("button", name="Thử lại sau")).to_be_disabled()
    await eyes.look("the echo is full")
    assert eyes.faults == [], "\n".join(eyes.faults)
    await other.connection.close()
    await until(lambda: not fair.node.echo._places)
    await second.get_by_role("button", name="Xong").click()
    await try_the_phone(second)
    await second.get_by_role("button", name="Thử qua mạng").click()
    await sees_the_other(second)


async def test_with_the_camera_refused_the_page_says_how_to_allow_it_and_what_else_there_is(
    asking_browser: Browser, fair: RunningFair, lights: Lights
) -> None:
    context = await asking_browser.new_context(viewport=PHONE, locale="vi-VN", has_touch=True)  # type: ignore[arg-type]
    await context.grant_permissions(["geolocation"])  # whatever is not named is refused
    phone = await context.new_page()
    phone.set_default_timeout(40_000)
    await phone.goto(f"{fair.base_url}/")
    await register(phone)
    await try_the_phone(phone)
    eyes = await lights.eyes_of_phone(phone)
    await expect(phone.get_by_text("Chưa có hình")).to_be_visible()
    await expect(phone.get_by_text("bên trái địa chỉ trang")).to_be_visible()
    await expect(phone.get_by_role("button", name="Gọi điện cho tôi")).to_be_visible()
    await eyes.look("camera refused")
    assert await phone.get_by_role("button", name="Thử qua mạng").count() == 0
    assert eyes.faults == [], "\n".join(eyes.faults)
    await context.grant_permissions(["camera", "microphone"])
    await phone.get_by_role("button", name="Thử lại", exact=True).click()
    await expect(phone.get_by_text("Camera dùng được")).to_be_visible()
    await expect(phone.get_by_role("button", name="Thử qua mạng")).to_be_visible()
