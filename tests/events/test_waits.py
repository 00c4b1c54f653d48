"""What a person in a line is told: rounded ranks, honest ranges, reasons for none."""

from __future__ import annotations

import pytest

from fairserver.domain.states import BoothMode, DeskState, FairState, TicketState
from fairserver.events import waits
from fairserver.events.fold import moves
from fairserver.events.projection import Projection
from fairserver.events.records import Booth, Candidate, Desk, Standing, Ticket
from fairserver.events.wait_features import Place
from fairserver.protocol.views import Wait


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        (0, 0),
        (1, 1),
        (9, 9),
        (10, 10),
        (11, 10),
        (14, 10),
        (15, 15),
        (49, 45),
        (50, 50),
        (51, 50),
        (59, 50),
        (60, 60),
        (199, 190),
        (200, 200),
        (249, 200),
        (250, 250),
        (1234, 1200),
    ],
)
def test_ranks_are_exact_to_ten_and_then_in_growing_steps(ahead: int, told: int) -> None:
    assert waits.quantise(ahead) == told


def test_a_rank_is_never_told_higher_than_it_is_and_never_rises_while_the_line_shrinks() -> None:
    told = [waits.quantise(ahead) for ahead in range(2000)]
    assert all(said <= real for real, said in enumerate(told))
    assert told == sorted(told)


def a_fair(*states: DeskState, minutes: int = 9) -> tuple[Projection, Booth]:
    """An open fair with one booth and its desks."""
    projection = Projection("fair")
    projection.state = FairState.OPEN
    booth = Booth("b1", BoothMode.ONLINE, minutes)
    projection.booths["b1"] = booth
    for number, state in enumerate(states):
        desk_id = f"b1-{number}"
        projection.desks[desk_id] = Desk(desk_id, "b1", state)
        booth.desk_ids.append(desk_id)
    return projection, booth


def wait_behind(projection: Projection, booth: Booth, ahead: int) -> Wait:
    """What somebody is told who stands behind so many people, each in this line only."""
    return waits.wait_at(projection, booth, Place(standing=Standing(ahead, 0, float(ahead))))


@pytest.mark.parametrize(
    ("states", "ahead", "reasons"),
    [
        ([DeskState.CLOSED], 0, {"no_recruiter"}),
        ([], 0, {"no_recruiter"}),
        ([DeskState.PAUSED, DeskState.CLOSED], 0, {"paused"}),
        ([DeskState.PAUSED, DeskState.INTERVIEWING], 0, {"range"}),
        ([DeskState.INTERVIEWING], 60, {"later"}),
        ([DeskState.INTERVIEWING] * 2, 3, {"range", "later"}),
    ],
)
def test_a_wait_is_a_range_or_the_reason_why_none_can_be_said(
    states: list[DeskState], ahead: int, reasons: set[str]
) -> None:
    projection, booth = a_fair(*states)
    wait = wait_behind(projection, booth, ahead)
    assert wait.reason in reasons
    assert (wait.low_min is not None) == (wait.reason == "range")
    assert (wait.chance_pct is not None) == (wait.reason == "later")


def test_no_range_is_wider_than_half_an_hour() -> None:
    for desks in range(1, 5):
        projection, booth = a_fair(*[DeskState.INTERVIEWING] * desks)
        for ahead in range(80):
            wait = wait_behind(projection, booth, ahead)
            if wait.low_min is not None and wait.high_min is not None:
                assert 0 <= wait.low_min <= wait.high_min <= wait.low_min + 30


def test_a_paused_fair_promises_nothing() -> None:
    projection, booth = a_fair(DeskState.READY)
    projection.state = FairState.PAUSED
    assert wait_behind(projection, booth, 0).reason == "paused"


def test_the_next_person_is_always_told_a_range_and_more_desks_shorten_it() -> None:
    one, booth_one = a_fair(DeskState.INTERVIEWING, minutes=15)
    two, booth_two = a_fair(DeskState.INTERVIEWING, DeskState.READY, minutes=15)
    slow, quick = wait_behind(one, booth_one, 0), wait_behind(two, booth_two, 0)
    assert slow.high_min is not None
    assert quick.high_min is not None
    assert quick.high_min < slow.high_min


