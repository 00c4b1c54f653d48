"""Token buckets: how often one client, or one address, may do a thing."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic


class Bucket:
    """``rate`` tokens a second, at most ``burst`` saved up."""

    __slots__ = ("_burst", "_clock", "_rate", "_tokens", "_updated")

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = burst
        self._updated = clock()

    def take(self, count: float = 1) -> bool:
        """Take ``count`` tokens; say whether there were so many. If not, none is taken."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._updated) * self._rate)
        self._updated = now
        if self._tokens < count:
            return False
        self._tokens -= count
        return True

    @property
    def is_full(self) -> bool:
        """Whether nothing was taken for so long that the bucket may be forgotten."""
        return self._tokens + (self._clock() - self._updated) * self._rate >= self._burst


class Buckets:
    """One bucket per key (an address), at most ``most`` of them."""

    def __init__(self, rate: float, burst: float, most: int = 10_000) -> None:
        self._rate = rate
        self._burst = burst
        self._most = most
        self._buckets: dict[str, Bucket] = {}

    def take(self, key: str) -> bool:
        """Take a token of one key; say whether there was one."""
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self._most:
                self._buckets = {k: b for k, b in self._buckets.items() if not b.is_full}
            bucket = self._buckets[key] = Bucket(self._rate, self._burst)
        return bucket.take()
