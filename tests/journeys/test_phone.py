"""A phone on the same Wi-Fi: from the page that explains, by https, into the line."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.async_api import Browser, WebSocket, async_playwright, expect
from redis.asyncio import Redis

from fairserver.settings import ServerSettings, StoreSettings
from fairserver.tls.reach import find_reach
from fairserver.tls.settings import TlsMode, TlsSettings
from fairserver.web.app import serving
from fairserver.web.https import LocalHttps
from tests.journeys.people import join_lines, take_part
from tests.journeys.support import BROWSER_ARGS, FAIR_FILE, FAIR_ID, PHONE, RunningFair, open_page

pytestmark = pytest.mark.journey

_CAMERA = """
async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const kinds = stream.getTracks().map((track) => track.kind).sort();
  for (const track of stream.getTracks()) track.stop();
  return kinds;
}
"""


@pytest.fixture
async def fair(
    store: Redis, tmp_path: Path, free_port: Callable[[], int]
) -> AsyncIterator[RunningFair]:
    """Run a node that phones in the network reach; its ``base_url`` is theirs."""
    if not find_reach("0.0.0.0").places:
        pytest.skip("this computer has no address in a local network")
    connection = store.connection_pool.connection_kwargs
    settings = ServerSettings(
        port=free_port(),
        data_folder=str(tmp_path / "data"),
        fairs=[str(FAIR_FILE)],
        store=StoreSettings(address=f"unix://{connection['path']}"),
        tls=TlsSettings(mode=TlsMode.LOCAL, port=free_port(), http_port=free_port()),
    )
    async with serving(settings) as node:
        await node.open_fair(FAIR_ID)
        yield RunningFair(node)


@pytest.fixture
async def browser(chromium: str, fair: RunningFair) -> AsyncIterator[Browser]:
    """Start a Chromium that takes the leaf of this very server, by its key, and no other."""
    leaf = x509.load_pem_x509_certificate((fair.node.settings.tls_folder / "leaf.pem").read_bytes())
    key = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key)
    trust = "--ignore-certificate-errors-spki-list=" + base64.b64encode(digest.finalize()).decode()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=[*BROWSER_ARGS, trust]
        )
        yield browser
        await browser.close()


def https_of(fair: RunningFair) -> LocalHttps:
    https = fair.node.https
    assert isinstance(https, LocalHttps)
    return https


async def test_a_phone_comes_by_the_explaining_page_to_a_place_where_the_camera_opens(
    fair: RunningFair, browser: Browser
) -> None:
    page = await open_page(browser, https_of(fair).start_url, PHONE)
    assert await page.evaluate("[isSecureContext, navigator.mediaDevices === undefined]") == [
        False,
        True,
    ]
    await page.get_by_role("link", name="Vào phiên việc làm").click()
    await expect(page).to_have_url(f"{fair.base_url}/f/{FAIR_ID}/")
    assert await page.evaluate("isSecureContext")
    assert await page.evaluate(_CAMERA) == ["audio", "video"]


async def test_a_phone_registers_over_https_and_its_place_comes_by_wss(
    fair: RunningFair, browser: Browser
) -> None:
    page = await take_part(browser, fair)
    sockets: list[WebSocket] = []
    page.on("websocket", lambda socket: sockets.append(socket))
    await page.reload()
    await join_lines(page, "01")
    assert fair.base_url.startswith("https://")
    assert sockets[0].url.startswith(fair.base_url.replace("https", "wss"))
    cookies = await page.context.cookies()
    assert [cookie["name"].startswith("__Host-fs_") for cookie in cookies] == [True]
    assert cookies[0]["secure"]


async def test_a_phone_that_does_not_trust_the_authority_is_warned(
    fair: RunningFair, chromium: str
) -> None:
    async with async_playwright() as playwright:
        stranger = await playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGS)
        page = await stranger.new_page()
        with pytest.raises(Exception, match="ERR_CERT_AUTHORITY_INVALID"):
            await page.goto(fair.base_url)
        await stranger.close()


@pytest.mark.parametrize(("agent", "opened"), [("Android 14", 0), ("iPhone", 1), ("X11", 2)])
async def test_the_steps_of_the_device_that_asks_are_open(
    fair: RunningFair, browser: Browser, agent: str, opened: int
) -> None:
    context = await browser.new_context(user_agent=f"Mozilla/5.0 ({agent})", locale="vi-VN")
    page = await context.new_page()
    await page.goto(https_of(fair).start_url)
    lists = page.locator("details[name=device] > :not(summary)")
    for place in range(3):
        await expect(lists.nth(place)).to_be_visible(visible=place == opened)
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Open the job fair on this device"
    )
