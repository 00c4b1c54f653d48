"""Token buckets."""

from __future__ import annotations

from fairserver.web.limits import Bucket, Buckets


class Clock:
    """Seconds that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    clock = Clock()
    bucket = Bucket(2, 5, clock)
    assert [bucket.take() for _ in range(6)] == [True] * 5 + [False]
    clock.now = 1.0
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    clock.now = 1000.0
    assert sum(bucket.take() for _ in range(20)) == 5


def test_a_bucket_that_has_rested_is_full_again() -> None:
    clock = Clock()
    bucket = Bucket(1, 2, clock)
    assert bucket.is_full
    bucket.take()
    assert not bucket.is_full
    clock.now = 1.0
    assert bucket.is_full


def test_every_address_has_its_own_and_full_ones_are_forgotten() -> None:
    buckets = Buckets(rate=1e9, burst=1, most=3)
    assert all(buckets.take(f"10.0.0.{number}") for number in range(10))
    assert len(buckets._buckets) <= 4
    slow = Buckets(rate=1e-9, burst=1)
    assert slow.take("a")
    assert not slow.take("a")
    assert slow.take("b")
