"""When a slow phone on a slow network shows the largest thing of the page."""

from __future__ import annotations

import statistics

from playwright.async_api import Browser

from tests.budgets.ground import Profile, first_visit
from tests.budgets.table import Figure

#: Visits of each kind; the median counts.
_VISITS = 5
#: Keeps the last candidate for the largest contentful paint; ms since the visit began.
_WATCH = """
window.largest = 0;
new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntries()) window.largest = startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
"""
_FIELD = "form [name=full_name]"


async def _visit(browser: Browser, url: str, profile: Profile) -> tuple[float, float]:
    """Give the seconds until the largest paint and until the form can be filled."""
    async with first_visit(browser, profile) as (page, _):
        page.set_default_timeout(60_000)
        await page.add_init_script(_WATCH)
        await page.goto(url)
        await page.locator(_FIELD).wait_for()
        useful_ms: float = await page.evaluate("performance.now()")
        await page.wait_for_load_state("networkidle")
        await page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        largest_ms: float = await page.evaluate("window.largest")
    return largest_ms / 1000, useful_ms / 1000


async def time_paint(browser: Browser, url: str, bars: dict[Profile, float | None]) -> list[Figure]:
    """Visit some times by each profile; give the medians in seconds, with their bars."""
    figures = []
    for profile, bar in bars.items():
        visits = [await _visit(browser, url, profile) for _ in range(_VISITS)]
        paints, useful = [v[0] for v in visits], [v[1] for v in visits]
        spread = f"({min(paints):.2f} – {max(paints):.2f} of {_VISITS})"
        figures.append(Figure(f"LCP, {profile.name}", statistics.median(paints), "s", bar, spread))
        figures.append(Figure("  the form can be filled", statistics.median(useful), "s"))
    return figures
