"""A candidate's turn from joining to its outcome, command by command."""

from __future__ import annotations

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, DeskState, Outcome, TicketState
from fairserver.line.line import Actor
from fairserver.protocol import events as ev
from fairserver.protocol.errors import Code
from fairserver.protocol.events import BoothPlan
from tests.line import situations as s
from tests.line.live import BEGIN, BOOTHS, CANDIDATE_PEER, DESK_PEER, ORGANISER, LiveFair


async def test_a_loaded_fair_is_preparing_with_all_desks_closed(fair: LiveFair) -> None:
    (loaded,) = await fair.events()
    assert isinstance(loaded, ev.FairLoaded)
    assert loaded.booths == list(BOOTHS)
    assert loaded.settings == FairSettings()
    assert (loaded.seq, loaded.at, loaded.by) == (1, BEGIN, "system")
    assert await fair.desk_state("b1-1") == DeskState.CLOSED


async def test_loading_the_same_fair_again_changes_nothing(fair: LiveFair) -> None:
    before = await fair.dump()
    assert await fair.load() is False
    assert await fair.dump() == before


async def test_new_settings_and_booths_are_taken_over_and_the_lines_stay(fair: LiveFair) -> None:
    ticket_id = await fair.come("c1", "b1")
    more = BoothPlan(booth_id="b4", mode=BoothMode.ONLINE, minutes=5, desks=["b4-1"])
    assert await fair.load(FairSettings(join_limit=1), [*BOOTHS, more]) is True
    assert await fair.line_of("b1") == [ticket_id]
    assert await fair.desk_state("b4-1") == DeskState.CLOSED
    assert (await fair.fold()).settings.join_limit == 1


async def test_numbers_are_given_in_the_order_of_registration_and_once(fair: LiveFair) -> None:
    numbers = [await fair.line.register(fair.fair_id, name) for name in ("ca", "cb", "cc")]
    assert numbers == [1, 2, 3]
    seq = await fair.seq()
    assert await fair.line.register(fair.fair_id, "cb") == 2
    assert await fair.seq() == seq


async def test_joining_issues_a_ticket_and_changes_nothing_else_before_the_opening(
    fair: LiveFair,
) -> None:
    await fair.candidate("c1")
    await fair.desk("open_desk", "b1-1")
    seq = await fair.seq()
    ticket_id = await fair.join("c1", "b1")
    assert await fair.news(seq) == ["ticket_issued"]
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING


async def test_opening_the_fair_calls_everybody_who_can_be_called(fair: LiveFair) -> None:
    tickets = [await fair.come(f"c{n}", booth) for n, booth in enumerate(("b1", "b1", "b2"))]
    for desk_id in ("b1-1", "b1-2", "b2-1"):
        await fair.desk("open_desk", desk_id)
    await fair.open()
    assert [await fair.at_desk(d) for d in ("b1-1", "b1-2", "b2-1")] == tickets


async def test_a_desk_that_opens_calls_the_first_in_line_until_the_deadline(
    fair: LiveFair,
) -> None:
    ticket_id = await fair.come("c1", "b1")
    await fair.open()
    seq = await fair.seq()
    await fair.desk("open_desk", "b1-1")
    changed, called = await fair.events(seq)
    assert isinstance(changed, ev.DeskChanged)
    assert isinstance(called, ev.TicketCalled)
    assert (called.ticket_id, called.desk_id, called.passed_over) == (ticket_id, "b1-1", 0)
    assert called.deadline == fair.now + 60_000


async def test_a_hall_gives_two_minutes_to_reach_the_desk(fair: LiveFair) -> None:
    await fair.come("c1", "b3")
    await fair.open("b3-1")
    called = (await fair.events())[-1]
    assert isinstance(called, ev.TicketCalled)
    assert called.deadline == fair.now + 120_000


