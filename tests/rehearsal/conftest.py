"""A morning small enough to play in a second: three booths, forty people, one hour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode
from fairserver.rehearsal.policy import Policy, ours
from fairserver.rehearsal.run import rehearse, scratch_store
from fairserver.rehearsal.scenario import Draws, Scenario
from fairserver.rehearsal.tally import Tally

SMALL = Scenario(
    name="small",
    mode=BoothMode.ONLINE,
    booths=3,
    desks_per_booth=1,
    people=40,
    minutes=60,
    stay_from_min=20,
    stay_to_min=50,
    length_min=4,
)


@pytest.fixture(scope="session")
def stage_store() -> Iterator[Redis]:
    with scratch_store() as store:
        yield store


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the bounds of a test out of the user's own cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def our_policy() -> Policy:
    return ours(FairSettings(), SMALL.wishes_to)


def play(store: Redis, policy: Policy, seed: int = 1, scenario: Scenario = SMALL) -> Tally:
    """Play one morning."""
    return rehearse(store, Draws(scenario, seed), policy, lambda _: None)
