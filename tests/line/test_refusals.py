"""Every refusal that a transition's header names: the right code, and nothing changed."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
import pytest
from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode
from fairserver.line.keys import prefix
from fairserver.line.library import transition_names
from fairserver.line.line import SYSTEM, Actor
from fairserver.protocol.errors import Code
from fairserver.protocol.events import BoothPlan
from tests.line import situations as s
from tests.line.live import BOOTHS, CANDIDATE_PEER, DESK_PEER, ORGANISER, LiveFair, recruiter

S_GUEST = Actor.guest("s-guest")
C1, C2, B1, B2 = Actor.candidate("c1"), Actor.candidate("c2"), recruiter("b1"), recruiter("b2")
#: Another member of the first booth.
COLLEAGUE = Actor.recruiter("s-b1-too", "b1")

Make = Callable[[LiveFair], Awaitable[Any]]


class Refusal(NamedTuple):
    """After ``make``, a transition is refused with ``code``."""

    transition: str
    code: str
    make: Make
    actor: Actor
    args: Mapping[str, Any] = MappingProxyType({})


async def nothing(_: LiveFair) -> None:
    """A fair in which nothing has happened."""


async def closed_fair(fair: LiveFair) -> None:
    await fair.candidate("c1")
    await fair.do("close_fair", ORGANISER)


async def taken_one_turn_of_one(fair: LiveFair) -> None:
    await fair.load(FairSettings(turns_per_booth=1))
    await fair.candidate("c1")
    await fair.do("leave", C1, ticket_id=await fair.join("c1", "b1"))


async def in_three_lines(fair: LiveFair) -> None:
    await fair.candidate("c1")
    for booth_id in ("b1", "b2", "b3"):
        await fair.join("c1", booth_id)
    await fair.load(booths=[*BOOTHS, _FOURTH])


async def withdrawn(fair: LiveFair) -> None:
    """The person was in a line and takes part no more."""
    await s.waiting(fair)
    await fair.do("change_profile", C1, candidate_id="c1", withdrawn=True)


async def expired(fair: LiveFair) -> None:
    """The deadline is over, and no node has fired it yet."""
    await s.called(fair)
    await fair.pass_time(61)


async def missed(fair: LiveFair) -> None:
    """The deadline was fired, and the answer comes after it."""
    await s.called(fair)
    await fair.pass_time(61)
    await fair.fire()


async def extended(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    await fair.as_owner("more_time", ticket_id)


async def rebuilt(fair: LiveFair) -> None:
    """The room is in its third epoch, by the candidate's last entry."""
    await s.in_room(fair)
    await fair.do("enter_room", C1, ticket_id="t1", peer=CANDIDATE_PEER)


async def waiting_for_the_centre(fair: LiveFair) -> None:
    """In the line of a booth whose employer is not there."""
    await s.waiting(fair)
    await fair.do("change_booth", ORGANISER, booth_id="b1", mode=BoothMode.DELEGATED)


async def recalled(fair: LiveFair) -> None:
    """Out of the line after a no-show, and back in it."""
    await fair.do("recall", ORGANISER, ticket_id=await s.no_show(fair))


async def no_show_of_a_closed_fair(fair: LiveFair) -> None:
    await s.no_show(fair)
    await fair.do("close_fair", ORGANISER)


async def put_off_twice(fair: LiveFair) -> None:
    ticket_id = await s.waiting(fair)
    for _ in range(2):
        await fair.as_owner("not_now", ticket_id)


async def interviewing_while_closing(fair: LiveFair) -> None:
    await s.interviewing(fair)
    await fair.do("close_fair", ORGANISER)


async def offered_while_closing(fair: LiveFair) -> None:
    await s.hand_over_offered(fair)
    await fair.do("close_fair", ORGANISER)


async def offered_a_booth_that_is_gone(fair: LiveFair) -> None:
    await s.hand_over_offered(fair)
    await fair.load(booths=[one for one in BOOTHS if one.booth_id != "b2"])


async def no_show_at_a_booth_that_is_gone(fair: LiveFair) -> None:
    await s.no_show(fair)
    await fair.load(booths=BOOTHS[1:])


