"""Choose the ranges that people may be told: on mornings that the curves were not fitted to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fairserver.events.wait_model import TurnRange
from fairserver.events.waits import WIDEST_MIN
from fairserver.rehearsal.fit import Numbers, Samples
from fairserver.rehearsal.promises import LATE_MIN

#: What is promised: kept at least so often, late no more often.
_KEPT, _LATE = 0.80, 0.10
#: What a range must reach over all kinds of mornings: other mornings differ.
_KEPT_IN_ALL, _LATE_IN_ALL = 0.85, 0.06
#: A kind of morning must reach the promise by itself with so many standard errors to spare.
_SURE = 1.3
#: Kinds with fewer decided promises are judged together; fewer in all are not judged.
_FEWEST_OF_A_KIND, _FEWEST = 25, 60
_LOWS = np.linspace(-3.5, -0.1, 18)
_HIGHS = np.linspace(0.1, 3.5, 18)
_LOW_SHARES, _HIGH_SHARES = (0.0, 0.02, 0.05, 0.08), (0.6, 0.7, 0.8, 0.9, 0.95)
_MOST_MORE_MIN = 24

Bools = NDArray[np.bool_]
Ranges = list[list[list[tuple[float, float] | None]]]


class Ends(NamedTuple):
    """When people were called, or else until when they could have been; and the kind of morning."""

    waited: Numbers
    called: Bools
    kind: NDArray[np.int_]

    def only(self, chosen: Bools) -> Ends:
        """Give some of them."""
        return Ends(self.waited[chosen], self.called[chosen], self.kind[chosen])


def ends_of(samples: Samples) -> Ends:
    """Give what came of all samples."""
    return Ends(samples.waited, samples.called, samples.kind)


def choose_ranges(
    ends: Ends, values: tuple[Numbers, Numbers, Numbers], edges: list[list[float]]
) -> Ranges:
    """Choose for each bucket how much of the spread its ranges take, or that it has none."""
    keys = [np.searchsorted(e, value, "right") for e, value in zip(edges, values, strict=True)]
    centres, spreads, _ = values

    def best(*bucket: int) -> tuple[float, float] | None:
        inside = np.logical_and.reduce([k == b for k, b in zip(keys, bucket, strict=True)])
        found = _best(ends.only(inside), _spread_ranges(centres[inside], spreads[inside]))
        return None if found is None else (found[0], found[1])

    sizes = [range(len(edge) + 1) for edge in edges]
    return [[[best(c, s, o) for o in sizes[2]] for s in sizes[1]] for c in sizes[0]]


def _spread_ranges(centres: Numbers, spreads: Numbers) -> Callable[[], Iterator[_Try]]:
    def tries() -> Iterator[_Try]:
        for low_at in np.round(_LOWS, 3):
            low = _told(np.maximum(0, np.expm1(centres + low_at * spreads)))
            for high_at in np.round(_HIGHS, 3):
                high = _told_up(np.expm1(centres + high_at * spreads))
                yield (float(low_at), float(high_at)), low, high

    return tries


def choose_turns(ends: Ends, chances: Numbers, *, always: bool) -> TurnRange | None:
    """Choose the shares between which those who come next are told their turn.

    ``chances`` has a row for each person: that the turn has come, by minute. With ``always``
    ranges that grow too wide are cut instead of being left out.
    """

    def tries() -> Iterator[_Try]:
        lows = {share: _first(chances, share) for share in _LOW_SHARES}
        highs = {share: _first(chances, share) for share in _HIGH_SHARES}
        for low_share, earliest in lows.items():
            low = _told(np.maximum(0.0, earliest - 1))
            for high_share, latest in highs.items():
                for more in range(_MOST_MORE_MIN + 1):
                    high = _told_up(latest + more)
                    high = np.minimum(high, low + WIDEST_MIN) if always else high
                    yield (low_share, high_share, more), low, high

    found = _best(ends, tries)
    if found is None:
        return None
    return TurnRange(low=found[0], high=found[1], more_min=int(found[2]))


def _first(chances: Numbers, share: float) -> Numbers:
    """Give the first minute with that chance, as ``turn_times.Turn.minute`` does."""
    found: Numbers = (chances < share).sum(axis=1).astype(float)
    return found


#: What was tried, and the lower and upper ends that it gives everybody.
_Try = tuple[tuple[float, ...], Numbers, Numbers]


def _best(ends: Ends, tries: Callable[[], Iterable[_Try]]) -> tuple[float, ...] | None:
    """Find the range that most people can be told, the narrowest first, and that is kept."""
    best, best_worth = None, 0.0
    for tried, low, high in tries():
        worth = _worth(ends, low, high)
        if worth > best_worth:
            best, best_worth = tried, worth
    return best


def _worth(ends: Ends, low: Numbers, high: Numbers) -> float:
    """Judge a range as the promises are judged; 0 when it is not kept often enough."""
    told = high - low <= WIDEST_MIN
    decided = told & (ends.called | (ends.waited > high))
    if decided.sum() < _FEWEST:
        return 0.0
    kept = ends.called & (ends.waited >= low) & (ends.waited <= high + 1)
    late = ends.waited > high + LATE_MIN
    if kept[decided].mean() < _KEPT_IN_ALL or late[decided].mean() > _LATE_IN_ALL:
        return 0.0
    for ours in _kinds(ends.kind, decided):
        if _below(kept[ours], _KEPT) or _below(~late[ours], 1 - _LATE):
            return 0.0
    width = (high - low)[decided].mean()
    return float(told.mean() * (1 - width / (2 * WIDEST_MIN)))


def _kinds(kind: NDArray[np.int_], decided: Bools) -> Iterator[Bools]:
    """Give the promises of each kind of morning, those of rare kinds together."""
    counts = np.bincount(kind[decided], minlength=int(kind.max()) + 1)
    is_rare = (counts < _FEWEST_OF_A_KIND)[kind]
    for number in np.flatnonzero(counts >= _FEWEST_OF_A_KIND):
        yield decided & (kind == number)
    if counts[counts < _FEWEST_OF_A_KIND].sum() >= _FEWEST_OF_A_KIND:
        yield decided & is_rare


def _below(happened: Bools, share: float) -> bool:
    """Whether we cannot be sure that something happens at least as often as ``share``."""
    error = np.sqrt(share * (1 - share) / len(happened))
    return bool(happened.mean() - _SURE * error < share)


def _told(minutes: Numbers) -> Numbers:
    """Round as ``wait_model.told`` does."""
    found: Numbers = np.where(minutes < 10, np.floor(minutes), np.floor(minutes / 5) * 5)
    return found


def _told_up(minutes: Numbers) -> Numbers:
    """Round as ``wait_model.told_up`` does."""
    down = _told(minutes)
    found: Numbers = np.where(down >= minutes, down, down + np.where(down < 10, 1, 5))
    return found
