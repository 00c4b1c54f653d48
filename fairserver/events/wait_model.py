"""The fitted estimator of waits: coefficients from rehearsals, evaluated in plain Python.

The centre and the spread of the log of a wait are linear in the features; how much of the spread
a range needs, to be kept as often as promised, is a table. Those who come next are told from the
talks that go on (``turn_times``), between two fitted shares. All of it is in ``wait_model.json``,
which ``python -m fairserver.rehearsal.train`` writes.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from importlib.resources import files
from math import exp, expm1

import msgspec

from fairserver.events.turn_times import Turn

FILE = "wait_model.json"


class TurnRange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The range around the moment when a desk will be free: between two shares of its chance."""

    low: float
    high: float
    #: Minutes that the range is longer, for those who miss their own turn and get another.
    more_min: int


class WaitModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Coefficients by feature, and the ranges by bucket."""

    #: The command that made the file, and the features' names in order.
    made_by: str
    names: list[str]
    #: Log of 1 + minutes; log of the spread around it; log-odds of being called at all.
    centre: list[float]
    spread: list[float]
    called: list[float]
    #: The spread stays between these.
    spread_from: float
    spread_to: float
    #: Upper edges of the buckets of centre, of spread and of the chance of being called.
    centre_edges: list[float]
    spread_edges: list[float]
    called_edges: list[float]
    #: (low, high) in spreads from the centre for each bucket of centre, spread and chance; null
    #: where no range is kept often enough. First for booths on line, then for those in a hall;
    #: in each first for people who have just joined, then for those who stand already.
    ranges: list[list[list[list[list[tuple[float, float] | None]]]]]
    #: The ranges of those who come next, by how they stand (``waits.NEXT``); null and order as
    #: above.
    turns: list[dict[str, TurnRange | None]]


@cache
def load_model() -> WaitModel:
    """Read the model that comes with the program."""
    data = (files("fairserver.events") / FILE).read_bytes()
    return msgspec.json.decode(data, type=WaitModel)


def told(minutes: float) -> int:
    """Round minutes to what is told: whole ones below 10, then fives."""
    return int(minutes) if minutes < 10 else int(minutes / 5) * 5


def told_up(minutes: float) -> int:
    """Round minutes up to what is told."""
    up = told(minutes)
    return up if up >= minutes else up + (1 if up < 10 else 5)


def range_of(model: WaitModel, features: list[float]) -> tuple[int, int] | None:
    """Give the range in minutes within which the call will come, or None when none is kept."""
    centre = _dot(model.centre, features)
    spread = min(model.spread_to, max(model.spread_from, exp(_dot(model.spread, features))))
    stands_already = features[model.names.index("waited")] > 0
    in_hall = features[model.names.index("onsite")] > 0
    by_centre = model.ranges[in_hall][stands_already][bisect_right(model.centre_edges, centre)]
    by_spread = by_centre[bisect_right(model.spread_edges, spread)]
    found = by_spread[bisect_right(model.called_edges, _dot(model.called, features))]
    if found is None:
        return None
    low, high = (max(0.0, expm1(centre + at * spread)) for at in found)
    return told(low), told_up(high)


def turn_range(shares: TurnRange, turn: Turn) -> tuple[int, int]:
    """Give the range in minutes around the moment when a desk will be free."""
    low = max(0, turn.minute(shares.low) - 1)
    return told(low), told_up(turn.minute(shares.high) + shares.more_min)


def chance_of(model: WaitModel, features: list[float]) -> float:
    """Give the chance, 0 to 1, that the call comes before the person goes or the fair ends."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, _dot(model.called, features)))))


def _dot(coefficients: list[float], features: list[float]) -> float:
    return sum(c * x for c, x in zip(coefficients, features, strict=True))