async def run_by_another_plan(fair: LiveFair) -> None:
    """Another node has said a moment ago that it is there, and runs the fair by another plan."""
    await fair.store.hset(f"{prefix(fair.fair_id)}:plans", "another", "its plan")
    await fair.store.hset(f"{prefix(fair.fair_id)}:beats", "another", f"0 {fair.now}")


async def in_two_booths(fair: LiveFair) -> None:
    """c1 waits with t1 at b1, c2 with t2 at b2, c3 with t3 at b1; t4 is at a desk of b3."""
    await s.waiting(fair)
    await fair.come("c2", "b2")
    await fair.come("c3", "b1")
    await fair.come("c4", "b3")
    await fair.open("b3-1")


async def alarm_put_aside(fair: LiveFair) -> None:
    """It was raised, and somebody has seen to it."""
    await fair.do("raise_alarm", SYSTEM, **ALARM, count=1)
    await fair.do("put_alarm_aside", ORGANISER, **ALARM)


async def near_the_end(fair: LiveFair) -> None:
    """Five minutes are left, and interviews take ten."""
    await fair.candidate("c1")
    await fair.open("b1-1")
    settings = msgspec.json.encode(FairSettings()).decode()
    ends_at = fair.now + 5 * 60_000
    await fair.do("change_settings", ORGANISER, settings_json=settings, ends_at=ends_at)


OTHER_PLAN = {
    "digest": "other",
    "ends_at": 0,
    "settings_json": "{}",
    "booths_json": "[]",
    "node": "this one",
    "beat": 1,
    "plan": "another plan",
}
_FOURTH = BoothPlan(booth_id="b4", mode=BoothMode.ONLINE, minutes=5, desks=["b4-1"])

T1 = {"ticket_id": "t1"}
SHOWN = {"ticket_id": "t1", "published": True}
SECOND = {"ticket_id": "t1", "state": "offered", "starts_at": 1, "sequence": 0}
RATED = {"ticket_id": "t1", "passed": True}
ANSWERED = {"ticket_id": "t1", "side": "candidate", "answered": 1}
WRITTEN = {"ticket_id": "t1", "side": "desk", "answered": 1}
SHOW = {"candidate_id": "c1", "booth_id": "b1", "shown": True}
READ = {"ticket_ids": ["t1"]}
GONE = {"candidate_id": "c1", "withdrawn": True}
DONE = {"ticket_id": "t1", "outcome": "hired"}
ENTER = {"ticket_id": "t1", "peer": CANDIDATE_PEER}
REPORT = {"ticket_id": "t1", "peer": CANDIDATE_PEER, "state": "connected"}
DESK = {"desk_id": "b1-1"}
YES = {"ticket_id": "t1", "agree": True}
TO_B2 = {"ticket_id": "t1", "to_booth_id": "b2"}
MOVE = {"ticket_id": "t3", "before_ticket_id": "t1"}
JOIN = {"candidate_id": "c1", "booth_id": "b1"}
GUEST = {"ticket_id": "t1", "guest_id": "s-guest", "role": "colleague"}
LEG = {"ticket_id": "t1", "leg": "guest_candidate", "peer": CANDIDATE_PEER}
LEG_LOST = {**LEG, "peer": "peer-guest_candidate", "state": "lost"}
ASK = {"ticket_id": "t1", "peer": DESK_PEER, **s.SHOWN}
RECORD = {"ticket_id": "t1", "recording_id": "r1", "agree": True, **s.SHOWN}
PHONE = {"candidate_id": "c1", "way": "phone"}
MEET = {**JOIN, "due_at": 2_000_000_000_000}
RULES = {"settings_json": "{}"}
ALARM = {"kind": "codes_guessed", "subject": ""}

