"""What a person in a line may honestly be told: a range in minutes, or why there is none."""

from __future__ import annotations

from fairserver.domain.states import BoothMode, DeskState, FairState, TicketState
from fairserver.events.fair_records import FairRecords
from fairserver.events.records import Booth, Ticket
from fairserver.events.turn_times import Turn
from fairserver.events.wait_features import Place, features, pace_min, place_of
from fairserver.events.wait_model import chance_of, load_model, range_of, told, turn_range
from fairserver.protocol.views import Wait

#: A range wider than this says nothing; "later" is said instead, with the chance of a call.
WIDEST_MIN = 30
#: Steps in which that chance is told, per cent.
_CHANCE_STEP = 10

#: How people stand who come next: called ahead; first of those who can be called; the same, with
#: people before them who are away or busy elsewhere.
ON_DECK, FIRST, FIRST_HERE = NEXT = ("on_deck", "first", "first_here")

#: Ranks are told exactly up to the first bound, then in growing steps (fewer frames).
_STEPS = ((10, 1), (50, 5), (200, 10))
_FAR_STEP = 50


def quantise(ahead: int) -> int:
    """Round a number of people down to what is told: exact to 10, then steps of 5, 10, 50."""
    for bound, step in _STEPS:
        if ahead <= bound:
            return ahead - ahead % step
    return ahead - ahead % _FAR_STEP


def working_desks(fair: FairRecords, booth: Booth) -> int:
    """Count the desks of a booth at which somebody is or soon will be served."""
    return sum(fair.desks[desk_id].is_working for desk_id in booth.desk_ids)


def wait_at(fair: FairRecords, booth: Booth, place: Place, *, is_frozen: bool = False) -> Wait:
    """Say how long the wait at a place in a booth's line will be.

    The range is one that rehearsed fairs have kept four times in five; see ``wait_model``. No
    minutes are said for a frozen place, whose owner is at or before a desk elsewhere.
    """
    desks = working_desks(fair, booth)
    paused = any(fair.desks[d].is_paused for d in booth.desk_ids)
    if fair.state is FairState.PAUSED or booth.paused or (desks == 0 and paused):
        return Wait(reason="paused")
    if desks == 0:
        return Wait(reason="no_recruiter")
    come_next = None if is_frozen else next_turn(fair, booth, place)
    if come_next is not None and (wait := _ranged(_turn_range(booth, *come_next))):
        return wait
    model, known = load_model(), features(fair, booth, place)
    if not is_frozen and come_next is None and (wait := _ranged(range_of(model, known))):
        return wait
    chance = round(100 * chance_of(model, known) / _CHANCE_STEP) * _CHANCE_STEP
    return Wait(reason="later", chance_pct=chance)


def _turn_range(booth: Booth, name: str, turn: Turn) -> tuple[int, int] | None:
    shares = load_model().turns[booth.mode is BoothMode.ONSITE][name]
    return None if shares is None else turn_range(shares, turn)


def _ranged(found: tuple[int, int] | None) -> Wait | None:
    """Tell a range, unless it says nothing."""
    if found is None or found[1] - found[0] > WIDEST_MIN:
        return None
    return Wait(reason="range", low_min=found[0], high_min=found[1])


def next_turn(fair: FairRecords, booth: Booth, place: Place) -> tuple[str, Turn] | None:
    """Name how somebody in the line stands who comes next, and whose turn it is; else None."""
    number = place.standing.ahead + booth.on_deck + 1
    if place.yields or number > working_desks(fair, booth):
        return None
    return FIRST_HERE if place.standing.absent else FIRST, Turn(fair, booth, number)


def wait_of(fair: FairRecords, booth: Booth, ticket: Ticket) -> Wait:
    """Say how long the owner of a ticket will wait, in the line or on deck; else nothing."""
    if ticket.state is TicketState.ON_DECK:
        return _deck_wait(fair, booth, ticket)
    if not ticket.is_standing:
        return Wait(reason="range", low_min=0, high_min=0)
    is_frozen = fair.candidates[ticket.candidate_id].busy_ticket_id is not None
    return wait_at(fair, booth, place_of(fair, booth, ticket), is_frozen=is_frozen)


def _deck_wait(fair: FairRecords, booth: Booth, ticket: Ticket) -> Wait:
    """Say when the desk for somebody on deck will be free, from the talks that go on."""
    desks = working_desks(fair, booth)
    if desks == 0 or booth.paused or fair.state is not FairState.OPEN:
        return Wait(reason="paused")
    rounds, turn = deck_turn(fair, booth, ticket)
    shares = load_model().turns[booth.mode is BoothMode.ONSITE][ON_DECK]
    assert shares is not None, "those on deck always have a range"
    low, high = turn_range(shares, turn)
    later = told(rounds * pace_min(booth))
    return Wait(reason="range", low_min=low + later, high_min=min(high, low + WIDEST_MIN) + later)


def deck_turn(fair: FairRecords, booth: Booth, ticket: Ticket) -> tuple[int, Turn]:
    """Give the turn of somebody on deck, after so many whole rounds of all desks."""
    deck = sorted(
        (not other.ready, other.order, other.ticket_id)
        for other in booth.met.values()
        if other.state is TicketState.ON_DECK
    )
    before = deck.index((not ticket.ready, ticket.order, ticket.ticket_id))
    rounds, desk = divmod(before, working_desks(fair, booth))
    return rounds, Turn(fair, booth, desk + 1)


def newcomer_wait(fair: FairRecords, booth: Booth) -> Wait:
    """Say how long somebody would wait who joined now and had no interview today."""
    standing = fair.newcomer(booth)
    wait = wait_at(fair, booth, Place(standing=standing))
    ready = sum(fair.desks[desk_id].state is DeskState.READY for desk_id in booth.desk_ids)
    if wait.reason in ("range", "later") and standing.ahead + booth.on_deck < ready:
        return Wait(reason="range", low_min=0, high_min=1)  # called at once
    return wait


def idle_reason(fair: FairRecords, booth: Booth) -> tuple[str | None, str | None]:
    """Say why a ready desk of this booth has nobody although people wait.

    Gives (reason, booth where the first in line is): ``fair_not_open``, ``booth_paused``,
    ``busy_elsewhere``, ``away`` or ``resting`` (missed a call a moment ago); (None, None) when
    nobody waits.
    """
    if not booth.line:
        return None, None
    if fair.state is not FairState.OPEN:
        return "fair_not_open", None
    if booth.paused:
        return "booth_paused", None
    first = fair.tickets[booth.line[0][1]]
    owner = fair.candidates[first.candidate_id]
    # A present, free person is called at once, unless a call was missed a moment ago.
    if owner.busy_ticket_id is not None:
        return "busy_elsewhere", fair.tickets[owner.busy_ticket_id].booth_id
    return ("resting" if owner.present else "away"), None


def longest_since(fair: FairRecords, booth: Booth) -> int | None:
    """Tell when the person waiting longest in this line took the turn, ms, or None."""
    tickets: list[Ticket] = [fair.tickets[ticket_id] for _, ticket_id in booth.line]
    return min((ticket.issued_at for ticket in tickets), default=None)
