"""``python -m tests.budgets [weight] [paint] [waiting]``: how light the candidate's page is."""

from __future__ import annotations

import asyncio
import sys

from playwright.async_api import Browser

from tests.benchmarks.pictures import find_chromium
from tests.budgets.ground import APPLIED, HALL, LIGHTHOUSE, chromium_at, running_demo
from tests.budgets.paint import time_paint
from tests.budgets.table import Figure, show
from tests.budgets.waiting import watch_wait
from tests.budgets.weight import weigh

#: Seconds until the largest paint, by profile; None is measured and only told.
_PAINT_S = {LIGHTHOUSE: 1.8, APPLIED: None, HALL: 3.5}


async def _weight(browser: Browser, url: str) -> list[Figure]:
    return await weigh(browser, url)


async def _paint(browser: Browser, url: str) -> list[Figure]:
    return await time_paint(browser, url, _PAINT_S)


async def _waiting(browser: Browser, url: str) -> list[Figure]:
    return await watch_wait(browser, url)


#: Title, what measures, and whether robots fill the fair meanwhile.
_PARTS = {
    "weight": ("A first visit, compressed, with an empty cache", _weight, False),
    "paint": ("Largest contentful paint, first visit", _paint, False),
    "waiting": ("Data while waiting in a fair of 200 robots", _waiting, True),
}


async def _run(name: str, chromium: str) -> bool:
    title, measure, robots = _PARTS[name]
    with running_demo(robots=robots) as url:
        async with chromium_at(chromium) as browser:
            return show(title, await measure(browser, url))


def main(names: list[str]) -> int:
    """Run the named parts, or all; 1 when a bar is not kept."""
    unknown = set(names) - _PARTS.keys()
    if unknown:
        print(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(_PARTS)}")
        return 2
    chromium = find_chromium()
    if chromium is None:
        print("no Chromium was found")
        return 2
    kept = [asyncio.run(_run(name, chromium)) for name in names or _PARTS]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
