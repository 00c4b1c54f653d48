"""The promises of a fair: what came of the ranges that people were told on joining."""

from __future__ import annotations

import pytest

from fairserver.domain.states import DeskState
from fairserver.events.projection import Projection
from fairserver.events.promises import PromiseBook
from fairserver.events.records import Booth, Promise, Ticket
from fairserver.events.wait_features import MINUTE
from tests.events.test_waits import a_fair, waiting


@pytest.fixture
def told() -> tuple[Projection, Ticket, PromiseBook]:
    """Somebody was told 4 to 8 minutes at time 0."""
    projection, booth = a_fair(DeskState.INTERVIEWING)
    waiting(projection, booth, "c1", present=True)
    ticket = projection.tickets["t-c1"]
    ticket.promise = Promise(0, 4, 8)
    return projection, ticket, PromiseBook()


@pytest.mark.parametrize(
    ("minute", "kept", "late", "error"),
    [(3.9, 0, 0, 0.1), (4, 1, 0, 0), (8.9, 1, 0, 0.9), (9.1, 0, 0, 1.1), (13.1, 0, 1, 5.1)],
)
def test_a_call_decides_a_promise_and_minutes_are_told_whole(
    told: tuple[Projection, Ticket, PromiseBook],
    minute: float,
    kept: int,
    late: int,
    error: float,
) -> None:
    projection, ticket, book = told
    book.called(projection, ticket, int(minute * MINUTE))
    assert (book.decided, book.kept, book.late) == (1, kept, late)
    assert book.error_min == pytest.approx(error)


def test_the_first_call_decides(told: tuple[Projection, Ticket, PromiseBook]) -> None:
    projection, ticket, book = told
    book.called(projection, ticket, 5 * MINUTE)
    book.called(projection, ticket, 50 * MINUTE)
    assert (book.decided, book.kept, book.late) == (1, 1, 0)


def test_a_heads_up_is_no_call_yet(told: tuple[Projection, Ticket, PromiseBook]) -> None:
    projection, ticket, book = told
    book.held(projection, ticket, 2 * MINUTE)
    assert book.decided == 0
    book.called(projection, ticket, 6 * MINUTE)
    assert (book.decided, book.kept) == (1, 1)


def elsewhere(projection: Projection) -> Ticket:
    """The same person's place at another booth."""
    booth = projection.booths.setdefault("b2", Booth("b2", projection.booths["b1"].mode, 9))
    other = Ticket("t-2", "c1", booth.booth_id, 2.0, issued_at=0, since=0)
    projection.tickets["t-2"] = projection.candidates["c1"].tickets["t-2"] = other
    return other


def test_a_promise_ends_when_another_booth_is_quicker(
    told: tuple[Projection, Ticket, PromiseBook],
) -> None:
    projection, ticket, book = told
    book.held(projection, elsewhere(projection), 7 * MINUTE)
    book.called(projection, ticket, 60 * MINUTE)
    assert book.decided == 0


def test_a_promise_that_was_over_before_another_booth_called_was_not_kept(
    told: tuple[Projection, Ticket, PromiseBook],
) -> None:
    projection, _, book = told
    book.called(projection, elsewhere(projection), 20 * MINUTE)
    assert (book.decided, book.kept, book.late) == (1, 0, 1)


def test_who_leaves_in_time_was_promised_nothing_and_who_leaves_after_it_was_let_down(
    told: tuple[Projection, Ticket, PromiseBook],
) -> None:
    _, ticket, book = told
    book.ended(ticket, 5 * MINUTE)
    assert book.decided == 0
    ticket.promise = Promise(0, 4, 8)
    book.ended(ticket, 15 * MINUTE)
    assert (book.decided, book.kept, book.late) == (1, 0, 1)


def test_a_promise_is_written_down_with_a_new_ticket_and_later_is_none(
    told: tuple[Projection, Ticket, PromiseBook],
) -> None:
    projection, ticket, book = told
    ticket.promise = None
    book.issued(projection, ticket)
    assert ticket.promise is not None
    assert 0 <= ticket.promise.low_min < ticket.promise.high_min
    ticket.promise = None
    projection.candidates["c1"].busy_ticket_id = "t-2"
    book.issued(projection, ticket)
    assert ticket.promise is None