REFUSALS = [
    Refusal("join", "candidate_unknown", nothing, C1, {"candidate_id": "c1", "booth_id": "b1"}),
    Refusal("join", "candidate_unknown", s.waiting, C2, {"candidate_id": "c1", "booth_id": "b2"}),
    Refusal("join", "booth_unknown", s.waiting, C1, {"candidate_id": "c1", "booth_id": "b9"}),
    Refusal("join", "fair_closed", closed_fair, C1, {"candidate_id": "c1", "booth_id": "b1"}),
    Refusal("join", "already_in_line", s.waiting, C1, {"candidate_id": "c1", "booth_id": "b1"}),
    Refusal("join", "already_in_line", s.called, C1, {"candidate_id": "c1", "booth_id": "b1"}),
    Refusal("join", "join_limit", in_three_lines, C1, {"candidate_id": "c1", "booth_id": "b4"}),
    Refusal("join", "turns_limit", taken_one_turn_of_one, C1, JOIN),
    Refusal("choose_way", "candidate_unknown", nothing, C1, PHONE),
    Refusal("choose_way", "candidate_unknown", s.waiting, C2, PHONE),
    Refusal("leave", "ticket_wrong_state", s.interviewing, C1, T1),
    Refusal("leave", "ticket_wrong_state", s.done, C1, T1),
    Refusal("accept", "ticket_wrong_state", s.waiting, C1, T1),
    Refusal("accept", "ticket_wrong_state", s.connecting, C1, T1),
    Refusal("accept", "call_expired", expired, C1, T1),
    Refusal("accept", "call_expired", missed, C1, T1),
    Refusal("more_time", "ticket_wrong_state", s.waiting, C1, T1),
    Refusal("more_time", "call_expired", expired, C1, T1),
    Refusal("more_time", "already_extended", extended, C1, T1),
    Refusal("mark_missed", "ticket_wrong_state", s.interviewing, B1, T1),
    Refusal("mark_missed", "ticket_wrong_state", s.waiting, B1, T1),
    Refusal("mark_missed", "missed_too_early", s.called, B1, T1),
    Refusal("mark_missed", "missed_too_early", s.connecting, B1, T1),
    Refusal("start", "ticket_wrong_state", s.waiting, B1, T1),
    Refusal("start", "ticket_wrong_state", s.interviewing, B1, T1),
    Refusal("finish", "ticket_wrong_state", s.called, B1, DONE),
    Refusal("finish", "ticket_wrong_state", s.done, B1, DONE),
    Refusal("record_outcome", "ticket_wrong_state", s.interviewing, B1, DONE),
    Refusal("record_outcome", "ticket_wrong_state", s.no_show, B1, DONE),
    Refusal("record_outcome", "outcome_changed", s.done, B1, {**DONE, "instead_of": "training"}),
    Refusal("enter_room", "ticket_wrong_state", s.waiting, C1, ENTER),
    Refusal("enter_room", "ticket_wrong_state", s.done, C1, ENTER),
    Refusal("enter_room", "not_your_room", s.in_room, COLLEAGUE, {**ENTER, "peer": DESK_PEER}),
    Refusal("report_room", "ticket_wrong_state", s.done, C1, REPORT),
    Refusal("report_room", "not_your_room", s.in_room, C1, {**REPORT, "peer": "peer-other-tab"}),
    Refusal("report_room", "not_your_room", s.connecting, C1, REPORT),
    Refusal("report_room", "not_your_room", s.in_room, COLLEAGUE, {**REPORT, "peer": DESK_PEER}),
    Refusal("report_room", "old_epoch", rebuilt, C1, {**REPORT, "epoch": 2}),
    Refusal("invite_guest", "ticket_wrong_state", s.connecting, B1, GUEST),
    Refusal("invite_guest", "ticket_wrong_state", s.done, B1, GUEST),
    Refusal("invite_guest", "room_full", s.guest_invited, B1, GUEST),
    Refusal("answer_guest", "ticket_wrong_state", s.interviewing, C1, YES),
    Refusal("answer_guest", "ticket_wrong_state", s.guest_invited, C1, {**YES, "guest_id": "s9"}),
    Refusal("enter_leg", "ticket_wrong_state", s.guest_invited, C1, LEG),
    Refusal("enter_leg", "ticket_wrong_state", s.interviewing, C1, LEG),
    Refusal("enter_leg", "not_your_room", s.guest_agreed, B1, LEG),
    Refusal("enter_leg", "not_your_room", s.guest_agreed, C1, {**LEG, "leg": "no_such"}),
    Refusal("report_leg", "not_your_room", s.guest_agreed, C1, LEG_LOST),
    Refusal("report_leg", "not_your_room", s.guest_in_room, B1, LEG_LOST),
    Refusal("report_leg", "old_epoch", s.guest_in_room, C1, {**LEG_LOST, "epoch": 1}),
    Refusal("ask_recording", "recording_off", s.interviewing, B1, ASK),
    Refusal("ask_recording", "ticket_wrong_state", s.connecting, B1, ASK),
    Refusal("ask_recording", "ticket_wrong_state", s.done, B1, ASK),
    Refusal("ask_recording", "not_your_room", s.interviewing, COLLEAGUE, ASK),
    Refusal("ask_recording", "not_your_room", s.interviewing, B1, {**ASK, "peer": "peer-other"}),
    Refusal("ask_recording", "recording_declined", s.recording_declined, B1, ASK),
    Refusal("answer_recording", "recording_over", s.interviewing, C1, RECORD),
    Refusal("answer_recording", "recording_over", s.recording_declined, C1, RECORD),
    Refusal(
        "answer_recording",
        "recording_over",
        s.recording_asked,
        C1,
        {**RECORD, "recording_id": "r9"},
    ),
    Refusal("answer_recording", "not_permitted", s.recording_asked, B1, RECORD),
    Refusal("answer_recording", "ticket_wrong_state", s.guest_agreed, S_GUEST, RECORD),
    Refusal("open_desk", "desk_wrong_state", s.done, B1, DESK),
    Refusal("open_desk", "desk_busy", s.called, B1, DESK),
    Refusal("open_desk", "fair_closed", closed_fair, B1, DESK),
    Refusal("call_next", "desk_wrong_state", nothing, B1, DESK),
    Refusal("call_next", "desk_busy", s.interviewing, B1, DESK),
    Refusal("call_next", "fair_closed", closed_fair, B1, DESK),
    Refusal("pause_desk", "desk_busy", s.connecting, B1, DESK),
    Refusal("pause_desk", "desk_wrong_state", nothing, B1, DESK),
    Refusal("close_desk", "desk_busy", s.called, B1, DESK),
    Refusal("join", "no_time_left", near_the_end, C1, JOIN),
    Refusal("ready", "ticket_wrong_state", s.waiting, C1, T1),
    Refusal("ready", "ticket_wrong_state", s.called, C1, T1),
    Refusal("not_now", "ticket_wrong_state", s.connecting, C1, T1),
    Refusal("not_now", "ticket_wrong_state", s.left, C1, T1),
    Refusal("not_now", "fair_closed", s.called_while_closing, C1, T1),
    Refusal("not_now", "not_now_limit", put_off_twice, C1, T1),
    Refusal("offer_hand_over", "ticket_wrong_state", s.connecting, B1, TO_B2),
    Refusal("offer_hand_over", "ticket_wrong_state", s.handed_over, B1, TO_B2),
    Refusal("offer_hand_over", "booth_unknown", s.interviewing, B1, {**T1, "to_booth_id": "b9"}),
    Refusal("offer_hand_over", "fair_closed", interviewing_while_closing, B1, TO_B2),
    Refusal("answer_hand_over", "ticket_wrong_state", s.interviewing, C1, YES),
    Refusal("answer_hand_over", "ticket_wrong_state", s.handed_over, C1, YES),
    Refusal(
        "answer_hand_over",
        "ticket_wrong_state",
        s.hand_over_offered,
        C1,
        {**YES, "to_booth_id": "b9"},
    ),
    Refusal("answer_hand_over", "fair_closed", offered_while_closing, C1, YES),
    Refusal("answer_hand_over", "booth_unknown", offered_a_booth_that_is_gone, C1, YES),
    Refusal("publish_result", "ticket_wrong_state", s.interviewing, B1, SHOWN),
    Refusal("publish_result", "outcome_pending", s.done, B1, SHOWN),
    Refusal("note_second_interview", "ticket_wrong_state", s.handed_over, B1, SECOND),
    Refusal("rate_advice", "ticket_wrong_state", s.interviewing, C1, RATED),
    Refusal("show_profile", "candidate_unknown", nothing, C1, SHOW),
    Refusal("show_profile", "candidate_unknown", s.waiting, C2, SHOW),
    Refusal("show_profile", "booth_unknown", s.waiting, C1, {**SHOW, "booth_id": "b9"}),
    Refusal("read_profiles", "ticket_unknown", s.connecting, B2, READ),
    Refusal("read_profiles", "ticket_wrong_state", s.called, B1, READ),
    Refusal("change_profile", "candidate_unknown", nothing, C1, GONE),
    Refusal("change_profile", "candidate_unknown", s.waiting, C2, GONE),
    Refusal("change_profile", "in_interview", s.interviewing, C1, GONE),
    Refusal("join", "consent_needed", withdrawn, C1, {"candidate_id": "c1", "booth_id": "b2"}),
    Refusal("recall", "consent_needed", withdrawn, ORGANISER, T1),
    Refusal("make_appointment", "candidate_unknown", nothing, B1, MEET),
    Refusal("make_appointment", "booth_unknown", s.waiting, B2, MEET),
    Refusal("make_appointment", "booth_unknown", s.waiting, ORGANISER, {**MEET, "booth_id": "b9"}),
    Refusal("make_appointment", "fair_closed", closed_fair, B1, MEET),
    Refusal("recall", "ticket_wrong_state", s.waiting, B1, T1),
    Refusal("recall", "ticket_wrong_state", s.done, B1, T1),
    Refusal("recall", "fair_closed", no_show_of_a_closed_fair, B1, T1),
    Refusal("recall", "already_in_line", recalled, B1, T1),
    Refusal("recall", "booth_unknown", no_show_at_a_booth_that_is_gone, ORGANISER, T1),
    Refusal("load_fair", "plan_differs", run_by_another_plan, SYSTEM, OTHER_PLAN),
    Refusal(
        "move_ticket", "ticket_wrong_state", in_two_booths, ORGANISER, {**MOVE, "ticket_id": "t1"}
    ),
    Refusal(
        "move_ticket",
        "ticket_wrong_state",
        in_two_booths,
        ORGANISER,
        {**MOVE, "before_ticket_id": "t2"},
    ),
    Refusal(
        "move_ticket",
        "ticket_wrong_state",
        in_two_booths,
        ORGANISER,
        {"ticket_id": "t4", "before_ticket_id": "t1"},
    ),
    Refusal(
        "move_ticket",
        "ticket_unknown",
        in_two_booths,
        ORGANISER,
        {**MOVE, "before_ticket_id": "t999"},
    ),
    Refusal("pause_booth", "booth_unknown", nothing, B2, {"booth_id": "b1"}),
    Refusal("pause_booth", "booth_unknown", nothing, ORGANISER, {"booth_id": "b9"}),
    Refusal("resume_booth", "booth_unknown", nothing, B2, {"booth_id": "b1"}),
    Refusal("change_settings", "fair_closed", closed_fair, ORGANISER, RULES),
    Refusal("change_booth", "booth_unknown", nothing, ORGANISER, {"booth_id": "b9"}),
    Refusal("change_booth", "booth_unknown", nothing, B2, {"booth_id": "b1", "plan": 1}),
    Refusal("record_answers", "not_delegated", s.interviewing, B1, WRITTEN),
    Refusal("record_answers", "ticket_wrong_state", waiting_for_the_centre, B1, WRITTEN),
    Refusal(
        "change_booth", "desk_taken", nothing, ORGANISER, {"booth_id": "b1", "add_desk_id": "b2-1"}
    ),
    Refusal("put_alarm_aside", "alarm_unknown", nothing, ORGANISER, ALARM),
    Refusal("put_alarm_aside", "alarm_unknown", alarm_put_aside, ORGANISER, ALARM),
    Refusal("open_fair", "fair_wrong_state", s.called, ORGANISER),
    Refusal("open_fair", "fair_wrong_state", s.closed, ORGANISER),
    Refusal("pause_fair", "fair_wrong_state", nothing, ORGANISER),
    Refusal("close_fair", "fair_wrong_state", s.closed, ORGANISER),
    Refusal(
        "register", "fair_closed", closed_fair, SYSTEM, {"candidate_id": "c9", "head_start_ms": 0}
    ),
]
#: What belongs to somebody else does not exist, and neither does what is not there.
for _name, _own, _other, _args in (
    ("leave", C1, C2, T1),
    ("accept", C1, C2, T1),
    ("more_time", C1, C2, T1),
    ("mark_missed", B1, B2, T1),
    ("start", B1, B2, T1),
    ("finish", B1, B2, DONE),
    ("record_outcome", B1, B2, DONE),
    ("publish_result", B1, B2, SHOWN),
    ("note_second_interview", B1, B2, SECOND),
    ("rate_advice", C1, C2, RATED),
    ("record_answers", C1, C2, ANSWERED),
    ("record_answers", B1, B2, WRITTEN),
    ("enter_room", C1, C2, ENTER),
    ("report_room", C1, B2, REPORT),
    ("ready", C1, C2, T1),
    ("not_now", C1, C2, T1),
    ("offer_hand_over", B1, B2, TO_B2),
    ("answer_hand_over", C1, C2, YES),
    ("recall", B1, B2, T1),
    ("invite_guest", B1, B2, GUEST),
    ("answer_guest", C1, C2, YES),
    ("remove_guest", B1, B2, T1),
    ("remove_guest", Actor.guest("s-guest"), Actor.guest("s-other"), T1),
    ("ask_recording", B1, B2, ASK),
    ("answer_recording", C1, C2, RECORD),
    ("answer_recording", S_GUEST, Actor.guest("s-other"), RECORD),
    ("withdraw_recording", C1, B2, T1),
    ("enter_leg", C1, C2, LEG),
    ("report_leg", C1, B2, LEG_LOST),
):
    _missing = {**_args, "ticket_id": "t999"}
    REFUSALS.append(Refusal(_name, "ticket_unknown", s.called, _other, _args))
    REFUSALS.append(Refusal(_name, "ticket_unknown", s.called, _own, _missing))
