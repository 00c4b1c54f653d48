"""The upper bound, on mornings small enough to work out by hand, and its cache."""

from __future__ import annotations

import msgspec
import pytest

from fairserver.rehearsal import bounds
from fairserver.rehearsal.bound import upper_bound
from fairserver.rehearsal.bounds import bound_book, cache_folder
from fairserver.rehearsal.scenario import MINUTE, Draws, Person, Scenario
from tests.rehearsal.conftest import SMALL

#: No chance at all: every interview takes 9 minutes, with one to change over; all answer.
PLAIN = msgspec.structs.replace(
    SMALL,
    name="plain",
    booths=1,
    people=1,
    wishes_to=1,
    length_min=9,
    booth_spread=0,
    absent=0,
    disconnected=0,
)


def draws_of(scenario: Scenario, *stays: tuple[int, int]) -> Draws:
    """Everybody wants every booth and is there from one minute to another."""
    draws = Draws(msgspec.structs.replace(scenario, people=len(stays)), 1)
    draws.people = [
        Person(
            candidate_id=f"c{n}",
            arrives=start * MINUTE,
            leaves=end * MINUTE,
            wishes=list(draws.scenes),
            priority=False,
            gaps=[],
        )
        for n, (start, end) in enumerate(stays)
    ]
    return draws


def test_one_person_uses_a_desk_for_one_interview() -> None:
    bound = upper_bound(draws_of(PLAIN, (0, 60)))
    assert bound.seat_use == pytest.approx(9 / 60, abs=1e-4)
    assert bound.coverage == pytest.approx(1, abs=1e-4)


def test_a_desk_sees_no_more_people_than_have_time() -> None:
    # Six interviews of ten minutes fit in an hour; ten people want one.
    bound = upper_bound(draws_of(PLAIN, *[(0, 60)] * 10))
    assert bound.seat_use == pytest.approx(54 / 60, abs=1e-4)
    assert bound.coverage == pytest.approx(0.6, abs=1e-3)


def test_a_second_desk_doubles_what_fits() -> None:
    two = msgspec.structs.replace(PLAIN, desks_per_booth=2)
    bound = upper_bound(draws_of(two, *[(0, 60)] * 20))
    assert bound.coverage == pytest.approx(0.6, abs=1e-3)


def test_nobody_is_seen_before_arriving_or_after_leaving() -> None:
    # Only the last quarter of an hour holds people: one and a half interviews.
    bound = upper_bound(draws_of(PLAIN, *[(45, 60)] * 4))
    assert bound.coverage == pytest.approx(1.5 / 4, abs=1e-3)


def test_one_person_cannot_talk_at_two_booths_at_once() -> None:
    # Fifteen minutes there: 15 / 9 interviews, of the two wanted.
    two = msgspec.structs.replace(PLAIN, booths=2)
    bound = upper_bound(draws_of(two, (0, 15)))
    assert bound.seat_use == pytest.approx(15 / 120, abs=1e-4)


def test_calls_that_are_not_answered_lower_the_bound() -> None:
    absent = msgspec.structs.replace(PLAIN, absent=0.05, disconnected=0.10)
    assert upper_bound(draws_of(absent, (0, 60))).coverage == pytest.approx(0.85, abs=1e-3)


def test_a_bound_is_kept_and_a_spoilt_one_worked_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = msgspec.structs.replace(PLAIN, people=10)
    with bound_book(scenario) as book:
        first = book.get(1)
    kept = list(cache_folder().iterdir())
    assert len(kept) == 1
    with monkeypatch.context() as patch:
        patch.setattr(bounds, "_work_out", None)  # nothing is worked out again
        with bound_book(scenario) as book:
            assert book.get(1) == first
    kept[0].write_text("{")
    with bound_book(scenario) as book:
        assert book.get(1) == first
        assert book.get(2) != first
