"""What one person can make the store keep has a bound, and a full store does nothing by halves."""

from __future__ import annotations

import itertools
import logging
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from fairserver.domain.states import AlarmKind
from fairserver.line.line import Actor
from fairserver.node.supplies import LEAST_FREE, Reserve, Supplies
from fairserver.protocol.errors import Code, Refused
from fairserver.web.faults import code_of
from tests.line.live import LiveFair
from tests.web.support import Server, Servers

C1 = Actor.candidate("c1")
_numbers = itertools.count()
#: As in ``shared/context.lua``.
SURE, MOST, EVENTS_AN_HOUR = 128, 1024, 500


@pytest.fixture
async def fair(store: Redis, fair_id: str) -> LiveFair:
    found = LiveFair(store, fair_id)
    await found.load()
    await found.candidate("c1")
    return found


async def kept(fair: LiveFair) -> list[str]:
    """The command ids of c1 of which something is kept."""
    names = await fair.store.hkeys(f"{{{fair.fair_id}}}:kept:candidate:c1")
    return sorted(name.decode() for name in names if name != b"#")


async def ask(fair: LiveFair, count: int, first: int = 0) -> None:
    """Send commands that are all refused: each leaves an answer."""
    for number in range(first, first + count):
        with pytest.raises(Refused, match="ticket_unknown"):
            await fair.do("leave", C1, command_id=f"k{number:05}", ticket_id="t999")


async def test_the_kept_answers_of_one_client_have_a_bound(fair: LiveFair) -> None:
    await ask(fair, MOST + 200)
    names = await kept(fair)
    assert len(names) == MOST
    assert names[-1] == f"k{MOST + 199:05}"  # the newest are there, the oldest are not
    assert names[0] == "k00200"


async def test_old_answers_go_and_the_newest_stay(fair: LiveFair) -> None:
    await ask(fair, SURE + 100)
    assert len(await kept(fair)) == SURE + 100  # they are young
    await fair.wait(3600)
    await ask(fair, 100, first=SURE + 100)
    assert len(await kept(fair)) == SURE


async def test_a_repeat_among_the_newest_still_gets_its_first_answer(fair: LiveFair) -> None:
    booth = {"candidate_id": "c1", "booth_id": "b1"}
    first = await fair.do("join", C1, command_id="mine", **booth)
    await ask(fair, SURE - 1)
    again = await fair.do("join", C1, command_id="mine", **booth)
    assert again.result == first.result


async def choose(fair: LiveFair) -> bool:
    """Choose another way than before; say whether that was not too fast yet."""
    number = next(_numbers)
    way = ("phone", "video")[number % 2]
    try:
        await fair.do("choose_way", C1, command_id=f"w{number}", candidate_id="c1", way=way)
    except Refused as refused:
        return refused.code is not Code.TOO_FAST
    return True


async def test_a_client_writes_so_many_events_in_an_hour_and_may_still_leave(
    fair: LiveFair,
) -> None:
    ticket_id = await fair.join("c1", "b1")
    while await choose(fair):
        assert await fair.store.xlen(f"{{{fair.fair_id}}}:events") < 2 * EVENTS_AN_HOUR
    before = await fair.dump()
    with pytest.raises(Refused, match="too_fast"):
        await fair.do("choose_way", C1, command_id="once", candidate_id="c1", way="audio")
    assert await fair.dump() == before
    await fair.do("leave", C1, command_id="out", ticket_id=ticket_id)
    await fair.wait(3600)
    await fair.do("choose_way", C1, command_id="later", candidate_id="c1", way="audio")


async def test_a_person_takes_so_many_turns_at_one_booth(servers: Servers) -> None:
    here, there = await servers.start({"turns_per_booth": 2}), await servers.start()
    person = await here.candidate()
    pages = [await here.socket(person), await there.socket(person)]
    for page in pages:
        ticket_id = (await page.do("join", booth_id="b1"))["ticket_id"]
        await page.do("leave", ticket_id=ticket_id)
    for page in pages:
        assert await page.refused("join", booth_id="b1") == "turns_limit"
    await pages[0].do("join", booth_id="b2")
    staff = await here.socket(await here.organiser())
    await staff.do("join", booth_id="b1", candidate_id=person.candidate_id)


async def fill(store: Redis) -> None:
    """Let the store take nothing more, whatever it gives back meanwhile."""
    await store.config_set("maxmemory", 1)


async def test_a_full_store_refuses_newcomers_whole_and_lets_people_go(
    server: Server, store: Redis
) -> None:
    person, page = await server.newcomer()
    ticket_id = (await page.do("join", booth_id="b1"))["ticket_id"]
    before = await server.live.dump()
    await fill(store)
    try:
        assert await page.refused("join", booth_id="b2") == "store_full"
        assert await server.live.dump() == before
        reply = await server.register()
        assert (reply.status, reply.json["code"]) == (507, "store_full")
        assert (await server.get("/api/session", token=person.token)).status == 200
        await page.do("leave", ticket_id=ticket_id)
    finally:
        await store.config_set("maxmemory", 0)
    await page.do("join", booth_id="b2")


async def test_the_control_room_hears_before_the_store_is_full(
    server: Server, store: Redis
) -> None:
    control = await server.socket(await server.organiser(), ["control"])
    used = (await store.info("memory"))["used_memory"]
    await store.config_set("maxmemory", int(used / 0.92))
    try:
        await server.node.supplies.look_at_memory()
    finally:
        await store.config_set("maxmemory", 0)
    await control.until(
        lambda: any("store_full" in str(cell) for cell in control.views["control"].cells.values())
    )


class Told(list[AlarmKind]):
    """The alarms that were raised."""

    async def __call__(self, kind: AlarmKind, _: int) -> None:
        self.append(kind)


async def test_a_full_disk_gets_the_reserve_back_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reserve, told, nothing = Reserve(tmp_path, 1_000_000), Told(), object()
    store: Any = nothing
    supplies = Supplies(store, reserve, told)
    await supplies.look_at_disk()
    assert reserve.path.stat().st_blocks * 512 >= 1_000_000  # real blocks, no hole
    monkeypatch.setattr(Reserve, "free", lambda _: LEAST_FREE - 1)
    with caplog.at_level(logging.ERROR):
        await supplies.look_at_disk()
    assert not reserve.path.exists()
    assert told == [AlarmKind.DISK_FULL]
    assert "make room" in caplog.text
    await supplies.look_at_disk()
    assert not reserve.path.exists()  # it stays given up while there is no room


def test_a_store_whose_disk_is_full_is_away_and_no_fault_of_ours() -> None:
    said = "MISCONF Errors writing to the AOF file: No space left on device"
    assert code_of(ResponseError(said)) is Code.STORE_AWAY
