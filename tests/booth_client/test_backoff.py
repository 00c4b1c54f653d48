"""When a dropped client comes back."""

from __future__ import annotations

from random import Random

import pytest

from booth_client.backoff import Backoff


class Highest(Random):
    """Draws the top of every range."""

    def uniform(self, a: float, b: float) -> float:
        return b


def test_the_ceiling_doubles_up_to_the_most() -> None:
    backoff = Backoff(rng=Highest())
    delays = [backoff.after_failure() for _ in range(8)]
    assert delays == pytest.approx([0.3, 0.6, 1.2, 2.4, 4.8, 9.6, 15, 15])


def test_delays_are_spread_over_the_whole_range() -> None:
    delays = [Backoff(rng=Random(seed)).after_failure() for seed in range(200)]
    assert min(delays) < 0.05
    assert max(delays) > 0.25


def test_a_connection_that_worked_starts_small_again() -> None:
    backoff = Backoff(rng=Highest())
    backoff.after_failure()
    backoff.greeted()
    assert backoff.after_failure() == pytest.approx(0.3)


def test_a_client_that_was_too_slow_comes_back_at_once_but_not_for_ever() -> None:
    backoff = Backoff(rng=Highest())
    assert backoff.after_close(4008) == 0
    assert backoff.after_close(4008) == pytest.approx(0.6)


def test_a_restarted_node_gets_its_clients_back_within_two_seconds() -> None:
    assert Backoff(rng=Highest()).after_close(1012) == 2
    assert Backoff(rng=Random(1)).after_close(1012) < 2


def test_a_client_that_was_too_fast_stays_away_for_ten_seconds() -> None:
    assert Backoff().after_close(4429) >= 10


def test_a_named_time_is_kept() -> None:
    assert Backoff().after_failure(retry_after_s=7) >= 7
    assert Backoff(rng=Highest()).after_close(None) == pytest.approx(0.3)
