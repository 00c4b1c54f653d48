"""What every budget is measured on: the real server as a visitor starts it, a real Chromium."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from fairserver.line.leash import ends_with_parent
from tests.faults.support.nodes import free_port
from tests.journeys.support import BROWSER_ARGS, FAIR_ID

#: What the demo says once everybody can come in.
_READY = "Ctrl-C"


class Profile(NamedTuple):
    """How slow a phone and its network are, as Chromium's own throttling makes them."""

    name: str
    kbit_s: float
    #: Milliseconds that each request waits before its answer begins.
    latency_ms: float
    #: The processor is this many times slower.
    cpu: float
    width: int
    height: int


#: Lighthouse's mobile profile: its figures for a link, on each request.
LIGHTHOUSE = Profile("Lighthouse's mobile: 1.6 Mbit/s, 150 ms, 4× CPU", 1_638.4, 150, 4, 412, 823)
#: The same as Lighthouse applies it in a browser: the handshakes are laid on each request.
APPLIED = Profile("the same applied: 1.47 Mbit/s, 562 ms", 1_474.56, 562.5, 4, 412, 823)
#: A five-year-old telephone in a full hall.
HALL = Profile("700 kbit/s, 300 ms, 6× CPU", 700, 300, 6, 360, 740)


@contextmanager
def running_demo(*, robots: bool, candidates: int = 200) -> Iterator[str]:
    """Run ``fairserver demo`` in a folder of its own; give the candidates' address."""
    folder = Path(tempfile.mkdtemp(prefix="fs-"))
    port = free_port()
    words = ["demo", "--port", str(port), "--robots", str(int(robots))]
    words += ["--candidates", str(candidates), "--data", str(folder)]
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "fairserver", *words],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=ends_with_parent(),
    )
    try:
        assert server.stdout is not None
        if not any(_READY in line for line in server.stdout):
            raise RuntimeError("the demo did not start; run `fairserver demo` to see why")
        yield f"http://localhost:{port}/f/{FAIR_ID}/"
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate()
        shutil.rmtree(folder)


@asynccontextmanager
async def chromium_at(path: str) -> AsyncIterator[Browser]:
    """Start a browser that talks with nobody but our server."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=BROWSER_ARGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def first_visit(
    browser: Browser, profile: Profile | None = None
) -> AsyncIterator[tuple[Page, CDPSession]]:
    """Open an empty page with an empty cache, on a phone as slow as ``profile`` says."""
    width, height = (profile.width, profile.height) if profile else (360, 740)
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": height}, locale="vi-VN", is_mobile=True
    )
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    if profile is not None:
        await _slow_down(session, profile)
    yield page, session
    await context.close()


async def _slow_down(session: CDPSession, profile: Profile) -> None:
    bytes_s = profile.kbit_s * 1000 / 8
    link: dict[str, Any] = {"offline": False, "latency": profile.latency_ms}
    link |= {"downloadThroughput": bytes_s, "uploadThroughput": bytes_s}
    await session.send("Network.emulateNetworkConditions", link)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": profile.cpu})
