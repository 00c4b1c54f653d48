"""When the next desks of a booth will be free, as chances: for those who come next.

The lengths of talks are taken as lognormal around the booth's own recent mean. A talk that has
lasted a while already is no shorter than that: its rest is judged on this condition.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from math import erf, log, sqrt

from fairserver.domain.states import DeskState
from fairserver.events.fair_records import FairRecords
from fairserver.events.records import Booth, Desk
from fairserver.events.wait_features import CHANGE_OVER_MIN, MINUTE, pace_min

#: Spread of the log of a talk's length: that of rehearsed talks (0.5), and a little more because
#: a booth's mean is known from a few talks only.
_SIGMA = 0.55
#: Nothing is said of the time after so many whole minutes.
LONGEST_MIN = 60
#: A talk is not taken to be shorter, on average, whatever a booth's first ones were.
_SHORTEST_MIN = 0.5


class Turn:
    """The moment when as many desks of a booth will have been free as a person must wait for."""

    def __init__(self, fair: FairRecords, booth: Booth, number: int) -> None:
        """Look at the desks now; ``number`` counts from 1, at most the working desks."""
        self._desks = [fair.desks[d] for d in booth.desk_ids if fair.desks[d].is_working]
        self._number = number
        self._now = booth.changed_at
        self._talk_min = max(_SHORTEST_MIN, pace_min(booth) - CHANGE_OVER_MIN)

    def chance(self, minutes: float) -> float:
        """Give the chance, 0 to 1, that it comes within some minutes."""
        free = (_is_free(desk, self._now, self._talk_min, minutes) for desk in self._desks)
        return _at_least(self._number, free)

    def minute(self, share: float) -> int:
        """Give the first whole minute by which its chance has come to ``share``."""
        return bisect_left(range(LONGEST_MIN), share, key=self.chance)


def _is_free(desk: Desk, now: int, talk_min: float, after_min: float) -> float:
    """Give the chance that a desk will have asked for its next person after some minutes."""
    passed = (now - desk.since) / MINUTE
    if desk.state is DeskState.READY:
        return 1.0
    if desk.state is DeskState.WRAP_UP:
        return float(after_min >= CHANGE_OVER_MIN - passed)
    if desk.state is not DeskState.INTERVIEWING:
        passed = 0.0  # somebody is on the way to it
    still = _lasts(passed, talk_min)
    left = max(0.0, after_min - CHANGE_OVER_MIN)
    return 1 - _lasts(passed + left, talk_min) / still if still > 0 else 1.0


def _lasts(minutes: float, mean: float) -> float:
    """Give the chance that a talk takes longer than some minutes."""
    if minutes <= 0:
        return 1.0
    return (1 - erf((log(minutes / mean) / _SIGMA + _SIGMA / 2) / sqrt(2))) / 2


def _at_least(count: int, chances: Iterable[float]) -> float:
    """Give the chance that at least ``count`` of independent things have happened."""
    happened = [1.0] + [0.0] * count  # the last one stands for "as many, or more"
    for chance in chances:
        happened[count] += happened[count - 1] * chance
        for n in range(count - 1, 0, -1):
            happened[n] += (happened[n - 1] - happened[n]) * chance
        happened[0] *= 1 - chance
    return happened[count]
