"""Who may be nobody stands back: what people cost who are not there, and whom it spares."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import DeskState, TicketState
from fairserver.events.hindrances import hindrance
from fairserver.protocol import events as ev
from tests.line.checker import Checker
from tests.line.live import CANDIDATE_PEER, LiveFair
from tests.line.nobodies import Hall, Trick
from tests.line.test_properties import planted

#: The line as it was: everybody counts as met.
BEFORE = planted("return found[1] == '1' or (tonumber(found[2]) or 0) > 0", "return true")

_SEEN = FairSettings(presence_s=3600)


async def calls_pass(fair: LiveFair, *, at: str = "b1", times: int = 1) -> str:
    """Let c1 take a turn at a booth, and calls pass; the desk is paused then."""
    ticket_id = await fair.join("c1", at)
    await fair.desk("open_desk", f"{at}-1")
    await fair.wait(61 if times == 1 else 155)
    await fair.desk("pause_desk", f"{at}-1")
    return ticket_id


async def standing_back(fair: LiveFair, *others: str) -> tuple[str, list[str]]:
    """Bring c1 to stand back; gives c1's ticket at b3, and those that came there later."""
    await fair.load(_SEEN)
    await fair.open()
    mine = await fair.come("c1", "b3")
    behind = [await fair.come(name, "b3") for name in others]
    await calls_pass(fair, times=2)
    return mine, behind


async def reordered(fair: LiveFair, seq: int) -> list[tuple[str, str]]:
    news = await fair.events(seq)
    return [(e.ticket_id, e.cause) for e in news if isinstance(e, ev.TicketReordered)]


async def test_one_call_that_passes_costs_places_and_nothing_else(fair: LiveFair) -> None:
    await fair.load(_SEEN)
    await fair.open()
    mine = await fair.come("c1", "b3")
    other = await fair.come("c2", "b3")
    seq = await fair.seq()
    turn = await calls_pass(fair)
    assert "candidate_stood_back" not in await fair.news(seq)
    assert await fair.line_of("b3") == [mine, other]
    await fair.come("c3", "b1")
    await fair.desk("open_desk", "b1-1")
    await fair.desk("open_desk", "b1-2")
    await fair.come("c4", "b1")
    await fair.wait(31)
    deadline = (await fair.record("ticket", turn)).get("deadline")
    assert deadline is None or int(deadline) >= fair.now + 29_000


async def test_the_second_one_puts_a_person_behind_all_others_everywhere(fair: LiveFair) -> None:
    seq = await fair.seq()
    mine, others = await standing_back(fair, "c2", "c3")
    assert await fair.line_of("b3") == [*others, mine]
    assert await reordered(fair, seq) == [(mine, "stood_back")]
    newcomer = await fair.come("c4", "b3")
    again = await fair.come("c5", "b1")
    assert await fair.line_of("b3") == [*others, newcomer, mine]
    turn = await fair.join("c1", "b1")
    later = await fair.come("c6", "b1")
    assert await fair.line_of("b1") == [again, later, turn]
    await fair.desk("open_desk", "b3-1")
    projection = await fair.fold()
    assert projection.candidates["c1"].stands_back
    assert projection.tickets[mine].overtaken == {"stood_back": 1}
    assert hindrance(projection, projection.tickets[mine], fair.now).reason == "stood_back"
    await Checker(fair).check()


async def test_who_says_not_now_among_those_who_stand_back_passes_none_of_the_others(
    fair: LiveFair,
) -> None:
    mine, others = await standing_back(fair, "c2", "c3")
    await fair.as_owner("not_now", mine)
    assert await fair.line_of("b3") == [*others, mine]
    await fair.as_owner("not_now", others[1])
    assert await fair.line_of("b3") == [*others, mine]


async def test_an_interview_makes_it_all_forgotten(fair: LiveFair) -> None:
    mine, others = await standing_back(fair, "c2", "c3")
    turn = await fair.join("c1", "b2")
    await fair.desk("open_desk", "b2-1")
    seq = await fair.seq()
    await fair.talk(turn)
    assert await fair.line_of("b3") == [mine, *others]
    assert await reordered(fair, seq) == [(mine, "met")]
    assert not (await fair.fold()).candidates["c1"].stands_back
    await Checker(fair).check()
    # Once met, a person is: calls that pass later cost what they cost everybody.
    await fair.as_booth("finish", turn, outcome="pending")
    seq = await fair.seq()
    await calls_pass(fair, times=2)
    assert "candidate_stood_back" not in await fair.news(seq)


@pytest.mark.parametrize("others_wait", [False, True])
async def test_a_desk_waits_less_long_for_who_stands_back_while_others_wait(
    fair: LiveFair, others_wait: bool
) -> None:
    await standing_back(fair)
    turn = await fair.join("c1", "b1")
    if others_wait:  # who is at another desk now
        await fair.come("c2", "b1")
        await fair.join("c2", "b2")
        await fair.desk("open_desk", "b2-1")
    await fair.desk("open_desk", "b1-1")
    assert await fair.at_desk("b1-1") == turn
    ms = int((await fair.record("ticket", turn))["deadline"]) - fair.now
    assert ms == (30_000 if others_wait else 60_000)
    answer = await fair.as_owner("more_time", turn)
    assert answer.result["deadline"] - fair.now == 2 * ms
    await fair.as_owner("accept", turn)
    await fair.wait(ms / 1000 - 1)
    assert await fair.ticket_state(turn) is TicketState.CONNECTING
    await fair.wait(2)
    assert await fair.ticket_state(turn) is TicketState.WAITING


