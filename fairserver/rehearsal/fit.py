"""Fit the centre, the spread and the ranges of waits to what was seen in rehearsals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fairserver.events.wait_model import WaitModel
from fairserver.events.waits import WIDEST_MIN
from fairserver.rehearsal.promises import LATE_MIN

Numbers = NDArray[np.float64]

#: What a range must reach in its bucket: more than is promised, as other mornings differ.
_KEPT, _LATE = 0.86, 0.06
#: Fewer (weighed as) samples than this make no bucket of their own.
_FEWEST = 100
_FEWEST_OF_A_KIND = 15
_SLACK = 0.04
_CENTRE_BUCKETS, _SPREAD_BUCKETS, _CALLED_BUCKETS = 5, 2, 2
#: A little ridge keeps coefficients of nearly equal features small.
_RIDGE = 1e-4
_LOWS = np.linspace(-3.5, -0.1, 18)
_HIGHS = np.linspace(0.1, 3.5, 18)


class Samples(NamedTuple):
    """Moments at which somebody was told something, and what came of it.

    ``waited`` is minutes until the call, or until leaving or being taken by another booth when
    ``called`` is false; ``ever`` says whether the call came at last, also after another booth.
    """

    features: Numbers
    waited: Numbers
    called: NDArray[np.bool_]
    ever: NDArray[np.bool_]
    weight: Numbers


def join(parts: Sequence[Samples]) -> Samples:
    """Put samples together."""
    return Samples(
        features=np.concatenate([part.features for part in parts]),
        waited=np.concatenate([part.waited for part in parts]),
        called=np.concatenate([part.called for part in parts]),
        ever=np.concatenate([part.ever for part in parts]),
        weight=np.concatenate([part.weight for part in parts]),
    )


def only(samples: Samples, chosen: NDArray[np.bool_]) -> Samples:
    """Give some of the samples."""
    features, waited, called, ever, weight = samples
    return Samples(features[chosen], waited[chosen], called[chosen], ever[chosen], weight[chosen])


def fit(samples: Samples, names: list[str], made_by: str) -> WaitModel:
    """Fit the whole model."""
    of_called = only(samples, samples.called)
    log_wait = np.log1p(np.maximum(0, of_called.waited))
    centre = _regress(of_called.features, log_wait, of_called.weight)
    miss = np.abs(log_wait - of_called.features @ centre)
    # The log of a miss has no lower end; below 0.05 it says nothing more about the spread.
    spread = _regress(of_called.features, np.log(np.maximum(0.05, miss)), of_called.weight)
    spreads_seen = np.exp(of_called.features @ spread)
    spread_from, spread_to = np.quantile(spreads_seen, [0.01, 0.99])
    called = _log_odds(samples)
    centres = samples.features @ centre
    spreads = np.clip(np.exp(samples.features @ spread), spread_from, spread_to)
    odds = samples.features @ called
    stands_already = samples.features[:, names.index("waited")] > 0
    edges = (
        _edges(centres, _CENTRE_BUCKETS),
        _edges(spreads, _SPREAD_BUCKETS),
        _edges(odds, _CALLED_BUCKETS),
    )
    return WaitModel(
        made_by=made_by,
        names=names,
        centre=_plain(centre),
        spread=_plain(spread),
        called=_plain(called),
        spread_from=float(spread_from),
        spread_to=float(spread_to),
        centre_edges=edges[0],
        spread_edges=edges[1],
        called_edges=edges[2],
        ranges=[
            _ranges(samples, (centres, spreads, odds), edges, stands_already == moment)
            for moment in (False, True)
        ],
    )


def _plain(numbers: Numbers) -> list[float]:
    return [round(float(number), 5) for number in numbers]


def _edges(values: Numbers, buckets: int) -> list[float]:
    return _plain(np.quantile(values, np.arange(1, buckets) / buckets))


def _regress(x: Numbers, y: Numbers, weight: Numbers) -> Numbers:
    """Fit y linearly to x by weighed least squares."""
    weighed = x * (weight / weight.mean())[:, None]
    ridge = _RIDGE * len(y) * np.eye(x.shape[1])
    found: Numbers = np.linalg.solve(weighed.T @ x + ridge, weighed.T @ y)
    return found


def _log_odds(samples: Samples) -> Numbers:
    """Fit the chance of being called by logistic regression (Newton's steps)."""
    x, weight = samples.features, samples.weight / samples.weight.mean()
    found: Numbers = np.zeros(x.shape[1])
    for _ in range(12):
        chance = 1 / (1 + np.exp(-np.clip(x @ found, -30, 30)))
        slope = x.T @ (weight * (samples.ever - chance))
        curve = (x * (weight * chance * (1 - chance) + 1e-6)[:, None]).T @ x
        found = found + np.linalg.solve(curve + _RIDGE * len(x) * np.eye(x.shape[1]), slope)
    return found


def _ranges(
    samples: Samples,
    values: tuple[Numbers, ...],
    edges: tuple[list[float], ...],
    chosen: NDArray[np.bool_],
) -> list[list[list[tuple[float, float] | None]]]:
    keys = [
        np.searchsorted(edge, value, "right") for edge, value in zip(edges, values, strict=True)
    ]
    centres, spreads, _ = values

    def best(*bucket: int) -> tuple[float, float] | None:
        inside = np.logical_and.reduce(
            [chosen, *(k == b for k, b in zip(keys, bucket, strict=True))]
        )
        if inside.sum() < _FEWEST:
            return None
        return _best_range(only(samples, inside), centres[inside], spreads[inside])

    return [
        [[best(c, s, o) for o in range(len(edges[2]) + 1)] for s in range(len(edges[1]) + 1)]
        for c in range(len(edges[0]) + 1)
    ]


def _best_range(samples: Samples, centres: Numbers, spreads: Numbers) -> tuple[float, float] | None:
    """Find the range that most people can be told, the narrowest first, and that is kept."""
    best, best_worth = None, 0.0
    for low_at in _LOWS:
        low = _told(np.maximum(0, np.expm1(centres + low_at * spreads)))
        for high_at in _HIGHS:
            high = _told_up(np.expm1(centres + high_at * spreads))
            worth = _worth(samples, low, high)
            if worth > best_worth:
                best, best_worth = (round(float(low_at), 3), round(float(high_at), 3)), worth
    return best


def _worth(samples: Samples, low: Numbers, high: Numbers) -> float:
    """Judge a range as the promises are judged; 0 when it is not kept often enough."""
    told = high - low <= WIDEST_MIN
    decided = told & (samples.called | (samples.waited > high))
    weight = samples.weight * decided
    if decided.sum() < _FEWEST / 2:
        return 0.0
    kept = samples.called & (samples.waited >= low) & (samples.waited <= high + 1)
    late = samples.waited > high + LATE_MIN
    total = weight.sum()
    if (weight * kept).sum() / total < _KEPT or (weight * late).sum() / total > _LATE:
        return 0.0
    # A weight belongs to one kind of morning: each kind must come near it by itself.
    for kind in np.unique(samples.weight):
        ours = decided & (samples.weight == kind)
        if ours.sum() >= _FEWEST_OF_A_KIND and (
            kept[ours].mean() < _KEPT - _SLACK or late[ours].mean() > _LATE + _SLACK
        ):
            return 0.0
    width = (weight * (high - low)).sum() / total
    share = (samples.weight * told).sum() / samples.weight.sum()
    return float(share * (1 - width / (3 * WIDEST_MIN)))


def _told(minutes: Numbers) -> Numbers:
    """Round as ``wait_model.told`` does."""
    found: Numbers = np.where(minutes < 10, np.floor(minutes), np.floor(minutes / 5) * 5)
    return found


def _told_up(minutes: Numbers) -> Numbers:
    """Round as ``wait_model.told_up`` does."""
    down = _told(minutes)
    found: Numbers = np.where(down >= minutes, down, down + np.where(down < 10, 1, 5))
    return found
