"""Two releases on one live store: what one has written, or has not, stops nothing in the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from fairserver.line.keys import deadlines_key, prefix
from fairserver.line.library import build_library
from fairserver.line.line import Line
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.events import VERSION
from tests.line import situations as s
from tests.line.live import LiveFair
from tests.line.situations import TICKETS
from tests.line.test_half_done import _ALIKE, _END, _IDS, MORE, FaultyFair
from tests.line.test_tables import C1, TRIES

#: The records that the situations are about.
_RECORDS = ("candidate:c1", "booth:b1", "desk:b1-1")
#: What has no default: whom a record is about, and where it stands.
_NEEDED = ("_id", "state", "order", "number", "hand_over_to")
#: What a newer release may add, or say in a field that this one knows.
_NEWER = {"brand_new": "1", "lane": "sunshine", "mode": "hologram", "way": "thought"}


async def _try_everything(fair: FaultyFair, ticket_id: str) -> dict[str, str]:
    """Call every transition, each taken back at its end; give those that failed before that."""
    library = fair.line._library.prefix
    pipeline = fair.store.pipeline(transaction=False)
    for name, actor, args in [*TRIES, *MORE]:
        call = (f"{library}_{name}", 1, prefix(fair.fair_id), actor.by, *_IDS, actor.scope)
        pipeline.execute_command("FCALL", f"{library}_fault", 0, 0, 1)
        pipeline.execute_command(
            "FCALL", *call, msgspec.json.encode({"ticket_id": ticket_id, **args})
        )
    replies = await pipeline.execute()
    faults = [json.loads(raw)["fault"] for raw in replies[1::2]]
    names = [name for name, _, _ in [*TRIES, *MORE]]
    return {name: fault for name, fault in zip(names, faults, strict=True) if _END not in fault}


#: In these five, everything is written that can be.
_FEW = ("on_deck_ready", "called", "in_room", "hand_over_offered", "done")


async def _situations(
    store: Redis, fair_id: str, names: Iterable[str]
) -> list[tuple[str, FaultyFair, str]]:
    made = []
    for name in names:
        make = TICKETS[name]
        fair = FaultyFair(store, f"{fair_id}-{len(made)}")
        await fair.line.load()
        await fair.fault(0)
        await fair.load()
        ticket_id = await make(fair)
        with suppress(Refused):
            await fair.come("c2", "b1")
        await fair.pass_time(300)  # whatever may fall due has
        made.append((name, fair, ticket_id))
    return made


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(_FEW, id="few"),
        pytest.param(sorted(set(TICKETS) - {*_ALIKE, *_FEW}), id="all", marks=pytest.mark.soak),
    ],
)
async def test_a_field_that_another_release_has_not_written_stops_no_transition(
    store: Redis, fair_id: str, report: Callable[[str], None], names: Iterable[str]
) -> None:
    tried = 0
    for situation, fair, ticket_id in await _situations(store, fair_id, names):
        assert await _try_everything(fair, ticket_id) == {}, situation
        for record in (*_RECORDS, f"ticket:{ticket_id}"):
            key = f"{prefix(fair.fair_id)}:{record}"
            for field, value in (await store.hgetall(key)).items():
                if field.decode().endswith(_NEEDED):
                    continue
                await store.hdel(key, field)
                failed = await _try_everything(fair, ticket_id)
                assert failed == {}, f"{situation}: without {field.decode()} of {record}"
                await store.hset(key, field, value)
                tried += 1
    report(f"fields that were missing: {tried}, each with every transition")


async def test_what_a_newer_release_has_written_stops_no_transition(
    store: Redis, fair_id: str
) -> None:
    for situation, fair, ticket_id in await _situations(store, fair_id, _FEW):
        for record in (*_RECORDS, f"ticket:{ticket_id}"):
            key = f"{prefix(fair.fair_id)}:{record}"
            held = await store.hgetall(key)
            for field, value in _NEWER.items():
                if not held:
                    continue
                await store.hset(key, field, value)
                failed = await _try_everything(fair, ticket_id)
                assert failed == {}, f"{situation}: {field} of {record} is {value}"
                before = held.get(field.encode())
                await (store.hset(key, field, before) if before else store.hdel(key, field))


async def test_a_deadline_that_only_another_release_knows_is_left_to_it(fair: LiveFair) -> None:
    deadlines = deadlines_key(fair.fair_id)
    await s.called(fair)
    await fair.store.zadd(deadlines, {"newer:kind": fair.now})
    done = await fair.line._fire(fair.fair_id)
    assert (done.fired, done.failed) == (0, 0)
    assert done.due_in_ms != 0  # nobody asks again and again for it
    assert await fair.store.zscore(deadlines, "newer:kind") == fair.now


async def test_nobody_waits_behind_deadlines_that_no_node_knows(fair: LiveFair) -> None:
    ticket_id = await s.called(fair)
    deadlines = deadlines_key(fair.fair_id)
    await fair.store.zadd(deadlines, {f"newer:{number}": number + 1 for number in range(500)})
    for _ in range(10):
        await fair.pass_time(61)
        await fair.line.fire_due(fair.fair_id)
    assert (await fair.record("ticket", ticket_id))["state"] == "waiting"


async def test_each_release_calls_its_own_functions(fair: LiveFair) -> None:
    """A library is named by its content: loading one neither replaces nor hides another."""
    other = Line(fair.store)
    code = other._library.code.replace("'internal'", "'internal' --[[ newer ]]")
    name = "fs_other"
    other._library = other._library._replace(
        name=name, code=code.replace(other._library.prefix, name), prefix=name
    )
    await other.load()
    await fair.candidate("c1")
    await other.run(fair.fair_id, "join", C1, candidate_id="c1", booth_id="b1")
    await fair.open("b1-1")
    assert "ticket_called" in await fair.news(0)
    await Line(fair.store).load()
    await other.run(fair.fair_id, "accept", C1, ticket_id="t1")
    assert (await fair.record("ticket", "t1"))["state"] == "connecting"
    libraries = {entry[1] for entry in await _libraries(fair.store)}
    assert {name.encode(), build_library().name.encode()} <= libraries


async def _libraries(store: Redis) -> list[list[bytes]]:
    found: Any = await store.function_list()
    return [
        entry if isinstance(entry, list) else [part for pair in entry.items() for part in pair]
        for entry in found
    ]


async def test_an_answer_kept_by_another_release_with_a_code_of_its_own_is_told_as_ours(
    fair: LiveFair,
) -> None:
    await fair.candidate("c1")
    join = {"candidate_id": "c1", "booth_id": "b1"}
    with suppress(Refused):
        await fair.line.run(fair.fair_id, "join", C1, "command-1", **join)
    key = f"{prefix(fair.fair_id)}:kept:{C1.client}"
    kept = await fair.store.hget(key, "command-1")
    digest = kept.split(b" ")[0].decode()
    newer = '{"error":"moon_full","detail":{"phase":1},"seq":7,"brand_new":1}'
    await fair.store.hset(key, "command-1", f"{digest} {newer}")
    with pytest.raises(Refused) as refused:
        await fair.line.run(fair.fair_id, "join", C1, "command-1", **join)
    assert refused.value.code is Code.INTERNAL


async def test_events_tell_the_version_of_the_contract_that_they_were_written_by(
    fair: LiveFair,
) -> None:
    await fair.candidate("c1")
    assert {event.version for event in await fair.events()} == {VERSION}
