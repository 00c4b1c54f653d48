"""A fault inside a transition stops that one command: all it wrote is taken back.

A library that fails at its n-th call to the store, for every n, runs every transition in every
situation; it also fails at the very end, so that one fair serves for all of them. After each fault
the store holds what it held before.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, TicketState
from fairserver.line.keys import deadlines_key, meta_key, prefix
from fairserver.line.library import Library, build_library, transition_names
from fairserver.line.line import SYSTEM, Actor
from fairserver.protocol.errors import Refused
from fairserver.protocol.events import BoothPlan
from tests.line import situations as s
from tests.line.checker import Checker
from tests.line.live import ORGANISER, LiveFair
from tests.line.situations import TICKETS
from tests.line.test_tables import B1, C1, TRIES

GUEST = Actor.guest("s-guest")

#: Every transition with something to do in some situation, beside those on a ticket.
BOOTHS_JSON = msgspec.json.encode(
    [BoothPlan(booth_id="b4", mode=BoothMode.ONLINE, minutes=5, desks=["b4-1"])]
).decode()
RULES_JSON = msgspec.json.encode(FairSettings(none_yet_first_min=0)).decode()
MORE: list[tuple[str, Actor, dict[str, Any]]] = [
    ("fire_due", SYSTEM, {"limit": 200}),
    ("seen", SYSTEM, {"candidate_ids": ["c1", "c2", "c9", "nobody"]}),
    ("register", SYSTEM, {"candidate_id": "c5", "head_start_ms": 0}),
    ("join", Actor.candidate("c2"), {"candidate_id": "c2", "booth_id": "b1"}),
    ("join", C1, {"candidate_id": "c1", "booth_id": "b3"}),
    ("make_appointment", B1, {"candidate_id": "c1", "booth_id": "b1", "due_at": 1}),
    ("change_booth", ORGANISER, {"booth_id": "b1", "mode": "onsite", "add_desk_id": "b1-3"}),
    ("change_settings", ORGANISER, {"settings_json": RULES_JSON, "ends_at": 5}),
    ("load_fair", SYSTEM, {"digest": "x", "ends_at": 0, "settings_json": RULES_JSON,
                           "booths_json": BOOTHS_JSON}),
    ("move_ticket", ORGANISER, {"before_ticket_id": "t2"}),
    ("open_desk", B1, {"desk_id": "b1-2"}),
    ("pause_desk", B1, {"desk_id": "b1-1"}),
    ("resume_booth", B1, {"booth_id": "b2"}),
    ("pause_fair", ORGANISER, {}),
    ("staffed", SYSTEM, {"staff_ids": ["s-b1", "nobody"]}),
    ("claim", C1, {}),
    ("settle", C1, {}),
    ("raise_alarm", SYSTEM, {"kind": "store_full", "subject": "", "count": 1}),
    ("put_alarm_aside", ORGANISER, {"kind": "store_full", "subject": ""}),
    ("enter_leg", GUEST, {"leg": "desk_guest", "peer": "peer-new"}),
    ("report_leg", GUEST, {"leg": "desk_guest", "peer": "peer-guest", "state": "lost"}),
]  # fmt: skip

#: Faults that are tried in one round trip, and more of them than any transition makes calls.
_AT_ONCE = 12
_MOST = 4000

#: What a fair holds, as a hash: what was taken back may stand in another order in its record.
_DIGEST = """
local READ = {
  hash = function(key) return redis.call('HGETALL', key), 2 end,
  zset = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES'), 1 end,
  set = function(key) return redis.call('SMEMBERS', key), 1 end,
  stream = function(key) return { tostring(redis.call('XLEN', key)) }, 1 end,
}
local keys, found = redis.call('KEYS', KEYS[1] .. ':*'), {}
table.sort(keys)
for _, key in ipairs(keys) do
  local held, step = READ[redis.call('TYPE', key).ok](key)
  local lines = {}
  for i = 1, #held, step do lines[#lines + 1] = table.concat(held, ' ', i, i + step - 1) end
  if redis.call('TYPE', key).ok ~= 'zset' then table.sort(lines) end
  found[#found + 1] = key .. '=' .. table.concat(lines, ',')
end
return redis.sha1hex(table.concat(found, ';'))
"""

_END = "the end"

#: Whose command it is, its id and its digest: the answer is kept, as on the way from a client.
_IDS = ("candidate:c1", "id-1", "digest")

#: Situations in which every transition goes the same way as in another one.
_ALIKE = {"called_again", "connecting_again", "on_deck_again", "handed_over", "left", "closed",
          "connecting_while_closing"}  # fmt: skip


def faulty() -> Library:
    """The library with a function more: ``fault n`` lets the n-th call to the store fail.

    ``fault n 1`` lets the transition fail before its events are written, if it came so far.
    """
    right = build_library()
    call = "local function store_call(...) return redis.call(...) end\n"
    publish = "  ctx:publish()\n"
    assert right.code.count(call) == right.code.count(publish) == 1
    counts = (
        "local left, ends = 0, false\n"
        "redis.register_function('PREFIX_fault', function(_, argv)\n"
        "  left, ends = tonumber(argv[1]), argv[2] == '1'\n"
        "end)\n"
        "redis.register_function('PREFIX_left', function() return left end)\n"
        "local function store_call(...)\n"
        "  left = left - 1\n"
        "  if left == 0 then error('a planted fault') end\n"
        "  return redis.call(...)\n"
        "end\n"
    )
    name = "fs_" + hashlib.sha256(b"faulty").hexdigest()[:10]
    code = right.code.replace(call, counts).replace(right.prefix, name)
    code = code.replace(publish, f"  if ends then left = 0 error('{_END}') end\n{publish}")
    return Library(name, code.replace("PREFIX_", f"{name}_"), name)


class FaultyFair(LiveFair):
    """A fair whose transitions can be made to fail."""

    def __init__(self, store: Redis, fair_id: str) -> None:
        super().__init__(store, fair_id)
        self.line._library = faulty()

    async def fault(self, nth: int, *, ends: bool = False) -> None:
        """Let the n-th call to the store fail, of the commands from now on."""
        await self.store.fcall(f"{self.line._library.prefix}_fault", 0, nth, int(ends))

    async def fail_everywhere(self, name: str, actor: Actor, args: dict[str, Any]) -> int:
        """Let a transition fail at each of its calls and at its end; say at how many."""
        before = await self.store.eval(_DIGEST, 1, prefix(self.fair_id))
        library = self.line._library.prefix
        call = (f"{library}_{name}", 1, prefix(self.fair_id), actor.by, *_IDS, actor.scope)
        for first in range(1, _MOST, _AT_ONCE):
            pipeline = self.store.pipeline(transaction=False)
            for nth in range(first, first + _AT_ONCE):
                pipeline.execute_command("FCALL", f"{library}_fault", 0, nth, 1)
                pipeline.execute_command("FCALL", *call, msgspec.json.encode(args))
            *replies, after = await pipeline.eval(_DIGEST, 1, prefix(self.fair_id)).execute()
            faults = [json.loads(raw)["fault"] for raw in replies[1::2]]
            assert after == before, f"{name} at one of its calls from {first} on: {faults[0]}"
            if _END in faults[-1]:
                await self.fault(0)
                return first + sum(_END not in fault for fault in faults)
        raise AssertionError(f"{name} makes more than {_MOST} calls")


async def test_a_fault_at_any_call_of_any_transition_in_any_situation_changes_nothing(
    store: Redis, fair_id: str, report: Callable[[str], None]
) -> None:
    tried = 0
    for number, make in enumerate(make for name, make in TICKETS.items() if name not in _ALIKE):
        fair = FaultyFair(store, f"{fair_id}-{number}")
        await fair.line.load()
        await fair.fault(0)
        await fair.load()
        ticket_id = await make(fair)
        with suppress(Refused):
            await fair.come("c2", "b1")
        await fair.pass_time(300)  # whatever may fall due has
        for name, actor, args in [*TRIES, *MORE]:
            tried += await fair.fail_everywhere(name, actor, {"ticket_id": ticket_id, **args})
        await Checker(fair).check()
        await fair.wait(3600)
        await Checker(fair).check()
    report(f"faults inside transitions: {tried:,} planted, all taken back")


def test_every_command_to_the_store_that_is_written_down_can_be_taken_back() -> None:
    used = set(re.findall(r"redis\.call\('([A-Z]+)'", build_library().code))
    known = set(re.findall(r"^  ([A-Z]+) = (?:each|function)", build_library().code, re.MULTILINE))
    reads = re.search(r"local READS = {(.*?)}", build_library().code, re.DOTALL)
    assert reads is not None
    assert used <= known | set(re.findall(r"([A-Z]+) = true", reads[1]))


def test_every_transition_is_tried() -> None:
    assert {name for name, _, _ in [*TRIES, *MORE]} >= set(transition_names())


async def test_a_fault_while_events_are_written_leaves_none_out(store: Redis, fair_id: str) -> None:
    nth = 0
    while True:
        nth += 1
        fair = FaultyFair(store, f"{fair_id}-{nth}")
        await fair.line.load()
        await fair.fault(0)
        await fair.load()
        await fair.open("b1-1")
        await fair.candidate("c1")
        await fair.fault(nth)
        with suppress(Refused):
            await fair.join("c1", "b1")
        spent = await store.fcall(f"{fair.line._library.prefix}_left", 0)
        await fair.fault(0)
        await Checker(fair).check()
        if spent > 0:
            break
        with suppress(Refused):
            await fair.join("c1", "b1")
        assert await fair.at_desk("b1-1") == "t1"
        await Checker(fair).check()


async def test_one_deadline_that_fails_is_put_off_and_the_others_fire(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    await fair.store.zadd(deadlines_key(fair.fair_id), {"call:nobody": 1, "newer:kind": 2})
    await fair.pass_time(61)
    await fair.seen("c1")
    assert await fair.line.fire_due(fair.fair_id) == (1, 10_000)
    assert await fair.ticket_state(ticket_id) == TicketState.WAITING
    waiting = await fair.store.zrange(deadlines_key(fair.fair_id), 0, -1)
    assert {b"call:nobody", b"newer:kind"} <= set(waiting)
    await fair.store.zrem(deadlines_key(fair.fair_id), "call:nobody", "newer:kind")


@pytest.mark.parametrize(
    "stored",
    ["", "{", "[]", "null", '{"join_limit":null}', '{"join_limit":"3","presence_s":{}}', "{}"],
)
async def test_a_setting_that_is_missing_or_none_has_its_default(
    store: Redis, fair_id: str, stored: str
) -> None:
    fair = LiveFair(store, fair_id)
    await fair.load(FairSettings(join_limit=1))
    await store.hset(meta_key(fair_id), "settings", stored)
    await fair.open("b1-1")
    ticket_id = await fair.come("c1", "b1")
    await fair.join("c1", "b2")
    deadline = int((await fair.record("ticket", ticket_id))["deadline"])
    assert deadline == fair.now + FairSettings().accept_online_s * 1000


async def test_a_fair_whose_event_has_no_number_kept_goes_on(fair: LiveFair) -> None:
    """An older release wrote the event first and its number at the end."""
    await fair.candidate("c1")
    seq = await fair.seq()
    await fair.store.hset(meta_key(fair.fair_id), "seq", seq - 1)
    assert (await fair.do("pause_booth", B1, booth_id="b1")).seq == seq + 1


_WITHOUT_ARGUMENTS = {"open_fair", "close_fair", "pause_fair", "claim", "settle"}


@pytest.mark.parametrize("args", [b"", b"{", b"[1]", b'"x"', b'{"ticket_id":{}}', b"null"])
async def test_arguments_that_cannot_be_read_change_nothing(fair: LiveFair, args: bytes) -> None:
    before = await fair.store.eval(_DIGEST, 1, prefix(fair.fair_id))
    for name in set(transition_names()) - _WITHOUT_ARGUMENTS:
        call = (f"{fair.line._library.prefix}_{name}", 1, prefix(fair.fair_id))
        raw = await fair.store.fcall(*call, "system", "", "", "", "*", args)
        assert json.loads(raw).get("error"), name
        assert await fair.store.eval(_DIGEST, 1, prefix(fair.fair_id)) == before, name
