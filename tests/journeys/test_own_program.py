"""A booth without a browser: ``booth_client`` at the desk, a real Chromium at the other end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from fairserver.domain.states import Role
from tests.journeys.people import comes_true, join_lines, register, sees_the_other
from tests.journeys.support import PHONE, ROOT, RunningFair, open_page

pytestmark = pytest.mark.journey

Until = Callable[[Callable[[], object]], Awaitable[None]]

_KEEP_CONNECTIONS = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...settings) {
    super(...settings);
    window.connections.push(this);
  }
};
"""
#: The tone of the other side is decoded, and it is none of silence.
_HEARS_A_TONE = """
async () => {
  const energy = async () => {
    let sum = 0;
    for (const pc of window.connections) {
      for (const stat of (await pc.getStats()).values()) {
        if (stat.type === "inbound-rtp" && stat.kind === "audio") sum += stat.totalAudioEnergy || 0;
      }
    }
    return sum;
  };
  const before = await energy();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  return await energy() - before > 1e-3;
}
"""


class Program:
    """The employer's program, running."""

    def __init__(self, process: Process) -> None:
        self.process = process
        #: What it said last.
        self.said: dict[str, Any] = {}
        self._news = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            async with self._news:
                self.said = json.loads(line)
                self._news.notify_all()

    async def until(self, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Wait until something is true of what it said last."""
        async with asyncio.timeout(90), self._news:
            await self._news.wait_for(lambda: condition(self.said))
            return self.said

    async def decodes_more(self) -> dict[str, Any]:
        """Wait until it decodes further pictures and sound that is none of silence."""
        pictures, sounds = self.said.get("pictures", 0), self.said.get("sounds", 0)
        return await self.until(
            lambda said: (
                said.get("pictures", 0) > pictures + 5
                and said.get("sounds", 0) > sounds + 20
                and said["loudest"] > 0.003
                and said["state"] == "live"
            )
        )

    async def kill(self) -> None:
        """End it at once, as a power cut does."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        await self._reader


Start = Callable[[str], Awaitable[Program]]


@pytest.fixture
async def start(fair: RunningFair) -> AsyncIterator[Start]:
    """Start the program with a personal link's token; what still runs is killed after the test."""
    started: list[Program] = []

    async def begin(token: str) -> Program:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.journeys.own_program"),
            *(fair.base_url, token, "b01-1"),
            cwd=ROOT,
            stdout=PIPE,
        )
        started.append(Program(process))
        await started[-1].until(lambda said: said)
        return started[-1]

    yield begin
    for program in started:
        await program.kill()


async def a_phone(browser: Browser, fair: RunningFair) -> Page:
    """Register on a phone that keeps an ear on every connection."""
    page = await open_page(browser, f"{fair.base_url}/", PHONE)
    await page.add_init_script(_KEEP_CONNECTIONS)
    await page.reload()
    await register(page)
    await join_lines(page, "01")
    return page


async def meets(phone: Page, program: Program) -> dict[str, Any]:
    """Wait until both sides decode picture and sound; give what the program said."""
    said = await program.decodes_more()
    await sees_the_other(phone)
    await comes_true(phone, _HEARS_A_TONE)
    return said


async def test_the_program_and_a_phone_see_and_hear_each_other_through_reload_and_kill(
    browser: Browser, fair: RunningFair, start: Start, until: Until
) -> None:
    link = await fair.staff_link(Role.RECRUITER, "b01")
    token = link.partition("#t=")[2]
    phone = await a_phone(browser, fair)
    program = await start(token)
    await phone.get_by_role("button", name="Vào ngay").click()
    first = await meets(phone, program)
    (ticket,) = fair.feed.projection.tickets.values()
    await until(lambda: ticket.state == "interviewing")
    started_at = ticket.started_at

    # Words go both ways, as with a recruiter's page.
    await phone.get_by_role("button", name="Nhắn chữ").click()
    await phone.get_by_label("Viết tin nhắn").fill("Em nghe rõ ạ")
    await phone.get_by_role("button", name="Gửi").click()
    await program.until(lambda said: said.get("chat") == ["Em nghe rõ ạ"])
    await expect(phone.get_by_text("Đã nhận: Em nghe rõ ạ")).to_be_visible()

    await phone.reload()
    await program.until(lambda said: said["epoch"] > first["epoch"] and said["state"] == "live")
    second = await meets(phone, program)
    assert second["ticket_id"] == first["ticket_id"]

    await program.kill()
    program = await start(token)
    third = await meets(phone, program)
    assert third["ticket_id"] == first["ticket_id"]
    assert third["epoch"] > second["epoch"]
    assert ticket.state == "interviewing"
    assert ticket.started_at == started_at  # the same interview, not another one
    assert len(fair.feed.projection.tickets) == 1
