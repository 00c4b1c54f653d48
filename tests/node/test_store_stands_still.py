"""A live store that stands still, without ending: noticed soon, told, and gone on with after it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pytest

from tests.conftest import TestValkey
from tests.web.conftest import _SECRET
from tests.web.support import Server, Servers

Until = Callable[[Callable[[], object]], Awaitable[None]]

#: It took 35 s once: far more than a slow computer makes of about one.
FAR_BELOW_S = 15.0


@contextmanager
def standing_still(valkey: TestValkey) -> Iterator[None]:
    """Let a store stand still for a while, as one whose disk hangs does."""
    assert valkey.process is not None
    os.kill(valkey.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(valkey.process.pid, signal.SIGCONT)


@pytest.fixture
def valkey_own(valkey_durable: Callable[..., TestValkey]) -> TestValkey:
    return valkey_durable()


@pytest.fixture
async def node(
    tmp_path: Path,
    sql_url: str,
    valkey_own: TestValkey,
    fair_id: str,
    free_port: Callable[[], int],
) -> AsyncIterator[Server]:
    """A node on a store of its own."""
    secret = tmp_path / "secret"
    secret.write_bytes(_SECRET)
    secret.chmod(0o600)
    async with AsyncExitStack() as stack:
        servers = Servers(stack, tmp_path, valkey_own.address, fair_id, free_port, sql_url)
        yield await servers.start()


async def is_ready(node: Server, wanted: bool) -> list[str]:
    """Wait until the node says that it is ready, or not; give all that it says."""
    while ((reply := await node.get("/readyz")).status == 200) is not wanted:  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0.01)
    return reply.body.decode().splitlines()


async def test_it_is_noticed_told_and_over_when_the_store_goes_on(
    node: Server, valkey_own: TestValkey
) -> None:
    _, socket = await node.newcomer()
    await node.open_fair()
    with standing_still(valkey_own):
        async with asyncio.timeout(FAR_BELOW_S):
            asked = asyncio.create_task(socket.ask("join", booth_id="b1", show_profile=True))
            said = await is_ready(node, False)
            assert said[:2] == ["not ready", "the live store is away"]
            await socket.until(lambda: _told(socket.frames, "away"))
            answer = await asked
        assert (answer["type"], answer["code"]) == ("error", "store_away")
    await is_ready(node, True)
    await socket.until(lambda: _told(socket.frames, "ok"))
    ticket = await socket.do("join", booth_id="b2", show_profile=True)
    await socket.until(lambda: socket.cell("me", f"ticket/{ticket['ticket_id']}"))
    assert node.node.supervisor.faults() == {}  # an outage is no fault of ours


def _told(frames: list[dict[str, object]], state: str) -> bool:
    said = [frame["state"] for frame in frames if frame["type"] == "store"]
    return bool(said) and said[-1] == state


async def test_a_store_that_is_only_quiet_is_not_taken_for_one_that_stands_still(
    node: Server,
) -> None:
    """Nothing happens for longer than any read may wait for an answer."""
    _, socket = await node.newcomer()
    for _ in range(12):
        await asyncio.sleep(0.25)
        assert node.node.reader.store_is_there
    assert not _told(socket.frames, "away")


async def test_who_only_listens_finds_out_too(
    node: Server, valkey_own: TestValkey, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    """By itself it would wait for ever where the other end has gone without a word."""
    with standing_still(valkey_own):
        await until(lambda: "signalling waits for the store" in caplog.text)
    await is_ready(node, True)
