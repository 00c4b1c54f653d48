"""``python -m tests.budgets [weight] [paint] [waiting]``: how light the candidate's page is."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

from playwright.async_api import Browser

from tests.budgets.ground import APPLIED, HALL, LIGHTHOUSE, Profile, chromium_at, running_demo
from tests.budgets.paint import time_paint
from tests.budgets.table import Figure, show
from tests.budgets.waiting import PEOPLE, watch_wait
from tests.budgets.weight import weigh
from tests.chromium import find_chromium

#: Seconds until the largest paint, by profile; None is measured and only told.
_PAINT_S: dict[Profile, float | None] = {LIGHTHOUSE: 1.8, APPLIED: None, HALL: 3.5}


async def _paint(browser: Browser, url: str) -> list[Figure]:
    return await time_paint(browser, url, _PAINT_S)


_Measure = Callable[[Browser, str], Awaitable[list[Figure]]]
#: Title, what measures, and how the robots behave that fill the fair meanwhile.
_PARTS: dict[str, tuple[str, _Measure, str | None]] = {
    "weight": ("A first visit, compressed, with an empty cache", weigh, None),
    "paint": ("Largest contentful paint, first visit", _paint, None),
    "waiting": ("Data while waiting in a fair of 200 robots", watch_wait, PEOPLE),
}


async def _run(name: str, chromium: str) -> bool:
    title, measure, behaviour = _PARTS[name]
    with running_demo(behaviour) as url:
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
