"""A booth of three desks calling as fast as they can: no two of them ever show the same person."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser
from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.settings import ServerSettings, StoreSettings
from fairserver.web.app import serving
from tests.journeys.by_phone import outside
from tests.journeys.desk import Desk, sit_down
from tests.journeys.support import FAIR_FILE, FAIR_ID, RunningFair

pytestmark = pytest.mark.journey

NAMES = ("Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Lan")
_TWO = '  { desk_id = "b01-2", label = "Bàn 2" },\n'
_THREE = f'{_TWO}  {{ desk_id = "b01-3", label = "Bàn 3" }},\n'
#: Do the next right thing of the desk, whatever it is, as soon as its button lets one.
_NEXT = """
() => {
  const button = document.querySelector("#primary");
  const step = document.querySelector("main.columns").dataset.step;
  if (step === "outcome") document.querySelector("[data-outcome=hired]").click();
  if (button.disabled) return step;
  button.click();
  return step;
}
"""
#: Shows on a page somebody who is at another desk, as a fault of the server would.
_PLANT = """
(who) => {
  const number = document.querySelector(".person .person-number");
  number.textContent = who;
}
"""

Shown = list[dict[str, Any]]


def shared(record: dict[str, Shown]) -> list[str]:
    """Find the people whom more than one desk has shown, over the whole record."""
    desks = defaultdict(set)
    for desk_id, shown in record.items():
        for one in shown:
            if one["who"]:
                desks[one["who"]].add(desk_id)
    return sorted(who for who, where in desks.items() if len(where) > 1)


@pytest.fixture
async def wide_fair(
    store: Redis, tmp_path: Path, free_port: Callable[[], int]
) -> AsyncIterator[RunningFair]:
    """Run the example fair with a third desk at booth 01."""
    text = FAIR_FILE.read_text(encoding="utf-8")
    assert text.count(_TWO) == 1
    path = tmp_path / "fair.toml"
    path.write_text(text.replace(_TWO, _THREE), encoding="utf-8")
    settings = ServerSettings(
        port=free_port(),
        data_folder=str(tmp_path / "data"),
        fairs=[str(path)],
        store=StoreSettings(address=f"unix://{store.connection_pool.connection_kwargs['path']}"),
    )
    async with serving(settings) as node:
        await node.open_fair(FAIR_ID)
        yield RunningFair(node)


async def work(desk: Desk, is_over: Callable[[], bool]) -> None:
    """Do the next right thing until nobody is left."""
    while not is_over():
        await desk.page.evaluate(_NEXT)


async def test_no_two_of_three_desks_ever_show_the_same_person(
    browser: Browser, wide_fair: RunningFair
) -> None:
    await wide_fair.change_settings(FairSettings(deck_moment_pct=0))
    async with outside(wide_fair) as server:
        people = [await server.stand_in_line(f"Trần Thị {name}", "b01") for name in NAMES]
        desks = {f"b01-{n}": await sit_down(browser, wide_fair, "b01", n) for n in (1, 2, 3)}

        def is_over() -> bool:
            return all(person.state == "done" for person in people)

        await asyncio.gather(*(work(desk, is_over) for desk in desks.values()))
        record = {desk_id: await desk.shown() for desk_id, desk in desks.items()}
        assert {one["who"] for shown in record.values() for one in shown if one["who"]} == {
            f"Số {person.number}" for person in people
        }
        assert sum(any(one["who"] for one in shown) for shown in record.values()) >= 2
        assert shared(record) == []

        # What the record is made of would have shown it: a stranger's number, for one moment.
        (busy, other, *_) = [d for d, shown in record.items() if any(one["who"] for one in shown)]
        stranger = next(one["who"] for one in record[other] if one["who"])
        await desks[busy].page.evaluate(_PLANT, stranger)
        planted = {**record, busy: await desks[busy].shown()}
        assert shared(planted) == [stranger]