def test_at_a_free_desk_there_is_no_wait() -> None:
    projection, booth = a_fair(DeskState.READY)
    wait = waits.newcomer_wait(projection, booth)
    assert (wait.low_min, wait.high_min) == (0, 1)
    booth.paused = True
    assert waits.newcomer_wait(projection, booth).reason == "paused"


def waiting(projection: Projection, booth: Booth, candidate_id: str, **person: object) -> Candidate:
    """Let somebody stand in the line."""
    candidate = Candidate(candidate_id, 1, **person)  # type: ignore[arg-type]
    ticket = Ticket(f"t-{candidate_id}", candidate_id, booth.booth_id, 1.0, issued_at=5, since=5)
    projection.candidates[candidate_id] = candidate
    projection.tickets[ticket.ticket_id] = candidate.tickets[ticket.ticket_id] = ticket
    moves.stand(projection, ticket)
    return candidate


def test_a_place_is_frozen_while_its_owner_is_busy_elsewhere_and_no_minutes_are_said() -> None:
    projection, booth = a_fair(DeskState.INTERVIEWING)
    person = waiting(projection, booth, "c1", present=True)
    ticket = projection.tickets["t-c1"]
    assert waits.wait_of(projection, booth, ticket).reason == "range"
    person.busy_ticket_id = "t-elsewhere"
    wait = waits.wait_of(projection, booth, ticket)
    assert wait.reason == "later"
    assert wait.chance_pct is not None
    assert wait.low_min is None


def on_deck(projection: Projection, booth: Booth, *ready: bool) -> list[Ticket]:
    """Call people ahead, some of whom have said that they are ready."""
    for number, is_ready in enumerate(ready):
        waiting(projection, booth, f"d{number}", present=True)
        ticket = projection.tickets[f"t-d{number}"]
        moves.step_out(projection, ticket)
        ticket.state, ticket.ready = TicketState.ON_DECK, is_ready
        booth.met[ticket.ticket_id] = ticket
    return list(booth.met.values())


def test_people_on_deck_are_told_a_range_and_those_who_are_ready_come_first() -> None:
    projection, booth = a_fair(*[DeskState.INTERVIEWING] * 2)
    unready, ready = on_deck(projection, booth, False, True)
    first, second = (waits.wait_of(projection, booth, ticket) for ticket in (ready, unready))
    assert first.high_min is not None
    assert second.high_min is not None
    assert 0 < first.high_min < second.high_min <= 30


def test_people_on_deck_beyond_the_desks_wait_a_round_longer() -> None:
    projection, booth = a_fair(DeskState.INTERVIEWING, minutes=9)
    first, second = (
        waits.wait_of(projection, booth, ticket)
        for ticket in on_deck(projection, booth, True, True)
    )
    assert first.low_min is not None
    assert second.low_min == first.low_min + 10


def test_nobody_on_deck_is_told_minutes_while_nobody_works() -> None:
    projection, booth = a_fair(DeskState.CLOSED)
    (ticket,) = on_deck(projection, booth, True)
    assert waits.wait_of(projection, booth, ticket).reason == "paused"


def test_an_idle_desk_says_why_although_people_wait() -> None:
    projection, booth = a_fair(DeskState.READY)
    assert waits.idle_reason(projection, booth) == (None, None)
    person = waiting(projection, booth, "c1")
    assert waits.idle_reason(projection, booth) == ("away", None)
    person.present = True
    assert waits.idle_reason(projection, booth) == ("resting", None)
    elsewhere = Booth("b2", BoothMode.ONLINE, 5)
    busy = Ticket("t2", "c1", "b2", 1.0, issued_at=5, since=5)
    projection.booths["b2"], projection.tickets["t2"] = elsewhere, busy
    person.busy_ticket_id = "t2"
    assert waits.idle_reason(projection, booth) == ("busy_elsewhere", "b2")
    projection.state = FairState.PREPARING
    assert waits.idle_reason(projection, booth) == ("fair_not_open", None)
