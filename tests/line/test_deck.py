"""On deck: who is called ahead, when, and what becomes of them."""

from __future__ import annotations

import msgspec

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import DeskState, TicketState
from fairserver.protocol import events as ev
from tests.line import situations as s
from tests.line.live import ORGANISER, LiveFair, recruiter


async def deck_of(fair: LiveFair, booth_id: str = "b1") -> list[str]:
    """The tickets on deck, in the order of the line."""
    tickets = (await fair.fold()).tickets.values()
    on_deck = [t for t in tickets if t.booth_id == booth_id and t.state is TicketState.ON_DECK]
    return [t.ticket_id for t in sorted(on_deck, key=lambda t: t.order)]


async def change(fair: LiveFair, settings: FairSettings) -> None:
    """Change the rules while the fair runs."""
    raw = msgspec.json.encode(settings).decode()
    await fair.do("change_settings", ORGANISER, settings_json=raw)


async def busy_desk(fair: LiveFair) -> str:
    """Desk b1-1 has just begun an interview with c9; gives the ticket."""
    await fair.open("b1-1")
    ticket_id = await fair.come("c9", "b1")
    await fair.talk(ticket_id)
    return ticket_id


async def test_nobody_is_on_deck_while_the_interview_is_young(fair: LiveFair) -> None:
    await busy_desk(fair)
    waiting = await fair.come("c1", "b1")
    assert await fair.ticket_state(waiting) == TicketState.WAITING


async def test_an_interview_that_has_run_to_the_booths_moment_brings_the_next_on_deck(
    fair: LiveFair,
) -> None:
    await busy_desk(fair)
    await fair.load(FairSettings(presence_s=3600))
    waiting = await fair.come("c1", "b1")
    # 57 % of ten minutes, less 1.4 times the twenty seconds that people first take to be ready.
    await fair.wait(313)
    assert await deck_of(fair) == []
    await fair.wait(1)
    assert await deck_of(fair) == [waiting]


async def test_a_desk_in_wrap_up_brings_the_next_on_deck_at_once(fair: LiveFair) -> None:
    at_desk = await busy_desk(fair)
    waiting = await fair.come("c1", "b1")
    seq = await fair.seq()
    await fair.as_booth("finish", at_desk, outcome="pending")
    (event,) = [e for e in await fair.events(seq) if isinstance(e, ev.TicketOnDeck)]
    assert (event.ticket_id, event.deadline) == (waiting, fair.now + 60_000)


async def test_a_ready_person_is_seated_in_the_step_that_frees_the_desk(fair: LiveFair) -> None:
    ticket_id = await s.on_deck_ready(fair)
    seq = await fair.seq()
    await fair.desk("call_next", "b1-1")
    assert await fair.news(seq) == ["desk_changed", "ticket_called", "ticket_accepted"]
    assert await fair.at_desk("b1-1") == ticket_id
    assert await fair.desk_state("b1-1") == DeskState.CONNECTING


async def test_who_is_not_ready_yet_is_called_and_has_the_usual_time(fair: LiveFair) -> None:
    ticket_id = await s.on_deck(fair)
    await fair.desk("call_next", "b1-1")
    assert await fair.ticket_state(ticket_id) == TicketState.CALLED
    await fair.as_owner("accept", ticket_id)
    assert await fair.ticket_state(ticket_id) == TicketState.CONNECTING


async def test_the_first_who_is_ready_goes_before_an_earlier_one_who_is_not(
    fair: LiveFair,
) -> None:
    await change(fair, FairSettings(deck_per_desk=2))
    await s.on_deck(fair)
    later = await fair.come("c2", "b1")
    assert await deck_of(fair) == ["t1", later]
    await fair.as_owner("ready", later)
    await fair.desk("call_next", "b1-1")
    assert await fair.at_desk("b1-1") == later


async def test_saying_ready_twice_is_said_once(fair: LiveFair) -> None:
    ticket_id = await s.on_deck_ready(fair)
    seq = await fair.seq()
    await fair.as_owner("ready", ticket_id)
    assert await fair.seq() == seq


async def test_an_unanswered_heads_up_is_a_miss(fair: LiveFair) -> None:
    ticket_id = await s.on_deck(fair)
    await fair.wait(40)
    await fair.seen("c1")
    seq = await fair.seq()
    await fair.wait(20)
    (missed,) = [e for e in await fair.events(seq) if isinstance(e, ev.TicketMissed)]
    assert (missed.ticket_id, missed.misses, missed.cause) == (ticket_id, 1, "heads_up")


async def test_who_has_said_ready_waits_on_deck_without_a_deadline(fair: LiveFair) -> None:
    ticket_id = await s.on_deck_ready(fair)
    for _ in range(20):
        await fair.seen("c1")
        await fair.wait(40)
    assert await deck_of(fair) == [ticket_id]


async def test_who_goes_away_is_stood_down_and_keeps_the_place(fair: LiveFair) -> None:
    ticket_id = await s.on_deck_ready(fair)
    await fair.wait(30)
    instead = await fair.come("c2", "b1")
    seq = await fair.seq()
    await fair.wait(15)
    (event,) = [e for e in await fair.events(seq) if isinstance(e, ev.TicketStoodDown)]
    assert (event.ticket_id, event.cause) == (ticket_id, "away")
    assert await deck_of(fair) == [instead]
    await fair.seen("c1")
    assert await fair.line_of("b1") == [ticket_id]
    assert (await fair.fold()).tickets[ticket_id].misses == 0


