"""Fit centre and spread of waits, and the chance of a call, to what was seen in rehearsals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_CENTRE_BUCKETS, _SPREAD_BUCKETS, _CALLED_BUCKETS = 8, 2, 2
#: A little ridge keeps coefficients of nearly equal features small.
_RIDGE = 1e-4


class Samples(NamedTuple):
    """Moments at which somebody was told something, and what came of it.

    ``waited`` is minutes until the call, or until leaving or being taken by another booth when
    ``called`` is false; ``ever`` says whether the call came at last, also after another booth;
    ``kind`` is the number of the kind of morning.
    """

    features: Numbers
    waited: Numbers
    called: NDArray[np.bool_]
    ever: NDArray[np.bool_]
    kind: NDArray[np.int_]


class Curves(NamedTuple):
    """Centre and spread of the log of a wait, and log-odds of a call, linear in the features."""

    centre: Numbers
    spread: Numbers
    called: Numbers
    spread_from: float
    spread_to: float

    def of(self, features: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Give centre, spread and log-odds of some places."""
        spreads = np.exp(features @ self.spread)
        return (
            features @ self.centre,
            np.clip(spreads, self.spread_from, self.spread_to),
            features @ self.called,
        )


def fit(samples: Samples) -> Curves:
    """Fit the curves; every kind of morning weighs the same."""
    weight = 1 / np.bincount(samples.kind)[samples.kind]
    chosen = samples.called
    x, of_called = samples.features[chosen], weight[chosen]
    log_wait = np.log1p(np.maximum(0, samples.waited[chosen]))
    centre = _regress(x, log_wait, of_called)
    miss = np.abs(log_wait - x @ centre)
    # The log of a miss has no lower end; below 0.05 it says nothing more about the spread.
    spread = _regress(x, np.log(np.maximum(0.05, miss)), of_called)
    spread_from, spread_to = np.quantile(np.exp(x @ spread), [0.01, 0.99])
    called = _log_odds(samples, weight)
    return Curves(plain(centre), plain(spread), plain(called), float(spread_from), float(spread_to))


def edges_of(values: tuple[Numbers, Numbers, Numbers]) -> list[list[float]]:
    """Give the upper edges of the buckets of centre, spread and log-odds: equally many in each."""
    counts = (_CENTRE_BUCKETS, _SPREAD_BUCKETS, _CALLED_BUCKETS)
    return [
        [float(edge) for edge in plain(np.quantile(value, np.arange(1, n) / n))]
        for value, n in zip(values, counts, strict=True)
    ]


def plain(numbers: Numbers) -> Numbers:
    """Round to what the file keeps."""
    found: Numbers = np.round(numbers, 5)
    return found


def _regress(x: Numbers, y: Numbers, weight: Numbers) -> Numbers:
    """Fit y linearly to x by weighed least squares."""
    weighed = x * (weight / weight.mean())[:, None]
    ridge = _RIDGE * len(y) * np.eye(x.shape[1])
    found: Numbers = np.linalg.solve(weighed.T @ x + ridge, weighed.T @ y)
    return found


def _log_odds(samples: Samples, weight: Numbers) -> Numbers:
    """Fit the chance of being called by logistic regression (Newton's steps)."""
    x, weight = samples.features, weight / weight.mean()
    found: Numbers = np.zeros(x.shape[1])
    for _ in range(12):
        chance = 1 / (1 + np.exp(-np.clip(x @ found, -30, 30)))
        slope = x.T @ (weight * (samples.ever - chance))
        curve = (x * (weight * chance * (1 - chance) + 1e-6)[:, None]).T @ x
        found = found + np.linalg.solve(curve + _RIDGE * len(x) * np.eye(x.shape[1]), slope)
    return found
