"""Calls that go to the store together: each gets its own answer, and none waits for ever."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as StoreConnectionError
from redis.exceptions import DataError, RedisError, ResponseError

from fairserver.domain.states import Role
from fairserver.line import batch
from fairserver.line.batch import Batcher
from fairserver.line.store import open_store
from fairserver.node.supervisor import Supervisor
from tests.conftest import TestValkey

Until = Callable[[Callable[[], object]], Awaitable[None]]

#: A store that stands still was found out after 35 s once: far more than a slow computer makes of
#: about one.
FAR_BELOW_S = 15.0


@pytest.fixture
def batcher(store: Redis) -> Batcher:
    return Batcher(store)


@pytest.fixture
def server(valkey_durable: Callable[..., TestValkey]) -> TestValkey:
    return valkey_durable()


@pytest.fixture
async def own(server: TestValkey) -> AsyncIterator[Redis]:
    """A client of a store that may be stopped."""
    client = open_store(server.address)
    yield client
    await client.aclose()


async def test_calls_made_at_once_each_get_their_own_answer_in_order(
    batcher: Batcher, store: Redis
) -> None:
    calls = [batcher.call("RPUSH", "list", number) for number in range(1000)]
    answers = await asyncio.gather(*calls)
    assert sorted(answers) == list(range(1, 1001))
    kept = await store.lrange("list", 0, -1)
    # What is answered with n is the n-th of the list: nobody got another one's answer.
    assert [int(kept[answer - 1]) for answer in answers] == list(range(1000))


async def test_an_error_is_its_own_callers(batcher: Batcher, store: Redis) -> None:
    await store.set("text", "x")
    calls = [batcher.call("INCR", "text" if n % 7 == 3 else "number") for n in range(200)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    wrong = [n for n, answer in enumerate(answers) if isinstance(answer, ResponseError)]
    assert wrong == [n for n in range(200) if n % 7 == 3]
    assert sorted(a for a in answers if isinstance(a, int)) == list(range(1, 201 - len(wrong)))


@pytest.mark.parametrize("word", [None, True, object(), ["x"], "\ud800"])
async def test_a_call_that_cannot_be_sent_is_its_own_callers(batcher: Batcher, word: Any) -> None:
    right = [batcher.call("INCR", "number") for _ in range(100)]
    calls = [*right[:50], batcher.call("SET", "x", word), *right[50:]]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(answers.pop(50), DataError)
    assert sorted(answers) == list(range(1, 101))


async def test_words_are_sent_as_the_client_itself_would(batcher: Batcher, store: Redis) -> None:
    words = [b"\xff\x00", "Đức", Role.SYSTEM, 7, -1, 1.5, 1e300, ""]
    await store.rpush("right", *words)
    await batcher.call("RPUSH", "list", *words)
    assert await store.lrange("list", 0, -1) == await store.lrange("right", 0, -1)


async def test_whoever_goes_away_takes_no_answer_from_the_others(
    batcher: Batcher, until: Until
) -> None:
    tasks = [asyncio.ensure_future(batcher.call("INCR", "number")) for _ in range(300)]
    await asyncio.sleep(0)
    for task in tasks[::3]:
        task.cancel()
    stay = [task for n, task in enumerate(tasks) if n % 3]
    answers = await asyncio.gather(*stay)
    assert len(set(answers)) == len(answers) == 200
    await until(lambda: not batcher._lanes)


async def test_a_store_that_stands_still_is_told_to_everybody_who_waits(
    own: Redis, server: TestValkey, until: Until
) -> None:
    batcher = Batcher(own)
    await batcher.call("PING")
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(FAR_BELOW_S):
            calls = [batcher.call("INCR", "number") for _ in range(5000)]
            answers = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(answer, RedisError) for answer in answers)
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    assert int(await batcher.call("INCR", "another")) == 1
    await until(lambda: not batcher._lanes)


async def test_a_killed_store_is_told_and_calls_go_on_when_it_is_back(
    own: Redis, server: TestValkey
) -> None:
    batcher = Batcher(own)
    await batcher.call("SET", "kept", "x")
    server.kill()
    calls = [batcher.call("GET", "kept") for _ in range(500)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(answer, RedisError) for answer in answers)
    server.start()
    assert await batcher.call("GET", "kept") == b"x"


async def test_a_fault_in_sending_leaves_nobody_waiting_and_is_counted(
    store: Redis, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    supervisor = Supervisor()
    batcher, broken = Batcher(store, supervisor), [True]
    settle = batch._settle

    def breaks(future: asyncio.Future[Any], reply: Any) -> None:
        if broken and not isinstance(reply, StoreConnectionError):
            broken.pop()
            raise LookupError
        settle(future, reply)

    monkeypatch.setattr(batch, "_settle", breaks)
    calls = [batcher.call("INCR", "number") for _ in range(500)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert any(isinstance(answer, StoreConnectionError) for answer in answers)
    assert await batcher.call("ECHO", "x") == b"x"
    await until(lambda: supervisor.faults() == {"batches to the store": 1})
    await until(lambda: not batcher._lanes)
