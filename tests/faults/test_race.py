"""Two nodes, one live store, everybody wants the same people: nobody is ever held twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fairserver.line.store import open_store
from tests.conftest import TestValkey
from tests.faults.race import Race
from tests.faults.support.fair import FairShape
from tests.faults.support.live import check_store
from tests.faults.support.nodes import Nodes
from tests.faults.support.referee import OVER

pytestmark = pytest.mark.xdist_group("faults")


async def _race(folder: Path, valkey: TestValkey, calls: int, **settings: int) -> str:
    """Race on two nodes and let the referee judge; raises ``Breach``."""
    shape = FairShape(fair_id="race", settings={"join_limit": 8, "missed_rest_s": 5, **settings})
    nodes, store = Nodes(folder, shape, valkey.address), open_store(valkey.address)
    try:
        nodes.start()
        race = Race(nodes, store, people=50, calls=calls)
        await race.run()
        race.referee.check_conservation()
        assert set(race.referee.places()) <= OVER
        assert race.journal.missing(race.events) == []
        await check_store(store, "race", race.referee)
        assert "Traceback" not in nodes.logs()
        return race.summary()
    finally:
        nodes.stop()
        await store.aclose()


async def test_no_person_is_at_two_desks_and_no_ticket_is_lost_in_three_thousand_calls(
    tmp_path: Path, valkey_durable: Callable[..., TestValkey], report: Callable[[str], None]
) -> None:
    report(await _race(tmp_path, valkey_durable(), calls=3_000, none_yet_first_min=0))


@pytest.mark.soak
async def test_the_race_goes_on_for_ten_thousand_calls(
    tmp_path: Path, valkey_durable: Callable[..., TestValkey], report: Callable[[str], None]
) -> None:
    """With the order "none had yet first", in which every interview moves all other places."""
    report(await _race(tmp_path, valkey_durable(), calls=10_000))
