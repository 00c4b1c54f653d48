"""A recording in real browsers: asked for, agreed to, seen by both, playable; stopped at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import av
import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from fairserver.domain.states import RecordingState
from fairserver.events.records import Recording
from fairserver.ledger.recordings import RecordingFile
from tests.journeys.by_phone import outside
from tests.journeys.desk import Desk, sit_down
from tests.journeys.eyes import Eyes, Light, open_eyes
from tests.journeys.support import RunningFair
from tests.journeys.test_third_person import meet

pytestmark = pytest.mark.journey

Until = Callable[[Callable[[], object]], Awaitable[None]]
LIGHTS: list[Light] = [("vi", 320, False), ("en", 360, True), ("vi", 1280, False)]


async def allow(fair: RunningFair) -> None:
    """Let the fair record interviews."""
    now = fair.feed.projection.settings
    await fair.change_settings(msgspec.structs.replace(now, recording=True))


def recording_of(fair: RunningFair) -> Recording:
    """The recording as the server knows it."""
    recording = fair.feed.projection.tickets["t1"].recording
    assert recording is not None
    return recording


async def ask(desk: Desk, phone: Page) -> None:
    """Ask by the key, until the question is on the phone."""
    await expect(desk.page.locator("button[data-key=R]")).to_be_enabled()
    await desk.page.keyboard.press("r")
    await expect(phone.get_by_role("alertdialog")).to_contain_text("xin ghi hình")


async def sent(fair: RunningFair) -> RecordingFile:
    """Wait until a file of the recording has come whole."""
    async with asyncio.timeout(60):
        while True:
            files = await fair.node.ledger.recordings.of_fair("tay-ninh")
            if files and all(file.completed_at for file in files):
                return files[-1]
            await asyncio.sleep(0.1)


def decoded(path: Path) -> tuple[int, int]:
    """Decode a file; count its pictures and pieces of sound."""
    with av.open(str(path)) as media:
        frames = list(media.decode())
    pictures = sum(isinstance(frame, av.VideoFrame) for frame in frames)
    return pictures, len(frames) - pictures


async def test_an_interview_is_recorded_while_both_agree_and_stops_at_once(
    browser: Browser, fair: RunningFair, until: Until
) -> None:
    await allow(fair)
    async with outside(fair) as server:
        desk = await sit_down(browser, fair, "b01")
        phone = await meet(browser, server, desk)
        await ask(desk, phone)
        await expect(desk.page.locator(".recording-sign")).to_contain_text("Chưa ghi hình")
        assert fair.node.recordings.files.names() == []
        await phone.get_by_role("button", name="Đồng ý ghi hình").click()
        for page in (phone, desk.page):
            await expect(page.locator(".recording-sign[data-state=on]")).to_contain_text(
                "Đang ghi hình"
            )
        files = fair.node.recordings.files
        await until(lambda: any(files.size(name) > 20_000 for name in files.names()))
        await phone.get_by_role("button", name="Dừng ghi hình").click()
        await until(lambda: recording_of(fair).state is RecordingState.STOPPED)
        await expect(desk.page.locator(".recording-sign")).to_contain_text("không muốn")
        file = await sent(fair)
        pictures, sounds = await asyncio.to_thread(decoded, files.path(file.file_id))
        assert pictures > 0
        assert sounds > 0
        await desk.page.keyboard.press("r")  # a no holds for the interview
        await expect(desk.page.get_by_role("alert")).to_contain_text("không muốn ghi hình")
        await desk.finish()


async def afterwards(desk: Page, at_desk: Eyes, phone: Page, at_phone: Eyes) -> None:
    """Look at the lists of recordings that both have when it is over."""
    await desk.get_by_role("button", name="Hôm nay").click()
    await desk.get_by_role("button", name="Danh sách, tải về").click()
    await expect(desk.get_by_role("dialog").locator("a[href*=recordings]")).to_be_visible()
    await at_desk.look("desk, people met and recordings")
    await phone.get_by_role("button", name="Dữ liệu của tôi").click()
    await expect(phone.get_by_role("heading", name="Bản ghi hình phỏng vấn")).to_be_visible()
    await at_phone.look("my data, recordings")


@pytest.mark.soak
async def test_every_state_of_a_recording_is_accessible(
    browser: Browser, fair: RunningFair
) -> None:
    await allow(fair)
    async with outside(fair) as server:
        desk = await sit_down(browser, fair, "b01")
        phone = await meet(browser, server, desk)
        looks = {page: await open_eyes(page, LIGHTS) for page in (desk.page, phone)}
        await desk.page.set_viewport_size({"width": 1280, "height": 800})
        await ask(desk, phone)
        await looks[phone].look("phone, asked")
        await looks[desk.page].look("desk, waits for the answer")
        await phone.locator(".recording-acts button").first.click()
        for page in (phone, desk.page):
            await expect(page.locator(".recording-sign[data-state=on]")).to_be_visible()
            await looks[page].look("recording")
        await phone.locator(".recording-sign button").click()
        await sent(fair)
        await desk.finish()
        await desk.save("1")
        await afterwards(desk.page, looks[desk.page], phone, looks[phone])
        faults = [fault for eyes in looks.values() for fault in eyes.faults]
        assert faults == [], "\n".join(faults)
