"""When the next desks will be free: chances from how long the talks have lasted."""

from __future__ import annotations

import pytest

from fairserver.domain.states import DeskState
from fairserver.events.turn_times import LONGEST_MIN, Turn
from fairserver.events.wait_features import MINUTE
from tests.events.test_waits import a_fair


def turn_at(*desks: tuple[DeskState, float], number: int = 1, minutes: int = 8) -> Turn:
    """The turn at desks that have been in a state for so many minutes."""
    projection, booth = a_fair(*(state for state, _ in desks), minutes=minutes)
    booth.changed_at = 100 * MINUTE
    for desk_id, (_, passed) in zip(booth.desk_ids, desks, strict=True):
        projection.desks[desk_id].since = booth.changed_at - int(passed * MINUTE)
    return Turn(projection, booth, number)


TALK = DeskState.INTERVIEWING


def test_a_free_desk_is_free_at_once_and_one_in_wrap_up_after_the_change_over() -> None:
    assert turn_at((DeskState.READY, 3)).minute(1.0) == 0
    assert turn_at((DeskState.WRAP_UP, 0)).minute(1.0) == 1
    assert turn_at((DeskState.WRAP_UP, 2)).minute(1.0) == 0


def test_chances_grow_with_the_minutes_and_stay_chances() -> None:
    turn = turn_at((TALK, 4), (TALK, 0), number=2)
    chances = [turn.chance(minute) for minute in range(LONGEST_MIN)]
    assert chances == sorted(chances)
    assert 0 <= chances[0] < 0.05
    assert 0.99 < chances[-1] <= 1


def test_the_first_of_two_desks_is_free_earlier_than_the_only_one_and_the_second_later() -> None:
    first = turn_at((TALK, 2), (TALK, 2)).minute(0.5)
    only = turn_at((TALK, 2)).minute(0.5)
    second = turn_at((TALK, 2), (TALK, 2), number=2).minute(0.5)
    assert first < only < second


def test_two_desks_are_independent() -> None:
    alone = turn_at((TALK, 3)).chance(5)
    assert turn_at((TALK, 3), (TALK, 3)).chance(5) == pytest.approx(1 - (1 - alone) ** 2)
    assert turn_at((TALK, 3), (TALK, 3), number=2).chance(5) == pytest.approx(alone**2)


def test_half_of_the_talks_that_begin_now_are_over_at_their_median() -> None:
    # The median of a lognormal length with mean 8 and spread 0.55, and the change-over.
    assert turn_at((TALK, 0)).minute(0.5) == 8


def test_a_talk_that_has_lasted_longer_than_usual_is_not_over_at_once() -> None:
    long_talk = turn_at((TALK, 25))
    assert long_talk.minute(0.5) > 1
    assert long_talk.chance(0) == 0


def test_somebody_on_the_way_to_a_desk_has_the_whole_talk_before_them() -> None:
    assert turn_at((DeskState.CALLING, 2)).chance(9) == turn_at((TALK, 0)).chance(9)
    assert turn_at((DeskState.CONNECTING, 2)).chance(9) == turn_at((TALK, 0)).chance(9)


def test_a_chance_that_is_not_reached_gives_the_last_minute() -> None:
    assert turn_at((TALK, 0), minutes=120).minute(0.99) == LONGEST_MIN
