"""The plan of a fair over restarts and reloads, and what a node tells of the store's time."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from redis.asyncio import Redis

from fairserver.domain.booth_correction import BoothCorrection
from fairserver.domain.fair_file import FairFileError
from fairserver.domain.fair_plan import QuestionEntry, Text
from fairserver.domain.settings import FairSettings
from fairserver.line.keys import prefix
from fairserver.web.app import open_node, serving
from tests.fair_text import BoothText, write_fair
from tests.line.live import ORGANISER
from tests.web.support import PATIENT, Server, Servers

_ALL = [
    BoothText("b1", "online", ["b1-1", "b1-2"]),
    BoothText("b2", "online", ["b2-1"]),
    BoothText("b3", "onsite", ["b3-1"]),
]


def _file(folder: Path, fair_id: str, booths: Iterable[BoothText] = _ALL, **rules: int) -> str:
    return str(write_fair(folder / "other.toml", fair_id, {**PATIENT, **rules}, booths))


async def _change_rules(server: Server, **rules: int) -> None:
    held = server.node.fairs[server.fair_id].feed.projection.settings
    said = msgspec.json.encode(msgspec.structs.replace(held, **rules)).decode()
    await server.node.line.run(server.fair_id, "change_settings", ORGANISER, settings_json=said)


async def _rules(server: Server) -> FairSettings:
    return (await server.live.fold()).settings


async def test_a_restart_after_a_correction_takes_no_rule_back(servers: Servers) -> None:
    first = await servers.start()
    await _change_rules(first, join_limit=6)
    asked = QuestionEntry(question_id="q1", kind="yes_no", text=Text(vi="Làm ca đêm?"))
    await first.node.ledger.corrections.put(
        first.fair_id, "b1", BoothCorrection(questions=[asked]), "staff:s1"
    )
    second = await servers.start()
    assert (await _rules(second)).join_limit == 6
    assert second.node.fairs[second.fair_id].feed.projection.booths["b1"].questions == 1


async def test_a_node_with_another_plan_does_not_start_beside_the_first(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairserver.web.node._OTHER_PLAN_S", 0.3)
    first = await servers.start()
    kept = await first.node.ledger.fairs.plans()
    other = _file(tmp_path, first.fair_id, join_limit=6)
    with pytest.raises(FairFileError, match=r"other\.toml: fair_id: Another node runs this fair"):
        await servers.start(fairs=[other])
    assert await first.node.ledger.fairs.plans() == kept
    assert (await _rules(first)).join_limit == FairSettings().join_limit
    again = await servers.start()  # by the same plan there may be as many as one likes
    assert (await _rules(again)).join_limit == FairSettings().join_limit


async def test_a_node_waits_until_one_that_was_ended_with_the_plan_before_is_gone(
    servers: Servers, tmp_path: Path, fair_id: str
) -> None:
    async with serving(servers.settings(PATIENT, {})):
        pass
    second = await servers.start(fairs=[_file(tmp_path, fair_id, join_limit=6)])
    assert (await _rules(second)).join_limit == 6


async def test_people_of_a_booth_that_was_withdrawn_are_told_and_read_its_name(
    servers: Servers, tmp_path: Path, fair_id: str, store: Redis
) -> None:
    first = await servers.start()
    person, page = await first.newcomer()
    ticket_id = (await page.do("join", booth_id="b2"))["ticket_id"]
    recruiter = await first.recruiter("b2")
    # Its node is gone, whatever this one says: the other one may load its plan.
    await first.node.stop()
    await store.delete(f"{prefix(fair_id)}:beats")
    second = await servers.start(fairs=[_file(tmp_path, fair_id, [_ALL[0], _ALL[2]])])
    page = await second.socket(person, ["me", "hall"])
    cell = page.cell("me", f"ticket/{ticket_id}")
    assert (cell["state"], cell["closed_cause"]) == ("closed", "booth_withdrawn")
    assert page.cell("hall", "booth/b2") == {}
    assert await page.refused("join", booth_id="b2") == "booth_unknown"
    mine = await second.get(f"{second.fair_url}/my-data", token=person.token)
    assert mine.status == 200, mine.body
    (turn,) = mine.json["turns"]
    assert (turn["booth_id"], turn["employer"]) == ("b2", "Bàn tư vấn 2")
    met = await second.get(f"{second.fair_url}/people-met", token=recruiter.token)
    assert met.status == 200, met.body
    # Over one more plan: it is still known who that was.
    await second.node.stop()
    await store.delete(f"{prefix(fair_id)}:beats")
    third = await servers.start(fairs=[_file(tmp_path, fair_id, [_ALL[0]])])
    mine = await third.get(f"{third.fair_url}/my-data", token=person.token)
    assert mine.json["turns"][0]["employer"] == "Bàn tư vấn 2"


async def test_the_planned_end_is_kept_whatever_day_the_server_starts(server: Server) -> None:
    """The tests' fair is planned for one day of all: hardly the one on which they run."""
    fair = server.node.fairs[server.fair_id]
    projection = fair.feed.projection
    assert projection.ends_at == int(fair.plan.ends_at.timestamp() * 1000)
    assert projection.day_over - projection.ends_at == (12 * 60 + 30) * 60_000


async def test_a_node_tells_the_stores_time_from_the_first_moment(
    servers: Servers, store: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it asks for what is due: its own clock, which is an hour fast, is never told."""
    fast = SimpleNamespace(time=lambda: time.time() + 3600)
    monkeypatch.setattr("fairserver.node.deadlines.time", fast)
    async with AsyncExitStack() as stack:
        node = await open_node(servers.settings(PATIENT, {}), stack)
        stack.push_async_callback(node.stop)
        seconds, _ = await store.time()
        told = node.fairs[servers.fair_id].deadlines.now_ms()
        assert abs(told - seconds * 1000) < 1_000_000


async def test_hello_tells_the_stores_time_and_its_stream(server: Server, store: Redis) -> None:
    socket = await server.socket(await server.candidate(), None)
    result = await socket.do("hello", views={"me": None})
    seconds, _ = await store.time()
    assert abs(result["now"] - seconds * 1000) < 1_000_000
    await socket.until(lambda: "me" in socket.views)
    snapshot = next(frame for frame in socket.frames if frame["type"] == "snapshot")
    stream = (await server.live.events())[0].incarnation
    assert result["incarnation"] == snapshot["incarnation"] == stream != ""


async def test_a_number_of_a_store_that_is_gone_gets_a_snapshot(
    servers: Servers, fair_id: str, store: Redis
) -> None:
    """Though the new store counts as far, and the node never saw the old one."""
    first = await servers.start()
    _, page = await first.newcomer(["me", "hall"])
    held, stream = page.views["hall"].seq, page.frames[0]["result"]["incarnation"]
    await first.node.stop()
    found = await store.keys(f"{prefix(fair_id)}:*")
    await store.delete(*found)
    second = await servers.start()
    for number in range(held or 0):
        await second.live.candidate(f"c{number}")
    assert await second.node.fairs[fair_id].feed.reached(await second.live.seq())
    recruiter = await second.recruiter()
    feed = second.node.fairs[fair_id].feed
    feed.watch(("hall", ""), None, lambda _: None)  # a view that others have watched for long
    feed.views["hall", ""]._horizon = 0
    for said, kind in ((None, "delta"), (stream, "snapshot")):
        other = await second.socket(recruiter, None)
        other.views["hall"].seq = held
        await other.do("hello", views={"hall": held}, incarnation=said)
        await other.until(lambda other=other: [f for f in other.frames if "view" in f])
        assert next(f for f in other.frames if "view" in f)["type"] == kind
