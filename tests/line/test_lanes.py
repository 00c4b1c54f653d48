"""Lanes, appointments, hand-over, recall, moves, and changes while the fair runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest
from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, DeskState, Lane, TicketState
from fairserver.line.line import Actor, Line
from fairserver.line.store import open_store
from fairserver.protocol import events as ev
from fairserver.protocol.errors import Code, Refused
from tests.conftest import TestValkey
from tests.line import situations as s
from tests.line.checker import Checker
from tests.line.live import ORGANISER, LiveFair, recruiter


async def change(fair: LiveFair, settings: FairSettings, ends_at: int | None = None) -> None:
    """Change the rules, and the end, while the fair runs."""
    raw = msgspec.json.encode(settings).decode()
    await fair.do("change_settings", ORGANISER, settings_json=raw, ends_at=ends_at)


async def promise(fair: LiveFair, candidate_id: str, booth_id: str, in_s: float) -> str:
    """Make an appointment; gives its id."""
    answer = await fair.do(
        "make_appointment",
        recruiter(booth_id),
        candidate_id=candidate_id,
        booth_id=booth_id,
        due_at=fair.now + int(in_s * 1000),
    )
    return str(answer.result["appointment_id"])


async def in_every_lane(fair: LiveFair) -> dict[Lane, str]:
    """Bring a person into each lane of b2, the ordinary one first."""
    await fair.load(FairSettings(deck_per_desk=0, presence_s=3600))
    tickets = {Lane.ORDINARY: await fair.come("c4", "b2")}
    left = await fair.come("c3", "b2")
    await fair.as_owner("leave", left)
    answer = await fair.do("recall", ORGANISER, ticket_id=left)
    tickets[Lane.RECALL] = answer.result["ticket_id"]
    await fair.candidate("c2")
    await promise(fair, "c2", "b2", 0)
    await fair.fire()
    (due,) = [e for e in await fair.events() if isinstance(e, ev.AppointmentDue)]
    tickets[Lane.APPOINTMENT] = due.ticket_id
    interviewed = await s.hand_over_offered(fair)
    answer = await fair.as_owner("answer_hand_over", interviewed, agree=True)
    tickets[Lane.HAND_OVER] = answer.result["to_ticket_id"]
    return tickets


async def test_lanes_are_called_in_their_order_however_late_their_people_came(
    fair: LiveFair,
) -> None:
    tickets = await in_every_lane(fair)
    assert await fair.line_of("b2") == [tickets[lane] for lane in Lane]
    projection = await fair.fold()
    assert {t: projection.tickets[t].lane for t in tickets.values()} == {
        ticket_id: lane for lane, ticket_id in tickets.items()
    }
    await fair.desk("open_desk", "b2-1")
    assert await fair.at_desk("b2-1") == tickets[Lane.HAND_OVER]
    projection = await fair.fold()
    assert projection.overtakes == {"hand_over": 3}


async def test_a_hand_over_happens_only_with_consent(fair: LiveFair) -> None:
    ticket_id = await s.hand_over_offered(fair)
    assert await fair.ticket_state(ticket_id) == TicketState.INTERVIEWING
    seq = await fair.seq()
    await fair.as_owner("answer_hand_over", ticket_id, agree=False)
    assert await fair.news(seq) == ["hand_over_declined"]
    await fair.refused(
        Code.TICKET_WRONG_STATE, "answer_hand_over",
        Actor.candidate("c1"), ticket_id=ticket_id, agree=True,
    )  # fmt: skip
    assert await fair.ticket_state(ticket_id) == TicketState.INTERVIEWING


async def test_an_agreed_hand_over_ends_the_interview_and_frees_the_desk(fair: LiveFair) -> None:
    ticket_id = await s.hand_over_offered(fair)
    await fair.pass_time(120)
    seq = await fair.seq()
    answer = await fair.as_owner("answer_hand_over", ticket_id, agree=True)
    handed_over, issued = (await fair.events(seq))[:2]
    assert isinstance(handed_over, ev.TicketHandedOver)
    assert (handed_over.to_booth_id, handed_over.talk_ms) == ("b2", 120_000)
    assert isinstance(issued, ev.TicketIssued)
    assert (issued.ticket_id, issued.lane) == (answer.result["to_ticket_id"], Lane.HAND_OVER)
    assert await fair.desk_state("b1-1") == DeskState.WRAP_UP
    assert (await fair.fold()).candidates["c1"].had == 1


async def test_a_hand_over_to_a_colleague_of_the_same_booth_comes_next_there(
    fair: LiveFair,
) -> None:
    ticket_id = await s.interviewing(fair)
    await fair.come("c2", "b1")
    await fair.as_booth("offer_hand_over", ticket_id, to_booth_id="b1")
    answer = await fair.as_owner("answer_hand_over", ticket_id, agree=True)
    again = answer.result["to_ticket_id"]
    assert await fair.ticket_state(again) == TicketState.ON_DECK
    await fair.desk("open_desk", "b1-2")
    assert await fair.at_desk("b1-2") == again


async def test_a_place_held_already_moves_into_the_lane_instead_of_a_second_one(
    fair: LiveFair,
) -> None:
    await fair.come("c2", "b2")
    await fair.candidate("c1")
    held = await fair.join("c1", "b2")
    ticket_id = await s.hand_over_offered(fair)
    answer = await fair.as_owner("answer_hand_over", ticket_id, agree=True)
    assert answer.result["to_ticket_id"] == held
    assert (await fair.line_of("b2"))[0] == held
    assert (await fair.fold()).tickets[held].lane is Lane.HAND_OVER


async def test_an_appointment_does_not_put_back_who_stands_in_an_earlier_lane(
    fair: LiveFair,
) -> None:
    answer = await fair.as_owner("answer_hand_over", await s.hand_over_offered(fair), agree=True)
    await promise(fair, "c1", "b2", 0)
    await fair.fire()
    assert (await fair.fold()).tickets[answer.result["to_ticket_id"]].lane is Lane.HAND_OVER


async def test_an_appointment_falls_due_once_at_its_time(fair: LiveFair) -> None:
    await fair.load(FairSettings(presence_s=3600))
    await fair.candidate("c1")
    appointment_id = await promise(fair, "c1", "b1", 600)
    await fair.wait(599.999)
    assert (await fair.news(0)).count("appointment_due") == 0
    await fair.wait(0.001)
    await fair.wait(3600)
    await fair.seen("c1")
    due = [e for e in await fair.events() if isinstance(e, ev.AppointmentDue)]
    assert [e.appointment_id for e in due] == [appointment_id]
    assert await fair.line_of("b1") == [due[0].ticket_id]


async def test_an_appointment_falls_due_once_also_over_a_restart_of_the_store(
    valkey_durable: Callable[..., TestValkey], fair_id: str
) -> None:
    server = valkey_durable()
    async with fair_on(server, fair_id) as fair:
        await fair.candidate("c1")
        await promise(fair, "c1", "b1", 60)
        await promise(fair, "c1", "b2", 600)
        await fair.wait(60)
    for _ in range(2):
        server.kill()
        server.start()
        async with fair_on(server, fair_id) as fair:
            await fair.set_clock(fair.now + 660_000)
            assert [await fair.line.fire_due(fair_id) for _ in range(2)]
            due = [e for e in await fair.events() if isinstance(e, ev.AppointmentDue)]
            assert [e.appointment_id for e in due] == ["a1", "a2"]
            await Checker(fair).check()


@asynccontextmanager
async def fair_on(server: TestValkey, fair_id: str) -> AsyncIterator[LiveFair]:
    """A fair on a store that may be killed afterwards."""
    store: Redis = open_store(server.address)
    fair = LiveFair(store, fair_id)
    await Line(store).load()
    await fair.load(FairSettings(presence_s=3600))
    yield fair
    await store.aclose()


async def test_not_now_may_be_said_twice_and_each_time_moves_back(fair: LiveFair) -> None:
    tickets = [await fair.come(f"c{n}", "b1") for n in range(1, 9)]
    for left, place in ((1, 3), (0, 6)):
        answer = await fair.as_owner("not_now", tickets[0])
        assert answer.result["left"] == left
        assert (await fair.line_of("b1")).index(tickets[0]) == place
    with pytest.raises(Refused) as caught:
        await fair.as_owner("not_now", tickets[0])
    assert (caught.value.code, caught.value.detail) == (Code.NOT_NOW_LIMIT, {"limit": 2})


async def test_after_not_now_a_call_goes_to_the_next_and_comes_back_after_the_rest(
    fair: LiveFair,
) -> None:
    ticket_id = await s.called(fair)
    await fair.as_owner("not_now", ticket_id)
    assert await fair.at_desk("b1-1") is None
    await fair.wait(30)
    assert await fair.at_desk("b1-1") == ticket_id
    assert (await fair.fold()).tickets[ticket_id].misses == 0


async def test_a_recalled_person_comes_before_everybody_ordinary(fair: LiveFair) -> None:
    missed = await s.no_show(fair)
    await fair.desk("pause_desk", "b1-1")
    waiting = await fair.come("c2", "b1")
    answer = await fair.do("recall", recruiter("b1"), ticket_id=missed)
    assert await fair.line_of("b1") == [answer.result["ticket_id"], waiting]
    assert await fair.ticket_state(missed) == TicketState.NO_SHOW


async def test_a_moved_ticket_stands_just_before_the_other_and_stays_there(
    fair: LiveFair,
) -> None:
    first, second, third = [await fair.come(f"c{n}", "b1") for n in (1, 2, 3)]
    await fair.do("move_ticket", ORGANISER, ticket_id=third, before_ticket_id=second)
    assert await fair.line_of("b1") == [first, third, second]
    await fair.do("move_ticket", ORGANISER, ticket_id=second, before_ticket_id=first)
    assert await fair.line_of("b1") == [second, first, third]


async def test_a_ticket_moved_before_a_recalled_one_keeps_its_place_after_an_interview_elsewhere(
    fair: LiveFair,
) -> None:
    await fair.load(FairSettings(none_yet_first_min=30))
    left = await fair.come("c3", "b2")
    await fair.as_owner("leave", left)
    recalled = (await fair.do("recall", ORGANISER, ticket_id=left)).result["ticket_id"]
    await fair.candidate("c1")
    held = await fair.join("c1", "b2")
    await fair.do("move_ticket", ORGANISER, ticket_id=held, before_ticket_id=recalled)
    assert await fair.line_of("b2") == [held, recalled]
    await fair.open("b1-1")
    await fair.interview(await fair.join("c1", "b1"), minutes=1)
    assert await fair.line_of("b2") == [recalled, held]  # half an hour back, not out of the day


async def test_who_was_passed_by_a_moved_ticket_is_told_so(fair: LiveFair) -> None:
    first, second = [await fair.come(f"c{n}", "b1") for n in (1, 2)]
    await fair.do("move_ticket", ORGANISER, ticket_id=second, before_ticket_id=first)
    await fair.open("b1-1")
    projection = await fair.fold()
    assert projection.tickets[first].overtaken == {"moved_by_organiser": 1}


async def test_changed_rules_hold_from_the_next_command_on(fair: LiveFair) -> None:
    await fair.open("b1-1")
    await change(fair, FairSettings(accept_online_s=90, join_limit=1, presence_s=3600))
    await fair.come("c1", "b1")
    called = (await fair.events())[-1]
    assert isinstance(called, ev.TicketCalled)
    assert called.deadline == fair.now + 90_000
    with pytest.raises(Refused, match="join_limit"):
        await fair.join("c1", "b2")
    assert (await fair.fold()).settings.accept_online_s == 90


async def test_a_running_deadline_stays_when_the_rules_change(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    await change(fair, FairSettings(accept_online_s=600, presence_s=3600))
    await fair.wait(60)
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING


async def test_a_larger_deck_is_filled_at_once(fair: LiveFair) -> None:
    await s.on_deck(fair)
    more = await fair.come("c2", "b1")
    assert await fair.ticket_state(more) == TicketState.WAITING
    await change(fair, FairSettings(deck_per_desk=2))
    assert await fair.ticket_state(more) == TicketState.ON_DECK


async def test_turning_the_knob_puts_everybody_at_the_place_of_the_new_order(
    fair: LiveFair,
) -> None:
    await fair.load(FairSettings(deck_per_desk=0))
    await fair.candidate("c1")
    first, held = await fair.join("c1", "b1"), await fair.join("c1", "b2")
    other = await fair.come("c2", "b2")
    await fair.open("b1-1")
    await fair.interview(first, minutes=1)
    assert await fair.line_of("b2") == [other, held]
    await change(fair, FairSettings(deck_per_desk=0, none_yet_first_min=0))
    assert await fair.line_of("b2") == [held, other]
    await change(fair, FairSettings(deck_per_desk=0))
    assert await fair.line_of("b2") == [other, held]


async def test_a_booth_that_cannot_serve_a_newcomer_before_the_end_says_so_early(
    fair: LiveFair,
) -> None:
    await fair.open("b1-1")
    at_desk = await fair.come("c9", "b1")
    await fair.talk(at_desk)
    await change(fair, FairSettings(), ends_at=fair.now + 12 * 60_000)
    await fair.candidate("c1")
    joined = await fair.join("c1", "b1")  # 11 minutes for one person: there is time
    await fair.pass_time(61)
    with pytest.raises(Refused) as caught:
        await fair.come("c2", "b1")
    assert caught.value.code == Code.NO_TIME_LEFT
    detail = caught.value.detail
    assert (detail["booth_id"], detail["ahead"], detail["left_min"]) == ("b1", 1, 10)
    assert detail["needed_min"] > detail["left_min"]
    assert await fair.ticket_state(joined) == TicketState.WAITING
    await fair.desk("open_desk", "b1-2")  # another desk: there is time again
    await fair.join("c2", "b1")


async def test_a_booth_without_anybody_at_its_desks_refuses_nobody_early(fair: LiveFair) -> None:
    await change(fair, FairSettings(), ends_at=fair.now + 60_000)
    await fair.come("c1", "b1")


async def test_a_booth_gets_another_desk_mode_and_pace_while_the_fair_runs(
    fair: LiveFair,
) -> None:
    ticket_id = await s.called(fair)
    waiting = await fair.come("c2", "b1")
    await fair.do(
        "change_booth", ORGANISER, booth_id="b1", add_desk_id="b1-3", minutes=5, mode="onsite",
        site_id="s2",
    )  # fmt: skip
    await fair.desk("open_desk", "b1-3")
    assert [await fair.at_desk("b1-1"), await fair.at_desk("b1-3")] == [ticket_id, waiting]
    called = (await fair.events())[-1]
    assert isinstance(called, ev.TicketCalled)
    assert called.deadline == fair.now + 120_000  # the time of the hall
    booth = (await fair.fold()).booths["b1"]
    assert (booth.mode, booth.minutes, booth.site_id) == (BoothMode.ONSITE, 5, "s2")
