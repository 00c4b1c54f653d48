"""Second interviews, their free times, and ratings of advice, in SQL."""

from __future__ import annotations

import asyncio

import pytest

from fairserver.domain.states import Role, SecondState
from fairserver.ledger import Ledger
from fairserver.ledger.second_interviews import Turn
from fairserver.ledger.slots import MOST_SLOTS, Meeting
from fairserver.protocol.errors import Code, Refused
from tests.ledger.makers import FAIR, Clock, form, request_id

_DAY_MS = 24 * 3600 * 1000


@pytest.fixture
async def staff_id(ledger: Ledger) -> str:
    return (await ledger.staff.invite(FAIR, Role.RECRUITER, "b01", "Chị Lan")).staff_id


def at(clock: Clock, days: float) -> int:
    """A time so many days from now, ms."""
    return int(clock() * 1000 + days * _DAY_MS)


def meeting(clock: Clock, days: float = 1, **changes: object) -> Meeting:
    said = {"starts_at": at(clock, days), "minutes": 30, "online": False, "place": "Cổng chính"}
    return Meeting(**{**said, **changes})


async def turn(ledger: Ledger, number: int = 1) -> Turn:
    """A turn of one more person at b01."""
    person = await ledger.people.register(FAIR, request_id(number), form())
    return Turn(
        fair_id=FAIR, ticket_id=f"t{number}", booth_id="b01", candidate_id=person.candidate_id
    )


async def code_of(what: object) -> Code:
    """The code with which something is refused."""
    with pytest.raises(Refused) as caught:
        await what  # type: ignore[misc]
    return caught.value.code


# --- free times ---------------------------------------------------------------------------------


async def test_times_are_listed_in_order_once_each_and_only_those_to_come(
    ledger: Ledger, clock: Clock, staff_id: str
) -> None:
    two = [meeting(clock, 2), meeting(clock, 1)]
    for _ in range(2):
        listed = await ledger.slots.add(FAIR, "b01", staff_id, two)
    assert [slot.starts_at for slot in listed] == [at(clock, 1), at(clock, 2)]
    assert await ledger.slots.of_booth(FAIR, "b02") == []
    clock.now += 1.5 * 24 * 3600
    assert len(await ledger.slots.of_booth(FAIR, "b01")) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_at": 1}, "starts_at"),
        ({"starts_at": 4_000_000_000_000}, "starts_at"),
        ({"place": " "}, "place"),
        ({"place": "x" * 201}, "place"),
    ],
)
async def test_a_time_in_the_past_or_without_a_place_is_refused(
    ledger: Ledger, clock: Clock, staff_id: str, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as caught:
        await ledger.slots.add(FAIR, "b01", staff_id, [meeting(clock, **changes)])
    assert caught.value.detail["field"] == field


async def test_a_list_has_an_end(ledger: Ledger, clock: Clock, staff_id: str) -> None:
    many = [meeting(clock, 1 + n / 1000) for n in range(MOST_SLOTS + 1)]
    assert await code_of(ledger.slots.add(FAIR, "b01", staff_id, many)) is Code.FIELD_WRONG


# --- second interviews --------------------------------------------------------------------------


async def test_one_time_is_given_to_one_person_however_many_ask_at_once(
    ledger: Ledger, clock: Clock, staff_id: str
) -> None:
    (slot,) = await ledger.slots.add(FAIR, "b01", staff_id, [meeting(clock)])
    turns = [await turn(ledger, number) for number in range(1, 9)]
    seconds = ledger.second_interviews
    answers = await asyncio.gather(
        *(seconds.offer_slot(one, slot.slot_id) for one in turns[:4]),
        *(seconds.offer_time(one, meeting(clock)) for one in turns[4:]),
        return_exceptions=True,
    )
    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert refused == [Code.SLOT_TAKEN] * 7
    (listed,) = await ledger.slots.of_booth(FAIR, "b01")
    assert listed.ticket_id in {one.ticket_id for one in turns}
    assert await code_of(ledger.slots.remove(FAIR, "b01", slot.slot_id)) is Code.SLOT_TAKEN


async def test_a_declined_or_cancelled_time_is_free_for_somebody_else(
    ledger: Ledger, clock: Clock, staff_id: str
) -> None:
    (slot,) = await ledger.slots.add(FAIR, "b01", staff_id, [meeting(clock)])
    first, other = await turn(ledger, 1), await turn(ledger, 2)
    seconds = ledger.second_interviews
    await seconds.offer_slot(first, slot.slot_id)
    declined = await seconds.answer(FAIR, "t1", 0, accept=False)
    assert (declined.state, declined.slot_id) == (SecondState.DECLINED, None)
    assert await code_of(seconds.answer(FAIR, "t1", 0, accept=True)) is Code.NO_SECOND_INTERVIEW
    await seconds.offer_slot(other, slot.slot_id)
    cancelled = await seconds.cancel(FAIR, "t2")
    assert (cancelled.state, cancelled.sequence) == (SecondState.CANCELLED, 1)
    await ledger.slots.remove(FAIR, "b01", slot.slot_id)
    assert await code_of(seconds.offer_slot(first, slot.slot_id)) is Code.SLOT_UNKNOWN


async def test_another_date_raises_the_number_keeps_the_name_and_asks_again(
    ledger: Ledger, clock: Clock
) -> None:
    one, seconds = await turn(ledger), ledger.second_interviews
    first = await seconds.offer_time(one, meeting(clock))
    accepted = await seconds.answer(FAIR, "t1", 0, accept=True)
    assert await seconds.offer_time(one, meeting(clock)) == accepted  # a repeat changes nothing
    moved = await seconds.offer_time(one, meeting(clock, 3))
    assert (moved.state, moved.sequence) == (SecondState.OFFERED, 1)
    assert moved.second_interview_id == first.second_interview_id
    assert await code_of(seconds.answer(FAIR, "t1", 0, accept=True)) is Code.NO_SECOND_INTERVIEW


async def test_there_is_nothing_to_answer_or_cancel_without_an_offer(ledger: Ledger) -> None:
    seconds = ledger.second_interviews
    assert await code_of(seconds.cancel(FAIR, "t1")) is Code.NO_SECOND_INTERVIEW
    assert await code_of(seconds.answer(FAIR, "t1", 0, accept=True)) is Code.NO_SECOND_INTERVIEW
    assert await seconds.of_ticket(FAIR, "t1") is None


# --- ratings ------------------------------------------------------------------------------------


async def test_a_rating_is_one_a_turn_and_changed_on_its_own_day_only(
    ledger: Ledger, clock: Clock
) -> None:
    one = await turn(ledger)
    await ledger.ratings.put(one, passed=True, remark=" Dễ  hiểu ")
    changed = await ledger.ratings.put(one, passed=False, remark="")
    assert (changed.passed, changed.remark) == (False, "")
    assert await ledger.ratings.of_candidate(one.candidate_id) == [changed]
    clock.now += 24 * 3600
    assert await code_of(ledger.ratings.put(one, passed=True, remark="")) is Code.RATING_CLOSED
