"""A running node and real browsers: what every journey is made of."""

from __future__ import annotations

from pathlib import Path

import msgspec
from playwright.async_api import Browser, BrowserContext, Page

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import Role
from fairserver.line.line import SYSTEM
from fairserver.web.node import Node

ROOT = Path(__file__).resolve().parent.parent.parent
FAIR_FILE = ROOT / "config" / "fairs" / "tay-ninh-2026-11.toml"
FAIR_ID = "tay-ninh"

#: No window, no sandbox (tests may run as root), no talk with anybody, a fake camera.
BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
#: Not a measure of speed either: a busy machine may take its time for a single key.
PATIENCE_MS = 120_000
PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1280, "height": 800}


class RunningFair:
    """The example fair, opened, on a node of this test."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.base_url = node.settings.base_url
        self.feed = node.fairs[FAIR_ID].feed

    async def change_settings(self, settings: FairSettings) -> None:
        """Change the fair's rules as an organiser's page does."""
        settings_json = msgspec.json.encode(settings).decode()
        await self.node.line.run(FAIR_ID, "change_settings", SYSTEM, settings_json=settings_json)

    async def staff_link(self, role: Role, booth_id: str | None = None) -> str:
        """Make a personal link for a member of staff."""
        invitation = await self.node.ledger.staff.invite(FAIR_ID, role, booth_id, "Nhân viên thử")
        page = "booth" if role is Role.RECRUITER else "control"
        return f"{self.base_url}/f/{FAIR_ID}/{page}#t={invitation.token}"


async def open_page(
    browser: Browser, url: str, size: dict[str, int], language: str = "vi-VN"
) -> Page:
    """Open an address in a context of its own, as on a machine of its own."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        locale=language,
        has_touch=size["width"] < 600,
    )
    await context.grant_permissions(["camera", "microphone"])
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(url)
    return page
