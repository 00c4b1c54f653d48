"""Who is next: head starts, none-had-yet-first, misses, presence and frozen places."""

from __future__ import annotations

from itertools import pairwise

import pytest

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, TicketState
from fairserver.protocol import events as ev
from fairserver.protocol.events import BoothPlan
from tests.line.checker import Checker
from tests.line.live import BOOTHS, ORGANISER, LiveFair


async def stand(fair: LiveFair, *candidate_ids: str, booth_id: str = "b1") -> list[str]:
    """Let people come one after the other, a second apart."""
    tickets = []
    for candidate_id in candidate_ids:
        tickets.append(await fair.come(candidate_id, booth_id))
        await fair.pass_time(1)
    return tickets


async def test_the_line_is_in_the_order_of_coming(fair: LiveFair) -> None:
    tickets = await stand(fair, "c3", "c1", "c2")
    assert await fair.line_of("b1") == tickets


async def test_people_who_come_in_the_same_millisecond_have_an_order(fair: LiveFair) -> None:
    tickets = [await fair.come(f"c{number}", "b1") for number in range(12)]
    assert await fair.line_of("b1") == tickets


async def test_a_head_start_is_worth_its_minutes_and_no_more(fair: LiveFair) -> None:
    (early,) = await stand(fair, "c1")
    await fair.pass_time(11 * 60)
    (later,) = await stand(fair, "c2")
    await fair.candidate("c3", head_start_min=10)
    priority = await fair.join("c3", "b1")
    assert await fair.line_of("b1") == [early, priority, later]


@pytest.mark.parametrize(("minutes", "had_goes_first"), [(1440, False), (30, False), (0, True)])
async def test_none_had_yet_first_puts_who_was_interviewed_behind_those_who_were_not(
    fair: LiveFair, minutes: int, had_goes_first: bool
) -> None:
    await fair.load(FairSettings(none_yet_first_min=minutes))
    first = await fair.come("c1", "b1")
    await fair.open("b1-1")
    await fair.interview(first)
    again = await fair.join("c1", "b2")
    await fair.pass_time(20 * 60)
    never = await fair.come("c2", "b2")
    assert await fair.line_of("b2") == ([again, never] if had_goes_first else [never, again])


async def test_an_interview_moves_the_places_held_elsewhere_and_says_why(fair: LiveFair) -> None:
    await fair.candidate("c1")
    first, held = await fair.join("c1", "b1"), await fair.join("c1", "b2")
    (other,) = await stand(fair, "c2", booth_id="b2")
    assert await fair.line_of("b2") == [held, other]
    await fair.open("b1-1")
    seq = await fair.seq()
    await fair.interview(first)
    assert await fair.line_of("b2") == [other, held]
    moved = [e for e in await fair.events(seq) if isinstance(e, ev.TicketReordered)]
    assert [(e.ticket_id, e.cause) for e in moved] == [(held, "had_interview")]


async def test_a_missed_call_moves_back_three_places(fair: LiveFair) -> None:
    tickets = await stand(fair, "c1", "c2", "c3", "c4", "c5")
    await fair.open("b1-1")
    seq = await fair.seq()
    await fair.miss(tickets[0])
    t1, t2, t3, t4, t5 = tickets
    assert await fair.at_desk("b1-1") == t2
    assert await fair.line_of("b1") == [t3, t4, t1, t5]  # behind the three that stood next
    missed = (await fair.events(seq))[0]
    assert isinstance(missed, ev.TicketMissed)
    assert (missed.misses, missed.cause) == (1, "desk")


async def test_a_missed_call_at_the_end_of_a_short_line_goes_to_its_end(fair: LiveFair) -> None:
    first, second = await stand(fair, "c1", "c2")
    await fair.open("b1-1")
    await fair.miss(first)
    assert await fair.at_desk("b1-1") == second
    (third,) = await stand(fair, "c3")
    assert await fair.line_of("b1") == [first, third]