for _name in ("open_desk", "call_next", "pause_desk", "close_desk"):
    REFUSALS.append(Refusal(_name, "desk_unknown", nothing, B2, DESK))
    REFUSALS.append(Refusal(_name, "desk_unknown", nothing, B1, {"desk_id": "b1-9"}))


def _title(case: Refusal) -> str:
    return f"{case.transition}-{case.code}-{case.make.__name__}"


@pytest.mark.parametrize("case", REFUSALS, ids=_title)
async def test_a_refused_command_changes_nothing(fair: LiveFair, case: Refusal) -> None:
    await case.make(fair)
    await fair.refused(Code(case.code), case.transition, case.actor, **case.args)


def named_refusals() -> set[tuple[str, str]]:
    """What the headers of the transitions say they refuse."""
    named = set()
    for name in transition_names():
        text = (files("fairserver.line") / "lua" / f"{name}.lua").read_text("utf-8")
        header = re.search(r"^-- refuses +(.*?)\n(?!--  +)", text, re.M | re.S)
        words = re.sub(r"\([^)]*\)|\n--", "", header[1]) if header else ""
        named |= {(name, code) for code in re.findall(r"[a-z_]+", words)}
    return named


def test_every_refusal_that_a_header_names_is_tried_here() -> None:
    assert {(case.transition, case.code) for case in REFUSALS} == named_refusals()


async def test_a_fair_that_was_never_loaded_is_unknown(store: Redis, fair_id: str) -> None:
    for name in transition_names():
        if name != "load_fair":
            await LiveFair(store, fair_id).refused(Code.FAIR_UNKNOWN, name, SYSTEM)
    assert await LiveFair(store, fair_id).dump() == {}
