"""What a person in a line may honestly be told: a range in minutes, or why there is none."""

from __future__ import annotations

from fairserver.domain.states import DeskState, FairState
from fairserver.events.projection import Projection
from fairserver.events.records import Booth, Ticket
from fairserver.protocol.views import Wait

#: Minutes between two interviews at a desk: outcome, note, the next person's coming.
_CHANGE_OVER_MIN = 1.0
#: A range wider than this says nothing; "later" is said instead.
_WIDEST_MIN = 30
#: The range around the expected wait: waits scatter more upwards than downwards.
_LOW, _HIGH = 0.6, 1.5

#: Ranks are told exactly up to the first bound, then in growing steps (fewer frames).
_STEPS = ((10, 1), (50, 5), (200, 10))
_FAR_STEP = 50


def quantise(ahead: int) -> int:
    """Round a number of people down to what is told: exact to 10, then steps of 5, 10, 50."""
    for bound, step in _STEPS:
        if ahead <= bound:
            return ahead - ahead % step
    return ahead - ahead % _FAR_STEP


def working_desks(projection: Projection, booth: Booth) -> int:
    """Count the desks of a booth at which somebody is or soon will be served."""
    return sum(projection.desks[desk_id].is_working for desk_id in booth.desk_ids)


def wait_behind(projection: Projection, booth: Booth, ahead: int) -> Wait:
    """Say how long a person with so many callable people ahead will wait at this booth.

    The pace is the booth's own: the mean of its recent interviews, or its usual minutes before
    the first has ended.
    """
    desks = working_desks(projection, booth)
    paused = any(projection.desks[d].state is DeskState.PAUSED for d in booth.desk_ids)
    if projection.state is FairState.PAUSED or booth.paused or (desks == 0 and paused):
        return Wait(reason="paused")
    if desks == 0:
        return Wait(reason="no_recruiter")
    mean = booth.minutes if booth.mean_min is None else booth.mean_min
    free = sum(projection.desks[d].state is DeskState.READY for d in booth.desk_ids)
    turns = max(0.0, ahead + booth.on_deck + 0.5 - free) / desks
    expected = turns * (mean + _CHANGE_OVER_MIN)
    low, high = int(expected * _LOW), int(expected * _HIGH) + 1
    if high - low > _WIDEST_MIN:
        return Wait(reason="later")
    return Wait(reason="range", low_min=low, high_min=high)


def wait_of(projection: Projection, booth: Booth, ticket: Ticket) -> Wait:
    """Say how long the owner of a standing ticket will wait; nothing for any other ticket."""
    if not ticket.is_standing:
        return Wait(reason="range", low_min=0, high_min=0)
    return wait_behind(projection, booth, quantise(projection.ahead(ticket)))


def idle_reason(projection: Projection, booth: Booth) -> tuple[str | None, str | None]:
    """Say why a ready desk of this booth has nobody although people wait.

    Gives (reason, booth where the first in line is): ``fair_not_open``, ``booth_paused``,
    ``busy_elsewhere``, ``away`` or ``resting`` (missed a call a moment ago); (None, None) when
    nobody waits.
    """
    if not booth.line:
        return None, None
    if projection.state is not FairState.OPEN:
        return "fair_not_open", None
    if booth.paused:
        return "booth_paused", None
    first = projection.tickets[booth.line[0][1]]
    owner = projection.candidates[first.candidate_id]
    # A present, free person is called at once, unless a call was missed a moment ago.
    if owner.busy_ticket_id is not None:
        return "busy_elsewhere", projection.tickets[owner.busy_ticket_id].booth_id
    return ("resting" if owner.present else "away"), None


def longest_since(projection: Projection, booth: Booth) -> int | None:
    """Tell when the person waiting longest in this line took the turn, ms, or None."""
    tickets: list[Ticket] = [projection.tickets[ticket_id] for _, ticket_id in booth.line]
    return min((ticket.issued_at for ticket in tickets), default=None)
