"""Changes for a reader: none lost for good, however slowly they are read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from booth_client.feed import ChangeFeed, merge
from booth_client.mirror import Change
from fairserver.domain.states import FairState
from fairserver.protocol.views import Cell, FairCell


def cell(number: int) -> FairCell:
    return FairCell(state=FairState.OPEN, join_limit=number, not_now_limit=2, ends_at=None)


def change(seq: int, drop: str = "", *, snapshot: bool = False, **cells: int) -> Change:
    held = {key: cell(number) for key, number in cells.items()}
    return Change("booth", held, frozenset(drop), snapshot, seq)


def apply(held: Mapping[str, Cell], later: Change) -> dict[str, Cell]:
    kept = {} if later.snapshot else {k: v for k, v in held.items() if k not in later.drop}
    return {**kept, **later.set}


def test_the_latest_cell_wins_and_a_drop_takes_it_away() -> None:
    merged = merge(change(1, a=1, b=1), change(2, "b", a=2))
    assert merged == change(2, "b", a=2)


def test_a_cell_that_comes_back_is_not_dropped() -> None:
    assert merge(change(1, "a"), change(2, a=2)) == change(2, a=2)


def test_a_snapshot_names_all_that_went_before_it() -> None:
    merged = merge(change(1, "c", a=1, b=1), change(2, snapshot=True, a=2))
    assert merged == change(2, "bc", snapshot=True, a=2)


def test_a_change_after_a_snapshot_stays_a_snapshot() -> None:
    merged = merge(change(1, snapshot=True, a=1, b=1), change(2, "a", b=2))
    assert merged.snapshot
    assert merged.set == {"b": cell(2)}


changes = st.builds(
    lambda cells, drop, snapshot: Change(
        "booth",
        {key: cell(number) for key, number in cells.items()},
        frozenset(drop - cells.keys()),
        snapshot,
        1,
    ),
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 9)),
    st.sets(st.sampled_from("abcd")),
    st.booleans(),
)


@given(st.dictionaries(st.sampled_from("abcd"), st.builds(cell, st.integers())), changes, changes)
def test_merging_leads_where_both_changes_lead(
    held: dict[str, FairCell], first: Change, second: Change
) -> None:
    assert apply(held, merge(first, second)) == apply(apply(held, first), second)


async def test_a_slow_reader_gets_one_change_per_view() -> None:
    feed = ChangeFeed()
    for seq in range(1, 100):
        feed.push(change(seq, a=seq))
        feed.push(change(seq, b=seq)._replace(view="hall"))
    feed.end()
    read = [item async for item in feed]
    assert [(item.view, item.seq) for item in read] == [("booth", 99), ("hall", 99)]


async def test_a_waiting_reader_is_woken_by_a_change_and_by_the_end() -> None:
    feed = ChangeFeed()
    reader = asyncio.create_task(anext(feed))
    await asyncio.sleep(0)
    feed.push(change(1, a=1))
    assert (await reader).seq == 1
    last = asyncio.create_task(anext(feed, None))
    await asyncio.sleep(0)
    feed.end()
    assert await last is None
