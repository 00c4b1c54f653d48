"""After the interview in the live line: results shown, dates noted, advice rated, people who go."""

from __future__ import annotations

import pytest

from fairserver.domain.states import Outcome, SecondState
from fairserver.line.line import Actor
from tests.line import situations as s
from tests.line.checker import Checker
from tests.line.live import ORGANISER, LiveFair, recruiter

C1 = Actor.candidate("c1")


async def test_a_result_is_shown_and_withdrawn_and_a_repeat_says_nothing(fair: LiveFair) -> None:
    ticket_id = await s.done(fair)
    await fair.as_booth("record_outcome", ticket_id, outcome="hired")
    for published in (True, False):
        for _ in range(2):
            await fair.as_booth("publish_result", ticket_id, published=published)
        assert (await fair.fold()).tickets[ticket_id].published is published
    assert (await fair.news(0)).count("result_published") == 2


async def test_a_published_result_that_becomes_pending_is_withdrawn(fair: LiveFair) -> None:
    ticket_id = await s.done(fair)
    await fair.as_booth("record_outcome", ticket_id, outcome="hired")
    await fair.as_booth("publish_result", ticket_id, published=True)
    await fair.as_booth("record_outcome", ticket_id, outcome="pending")
    await fair.as_booth("record_outcome", ticket_id, outcome="not_suitable", reason="wage")
    ticket = (await fair.fold()).tickets[ticket_id]
    assert (ticket.outcome, ticket.published) == (Outcome.NOT_SUITABLE, False)


async def test_news_of_an_older_date_of_a_second_interview_is_not_told(fair: LiveFair) -> None:
    ticket_id = await s.done(fair)
    for state, starts_at, sequence in (
        ("offered", 1000, 0),
        ("offered", 2000, 1),
        ("accepted", 1000, 0),
        ("accepted", 2000, 1),
        ("accepted", 2000, 1),
    ):
        at = {"state": state, "starts_at": starts_at, "sequence": sequence}
        await fair.as_booth("note_second_interview", ticket_id, **at)
    second = (await fair.fold()).tickets[ticket_id].second
    assert second is not None
    assert (second.state, second.starts_at, second.sequence) == (SecondState.ACCEPTED, 2000, 1)
    assert (await fair.news(0)).count("second_interview_changed") == 3


@pytest.mark.parametrize("make", [s.done, s.handed_over])
async def test_advice_is_rated_once_a_turn_and_the_last_word_counts(
    fair: LiveFair, make: s.MakeTicket
) -> None:
    ticket_id = await make(fair)
    for passed in (True, True, False):
        await fair.as_owner("rate_advice", ticket_id, passed=passed)
    assert (await fair.fold()).tickets[ticket_id].advice_passed is False
    assert (await fair.news(0)).count("advice_rated") == 2


@pytest.mark.parametrize("make", [s.waiting, s.on_deck, s.called, s.connecting, s.in_room])
async def test_who_takes_part_no_more_leaves_every_line_and_the_next_is_called(
    fair: LiveFair, make: s.MakeTicket
) -> None:
    ticket_id = await make(fair)
    other = await fair.join("c1", "b2")
    behind = await fair.come("c5", "b1")
    at_desk = await fair.at_desk("b1-1") == ticket_id
    await fair.do("change_profile", C1, candidate_id="c1", withdrawn=True)
    assert await fair.ticket_state(ticket_id) == await fair.ticket_state(other) == "left"
    if at_desk:
        assert await fair.at_desk("b1-1") == behind
    await Checker(fair).check()


async def test_an_appointment_of_somebody_who_left_for_good_calls_nobody(fair: LiveFair) -> None:
    await fair.candidate("c1")
    now = (await fair.fold()).at
    await fair.do(
        "make_appointment", s.ORGANISER, candidate_id="c1", booth_id="b1", due_at=now + 60_000
    )
    await fair.do("change_profile", C1, candidate_id="c1", withdrawn=True, erased=True)
    await fair.wait(120)
    projection = await fair.fold()
    assert projection.tickets == {}
    assert projection.candidates["c1"].erased


async def test_whoever_takes_part_again_may_join_again(fair: LiveFair) -> None:
    await s.waiting(fair)
    for withdrawn in (True, False):
        await fair.do("change_profile", C1, candidate_id="c1", withdrawn=withdrawn)
    await fair.join("c1", "b1")
    assert (await fair.fold()).candidates["c1"].profile == 2


async def test_answers_are_counted_and_every_change_is_told(fair: LiveFair) -> None:
    ticket_id = await s.waiting(fair)
    for answered in (1, 2, 0):
        await fair.as_owner("record_answers", ticket_id, side="candidate", answered=answered)
    ticket = (await fair.fold()).tickets[ticket_id]
    assert (ticket.answered, ticket.answers) == (0, 3)


async def test_an_adviser_writes_answers_down_without_touching_the_persons_own_count(
    fair: LiveFair,
) -> None:
    ticket_id = await s.interviewing(fair)
    await fair.as_owner("record_answers", ticket_id, side="candidate", answered=1)
    await fair.do("change_booth", ORGANISER, booth_id="b1", mode="delegated")
    await fair.as_booth("record_answers", ticket_id, side="desk", answered=3)
    ticket = (await fair.fold()).tickets[ticket_id]
    assert (ticket.answered, ticket.answers) == (1, 2)


async def test_a_corrected_plan_counts_its_questions_and_a_pause_changes_none(
    fair: LiveFair,
) -> None:
    booth = {"booth_id": "b1"}
    await fair.do("change_booth", recruiter("b1"), plan=2, questions=3, **booth)
    await fair.do("change_booth", recruiter("b1"), plan=1, questions=2, **booth)
    await fair.do("pause_booth", recruiter("b1"), **booth)
    found = (await fair.fold()).booths["b1"]
    assert (found.plan, found.questions, found.paused) == (2, 3, True)
