"""The archiver between a real Valkey and a real database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from fairserver.ledger import Ledger
from fairserver.ledger.archive import UNREADABLE
from fairserver.ledger.archiver import BATCH, Archiver
from fairserver.line.keys import meta_key, stream_key
from fairserver.line.store import open_store
from fairserver.protocol.events import TicketLeft
from tests.conftest import TestValkey
from tests.ledger.makers import FAIR, OpenLedger, stream_event


async def _write(
    store: Redis, first: int, last: int, fair_id: str = FAIR, incarnation: str = ""
) -> None:
    async with store.pipeline(transaction=False) as pipe:
        for seq in range(first, last + 1):
            event = stream_event(
                TicketLeft, seq, ticket_id=f"t{seq}{incarnation}", incarnation=incarnation
            )
            pipe.xadd(stream_key(fair_id), {"e": event}, id=f"{seq}-0")
        await pipe.execute()


@asynccontextmanager
async def _running(archiver: Archiver) -> AsyncIterator[Archiver]:
    archiver.start()
    yield archiver
    await archiver.stop()


async def _seqs(ledger: Ledger) -> list[int]:
    return [row.seq for row in await ledger.archive.read(FAIR, limit=10_000)]


async def test_every_event_of_the_stream_is_archived(ledger: Ledger, live_store: Redis) -> None:
    last = 2 * BATCH + 7
    await _write(live_store, 1, last)
    async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
        await archiver.settled(FAIR, last)
    assert await _seqs(ledger) == list(range(1, last + 1))
    (first, *_) = await ledger.archive.read(FAIR, limit=1)
    assert first.raw == stream_event(TicketLeft, 1, ticket_id="t1", incarnation="")


async def test_an_event_is_archived_as_it_happens(ledger: Ledger, live_store: Redis) -> None:
    async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
        for seq in range(1, 4):
            await _write(live_store, seq, seq)
            await archiver.settled(FAIR, seq)
            assert await ledger.archive.last_seq(FAIR) == seq


async def test_a_new_archiver_goes_on_where_the_last_one_stopped(
    ledger: Ledger, live_store: Redis
) -> None:
    await _write(live_store, 1, 3)
    async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
        await archiver.settled(FAIR, 3)
    await live_store.xtrim(stream_key(FAIR), maxlen=1, approximate=False)
    await _write(live_store, 4, 6)
    async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
        await archiver.settled(FAIR, 6)
    assert await _seqs(ledger) == [1, 2, 3, 4, 5, 6]


async def test_several_nodes_archive_the_same_fair_without_harm(
    open_ledger: OpenLedger, live_store: Redis
) -> None:
    nodes = [await open_ledger() for _ in range(3)]
    await _write(live_store, 1, BATCH)
    archivers = [Archiver(live_store, node, [FAIR]) for node in nodes]
    async with _running(archivers[0]), _running(archivers[1]), _running(archivers[2]):
        await _write(live_store, BATCH + 1, 2 * BATCH)
        await asyncio.gather(*(archiver.settled(FAIR, 2 * BATCH) for archiver in archivers))
    assert await _seqs(nodes[0]) == list(range(1, 2 * BATCH + 1))


async def test_the_archive_goes_on_after_the_live_store_was_killed(
    ledger: Ledger, valkey_durable: Callable[..., TestValkey]
) -> None:
    server = valkey_durable()
    store = open_store(server.address)
    await _write(store, 1, 3)
    async with _running(Archiver(store, ledger, [FAIR])) as archiver:
        await archiver.settled(FAIR, 3)
        server.kill()
        server.start()
        await _write(store, 4, 6)
        await archiver.settled(FAIR, 6)
    await store.aclose()
    assert await _seqs(ledger) == [1, 2, 3, 4, 5, 6]


async def test_the_archive_goes_on_after_the_database_was_away(
    ledger: Ledger, live_store: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
        await _write(live_store, 1, 3)
        await archiver.settled(FAIR, 3)
        async with ledger._database.write() as connection:
            await connection.execute(text("ALTER TABLE events RENAME TO elsewhere"))
        await _write(live_store, 4, 6)
        while "waits" not in caplog.text:  # noqa: ASYNC110 - only the log tells
            await asyncio.sleep(0.01)
        async with ledger._database.write() as connection:
            await connection.execute(text("ALTER TABLE elsewhere RENAME TO events"))
        await archiver.settled(FAIR, 6)
    assert await _seqs(ledger) == [1, 2, 3, 4, 5, 6]
    assert caplog.text.count("waits") == 1


async def test_a_fair_may_be_added_while_the_archiver_runs(
    ledger: Ledger, live_store: Redis
) -> None:
    await _write(live_store, 1, 2)
    await _write(live_store, 1, 2, "another")
    async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
        await archiver.settled(FAIR, 2)
        archiver.follow("another")
        archiver.follow("another")
        await archiver.settled("another", 2)
    assert await ledger.archive.last_seq("another") == 2


async def test_an_entry_that_is_no_event_does_not_stop_the_archive(
    ledger: Ledger, live_store: Redis
) -> None:
    await live_store.xadd(stream_key(FAIR), {"e": "{"}, id="1-0")
    await live_store.xadd(stream_key(FAIR), {"other": "x"}, id="2-0")
    await _write(live_store, 3, 3)
    async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
        await archiver.settled(FAIR, 3)
    kinds = [row.kind for row in await ledger.archive.read(FAIR)]
    assert kinds == [UNREADABLE, UNREADABLE, "ticket_left"]


async def test_a_live_store_that_lost_events_is_reported(
    ledger: Ledger, live_store: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    await _write(live_store, 1, 5)
    async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
        await archiver.settled(FAIR, 5)
    await live_store.delete(stream_key(FAIR))
    await _write(live_store, 1, 2)
    with caplog.at_level(logging.ERROR):
        async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
            await archiver.settled(FAIR, 5)
    assert "the store lost events" in caplog.text


async def test_stopping_the_archiver_leaves_whole_batches(
    ledger: Ledger, live_store: Redis
) -> None:
    await _write(live_store, 1, 4 * BATCH)
    archiver = Archiver(live_store, ledger, [FAIR])
    archiver.start()
    await archiver.settled(FAIR, BATCH)
    await archiver.stop()
    assert len(await _seqs(ledger)) % BATCH == 0
    assert await ledger.archive.gaps(FAIR) == []


async def _set_up(store: Redis, last: int, incarnation: str) -> None:
    """Let the store hold a stream of that name, and nothing of the one before."""
    async with store.pipeline(transaction=True) as pipe:
        pipe.delete(stream_key(FAIR))
        pipe.hset(meta_key(FAIR), "incarnation", incarnation)
        for seq in range(1, last + 1):
            event = stream_event(
                TicketLeft, seq, ticket_id=f"t{seq}-{incarnation}", incarnation=incarnation
            )
            pipe.xadd(stream_key(FAIR), {"e": event}, id=f"{seq}-0")
        await pipe.execute()


async def _archived(ledger: Ledger, incarnation: str) -> list[str | None]:
    return [row.ticket_id for row in await ledger.archive.read(FAIR, incarnation=incarnation)]


@pytest.mark.parametrize("last", [2, 5, 9], ids=["shorter", "as long", "longer"])
async def test_two_streams_of_a_store_set_up_anew_are_not_mixed(
    ledger: Ledger, live_store: Redis, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    monkeypatch.setattr("fairserver.ledger.archiver.BLOCK_MS", 20)
    await _set_up(live_store, 5, "one")
    async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
        await archiver.settled(FAIR, 5)
        await _set_up(live_store, last, "two")
        while len(await _archived(ledger, "two")) < last:  # noqa: ASYNC110 - the record tells
            await asyncio.sleep(0.01)
    assert await _archived(ledger, "one") == [f"t{seq}-one" for seq in range(1, 6)]
    assert await _archived(ledger, "two") == [f"t{seq}-two" for seq in range(1, last + 1)]


async def test_an_archiver_that_was_away_meanwhile_begins_the_new_stream_at_its_start(
    ledger: Ledger, live_store: Redis
) -> None:
    await _set_up(live_store, 5, "one")
    async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
        await archiver.settled(FAIR, 5)
    await _set_up(live_store, 7, "two")
    async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
        await archiver.settled(FAIR, 7)
    assert await _archived(ledger, "two") == [f"t{seq}-two" for seq in range(1, 8)]
    assert await ledger.archive.incarnation(FAIR) == "two"
    assert await ledger.archive.last_seq(FAIR) == 7
    assert await ledger.archive.gaps(FAIR) == []
    assert await ledger.archive.gaps(FAIR, "one") == []


async def test_events_of_a_release_that_names_no_stream_are_archived_with_the_others(
    ledger: Ledger, live_store: Redis
) -> None:
    await _set_up(live_store, 3, "one")
    await _write(live_store, 4, 5)
    async with _running(Archiver(live_store, ledger, [FAIR])) as archiver:
        await archiver.settled(FAIR, 5)
    assert len(await _archived(ledger, "one")) == 5