@pytest.mark.parametrize("others_wait", [False, True])
async def test_who_comes_in_and_never_connects_holds_a_desk_for_two_minutes_while_others_wait(
    fair: LiveFair, others_wait: bool
) -> None:
    await fair.load(_SEEN)
    turn = await fair.come("c1", "b1")
    other = await fair.come("c2", "b1") if others_wait else None
    await fair.open("b1-1")
    await fair.as_owner("accept", turn)
    await fair.enter(turn)
    seq = await fair.seq()
    await fair.wait(121)
    if not others_wait:
        assert await fair.ticket_state(turn) is TicketState.CONNECTING
        return
    assert (await fair.at_desk("b1-1"), await fair.line_of("b1")) == (other, [turn])
    (missed,) = [e for e in await fair.events(seq) if isinstance(e, ev.TicketMissed)]
    assert (missed.cause, missed.misses) == ("not_connected", 0)


async def test_while_the_desk_is_not_in_the_room_nothing_passes_by_the_person(
    fair: LiveFair,
) -> None:
    await fair.load(_SEEN)
    turn = await fair.come("c1", "b1")
    await fair.come("c2", "b1")
    await fair.open("b1-1")
    await fair.as_owner("accept", turn)
    await fair.as_owner("enter_room", turn, peer=CANDIDATE_PEER)
    await fair.wait(500)
    assert await fair.ticket_state(turn) is TicketState.CONNECTING
    await fair.as_booth("mark_missed", turn)
    assert "passed" not in await fair.record("candidate", "c1")


async def test_a_booth_alone_sets_no_hall_back_by_its_word(fair: LiveFair) -> None:
    await fair.load(_SEEN)
    for number in range(20):
        await fair.come(f"c{number}", "b1")
    await fair.open("b1-1")
    seq = await fair.seq()
    for _ in range(16):
        await fair.pass_time(31)
        await fair.as_booth("mark_missed", str(await fair.at_desk("b1-1")))
    stood = [e for e in await fair.events(seq) if isinstance(e, ev.CandidateStoodBack)]
    missed = [e.ticket_id for e in await fair.events(seq) if isinstance(e, ev.TicketMissed)]
    twice = len(set(await no_shows(fair, seq)))
    assert len(stood) == twice
    assert len(missed) + twice == 16
    assert await fair.desk_state("b1-1") is DeskState.CALLING


async def no_shows(fair: LiveFair, seq: int) -> list[str]:
    return [e.ticket_id for e in await fair.events(seq) if isinstance(e, ev.TicketNoShow)]


# --- what it costs --------------------------------------------------------------------------------


async def play(
    fair: LiveFair, trick: Trick | None, size: tuple[int, int, int]
) -> tuple[Hall, Hall]:
    """Play one morning with the line as it was and one with the line as it is."""
    halls = []
    for is_before in (True, False):
        one = LiveFair(fair.store, f"{fair.fair_id}-{is_before}")
        if is_before:
            one.line._library = BEFORE
        hall = Hall(one, trick)
        await hall.play(*size)
        halls.append(hall)
    return halls[0], halls[1]


def told(before: Hall, after: Hall, what: str) -> str:
    """Say what nobodies cost before and after, and how many people were met."""
    return (
        f"{what}: {before.held_min():.0f} desk-minutes before and {after.held_min():.0f} now, "
        f"{len(before.met)} and {len(after.met)} people met, the last after "
        f"{before.lasted_min:.0f} and {after.lasted_min:.0f} min"
    )


@pytest.mark.parametrize("trick", Trick)
async def test_nobodies_cost_at_most_half_of_what_they_did(
    fair: LiveFair, trick: Trick, report: Callable[[str], None]
) -> None:
    before, after = await play(fair, trick, (12, 40, 2))
    report(told(before, after, f"40 nobodies before 12 people at 2 desks, {trick}"))
    assert after.held_min() <= before.held_min() / 2
    assert len(after.met) >= len(before.met)


@pytest.mark.soak
@pytest.mark.parametrize("trick", Trick)
async def test_so_do_a_hundred_and_twenty(
    fair: LiveFair, trick: Trick, report: Callable[[str], None]
) -> None:
    before, after = await play(fair, trick, (60, 120, 4))
    report(told(before, after, f"120 nobodies before 60 people at 4 desks, {trick}"))
    # Before, a morning was over before all were met, or anybody: so it is counted by person met.
    assert after.held_min() / len(after.met) <= before.held_min() / max(1, len(before.met)) / 2
    assert len(after.met) >= len(before.met)


async def test_a_hall_in_which_calls_are_missed_is_as_fast_as_before(
    fair: LiveFair, report: Callable[[str], None]
) -> None:
    before, after = await play(fair, None, (40, 0, 4))
    report(told(before, after, "40 people who miss 15 of 100 calls"))
    assert len(after.met) == 40
    assert after.lasted_min <= before.lasted_min + 1
    assert len(after.stood_back) <= 2
