"""What every budget is measured on: the real server as a visitor starts it, a real Chromium."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from fairserver.demo import EXAMPLE, DemoLinks
from fairserver.domain.fair_file import read_fair
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
def running_demo(behaviour: str | None = None) -> Iterator[str]:
    """Run ``fairserver demo`` in a folder of its own; give the candidates' address.

    With ``behaviour``, the text of the robots' file, 200 robots play the fair by it.
    """
    folder = Path(tempfile.mkdtemp(prefix="fs-"))
    port = free_port()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        words = ["fairserver", "demo", "--port", str(port), "--robots", "0", "--data", str(folder)]
        server = stack.enter_context(_program(words, subprocess.PIPE))
        assert server.stdout is not None
        if not any(_READY in line for line in server.stdout):
            raise RuntimeError("the demo did not start; run `fairserver demo` to see why")
        if behaviour is not None:
            words = _robot_words(f"http://localhost:{port}", folder, behaviour)
            stack.enter_context(_program(words, subprocess.DEVNULL))
        yield f"http://localhost:{port}/f/{FAIR_ID}/"


@contextmanager
def _program(words: list[str], stdout: int) -> Iterator[subprocess.Popen[str]]:
    """Run a Python module until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", *words],
        stdout=stdout,
        text=True,
        start_new_session=True,
        preexec_fn=ends_with_parent(),
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


def _robot_words(server: str, folder: Path, behaviour: str) -> list[str]:
    """Write what the robots need to know; give their command line. They staff every booth."""
    links = msgspec.json.decode((folder / "links.json").read_bytes(), type=DemoLinks)
    desks = [
        {
            "token": links.recruiters[booth.booth_id],
            "booth_id": booth.booth_id,
            "desk_ids": [desk.desk_id for desk in booth.desks],
        }
        for booth in read_fair(EXAMPLE).booths
    ]
    staff, manners = folder / "staff.json", folder / "behaviour.toml"
    staff.write_bytes(msgspec.json.encode({"desks": desks}))
    manners.write_text(behaviour, encoding="utf-8")
    words = ["booth_client.robots", "--url", server, "--fair", FAIR_ID, "--candidates", "200"]
    return [*words, "--staff-tokens", str(staff), "--behaviour", str(manners)]


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
