"""Random mornings keep every invariant, and planted faults are found."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from redis.asyncio import Redis

from fairserver.events.fair_records import FairRecords
from fairserver.events.fold import moves
from fairserver.events.projection import Projection
from fairserver.events.records import Candidate
from fairserver.line.library import Library, build_library
from fairserver.line.store import open_store
from fairserver.protocol.events import AnyEvent, CandidateAway, RoomEntered
from tests.conftest import TestValkey
from tests.line.live import LiveFair
from tests.line.machine import MorningMachine

_COMMON = settings(
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
QUICK = settings(_COMMON, max_examples=20, stateful_step_count=40)
SOAK = settings(_COMMON, max_examples=1000, stateful_step_count=60, derandomize=False)
#: Enough to meet a planted fault; the first failure is enough, it need not be made small.
HUNT = settings(
    _COMMON, max_examples=150, stateful_step_count=50, phases=[Phase.generate],
    report_multiple_bugs=False,
)  # fmt: skip


@pytest.fixture
def morning(valkey: TestValkey) -> Iterator[type[MorningMachine]]:
    """A machine on this process's Valkey, with a loop of its own."""

    class Morning(MorningMachine):
        tried: ClassVar[Counter[str]] = Counter()

    with asyncio.Runner() as runner:
        Morning.runner = runner
        Morning.store = open_store(valkey.address)
        yield Morning
        runner.run(Morning.store.aclose())


def test_random_mornings_keep_every_invariant(
    morning: type[MorningMachine], report: Callable[[str], None]
) -> None:
    run_state_machine_as_test(morning, settings=QUICK)
    report(counts(morning))


@pytest.mark.soak
def test_many_long_random_mornings_keep_every_invariant(
    morning: type[MorningMachine], report: Callable[[str], None]
) -> None:
    run_state_machine_as_test(morning, settings=SOAK)
    report(counts(morning))


def counts(morning: type[MorningMachine]) -> str:
    """Say what the mornings tried."""
    tried = morning.tried
    return (
        f"random mornings: {tried['mornings']:,} sequences, {tried['commands']:,} commands carried "
        f"out and {tried['refusals']:,} refused, {tried['states']:,} states checked, violations 0"
    )


# --- planted faults: the checker finds each of them ---------------------------------------------


def planted(old: str, new: str) -> Library:
    """The library of transitions with one place changed, under a name of its own."""
    right = build_library()
    assert right.code.count(old) == 1, old
    name = "fs_" + hashlib.sha256((old + new).encode()).hexdigest()[:10]
    return Library(name, right.code.replace(old, new).replace(right.prefix, name), name)


#: Takes a long morning to meet; ``test_rooms`` has it in a few steps.
NEXT_ROOM = "the next call finds the room of the last one"
#: Is met in many mornings only.
COMES_BACK = "who comes back is not called"
RARE = frozenset({NEXT_ROOM, COMES_BACK})

LUA_FAULTS = {
    "a busy person is called": (
        "if redis.call('HGET', ctx:key('candidate', found[1]), 'busy') "
        "then return 'busy_elsewhere' end",
        "",
        "one person at two desks",
    ),
    "after a letting-go nobody is brought together": (
        "  match(ctx, ticket.booth_id)\n"
        "  match_all(ctx, standing_tickets(ctx, ticket.candidate_id))\n",
        "",
        "could be|and a desk is ready",
    ),
    COMES_BACK: (
        "match_all(ctx, move_tickets(ctx, candidate_id, 'absent', 'line'))",
        "move_tickets(ctx, candidate_id, 'absent', 'line')",
        "could be",
    ),
    "a leaver stays in the line": (
        "step_out(ctx, ticket.id, ticket.booth_id)\n  else\n    let_go(ctx, ticket, 'ready')\n"
        "  end\n  end_turn(ctx, ticket, 'left')",
        "else\n    let_go(ctx, ticket, 'ready')\n  end\n  end_turn(ctx, ticket, 'left')",
        "is at ",
    ),
    "an answered call may still be missed": (
        "unplan(ctx, 'call', ticket_id)\n",
        "",
        "its deadline",
    ),
    NEXT_ROOM: (
        "'desk_id', 'called', 'deadline', 'ready',\n             unpack(ROOM_FIELDS))",
        "'desk_id', 'called', 'deadline', 'ready')",
        r"^t\d+",
    ),
    "a desk is called to while the fair is paused": (
        "return ctx.state == 'open' and redis",
        "return redis",
        "a call while the fair is not open",
    ),
    "a booth that is paused calls": (
        " and redis.call('HGET', ctx:key('booth', booth_id), 'paused') ~= '1'",
        "",
        "a call while the booth is paused",
    ),
    "one more than needed comes on deck": (
        "redis.call('SCARD', ctx:key('wants', booth_id)) * ctx:settings().deck_per_desk",
        "redis.call('SCARD', ctx:key('wants', booth_id)) * ctx:settings().deck_per_desk + 1",
        "on deck",
    ),
    "who has entered the room may still be missed": (
        "if side == 'candidate' then unplan(ctx, 'arrive', ticket.id) end",
        "",
        "has arrived",
    ),
}


@pytest.mark.parametrize("fault", LUA_FAULTS)
def test_a_fault_that_is_to_be_planted_has_its_place(fault: str) -> None:
    old, new, _ = LUA_FAULTS[fault]
    assert planted(old, new).code != build_library().code


@pytest.mark.parametrize(
    "fault",
    [pytest.param(f, marks=pytest.mark.soak) if f in RARE else f for f in LUA_FAULTS],
)
def test_a_fault_planted_in_a_transition_is_found(
    morning: type[MorningMachine], fault: str
) -> None:
    old, new, finding = LUA_FAULTS[fault]
    library = planted(old, new)

    class Faulty(LiveFair):
        def __init__(self, store: Redis, fair_id: str) -> None:
            super().__init__(store, fair_id)
            self.line._library = library

    morning.make_fair = Faulty
    with pytest.raises(AssertionError, match=finding):
        run_state_machine_as_test(morning, settings=HUNT)


class ForgetsSome(Projection):
    """Counts some events and does nothing with them."""

    def apply(self, event: AnyEvent) -> None:
        if isinstance(event, CandidateAway | RoomEntered):
            self.seq = event.seq
        else:
            super().apply(event)


def test_a_projection_that_skips_something_is_found(morning: type[MorningMachine]) -> None:
    morning.make_projection = ForgetsSome
    with pytest.raises(AssertionError):
        run_state_machine_as_test(morning, settings=HUNT)


def test_a_fold_that_forgets_whom_a_coming_and_going_concerns_is_found(
    morning: type[MorningMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget_lines(fair: FairRecords, candidate: Candidate) -> None:
        fair.touched.candidates.add(candidate.candidate_id)

    monkeypatch.setattr(moves, "owner_changed", forget_lines)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(morning, settings=HUNT)