@pytest.mark.parametrize("way", ["missed", "not_now", "not_now_in_line"])
async def test_a_first_timer_falls_behind_nobody_who_has_had_an_interview(
    fair: LiveFair, way: str
) -> None:
    await fair.open("b2-1")
    for number in range(4):
        await fair.interview(await fair.come(f"old{number}", "b2"), minutes=1)
        await fair.desk("call_next", "b2-1")
    old = await stand(fair, *[f"old{number}" for number in range(4)])
    first, second = await stand(fair, "c1", "c2")
    if way == "not_now_in_line":
        await fair.as_owner("not_now", first)
        assert await fair.line_of("b1") == [second, first, *old]
    else:
        await fair.desk("open_desk", "b1-1")
        await (fair.as_owner("not_now", first) if way == "not_now" else fair.miss(first))
        assert (await fair.at_desk("b1-1"), await fair.line_of("b1")) == (second, [first, *old])
        (newcomer,) = await stand(fair, "c3")
        assert await fair.line_of("b1") == [first, newcomer, *old]
    await Checker(fair).check()


async def test_one_of_those_who_had_an_interview_is_moved_back_among_them(fair: LiveFair) -> None:
    await fair.open("b2-1")
    for number in range(6):
        await fair.interview(await fair.come(f"old{number}", "b2"), minutes=1)
        await fair.desk("call_next", "b2-1")
    old = await stand(fair, *[f"old{number}" for number in range(6)])
    await fair.as_owner("not_now", old[0])
    assert await fair.line_of("b1") == [old[1], old[2], old[3], old[0], old[4], old[5]]


async def test_where_interviews_do_not_count_places_are_counted_among_all(fair: LiveFair) -> None:
    await fair.load(FairSettings(none_yet_first_min=0, missed_back=1))
    await fair.open("b2-1")
    await fair.interview(await fair.come("c9", "b2"), minutes=1)
    first, second, third = await stand(fair, "c1", "c9", "c3")
    await fair.as_owner("not_now", first)
    assert await fair.line_of("b1") == [second, first, third]


@pytest.mark.parametrize("times", [12, 70])
async def test_many_moves_to_one_place_keep_every_order_apart_and_nobody_is_passed(
    fair: LiveFair, times: int
) -> None:
    head, *others = await stand(fair, *[f"c{number}" for number in range(times)])
    right = list(others)
    for moved in reversed(others):
        await fair.do("move_ticket", ORGANISER, ticket_id=moved, before_ticket_id=right[0])
        right = [moved, *[t for t in right if t != moved]] if moved != right[0] else right
        assert await fair.line_of("b1") == [head, *right]
    target = right[-1]
    for moved in right[:-1]:
        await fair.do("move_ticket", ORGANISER, ticket_id=moved, before_ticket_id=target)
    assert await fair.line_of("b1") == [head, *right]
    orders = [float((await fair.record("ticket", t))["order"]) for t in [head, *right]]
    assert all(before < after for before, after in pairwise(orders))
    await Checker(fair).check()


async def test_moves_back_never_collide_however_often_they_happen(fair: LiveFair) -> None:
    await fair.load(FairSettings(missed_limit=5, missed_back=1))
    tickets = await stand(fair, *[f"c{number}" for number in range(6)])
    await fair.open("b1-1")
    for _ in range(20):
        called = await fair.at_desk("b1-1")
        if called is None:
            break
        await fair.miss(called)
    orders = [float((await fair.record("ticket", t))["order"]) for t in tickets]
    assert len(set(orders)) == len(orders)


async def test_after_a_miss_one_rests_and_is_then_called_without_anybody_asking(
    fair: LiveFair,
) -> None:
    (ticket_id,) = await stand(fair, "c1")
    await fair.open("b1-1")
    await fair.miss(ticket_id)
    await fair.wait(29)
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING
    await fair.wait(1)
    assert await fair.at_desk("b1-1") == ticket_id


async def test_resting_at_one_booth_one_may_be_called_by_another(fair: LiveFair) -> None:
    (ticket_id,) = await stand(fair, "c1")
    elsewhere = await fair.join("c1", "b2")
    await fair.open("b1-1", "b2-1")
    await fair.miss(ticket_id)
    assert await fair.at_desk("b2-1") == elsewhere


