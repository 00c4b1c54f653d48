"""A running node and a real browser for every journey."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect
from playwright.async_api import Error as PlaywrightError
from redis.asyncio import Redis

from fairserver.settings import ServerSettings, StoreSettings
from fairserver.web.app import serving
from tests.faults.support.live import read_stream
from tests.journeys.eyes import LAPTOP, PHONE, THOROUGH_LAPTOP, THOROUGH_PHONE, Lights
from tests.journeys.far import QUICK, REAL, FarFair, far_fair
from tests.journeys.support import BROWSER_ARGS, FAIR_FILE, FAIR_ID, RunningFair
from tests.notify.conftest import push_service  # noqa: F401 - a fixture

#: A journey with two pictures keeps two cores busy by itself. Two at a time take many times as long
#: as one after the other: each connection is given up as too slow, and made anew.
_AT_A_TIME = max(1, (os.cpu_count() or 2) // 2)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the journeys to so many workers, from the beginning; the other tests go beside them."""
    here = Path(__file__).parent
    journeys = [item for item in items if here in item.path.parents]
    for number, item in enumerate(journeys):
        item.add_marker(pytest.mark.xdist_group(f"journeys {number % _AT_A_TIME + 1}"))
    items[:] = journeys + [item for item in items if here not in item.path.parents]


#: Not a measure of speed: two busy cores with several videos take their time.
expect.set_options(timeout=60_000)


@pytest.fixture
async def fair(
    store: Redis, tmp_path: Path, free_port: Callable[[], int]
) -> AsyncIterator[RunningFair]:
    """Run a node with the example fair on the test's own Valkey."""
    connection = store.connection_pool.connection_kwargs
    settings = ServerSettings(
        port=free_port(),
        data_folder=str(tmp_path / "data"),
        fairs=[str(FAIR_FILE)],
        store=StoreSettings(address=f"unix://{connection['path']}"),
    )
    async with serving(settings) as node:
        await node.open_fair(FAIR_ID)
        yield RunningFair(node)


@pytest.fixture(params=[QUICK, pytest.param(REAL, marks=pytest.mark.soak)], ids=["quick", "real"])
async def far(
    request: pytest.FixtureRequest, store: Redis, tmp_path: Path, free_port: Callable[[], int]
) -> AsyncIterator[FarFair]:
    """Run a node behind a network of the test's own: quickly, and in the soak at a hall's pace."""
    async with far_fair(store, tmp_path, free_port(), request.param) as fair:
        yield fair


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.soak)], ids=["quick", "all"])
def lights(request: pytest.FixtureRequest) -> Lights:
    """Each state in one light, another one each time, and in all of them where there is time."""
    if request.param:
        return Lights(THOROUGH_PHONE, THOROUGH_LAPTOP)
    return Lights(PHONE, LAPTOP, in_turn=True)


_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember how a journey went, so that what it was made of can say more of it."""
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


@pytest.fixture(autouse=True)
async def told_of_a_failure(request: pytest.FixtureRequest, store: Redis) -> AsyncIterator[None]:
    """Print what the fair's stream holds after a journey that failed: on another machine, once."""
    yield
    if request.node.stash.get(_failed, False):
        for raw in await read_stream(store, FAIR_ID):
            print(str(raw)[:300])


@asynccontextmanager
async def _launched(
    path: str, request: pytest.FixtureRequest, without: str | None = None
) -> AsyncIterator[Browser]:
    args = [arg for arg in BROWSER_ARGS if not (without and arg.startswith(without))]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=args)
        yield browser
        if request.node.stash.get(_failed, False):
            await _print_pages(browser)
        await browser.close()


async def _print_pages(browser: Browser) -> None:
    for context in browser.contexts:
        for page in context.pages:
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(10):
                    text = await page.locator("body").inner_text()
                    print(f"--- {page.url}: {text[:1200]}")


@pytest.fixture
async def browser(chromium: str, request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """Start a real Chromium with a fake camera and microphone."""
    async with _launched(chromium, request) as browser:
        yield browser


@pytest.fixture
async def whole_browser(
    whole_chromium: str, request: pytest.FixtureRequest
) -> AsyncIterator[Browser]:
    """The same with what the headless shell has not: notices, and workers that show them."""
    async with _launched(whole_chromium, request) as browser:
        yield browser


@pytest.fixture
async def bare_browser(chromium: str, request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """Start a Chromium without any camera or microphone, that asks nobody by itself."""
    async with _launched(chromium, request, without="--use-fake") as browser:
        yield browser


@pytest.fixture
async def asking_browser(
    whole_chromium: str, request: pytest.FixtureRequest
) -> AsyncIterator[Browser]:
    """Start a Chromium with a camera and a microphone, and permissions as each test gives them."""
    async with _launched(
        whole_chromium, request, without="--use-fake-ui-for-media-stream"
    ) as browser:
        yield browser
