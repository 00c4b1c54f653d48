"""Looking at a page as those do who need it to be accessible: every width, both languages."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from zlib import crc32

import pytest
from playwright.async_api import Page

from tests.journeys.support import ROOT

AXE = ROOT / "static" / "vendor" / "node_modules" / "axe-core" / "axe.min.js"
#: A language, a width in CSS pixels, and whether it is dark.
Light = tuple[str, int, bool]
PHONE: list[Light] = [("vi", 320, False), ("en", 360, False), ("vi", 1280, False)]
LAPTOP: list[Light] = [("vi", 1280, False)]
#: Every language in every width, for which there is more time.
THOROUGH_PHONE: list[Light] = [
    *((language, width, False) for language in ("vi", "en") for width in (320, 360, 1280)),
    ("vi", 360, True),
]
THOROUGH_LAPTOP: list[Light] = [("vi", 1280, False), ("en", 1280, False), ("en", 1280, True)]
#: Where letters are spread, which is where there is least room.
_NARROW = 320
#: A folder that is named here gets a picture of every state that is looked at.
_PICTURES = "FAIRSERVER_PICTURES"
_NUMBERS = count(1)
#: The rules of WCAG 2.2 up to AA, as axe names them.
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

_RUN_AXE = """
async (tags) => {
  const { violations } = await axe.run(document, {
    runOnly: { type: "tag", values: tags }, resultTypes: ["violations"],
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any, all, none }) =>
    `${id}: ${target.join(" ")}: ${[...any, ...all, ...none].map((check) => check.message)[0]}`));
}
"""
_SPEAK = """
async (language) => {
  const { setLang } = await import("/static/shared/i18n.js");
  await setLang(language);
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
"""
#: What stands out of the page to the right; what only screen readers read does not count.
_OVERFLOW = """
() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  const out = [...document.querySelectorAll("body *")].filter((one) => {
    const { right, left, width } = one.getBoundingClientRect();
    return width > 1 && (right > innerWidth + 1 || left < -1)
      && !one.closest("video, svg, .visually-hidden");
  });
  return [...(wide > 0 ? [`the page is ${wide} px too wide`] : []),
    ...out.map(({ tagName, className, textContent }) =>
      `${tagName} ${className} stands out: ${textContent.slice(0, 40)}`)];
}
"""
#: The spacing that readers may ask for (WCAG 1.4.12), as a sheet of their own.
_SPACING = """
(on) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(on ? `* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }` : "");
  document.adoptedStyleSheets = [sheet];
}
"""
#: Words that do not fit into the box which hides what does not fit. What ends in an ellipsis is
#: shortened for everybody: the fair's name in the bar, which the entry screen shows whole.
_CLIPPED = """
() => [...document.querySelectorAll("body *")].filter((one) => {
  if (!one.innerText || one.closest(".visually-hidden, svg, video")) return false;
  const { overflowX, overflowY, textOverflow } = getComputedStyle(one);
  if (textOverflow === "ellipsis") return false;
  return (overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1)
    || (overflowY === "hidden" && one.scrollHeight > one.clientHeight + 1);
}).map((one) => `${one.tagName} ${one.className} hides words: ${one.innerText.slice(0, 40)}`)
"""


@dataclass
class Eyes:
    """Looks at one page, state by state, and remembers every fault.

    ``in_turn`` looks at each state in one light only: always in the same, which its name gives.
    """

    page: Page
    lights: list[Light]
    height: int = 740
    in_turn: bool = False
    faults: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    async def look(self, state: str) -> None:
        """Scan the state that the page shows now, in its lights; it is left in Vietnamese."""
        turn = crc32(state.encode()) % len(self.lights)
        for language, width, dark in [self.lights[turn]] if self.in_turn else self.lights:
            await self.page.evaluate(_SPEAK, language)
            await self.page.set_viewport_size({"width": width, "height": self.height})
            await self.page.emulate_media(color_scheme="dark" if dark else "light")
            await self._unroll(width)
            await self._scan(f"{state}, {language}, {width} px{', dark' if dark else ''}", width)
        await self.page.evaluate(_SPEAK, "vi")
        self.seen.append(state)

    async def _unroll(self, width: int) -> None:
        """Show a page that scrolls as a whole.

        A band that stays in sight covers some control in part at nearly every place of the
        scroll, and that control is free a little further on: no fault of either.
        """
        whole: int = await self.page.evaluate("document.documentElement.scrollHeight")
        if whole > self.height:
            await self.page.set_viewport_size({"width": width, "height": whole})

    async def _scan(self, where: str, width: int) -> None:
        await _keep_picture(self.page, where)
        self._note(where, await self.page.evaluate(_RUN_AXE, _TAGS))
        self._note(where, await self.page.evaluate(_OVERFLOW))
        if width == _NARROW:
            await self.page.evaluate(_SPACING, True)
            self._note(f"{where}, wide spacing", await self.page.evaluate(_OVERFLOW))
            self._note(f"{where}, wide spacing", await self.page.evaluate(_CLIPPED))
            await self.page.evaluate(_SPACING, False)

    def _note(self, where: str, found: list[str]) -> None:
        self.faults += [f"{where}: {one}" for one in found]


async def _keep_picture(page: Page, where: str) -> None:
    """Keep what the page shows, for people to look at, where that is wanted."""
    folder = os.environ.get(_PICTURES)
    if folder:
        name = f"{os.getpid()}-{next(_NUMBERS):03}-{re.sub(r'[^a-z0-9]+', '-', where.lower())}.png"
        await page.screenshot(path=Path(folder) / name)


async def open_eyes(page: Page, lights: list[Light], *, in_turn: bool = False) -> Eyes:
    """Get ready to look at a page; skips the test where the checker is not installed."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run make check")
    # Not as a script of the page: its policy lets no foreign one in.
    source = AXE.read_text(encoding="utf-8")
    # Colours on their way to others are nobody's contrast.
    await page.emulate_media(reduced_motion="reduce")
    await page.evaluate(f"{source};undefined")
    height = page.viewport_size["height"] if page.viewport_size else 740
    return Eyes(page, lights, height, in_turn)


@dataclass
class Lights:
    """In which languages, widths and colours each state is looked at."""

    phone: list[Light]
    laptop: list[Light]
    in_turn: bool = False

    async def eyes_of_phone(self, page: Page) -> Eyes:
        """Get ready to look at a phone's page."""
        return await open_eyes(page, self.phone, in_turn=self.in_turn)

    async def eyes_of_laptop(self, page: Page) -> Eyes:
        """Get ready to look at a laptop's page."""
        return await open_eyes(page, self.laptop, in_turn=self.in_turn)
