"""The plan and the day: a plan loaded again takes nothing back that was changed on the day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec
import pytest
from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, DeskState, FairState, RecordingState, TicketState
from fairserver.line.keys import meta_key, prefix
from fairserver.line.line import Line
from fairserver.protocol import events as ev
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.events import BoothPlan
from tests.line import situations as s
from tests.line.live import BEGIN, BOOTHS, ORGANISER, LiveFair, recruiter
from tests.line.situations import MakeTicket

HOUR = 3_600_000
#: When the tests' fair is planned to end, and when its day is over.
ENDS, OVER = BEGIN + 4 * HOUR, BEGIN + 16 * HOUR

_B1, _B2, _B3 = BOOTHS


def _with(booth: BoothPlan, **changes: object) -> BoothPlan:
    return msgspec.structs.replace(booth, **changes)


async def _load(
    fair: LiveFair,
    booths: Sequence[BoothPlan] = BOOTHS,
    *,
    ends_at: int = ENDS,
    **rules: int | bool,
) -> bool:
    """Load a plan with these rules and this end."""
    settings = FairSettings(**rules)  # type: ignore[arg-type]
    return await fair.line.load_fair(fair.fair_id, settings, booths, ends_at=ends_at, day_over=OVER)


async def _change(fair: LiveFair, ends_at: int | None = None, **rules: int | bool) -> None:
    """Let the organiser change the rules: the page sends all of them, as they hold."""
    held = (await fair.fold()).settings
    said = msgspec.json.encode(msgspec.structs.replace(held, **rules)).decode()
    await fair.do("change_settings", ORGANISER, settings_json=said, ends_at=ends_at)


# --- what was changed on the day ------------------------------------------------------------------

Change = Callable[[LiveFair], Awaitable[object]]

#: Everything that a plan says and a command changes: how it is changed on the day, and how read.
DAY: dict[str, tuple[Change, Callable[[LiveFair], Awaitable[object]]]] = {}


def _of_day(change: Change) -> Callable[[Callable[[LiveFair], Awaitable[object]]], None]:
    def keep(read: Callable[[LiveFair], Awaitable[object]]) -> None:
        DAY[read.__name__] = change, read

    return keep


@_of_day(lambda fair: _change(fair, join_limit=5))
async def rule(fair: LiveFair) -> object:
    return (await fair.fold()).settings.join_limit


@_of_day(lambda fair: _change(fair, recording=True))
async def rule_of_yes_and_no(fair: LiveFair) -> object:
    return (await fair.fold()).settings.recording


@_of_day(lambda fair: _change(fair, none_yet_first_min=0))
async def knob(fair: LiveFair) -> object:
    return (await fair.fold()).settings.none_yet_first_min


@_of_day(lambda fair: _change(fair, ends_at=ENDS + HOUR))
async def end(fair: LiveFair) -> object:
    return (await fair.fold()).ends_at


@_of_day(lambda fair: _change(fair, ends_at=0))
async def no_end(fair: LiveFair) -> object:
    return (await fair.fold()).ends_at


@_of_day(lambda fair: fair.do("change_booth", ORGANISER, booth_id="b1", mode=BoothMode.ONSITE))
async def mode(fair: LiveFair) -> object:
    return (await fair.fold()).booths["b1"].mode


@_of_day(lambda fair: fair.do("change_booth", ORGANISER, booth_id="b1", minutes=25))
async def minutes(fair: LiveFair) -> object:
    return (await fair.fold()).booths["b1"].minutes


@_of_day(lambda fair: fair.do("change_booth", ORGANISER, booth_id="b2", site_id="hall-2"))
async def site(fair: LiveFair) -> object:
    return (await fair.fold()).booths["b2"].site_id


@_of_day(lambda fair: fair.do("change_booth", ORGANISER, booth_id="b2", add_desk_id="extra"))
async def added_desk(fair: LiveFair) -> object:
    found = await fair.fold()
    return found.booths["b2"].desk_ids.count("extra"), found.desks.get("extra")


@_of_day(lambda fair: fair.do("pause_booth", recruiter("b3"), booth_id="b3"))
async def paused_booth(fair: LiveFair) -> object:
    return (await fair.fold()).booths["b3"].paused


@_of_day(lambda fair: fair.do("open_desk", recruiter("b1"), desk_id="b1-1"))
async def opened_desk(fair: LiveFair) -> object:
    return await fair.desk_state("b1-1")


@_of_day(lambda fair: fair.do("open_fair", ORGANISER))
async def opened_fair(fair: LiveFair) -> object:
    return (await fair.fold()).state


@_of_day(lambda fair: fair.do("close_fair", ORGANISER))
async def closed_fair(fair: LiveFair) -> object:
    return (await fair.fold()).state


@_of_day(lambda fair: fair.do("change_booth", recruiter("b1"), booth_id="b1", plan=3, questions=2))
async def corrected_questions(fair: LiveFair) -> object:
    booth = (await fair.fold()).booths["b1"]
    return booth.plan, booth.questions


@pytest.mark.parametrize("name", list(DAY))
async def test_what_was_changed_on_the_day_stays(fair: LiveFair, name: str) -> None:
    change, read = DAY[name]
    await _load(fair)
    at_first = await read(fair)
    await change(fair)
    changed = await read(fair)
    assert changed != at_first
    # A restart after a booth's correction, on another day, with other values: and back again.
    other = [_with(one, mode=BoothMode.DELEGATED, minutes=7, questions=1) for one in BOOTHS]
    assert not await _load(fair)
    assert await _load(fair, [_with(_B1, questions=1), _B2, _B3])
    assert await read(fair) == changed
    assert await _load(fair, other, ends_at=ENDS + 2 * HOUR, join_limit=7, none_yet_first_min=30)
    assert await read(fair) == changed
    await _load(fair)
    assert await read(fair) == changed


async def test_what_nobody_changed_comes_with_the_plan(fair: LiveFair) -> None:
    await _load(fair)
    await _change(fair, join_limit=5)
    await fair.do("change_booth", ORGANISER, booth_id="b1", minutes=25)
    booths = [_with(_B1, mode=BoothMode.ONSITE, minutes=7), _with(_B2, minutes=9), _B3]
    await _load(fair, booths, ends_at=ENDS + HOUR, join_limit=7, missed_back=5)
    found = await fair.fold()
    assert (found.settings.join_limit, found.settings.missed_back) == (5, 5)
    assert found.ends_at == ENDS + HOUR
    assert (found.booths["b1"].mode, found.booths["b1"].minutes) == (BoothMode.ONSITE, 25)
    assert found.booths["b2"].minutes == 9


async def test_what_was_set_by_hand_stays_when_a_plan_said_the_same_in_between(
    fair: LiveFair,
) -> None:
    await _load(fair, join_limit=3)
    await _change(fair, join_limit=5)
    await _load(fair, join_limit=5)
    await _load(fair, join_limit=3)
    assert (await fair.fold()).settings.join_limit == 5


async def test_saving_the_rules_as_they_are_changes_none_of_them(fair: LiveFair) -> None:
    await _load(fair)
    await _change(fair, ends_at=ENDS)
    await _load(fair, ends_at=ENDS + HOUR, join_limit=7)
    found = await fair.fold()
    assert (found.settings.join_limit, found.ends_at) == (7, ENDS + HOUR)


async def test_rules_that_a_plan_brings_count_for_the_lines_there_are(fair: LiveFair) -> None:
    await _load(fair, none_yet_first_min=1440)
    await fair.come("c1", "b1")
    await fair.open("b1-1")
    await fair.interview("t1")
    first, second = await fair.join("c1", "b2"), await fair.come("c2", "b2")
    assert await fair.line_of("b2") == [second, first]
    await _load(fair, none_yet_first_min=0)
    assert await fair.line_of("b2") == [first, second]


async def test_a_plan_that_allows_no_recording_stops_one(fair: LiveFair) -> None:
    await _load(fair, recording=True)
    ticket_id = await s.interviewing(fair)
    await s.ask_recording(fair, ticket_id)
    await _load(fair, recording=False)
    recording = (await fair.fold()).tickets[ticket_id].recording
    assert recording is not None
    assert recording.state is RecordingState.STOPPED


async def test_a_rule_that_a_caller_does_not_know_stays(fair: LiveFair) -> None:
    """A page of another release must not set a rule back by saying nothing of it."""
    await _change(fair, missed_back=5)
    await fair.do("change_settings", ORGANISER, settings_json='{"join_limit": 5}')
    held = (await fair.fold()).settings
    assert (held.join_limit, held.missed_back) == (5, 5)


async def test_a_store_of_an_older_release_keeps_what_it_holds(fair: LiveFair) -> None:
    await _load(fair)
    await _change(fair, join_limit=5)
    meta = meta_key(fair.fair_id)
    await fair.store.hdel(meta, "plan_settings", "plan_ends_at", "day_over", "digest")
    await fair.store.hset(meta, "ends_at", 0)  # it was started on another day
    for key in ("by_hand", "planned"):
        await fair.store.delete(f"{prefix(fair.fair_id)}:{key}")
    for booth in BOOTHS:
        key = f"{prefix(fair.fair_id)}:booth:{booth.booth_id}"
        await fair.store.hdel(key, "plan_mode", "plan_minutes")
    await _load(fair)
    found = await fair.fold()
    assert (found.settings.join_limit, found.ends_at) == (5, ENDS)
    # From here on it is known what the plan said.
    await _load(fair, [_with(_B1, desks=["b1-1"]), _B2, _B3], missed_back=5)
    found = await fair.fold()
    assert (found.settings.join_limit, found.settings.missed_back) == (5, 5)
    assert found.booths["b1"].desk_ids == ["b1-1"]


# --- the end of the day ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "refused"),
    [
        (BEGIN - 14 * HOUR, False),  # tried out the evening before
        (BEGIN, False),
        (ENDS - 2 * 60_000, True),
        (ENDS + 60_000, True),
        (OVER - 60_000, True),
        (OVER, False),  # tried out, or held, on another day
        (OVER + 30 * HOUR, False),
    ],
)
async def test_the_planned_end_counts_on_its_day(
    store: Redis, fair_id: str, now: int, refused: bool
) -> None:
    """Whenever the server was started: here on the evening before."""
    fair = LiveFair(store, fair_id)
    await fair.set_clock(BEGIN - 15 * HOUR)
    await _load(fair)
    await fair.open("b1-1")
    await fair.candidate("c1")
    await fair.set_clock(now)
    await fair.seen("c1")
    if refused:
        with pytest.raises(Refused) as caught:
            await fair.join("c1", "b1")
        assert caught.value.code is Code.NO_TIME_LEFT
    else:
        await fair.join("c1", "b1")
    found = await fair.fold()
    assert found.ends_at == ENDS
    assert found.end_in_force(now) == (0 if now >= OVER else ENDS)


async def test_an_end_set_by_hand_on_another_day_counts(fair: LiveFair) -> None:
    await _load(fair)
    await fair.open("b1-1")
    await fair.set_clock(OVER + HOUR)
    await fair.candidate("c1")
    await _change(fair, ends_at=OVER + HOUR + 2 * 60_000)
    with pytest.raises(Refused) as caught:
        await fair.join("c1", "b1")
    assert caught.value.code is Code.NO_TIME_LEFT


# --- two nodes with two plans ---------------------------------------------------------------------


async def _load_by(node: Line, fair_id: str, plan: str, join_limit: int) -> None:
    settings = FairSettings(join_limit=join_limit)
    await node.load_fair(fair_id, settings, BOOTHS, plan=plan)


async def _join_limit(fair: LiveFair) -> int:
    return (await fair.fold()).settings.join_limit


async def test_nodes_with_two_plans_do_not_run_side_by_side(store: Redis, fair_id: str) -> None:
    first, second, fair = Line(store), Line(store), LiveFair(store, fair_id)
    await _load_by(first, fair_id, "plan 1", 3)
    await _last_beat_was(fair, seconds_ago=0)
    for _ in range(2):
        with pytest.raises(Refused) as caught:
            await _load_by(second, fair_id, "plan 2", 4)
        assert caught.value.code is Code.PLAN_DIFFERS
    await second.beat(fair_id)
    await _load_by(second, fair_id, "plan 1", 3)
    await _load_by(first, fair_id, "plan 1", 3)
    assert await _join_limit(fair) == 3
    assert [type(one) for one in await fair.events()].count(ev.FairLoaded) == 1


async def test_a_node_may_load_another_plan_when_the_other_one_is_gone(
    store: Redis, fair_id: str
) -> None:
    first, second, fair = Line(store), Line(store), LiveFair(store, fair_id)
    await _load_by(first, fair_id, "plan 1", 3)
    await _last_beat_was(fair, seconds_ago=0)
    with pytest.raises(Refused):
        await _load_by(second, fair_id, "plan 2", 4)
    await _last_beat_was(fair, seconds_ago=5)
    await _load_by(second, fair_id, "plan 2", 4)
    assert await _join_limit(fair) == 4
    # A node may change its own mind while it is there alone.
    await _load_by(second, fair_id, "plan 3", 5)
    assert await _join_limit(fair) == 5


async def _last_beat_was(fair: LiveFair, *, seconds_ago: float) -> None:
    """Let nothing have been heard of any node for so long: it counts as gone after five seconds.

    A beat of "now" lies in the future: between beats the fair's time is never before the newest
    one, so that a slow computer changes nothing.
    """
    seconds, _ = await fair.store.time()
    at = (seconds - int(seconds_ago)) * 1000 + (0 if seconds_ago else HOUR)
    await fair.store.hset(meta_key(fair.fair_id), mapping={"beat": at, "at": 0, "turned": 0})
    beats = f"{prefix(fair.fair_id)}:beats"
    for node, kept in (await fair.store.hgetall(beats)).items():
        clock = int(kept.split()[0])
        await fair.store.hset(beats, node, f"{clock} {at - clock}")


# --- desks and booths that a plan has no more -----------------------------------------------------

#: Plans without the desk b1-1 at b1: it stands at b2, or nowhere.
MOVED = [_with(_B1, desks=["b1-2"]), _with(_B2, desks=["b2-1", "b1-1"]), _B3]
REMOVED = [_with(_B1, desks=["b1-2"]), _B2, _B3]


@pytest.mark.parametrize("make", [s.called, s.connecting])
@pytest.mark.parametrize("plan", [MOVED, REMOVED], ids=["moved", "removed"])
async def test_who_is_called_to_a_desk_that_goes_is_first_in_the_own_line(
    fair: LiveFair, make: MakeTicket, plan: list[BoothPlan]
) -> None:
    ticket_id = await make(fair)
    other = await fair.come("c2", "b1")
    await fair.load(booths=plan)
    ticket = (await fair.fold()).tickets[ticket_id]
    assert (ticket.state, ticket.misses, ticket.returned) == ("waiting", 0, "desk_gone")
    assert await fair.line_of("b1") == [ticket_id, other]
    assert await fair.desk_state("b1-1") is DeskState.CLOSED
    # No rest: it was nobody's miss.
    await fair.desk("open_desk", "b1-2")
    assert await fair.at_desk("b1-2") == ticket_id


@pytest.mark.parametrize("plan", [MOVED, REMOVED], ids=["moved", "removed"])
async def test_the_people_of_a_desk_that_went_must_open_it_anew(
    fair: LiveFair, plan: list[BoothPlan]
) -> None:
    await s.called(fair)
    await fair.load(booths=plan)
    found = await fair.fold()
    assert found.booths["b1"].desk_ids == ["b1-2"]
    with pytest.raises(Refused) as caught:
        await fair.do("open_desk", recruiter("b1"), desk_id="b1-1")
    assert caught.value.code is Code.DESK_UNKNOWN
    if plan is REMOVED:
        assert found.desks["b1-1"].gone
        return
    assert found.desks["b1-1"].booth_id == "b2"
    new = await fair.come("c3", "b2")
    await fair.do("open_desk", recruiter("b2"), desk_id="b1-1")
    assert await fair.at_desk("b1-1") == new


@pytest.mark.parametrize("plan", [MOVED, REMOVED], ids=["moved", "removed"])
async def test_an_interview_at_a_desk_that_goes_ends_in_peace(
    fair: LiveFair, plan: list[BoothPlan]
) -> None:
    ticket_id = await s.interviewing(fair)
    await fair.load(booths=plan)
    assert await fair.ticket_state(ticket_id) is TicketState.INTERVIEWING
    assert await fair.at_desk("b1-1") == ticket_id
    waiting = await fair.come("c2", "b1")
    await fair.wait(1200)  # past the moment at which the next one is called ahead
    await fair.seen("c2")
    assert await fair.ticket_state(waiting) is TicketState.WAITING
    await fair.do("finish", recruiter("b1"), ticket_id=ticket_id, outcome="hired")
    found = await fair.fold()
    assert found.tickets[ticket_id].state is TicketState.DONE
    assert found.booths["b1"].desk_ids == ["b1-2"]
    assert await fair.desk_state("b1-1") is DeskState.CLOSED
    assert ("b1-1" in found.booths["b2"].desk_ids) == (plan is MOVED)


async def test_a_desk_that_comes_back_before_its_interview_ends_stays(fair: LiveFair) -> None:
    ticket_id = await s.interviewing(fair)
    await fair.load(booths=MOVED)
    await fair.load()
    await fair.do("finish", recruiter("b1"), ticket_id=ticket_id, outcome="hired")
    assert await fair.desk_state("b1-1") is DeskState.WRAP_UP
    await fair.load(booths=REMOVED)
    assert (await fair.fold()).desks["b1-1"].gone


async def test_who_is_on_deck_for_a_desk_that_goes_stands_down(fair: LiveFair) -> None:
    await s.called(fair)
    on_deck = await fair.come("c2", "b1")
    await fair.desk("open_desk", "b1-2")
    third = await fair.come("c3", "b1")
    assert await fair.at_desk("b1-2") == on_deck
    await fair.interview(on_deck)  # in wrap-up: the next one is on deck for it
    assert await fair.ticket_state(third) is TicketState.ON_DECK
    await fair.load(booths=[_with(_B1, desks=["b1-1"]), _B2, _B3])
    assert await fair.ticket_state(third) is TicketState.WAITING
    assert await fair.line_of("b1") == [third]


async def test_a_desk_that_is_back_in_the_plan_can_be_opened(fair: LiveFair) -> None:
    await fair.load(booths=REMOVED)
    await fair.load()
    assert (await fair.fold()).booths["b1"].desk_ids == ["b1-2", "b1-1"]
    await fair.open("b1-1")
    assert await fair.desk_state("b1-1") is DeskState.READY


async def test_a_desk_added_on_the_day_stays_where_it_is_whatever_plans_say(
    fair: LiveFair,
) -> None:
    await fair.do("change_booth", ORGANISER, booth_id="b1", add_desk_id="extra")
    await fair.load(booths=[_B1, _with(_B2, desks=["b2-1", "extra"]), _B3])
    await fair.load(booths=[_with(_B1, desks=["b1-1", "b1-2", "extra"]), _B2, _B3])
    await fair.load()
    found = await fair.fold()
    assert found.booths["b1"].desk_ids.count("extra") == 1
    assert "extra" not in found.booths["b2"].desk_ids
    await fair.do("open_desk", recruiter("b1"), desk_id="extra")
    assert await fair.desk_state("extra") is DeskState.READY


#: The plan without the booth b1.
WITHOUT = [_B2, _B3]


async def test_the_line_of_a_booth_that_is_withdrawn_is_told(fair: LiveFair) -> None:
    called = await s.called(fair)
    waiting = await fair.come("c2", "b1")
    await fair.candidate("c3")
    away = await fair.join("c3", "b1")
    await fair.do("open_desk", recruiter("b2"), desk_id="b2-1")
    elsewhere = await fair.join("c1", "b2")
    await fair.load(booths=WITHOUT)
    found = await fair.fold()
    for ticket_id in (called, waiting, away):
        ticket = found.tickets[ticket_id]
        assert (ticket.state, ticket.closed_cause) == (TicketState.CLOSED, "booth_withdrawn")
    # Who was called there may be called at another booth in the same moment.
    assert await fair.at_desk("b2-1") == elsewhere
    assert found.booths["b1"].withdrawn
    assert await fair.line_of("b1") == []


async def test_nobody_gets_into_the_line_of_a_booth_that_is_withdrawn(fair: LiveFair) -> None:
    await fair.candidate("c1")
    await fair.do(
        "make_appointment", ORGANISER, candidate_id="c1", booth_id="b1", due_at=fair.now + 60_000
    )
    await fair.do("open_fair", ORGANISER)
    await fair.load(booths=WITHOUT)
    with pytest.raises(Refused) as caught:
        await fair.join("c1", "b1")
    assert caught.value.code is Code.BOOTH_UNKNOWN
    await fair.wait(61)  # the appointment comes due
    assert await fair.line_of("b1") == []
    for desk_id in ("b1-1", "b1-2"):
        with pytest.raises(Refused) as caught:
            await fair.do("open_desk", recruiter("b1"), desk_id=desk_id)
        assert caught.value.code is Code.DESK_UNKNOWN


async def test_an_interview_at_a_booth_that_is_withdrawn_ends_in_peace(fair: LiveFair) -> None:
    ticket_id = await s.interviewing(fair)
    await fair.load(booths=WITHOUT)
    assert await fair.ticket_state(ticket_id) is TicketState.INTERVIEWING
    await fair.do("finish", recruiter("b1"), ticket_id=ticket_id, outcome="hired")
    found = await fair.fold()
    assert found.tickets[ticket_id].state is TicketState.DONE
    assert await fair.desk_state("b1-1") is DeskState.CLOSED


async def test_a_booth_that_is_back_in_the_plan_has_a_line_again(fair: LiveFair) -> None:
    await s.called(fair)
    await fair.load(booths=WITHOUT)
    await fair.load()
    assert not (await fair.fold()).booths["b1"].withdrawn
    again = await fair.join("c1", "b1")
    await fair.do("open_desk", recruiter("b1"), desk_id="b1-1")
    assert await fair.at_desk("b1-1") == again


async def test_a_plan_may_change_after_the_fair(fair: LiveFair) -> None:
    ticket_id = await s.called_while_closing(fair)
    await fair.load(booths=WITHOUT)
    found = await fair.fold()
    assert found.state is FairState.CLOSED
    assert found.tickets[ticket_id].state is TicketState.CLOSED
