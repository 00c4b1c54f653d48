"""What people were told about their wait, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, median

import msgspec

from fairserver.events import waits
from fairserver.events.projection import Projection
from fairserver.events.records import Booth, Ticket
from fairserver.events.wait_features import naive_min, place_of
from fairserver.protocol.views import Wait
from fairserver.rehearsal.scenario import MINUTE

#: A promise is late when the person is called so many minutes after its upper end.
LATE_MIN = 5
#: People with fewer callable people ahead are "near".
NEAR = 3
#: The usual estimate as a range, and the widest that counts as one.
_NAIVE_LOW, _NAIVE_HIGH = 0.6, 1.5


class Promise(msgspec.Struct, frozen=True):
    """What one person was told: minutes from ``at`` (ms)."""

    at: int
    low_min: int
    high_min: int


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a ticket after its owner was told something.

    ``until`` (ms) is when it was called first, or else when the person left, was taken by
    another booth (``elsewhere``), or the fair ended.
    """

    called: bool
    until: int
    elsewhere: bool = False


class PromiseFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How one estimator's promises at one moment were kept; shares of those ``counted``.

    A promise counts once it is decided: the person was called here, or could have been until its
    upper end had passed. Who is taken by another booth before has been called, and this place is
    frozen: such promises are ``elsewhere`` (a share of the ranges told), and ``kept_of_all``
    counts them as not kept. ``later`` is the share of all told who were told no range.
    """

    estimator: str
    moment: str
    kept: float
    late_5min: float
    width_median_min: float
    kept_of_all: float
    elsewhere: float
    counted: float
    told: float
    later: float


def average_promises(runs: Sequence[Sequence[PromiseFigures]]) -> list[PromiseFigures]:
    """Average the promises of several runs, each row by how many promises it is a share of.

    A run with three decided promises says less than one with three hundred; a run with none says
    nothing.
    """
    return [_average(rows) for rows in zip(*runs, strict=True)]


def _average(rows: Sequence[PromiseFigures]) -> PromiseFigures:
    def weighed(name: str, weights: Sequence[float]) -> float:
        total = sum(weights)
        values = (getattr(row, name) * weight for row, weight in zip(rows, weights, strict=True))
        return sum(values) / total if total else 0.0

    counted = [row.counted for row in rows]
    ranges = [row.told * (1 - row.later) for row in rows]
    entered = [
        row.counted + row.elsewhere * ranged for row, ranged in zip(rows, ranges, strict=True)
    ]
    return msgspec.structs.replace(
        rows[0],
        kept=weighed("kept", counted),
        late_5min=weighed("late_5min", counted),
        width_median_min=weighed("width_median_min", counted),
        kept_of_all=weighed("kept_of_all", entered),
        elsewhere=weighed("elsewhere", ranges),
        counted=fmean(counted),
        told=fmean(row.told for row in rows),
        later=weighed("later", [row.told for row in rows]),
    )


Estimator = Callable[[Projection, Booth, Ticket], Wait]


def usual_wait(projection: Projection, booth: Booth, ticket: Ticket) -> Wait:
    """Say the wait as most products do: rank × mean ÷ desks, with a margin."""
    desks = waits.working_desks(projection, booth)
    if desks == 0:
        return Wait(reason="no_recruiter")
    place = place_of(projection, booth, ticket)
    expected = naive_min(booth, place.standing.ahead, desks)
    low, high = int(expected * _NAIVE_LOW), int(expected * _NAIVE_HIGH) + 1
    if high - low > waits.WIDEST_MIN:
        return Wait(reason="later")
    return Wait(reason="range", low_min=low, high_min=high)


class PromiseBook:
    """Keeps what each person was told at one moment by one estimator."""

    def __init__(self, name: str, moment: str, estimate: Estimator) -> None:
        self._name = name
        self._moment = moment
        self._estimate = estimate
        #: By ticket; None is "later".
        self._told: dict[str, Promise | None] = {}

    def tell(self, projection: Projection, booth: Booth, ticket: Ticket) -> None:
        """Note what the owner of a standing ticket is told now, the first time only."""
        if ticket.ticket_id in self._told:
            return
        wait = self._estimate(projection, booth, ticket)
        if wait.low_min is not None and wait.high_min is not None:
            promise = Promise(projection.at, wait.low_min, wait.high_min)
            self._told[ticket.ticket_id] = promise
        elif wait.reason == "later":
            self._told[ticket.ticket_id] = None

    def figures(self, outcome_of: Callable[[str, int], Told]) -> PromiseFigures:
        """Judge the promises by what came of each ticket after a moment (ms)."""
        kept = late = elsewhere = 0
        widths: list[int] = []
        for ticket_id, promise in self._told.items():
            if promise is None:
                continue
            found = outcome_of(ticket_id, promise.at)
            waited = (found.until - promise.at) / MINUTE
            if not found.called and waited <= promise.high_min:
                elsewhere += found.elsewhere
                continue
            widths.append(promise.high_min - promise.low_min)
            # A minute is told as a whole: "5" is kept until the sixth begins.
            kept += found.called and promise.low_min <= waited <= promise.high_min + 1
            late += waited > promise.high_min + LATE_MIN
        counted, told = len(widths), len(self._told)
        later = sum(promise is None for promise in self._told.values())
        return PromiseFigures(
            estimator=self._name,
            moment=self._moment,
            kept=kept / max(1, counted),
            late_5min=late / max(1, counted),
            width_median_min=float(median(widths or [0])),
            kept_of_all=kept / max(1, counted + elsewhere),
            elsewhere=elsewhere / max(1, told - later),
            counted=counted,
            told=told,
            later=later / max(1, told),
        )


def all_books() -> dict[str, list[PromiseBook]]:
    """Open a book for each estimator at each moment: on joining, near the front, on deck."""
    books = {
        moment: [
            PromiseBook("fairserver", moment, waits.wait_of),
            PromiseBook("rank_times_mean", moment, usual_wait),
        ]
        for moment in ("joined", "near")
    }
    return {**books, "on_deck": [PromiseBook("fairserver", "on_deck", waits.wait_of)]}
