"""What is known of a place in a line at the moment when its owner asks how long it will take.

Every feature is a pure function of the projection and changes only together with the booth, so
that a view rendered again and a fresh one say the same. Minutes and numbers of people go in as
``log(1 + x)``: waits differ by factors.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log1p

from fairserver.domain.states import BoothMode, DeskState
from fairserver.events.fair_records import FairRecords
from fairserver.events.records import Booth, Standing, Ticket

#: Minutes between two interviews at a desk: outcome, note, the next person's coming.
CHANGE_OVER_MIN = 1.0
MINUTE = 60_000
#: Minutes by which "recent" calls and arrivals are counted.
_RECENT_MIN = 20
#: An interview that has taken longer than usual still takes so many minutes.
_LEAST_REST_MIN = 2.0
#: Time left that is told apart, minutes; a fair without a planned end has it all.
_MOST_LEFT_MIN = 240.0

#: The names of the features, in the order of ``features``.
NAMES = (
    "constant",
    "turns_wait",
    "naive_wait",
    "next_free",
    "ahead",
    "absent",
    "likely",
    "lines",
    "had",
    "had_newcomers",
    "had_load",
    "newcomers",
    "calls",
    "room_made",
    "progress_wait",
    "had_progress",
    "deck",
    "waited",
    "elapsed",
    "left",
    "turns_left",
    "onsite",
    "onsite_turns",
    "head_start",
)


@dataclass(frozen=True, slots=True)
class Place:
    """One place in a line: who stands before, and what is known of its owner."""

    standing: Standing
    #: Lines the owner stands in, this one included.
    lines: int = 1
    #: Whether people who come later will be called before, because the owner had an interview.
    yields: bool = False
    head_start_min: float = 0.0
    #: Minutes that the owner has stood here.
    waited_min: float = 0.0


def place_of(fair: FairRecords, booth: Booth, ticket: Ticket) -> Place:
    """Describe the place of a standing ticket."""
    owner = fair.candidates[ticket.candidate_id]
    return Place(
        standing=fair.standing(ticket),
        lines=owner.lines,
        yields=owner.had > 0 and fair.settings.none_yet_first_min > 0,
        head_start_min=owner.head_start_ms / MINUTE,
        waited_min=max(0, booth.changed_at - ticket.issued_at) / MINUTE,
    )


def pace_min(booth: Booth) -> float:
    """Give the minutes of one turn at this booth: a recent interview and the change-over."""
    return (booth.minutes if booth.mean_min is None else booth.mean_min) + CHANGE_OVER_MIN


def free_in(fair: FairRecords, booth: Booth) -> list[float]:
    """List in how many minutes each working desk will probably be free, the soonest first."""
    pace, free = pace_min(booth), []
    for desk_id in booth.desk_ids:
        desk = fair.desks[desk_id]
        if desk.state is DeskState.READY:
            free.append(0.0)
        elif desk.state is DeskState.WRAP_UP:
            free.append(CHANGE_OVER_MIN / 2)
        elif desk.state is DeskState.INTERVIEWING:
            passed = (booth.changed_at - desk.since) / MINUTE
            free.append(max(_LEAST_REST_MIN, pace - passed))
        elif desk.is_working:
            free.append(pace)
    return sorted(free)


def _recent(times: Iterable[int], now: int) -> int:
    return sum(now - at <= _RECENT_MIN * MINUTE for at in times)


def _passed_and_left(fair: FairRecords, now: int) -> tuple[float, float]:
    """Give the minutes since the fair was opened and until its planned end."""
    opened_at = now if fair.opened_at is None else fair.opened_at
    ends_at = fair.end_in_force(now)
    left = (ends_at - now) / MINUTE if ends_at else _MOST_LEFT_MIN
    return max(0.0, (now - opened_at) / MINUTE), min(_MOST_LEFT_MIN, max(0.0, left))


def naive_min(booth: Booth, ahead: int, desks: int) -> float:
    """Give rank × mean ÷ desks, the usual estimate, in minutes."""
    return (ahead + booth.on_deck + 0.5) * pace_min(booth) / desks


def features(fair: FairRecords, booth: Booth, place: Place) -> list[float]:
    """Give the features of a place at a booth where at least one desk works."""
    free = free_in(fair, booth)
    desks, pace, now = len(free), pace_min(booth), booth.changed_at
    standing = place.standing
    rounds, seat = divmod(int(booth.on_deck + standing.likely), desks)
    fraction = (booth.on_deck + standing.likely) % 1 / desks
    turns = log1p(free[seat] + (rounds + fraction) * pace)
    elapsed, left = _passed_and_left(fair, now)
    calls, room_made = _recent(booth.calls, now), _recent(booth.room_made, now)
    # As long as the line has taken for as many people in the last minutes.
    people = standing.ahead + standing.absent / 2 + 1
    progress = log1p(people * min(_RECENT_MIN, elapsed + 5) / (calls + room_made + desks))
    onsite, had = float(booth.mode is BoothMode.ONSITE), float(place.yields)
    newcomers = log1p(_recent(booth.joins, now) / desks)
    return [
        1.0,
        turns,
        log1p(naive_min(booth, standing.ahead, desks)),
        log1p(free[0]),
        log1p(standing.ahead / desks),
        log1p(standing.absent / desks),
        log1p(standing.likely / desks),
        log1p(place.lines - 1),
        had,
        had * newcomers,
        had * turns,
        newcomers,
        log1p(calls / desks),
        log1p(room_made / desks),
        progress,
        had * progress,
        booth.on_deck / desks,
        log1p(place.waited_min),
        log1p(elapsed),
        left / 60,
        turns * left / 60,
        onsite,
        onsite * turns,
        place.head_start_min / 20,
    ]
