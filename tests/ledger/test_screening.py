"""Answers to employers' questions, and employers' corrections, in the ledger."""

from __future__ import annotations

import msgspec
import pytest

from fairserver.domain.booth_correction import BoothCorrection
from fairserver.domain.fair_plan import QuestionEntry
from fairserver.domain.states import RoomSide
from fairserver.ledger import Ledger
from fairserver.ledger.consents import Channel, Purpose, Statement
from fairserver.ledger.second_interviews import Turn
from fairserver.protocol.errors import Code, Refused
from tests.ledger.makers import FAIR, form, request_id

QUESTIONS = msgspec.convert(
    [
        {"question_id": "q1", "text": {"vi": "Đã may bao lâu?"}},
        {"question_id": "q2", "kind": "yes_no", "text": {"vi": "Làm ca đêm được không?"}},
        {
            "question_id": "q3",
            "kind": "choice",
            "text": {"vi": "Ca nào?"},
            "choices": [{"vi": "Sáng"}, {"vi": "Tối"}],
        },
    ],
    list[QuestionEntry],
)


@pytest.fixture
async def turn(ledger: Ledger) -> Turn:
    """A person's turn at the fair's booth."""
    person = await ledger.people.register(FAIR, request_id(), form())
    return Turn(fair_id=FAIR, ticket_id="t1", booth_id="b01", candidate_id=person.candidate_id)


async def put(ledger: Ledger, turn: Turn, side: RoomSide = RoomSide.CANDIDATE, **said: str) -> int:
    return await ledger.screening.put(turn, side, QUESTIONS, said)


async def test_answers_are_kept_changed_and_taken_back_one_by_one(
    ledger: Ledger, turn: Turn
) -> None:
    assert await put(ledger, turn, q1="  Hai \n năm ", q2="yes") == 2
    assert await put(ledger, turn, q1="Ba năm") == 2
    assert await put(ledger, turn, q2="") == 1
    (kept,) = await ledger.screening.of_ticket(FAIR, "t1")
    assert (kept.question, kept.answer) == ("Đã may bao lâu?", "Ba năm")


async def test_what_an_adviser_writes_down_stands_beside_the_persons_own_words(
    ledger: Ledger, turn: Turn
) -> None:
    await put(ledger, turn, q1="Hai năm")
    assert await put(ledger, turn, RoomSide.DESK, q1="Hai năm ở Tân An", q3="Tối") == 2
    assert await put(ledger, turn, RoomSide.DESK, q1="") == 1
    kept = await ledger.screening.of_candidate(turn.candidate_id)
    assert [(one.side, one.answer) for one in kept] == [
        (RoomSide.CANDIDATE, "Hai năm"),
        (RoomSide.DESK, "Tối"),
    ]


async def test_an_answer_that_cannot_be_is_refused_and_nothing_is_kept(
    ledger: Ledger, turn: Turn
) -> None:
    with pytest.raises(Refused) as caught:
        await put(ledger, turn, q1="Hai năm", q2="maybe", q3="Trưa", q9="x")
    assert caught.value.code is Code.FIELD_WRONG
    assert [fault["field"] for fault in caught.value.detail["fields"]] == ["q2", "q3", "q9"]
    assert await ledger.screening.of_ticket(FAIR, "t1") == []


async def test_answers_leave_with_a_booth_only_while_the_profile_is_shown(
    ledger: Ledger, turn: Turn
) -> None:
    await put(ledger, turn, q1="Hai năm")
    how = Statement(
        text_version="1", language="vi", channel=Channel.OWN_TAP, recorded_by="candidate:x"
    )
    turns = {"t1": turn.candidate_id}
    assert (await ledger.met.of_turns(FAIR, "b01", turns, turns))["t1"].answers == []
    await ledger.people.show_to_booth(turn.candidate_id, "b01", given=True, how=how)
    shared = (await ledger.met.of_turns(FAIR, "b01", turns, turns))["t1"]
    assert [one.answer for one in shared.answers] == ["Hai năm"]
    unnamed = (await ledger.met.of_turns(FAIR, "b01", turns, ()))["t1"]
    assert (shared.profile is None, unnamed.profile) == (False, None)
    await ledger.people.record_consents(turn.candidate_id, {Purpose.SHOW_PROFILE: False}, how)
    assert (await ledger.met.of_turns(FAIR, "b01", turns, turns))["t1"].answers == []


async def test_deleted_answers_are_gone_and_so_are_those_of_an_erased_person(
    ledger: Ledger, turn: Turn
) -> None:
    await put(ledger, turn, q1="Hai năm kim thêu")
    await put(ledger, turn, RoomSide.DESK, q1="Hai năm kim thêu")
    await ledger.screening.delete(FAIR, "t1")
    assert await ledger.screening.of_candidate(turn.candidate_id) == []
    await put(ledger, turn, q1="Ba năm kim thêu")
    await ledger.own_data.erase(FAIR, turn.candidate_id, ["t1"])
    assert await ledger.screening.of_candidate(turn.candidate_id) == []


async def test_a_booth_corrects_one_thing_after_another_and_nothing_is_undone(
    ledger: Ledger,
) -> None:
    first, second = BoothCorrection(questions=QUESTIONS), BoothCorrection(vacancies=[])
    assert (await ledger.corrections.put(FAIR, "b01", first, "staff:s1")).revision == 1
    assert (await ledger.corrections.put(FAIR, "b01", second, "staff:s2")).revision == 2
    found = (await ledger.corrections.of_fair(FAIR))["b01"]
    assert found.revision == 2
    assert found.correction == BoothCorrection(questions=QUESTIONS, vacancies=[])
    assert await ledger.corrections.of_fair("another") == {}
