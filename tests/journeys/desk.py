"""A recruiter at a desk with nothing but the keyboard, and what the page shows meanwhile."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from fairserver.domain.states import Role
from tests.journeys.keyboard import Keyboard
from tests.journeys.support import LAPTOP, RunningFair, open_page

#: Notes every real use of a pointer on the page.
_NOTE_POINTER = """
window.pointed = [];
for (const kind of ["pointerdown", "mousedown", "click", "touchstart"]) {
  document.addEventListener(kind, (event) => {
    // A button pressed by a key is clicked too: with no place on the screen.
    if (event.isTrusted && (kind !== "click" || event.detail > 0)) window.pointed.push(kind);
  }, true);
}
"""
#: Notes whom the desk shows, from the first moment to the last, and each change.
_NOTE_PEOPLE = """
window.shown = [];
const note = () => {
  const who = document.querySelector(".person .person-number")?.textContent.trim() ?? "";
  const step = document.querySelector("main.columns")?.dataset.step ?? "";
  const last = window.shown.at(-1);
  if (last?.who === who && last?.step === step) return;
  window.shown.push({ who, step, at: performance.timeOrigin + performance.now() });
};
new MutationObserver(note).observe(document, {
  subtree: true, childList: true, characterData: true, attributes: true,
});
"""


class Desk:
    """One desk's page, driven by keys alone."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = Keyboard(page)

    async def at(self, step: str) -> None:
        """Wait until the desk is at a step, and its button may be pressed."""
        await expect(self.page.locator(f"main.columns[data-step={step}]")).to_be_visible()

    async def press(self, key: str, act: str) -> None:
        """Press the key of an act once its button shows it."""
        await expect(self.button(act)).to_be_enabled()
        await self.page.keyboard.press(key)

    def button(self, act: str) -> Locator:
        """The button of an act at the foot of the page."""
        return self.page.locator(f".action-bar [data-act={act}]")

    async def finish(self) -> None:
        """End the interview: the first press brings the focus, the second ends."""
        await expect(self.button("finish")).to_be_enabled()
        await self.page.keyboard.press("f")
        await expect(self.button("finish")).to_be_focused()
        await self.page.keyboard.press("f")
        await self.at("outcome")

    async def save(self, key: str) -> None:
        """Choose an outcome by its number and save it."""
        await self.page.keyboard.press(key)
        await self.press("s", "save")
        await self.at("next")

    async def shown(self) -> list[dict[str, Any]]:
        """Whom the page has shown so far, and when."""
        found: list[dict[str, Any]] = await self.page.evaluate("() => window.shown")
        return found

    async def pointed(self) -> list[str]:
        """What was done with a pointer so far."""
        found: list[str] = await self.page.evaluate("() => window.pointed")
        return found


async def sit_down(
    browser: Browser, fair: RunningFair, booth_id: str, place: int = 1, at: str = "closed"
) -> Desk:
    """Open a booth by its link and take one of its desks, which is at a step, by keys alone."""
    page = await open_page(browser, "about:blank", LAPTOP)
    await page.add_init_script(_NOTE_POINTER + _NOTE_PEOPLE)
    await page.goto(await fair.staff_link(Role.RECRUITER, booth_id))
    desk = Desk(page)
    await desk.keys.go_to(page.locator(".entry-card .button.primary"))
    await page.keyboard.press("Enter")
    await page.locator("#enter-desk").wait_for()
    if await page.locator("input[name=desk]").count():
        await desk.keys.go_to(page.locator("input[name=desk]:checked"))
        for _ in range(place - 1):
            await page.keyboard.press("ArrowDown")
    await desk.keys.go_to(page.locator("#enter-desk"))
    await page.keyboard.press("Enter")
    await desk.at(at)
    return desk