async def test_a_desk_that_closes_sends_the_deck_back_to_the_line(fair: LiveFair) -> None:
    for name in ("close_desk", "pause_desk"):
        at = LiveFair(fair.store, f"{fair.fair_id}-{name.replace('_', '-')}")
        await at.load()
        ticket_id = await s.on_deck(at)
        seq = await at.seq()
        await at.desk(name, "b1-1")
        (event,) = [e for e in await at.events(seq) if isinstance(e, ev.TicketStoodDown)]
        assert (event.ticket_id, event.cause) == (ticket_id, "desk_gone")
        assert await at.line_of("b1") == [ticket_id]


async def test_of_two_on_deck_the_later_one_goes_back_when_a_desk_closes(fair: LiveFair) -> None:
    await fair.load(FairSettings(deck_per_desk=2, presence_s=3600))
    first = await s.on_deck(fair)
    later = await fair.come("c2", "b1")
    await change(fair, FairSettings(deck_per_desk=1, presence_s=3600))
    assert await deck_of(fair) == [first, later]  # nobody is sent back by a change of the rules
    await fair.desk("pause_desk", "b1-1")
    assert await deck_of(fair) == []


async def test_nobody_on_deck_is_called_elsewhere_until_stood_down(fair: LiveFair) -> None:
    await s.on_deck(fair)
    elsewhere = await fair.join("c1", "b2")
    await fair.desk("open_desk", "b2-1")
    assert await fair.ticket_state(elsewhere) == TicketState.WAITING
    await fair.desk("close_desk", "b1-1")
    assert await fair.at_desk("b2-1") == elsewhere


async def test_leaving_from_the_deck_makes_room_for_the_next(fair: LiveFair) -> None:
    ticket_id = await s.on_deck(fair)
    behind = await fair.come("c2", "b1")
    await fair.as_owner("leave", ticket_id)
    assert await deck_of(fair) == [behind]


async def test_not_now_from_the_deck_makes_room_for_the_next(fair: LiveFair) -> None:
    ticket_id = await s.on_deck(fair)
    behind = await fair.come("c2", "b1")
    answer = await fair.as_owner("not_now", ticket_id)
    assert answer.result["left"] == 1
    assert await deck_of(fair) == [behind]
    assert await fair.line_of("b1") == [ticket_id]


async def test_without_a_deck_nobody_is_called_ahead(fair: LiveFair) -> None:
    await fair.load(FairSettings(deck_per_desk=0, presence_s=3600))
    at_desk = await busy_desk(fair)
    waiting = await fair.come("c1", "b1")
    await fair.wait(3000)
    await fair.as_booth("finish", at_desk, outcome="pending")
    assert await fair.ticket_state(waiting) == TicketState.WAITING


async def test_the_booth_learns_how_long_people_take_to_be_ready(fair: LiveFair) -> None:
    ticket_id = await s.on_deck(fair)
    await fair.pass_time(40)
    await fair.as_owner("ready", ticket_id)
    # A fifth of the way from the first guess (20 s) to the 40 s that it took.
    assert (await fair.record("booth", "b1"))["readying_ms"] == "24000"


async def test_after_the_answer_to_a_pause_of_the_booth_nobody_is_called_nor_told_to_get_ready(
    fair: LiveFair,
) -> None:
    await fair.load(FairSettings(presence_s=3600))
    at_desk = await busy_desk(fair)
    await fair.do("pause_booth", recruiter("b1"), booth_id="b1")
    seq = await fair.seq()
    waiting = await fair.come("c1", "b1")
    await fair.wait(600)
    await fair.as_booth("finish", at_desk, outcome="pending")
    await fair.desk("call_next", "b1-1")
    after = await fair.events(seq)
    assert not any(isinstance(e, ev.TicketCalled | ev.TicketOnDeck) for e in after)
    await fair.do("resume_booth", recruiter("b1"), booth_id="b1")
    assert await fair.at_desk("b1-1") == waiting


async def test_pausing_or_resuming_twice_is_done_once(fair: LiveFair) -> None:
    for name in ("pause_booth", "resume_booth"):
        await fair.do(name, recruiter("b1"), booth_id="b1")
        seq = await fair.seq()
        await fair.do(name, recruiter("b1"), booth_id="b1")
        assert await fair.seq() == seq


async def test_in_a_paused_fair_a_ready_person_waits_and_is_seated_at_its_reopening(
    fair: LiveFair,
) -> None:
    ticket_id = await s.on_deck_ready(fair)
    await fair.do("pause_fair", ORGANISER)
    await fair.desk("call_next", "b1-1")
    assert await deck_of(fair) == [ticket_id]
    await fair.do("open_fair", ORGANISER)
    assert await fair.ticket_state(ticket_id) == TicketState.CONNECTING


async def test_a_closing_fair_closes_the_deck(fair: LiveFair) -> None:
    ticket_id = await s.on_deck(fair)
    await fair.do("close_fair", ORGANISER)
    assert await fair.ticket_state(ticket_id) == TicketState.CLOSED
