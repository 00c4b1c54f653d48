"""A person at a page with nothing but a keyboard."""

from __future__ import annotations

import asyncio
import contextlib

from playwright.async_api import Locator, Page

#: More steps than any screen has things that take the focus.
_STEPS = 80
#: A page that answers a key with a new screen has drawn it by then, also on a busy machine.
_DRAWN_S = 5
#: What is wrong with where the focus is now, in words; empty when a person sees it.
_FOCUS_FAULT = """
() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "";
  const name = `${one.tagName} "${(one.innerText || one.name || "").slice(0, 30)}"`;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) return `${name} shows no focus`;
  if (one.tabIndex > 0) return `${name} jumps the order`;
  const { left, top, right, bottom } = one.getBoundingClientRect();
  if (bottom <= 0 || top >= innerHeight) return `${name} is out of sight`;
  const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
  const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
  const there = document.elementFromPoint(x, y);
  return one.contains(there) || there?.closest("label")?.contains(one) ? "" : `${name} is covered`;
}
"""
_HAS_FOCUS = "(one) => one === document.activeElement"


class Keyboard:
    """Tab, Enter and Space; every step of the focus must be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def go_to(self, goal: Locator, key: str = "Tab") -> None:
        """Press Tab until something has the focus."""
        await goal.wait_for()
        for _ in range(_STEPS):
            await self.page.keyboard.press(key)
            await self._must_show()
            if await self.is_on(goal):
                return
        raise AssertionError(f"{goal} cannot be reached")

    async def press(self, name: str, key: str = "Enter") -> None:
        """Go to a button and press it."""
        await self.go_to(self.page.get_by_role("button", name=name).first)
        await self.page.keyboard.press(key)

    async def fill(self, label: str, text: str) -> None:
        """Go to a field and type."""
        await self.go_to(self.page.get_by_label(label))
        await self.page.keyboard.type(text)

    async def tick(self, label: str) -> None:
        """Go to a box or a choice and take it."""
        await self.go_to(self.page.get_by_label(label, exact=label == "Nữ"))
        await self.page.keyboard.press("Space")

    async def _must_show(self) -> None:
        """Raise when a person would not see where the focus is, also after the page has drawn."""
        fault = ""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAWN_S):
                while fault := await self.page.evaluate(_FOCUS_FAULT):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        assert not fault, fault

    async def is_on(self, one: Locator) -> bool:
        """Whether something has the focus now."""
        return bool(await one.evaluate(_HAS_FOCUS))