async def test_who_joins_where_a_desk_is_ready_is_called_at_once(fair: LiveFair) -> None:
    await fair.open("b1-1")
    seq = await fair.seq()
    await fair.come("c1", "b1")
    assert await fair.news(seq) == [
        "candidate_registered",
        "candidate_present",
        "ticket_issued",
        "ticket_called",
    ]


async def test_one_more_minute_moves_the_deadline(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    await fair.pass_time(50)
    answer = await fair.as_owner("more_time", ticket_id)
    assert answer.result["deadline"] == BEGIN + 120_000
    await fair.wait(65)
    assert await fair.ticket_state(ticket_id) == TicketState.CALLED
    await fair.wait(5)
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING


async def test_who_has_entered_the_room_misses_no_call_any_more(
    fair: LiveFair,
) -> None:
    ticket_id = await s.connecting(fair)
    await fair.wait(59)
    await fair.as_owner("enter_room", ticket_id, peer=CANDIDATE_PEER)
    await fair.wait(540)
    assert await fair.ticket_state(ticket_id) == TicketState.CONNECTING
    assert await fair.desk_state("b1-1") == DeskState.CONNECTING


async def test_who_accepts_and_never_enters_the_video_room_has_missed_the_call(
    fair: LiveFair,
) -> None:
    ticket_id = await s.connecting(fair)
    seq = await fair.seq()
    await fair.wait(59)
    assert await fair.ticket_state(ticket_id) == TicketState.CONNECTING
    await fair.as_booth("enter_room", ticket_id, peer=DESK_PEER)  # the desk alone is not enough
    await fair.wait(1)
    (missed,) = [e for e in await fair.events(seq) if isinstance(e, ev.TicketMissed)]
    assert (missed.ticket_id, missed.cause) == (ticket_id, "not_arrived")
    assert await fair.desk_state("b1-1") == DeskState.READY


async def test_on_the_way_through_the_hall_nobody_misses_a_deadline(fair: LiveFair) -> None:
    ticket_id = await fair.come("c1", "b3")
    await fair.open("b3-1")
    await fair.as_owner("accept", ticket_id)
    await fair.wait(599)
    assert await fair.ticket_state(ticket_id) == TicketState.CONNECTING


async def test_an_answer_at_the_last_millisecond_counts(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    await fair.pass_time(60)
    await fair.as_owner("accept", ticket_id)
    await fair.fire()
    assert await fair.ticket_state(ticket_id) == TicketState.CONNECTING


async def test_an_answer_to_an_earlier_call_accepts_no_later_one(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    first = (await fair.fold()).tickets[ticket_id].since
    await fair.miss(ticket_id)
    await fair.wait(30)
    late = {"ticket_id": ticket_id, "since": first}
    await fair.refused(Code.CALL_EXPIRED, "accept", Actor.candidate("c1"), **late)
    assert await fair.ticket_state(ticket_id) == TicketState.CALLED
    second = (await fair.fold()).tickets[ticket_id].since
    await fair.as_owner("accept", ticket_id, since=second)
    assert await fair.ticket_state(ticket_id) == TicketState.CONNECTING


async def test_an_interview_in_person_starts_after_the_answer(fair: LiveFair) -> None:
    ticket_id = await fair.come("c1", "b3")
    await fair.open("b3-1")
    await fair.as_owner("accept", ticket_id)
    seq = await fair.seq()
    await fair.as_booth("start", ticket_id)
    assert await fair.news(seq) == ["interview_started"]
    assert await fair.desk_state("b3-1") == DeskState.INTERVIEWING


async def test_a_person_who_simply_comes_to_the_desk_needs_no_phone(fair: LiveFair) -> None:
    ticket_id = await fair.come("c1", "b3")
    await fair.open("b3-1")
    seq = await fair.seq()
    await fair.as_booth("start", ticket_id)
    assert await fair.news(seq) == ["ticket_accepted", "interview_started"]
    await fair.wait(600)
    assert await fair.ticket_state(ticket_id) == TicketState.INTERVIEWING


async def test_finishing_frees_the_person_and_leaves_the_desk_in_wrap_up(fair: LiveFair) -> None:
    await fair.load(FairSettings(deck_per_desk=0))
    ticket_id = await s.interviewing(fair)
    second = await fair.come("c2", "b1")
    await fair.pass_time(300)
    answer = await fair.as_booth("finish", ticket_id, outcome=Outcome.HIRED)
    assert answer.result["talk_ms"] == 300_000
    assert await fair.ticket_state(ticket_id) == TicketState.DONE
    assert await fair.desk_state("b1-1") == DeskState.WRAP_UP
    assert await fair.ticket_state(second) == TicketState.WAITING
    await fair.desk("call_next", "b1-1")
    assert await fair.at_desk("b1-1") == second


async def test_an_interview_that_never_began_counts_for_nobody(fair: LiveFair) -> None:
    ticket_id = await s.connecting(fair)
    await fair.as_booth("finish", ticket_id, outcome=Outcome.PENDING)
    projection = await fair.fold()
    assert projection.candidates["c1"].had == 0
    assert projection.booths["b1"].interviewed == 0


async def test_an_outcome_is_recorded_and_corrected(fair: LiveFair) -> None:
    ticket_id = await s.done(fair)
    for outcome, reason in ((Outcome.NOT_SUITABLE, "wage"), (Outcome.HIRED, None)):
        await fair.as_booth("record_outcome", ticket_id, outcome=outcome, reason=reason)
        ticket = (await fair.fold()).tickets[ticket_id]
        assert (ticket.outcome, ticket.reason) == (outcome, reason)


async def test_who_leaves_while_called_gives_the_desk_to_the_next(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    second = await fair.come("c2", "b1")
    await fair.as_owner("leave", ticket_id)
    assert await fair.at_desk("b1-1") == second


async def test_after_a_turn_one_may_stand_there_again(fair: LiveFair) -> None:
    first = await s.left(fair)
    second = await fair.join("c1", "b1")
    assert second != first
    assert await fair.line_of("b1") == [second]


async def test_pausing_a_desk_lets_nobody_come_until_it_asks_for_the_next(fair: LiveFair) -> None:
    await fair.open("b1-1")
    await fair.desk("pause_desk", "b1-1")
    ticket_id = await fair.come("c1", "b1")
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING
    await fair.desk("call_next", "b1-1")
    assert await fair.at_desk("b1-1") == ticket_id


async def test_a_closing_fair_closes_the_lines_and_lets_people_at_desks_finish(
    fair: LiveFair,
) -> None:
    at_desk = await s.interviewing(fair)
    called = await fair.come("c2", "b2")
    await fair.desk("open_desk", "b2-1")
    waiting = await fair.join("c1", "b3")
    away = await fair.join(await fair.candidate("c3", present=False), "b1")
    answer = await fair.do("close_fair", ORGANISER)
    assert answer.result["closed"] == 2
    for ticket_id in (waiting, away):
        assert await fair.ticket_state(ticket_id) == TicketState.CLOSED
    await fair.as_owner("accept", called)
    await fair.as_booth("start", called)
    for ticket_id in (at_desk, called):
        await fair.as_booth("finish", ticket_id, outcome=Outcome.PENDING)
        assert await fair.ticket_state(ticket_id) == TicketState.DONE


async def test_a_call_missed_in_a_closed_fair_ends_the_turn(fair: LiveFair) -> None:
    ticket_id = await s.called_while_closing(fair)
    await fair.wait(60)
    assert await fair.ticket_state(ticket_id) == TicketState.CLOSED


async def test_every_event_says_who_did_it(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    await fair.as_owner("accept", ticket_id)
    by = {str(event.__struct_config__.tag): event.by for event in await fair.events()}
    assert by["ticket_accepted"] == "candidate:c1"
    assert by["fair_state_changed"] == "staff:s-organiser"
    assert by["desk_changed"] == "staff:s-b1"
    assert by["candidate_registered"] == "system"
