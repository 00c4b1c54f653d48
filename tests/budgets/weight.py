"""What a first visit to the candidate's page brings over the network, by kind."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from playwright.async_api import Browser, CDPSession, Page

from tests.budgets.ground import first_visit
from tests.budgets.table import Figure

_KB = 1000
#: The entry form is there and can be filled.
_USEFUL = "() => document.querySelector('form [name=full_name]')?.disabled === false"
#: Its letters are the page's own.
_LETTERS = "async () => { await document.fonts.ready; }"


class Traffic:
    """Counts the bytes of a page's answers, heads and compressed bodies, by kind."""

    def __init__(self, session: CDPSession) -> None:
        #: Chromium's word for a kind of request: Script, Font, … → bytes.
        self.bytes: defaultdict[str, int] = defaultdict(int)
        self.count: defaultdict[str, int] = defaultdict(int)
        #: Each answer's address and bytes.
        self.answers: list[tuple[str, int]] = []
        self._requests: dict[str, tuple[str, str]] = {}
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._answered)

    def _asked(self, event: dict[str, Any]) -> None:
        self._requests[event["requestId"]] = (event.get("type", "Other"), event["request"]["url"])

    def _answered(self, event: dict[str, Any]) -> None:
        kind, url = self._requests[event["requestId"]]
        size = int(event["encodedDataLength"])
        self.bytes[kind] += size
        self.count[kind] += 1
        self.answers.append((url, size))

    @property
    def total(self) -> int:
        """All bytes."""
        return sum(self.bytes.values())


async def _come(page: Page, url: str) -> None:
    await page.goto(url)
    await page.wait_for_function(_USEFUL)
    await page.evaluate(_LETTERS)
    # Whatever else comes by itself counts too, although the form could be filled already.
    await page.wait_for_load_state("networkidle")


async def weigh(browser: Browser, url: str) -> list[Figure]:
    """Visit once with an empty cache; give the figures with their bars."""
    async with first_visit(browser) as (page, session):
        traffic = Traffic(session)
        await _come(page, url)
    fonts = traffic.bytes["Font"]
    parts = [
        Figure(f"  {kind.lower()}, {traffic.count[kind]}×", size / _KB, "KB")
        for kind, size in sorted(traffic.bytes.items())
    ]
    return [
        Figure("JavaScript", traffic.bytes["Script"] / _KB, "KB", 30),
        Figure("all before it is useful, without fonts", (traffic.total - fonts) / _KB, "KB", 60),
        Figure("all before it is useful, with fonts", traffic.total / _KB, "KB", 100),
        *parts,
    ]