async def test_after_the_last_permitted_miss_the_turn_is_over(fair: LiveFair) -> None:
    (ticket_id,) = await stand(fair, "c1")
    await fair.open("b1-1")
    for seconds in (60, 30, 60):
        await fair.seen("c1")
        await fair.wait(seconds)
    assert await fair.ticket_state(ticket_id) == TicketState.NO_SHOW
    await fair.join("c1", "b1")  # and may be begun again, at the end


async def test_people_who_are_away_keep_their_place_and_are_not_called(fair: LiveFair) -> None:
    away = await fair.join(await fair.candidate("c1", present=False), "b1")
    await fair.pass_time(1)
    (there,) = await stand(fair, "c2")
    await fair.open("b1-1")
    assert await fair.at_desk("b1-1") == there
    await fair.seen("c1")
    assert await fair.line_of("b1") == [away]
    await fair.desk("open_desk", "b1-2")
    assert await fair.at_desk("b1-2") == away


async def test_who_comes_back_is_called_at_once_and_at_the_old_place(fair: LiveFair) -> None:
    await fair.open("b1-1")
    ticket_id = await fair.join(await fair.candidate("c1", present=False), "b1")
    await fair.seen("c1")
    assert await fair.at_desk("b1-1") == ticket_id


async def test_silence_for_the_time_of_grace_is_being_away(fair: LiveFair) -> None:
    (ticket_id,) = await stand(fair, "c1")
    await fair.wait(40)
    await fair.seen("c1")
    await fair.wait(44)
    assert (await fair.fold()).candidates["c1"].present
    await fair.wait(1)
    assert not (await fair.fold()).candidates["c1"].present
    assert await fair.line_of("b1") == []
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING


async def test_a_dropped_line_in_an_interview_is_no_leaving(fair: LiveFair) -> None:
    (ticket_id,) = await stand(fair, "c1")
    await fair.open("b1-1")
    await fair.talk(ticket_id)
    await fair.wait(600)
    assert not (await fair.fold()).candidates["c1"].present
    assert await fair.ticket_state(ticket_id) == TicketState.INTERVIEWING


async def test_places_elsewhere_are_frozen_during_a_call_and_thaw_after_it(
    fair: LiveFair,
) -> None:
    (ticket_id,) = await stand(fair, "c1")
    frozen = await fair.join("c1", "b2")
    await fair.pass_time(1)
    (behind,) = await stand(fair, "c2", booth_id="b2")
    await fair.open("b1-1", "b2-1")
    assert await fair.at_desk("b2-1") == behind
    called = (await fair.events())[-1]
    assert isinstance(called, ev.TicketCalled)
    assert called.passed_over == 1
    assert await fair.line_of("b2") == [frozen]
    await fair.as_owner("leave", behind)
    assert await fair.at_desk("b2-1") is None
    await fair.as_owner("leave", ticket_id)
    assert await fair.at_desk("b2-1") == frozen


async def test_a_line_deeper_than_a_page_is_searched_to_its_end(fair: LiveFair) -> None:
    many = [f"b4-{number}" for number in range(40)]
    booth = BoothPlan(booth_id="b4", mode=BoothMode.ONLINE, minutes=5, desks=many)
    await fair.load(booths=[*BOOTHS, booth])
    await fair.open(*many)
    for number in range(40):  # all of them are at a desk of the big booth
        await fair.come(f"c{number}", "b4")
        await fair.join(f"c{number}", "b2")
    last = await fair.come("c99", "b2")
    await fair.desk("open_desk", "b2-1")
    assert await fair.at_desk("b2-1") == last


async def test_desks_are_served_in_the_order_of_their_being_ready(fair: LiveFair) -> None:
    await fair.open("b1-2")
    await fair.pass_time(1)
    await fair.desk("open_desk", "b1-1")
    first, second = await stand(fair, "c1", "c2")
    assert [await fair.at_desk("b1-2"), await fair.at_desk("b1-1")] == [first, second]
