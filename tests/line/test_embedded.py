"""The embedded Valkey: started, killed, adopted, refused, started again."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fairserver.line.embedded import (
    RESTART_MAX_S,
    SOCKET_PATH_MAX,
    EmbeddedError,
    EmbeddedValkey,
    restart_pause_s,
)
from fairserver.line.store import check_store, open_store

Until = Callable[[Callable[[], bool]], Awaitable[None]]

STARTS_AND_WAITS = """
import asyncio, sys
from pathlib import Path
from fairserver.line.embedded import EmbeddedValkey

async def main():
    valkey = EmbeddedValkey(Path(sys.argv[1]))
    await valkey.start()
    print(valkey.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fs-") as name:
        yield Path(name)


def killed_server(folder: Path) -> int:
    """Run a server on the folder, kill it, and return the pid of the Valkey it leaves."""
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS, str(folder)], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        server.kill()
    return pid


async def test_the_embedded_valkey_is_fit_for_a_fair_and_durable(folder: Path) -> None:
    async with EmbeddedValkey(folder) as valkey:
        client = open_store(valkey.address)
        facts = await check_store(client, require_durable=True)
        await client.aclose()
    assert (facts.name, facts.durable, facts.warnings) == ("Valkey", True, ())


async def test_data_are_there_again_after_a_clean_stop(folder: Path) -> None:
    async with EmbeddedValkey(folder) as valkey:
        client = open_store(valkey.address)
        await client.set("line", "kept")
        await client.aclose()
        pid = valkey.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    async with EmbeddedValkey(folder) as valkey:
        client = open_store(valkey.address)
        assert await client.get("line") == b"kept"
        await client.aclose()


async def test_only_the_owner_may_open_the_socket(folder: Path) -> None:
    async with EmbeddedValkey(folder) as valkey:
        assert stat.S_IMODE(valkey.socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(valkey.data.stat().st_mode) == 0o700


async def test_a_second_server_on_the_same_folder_is_refused_by_name(folder: Path) -> None:
    async with EmbeddedValkey(folder):
        with pytest.raises(EmbeddedError, match=rf"pid {os.getpid()}.*already uses"):
            await EmbeddedValkey(folder).start()


async def test_the_valkey_of_a_killed_server_is_adopted(folder: Path) -> None:
    pid = killed_server(folder)
    os.kill(pid, 0)
    async with EmbeddedValkey(folder) as valkey:
        assert valkey.adopted
        assert valkey.pid == pid
    async with EmbeddedValkey(folder) as valkey:
        assert not valkey.adopted  # the adopted one was stopped with its new owner


async def test_an_adopted_valkey_that_dies_is_started_again(folder: Path, until: Until) -> None:
    pid = killed_server(folder)
    async with EmbeddedValkey(folder) as valkey:
        os.kill(pid, signal.SIGKILL)
        await until(lambda: valkey.pid not in (0, pid))
        client = open_store(valkey.address)
        assert await client.ping()
        await client.aclose()


async def test_a_valkey_that_dies_is_started_again_with_its_data(
    folder: Path, until: Until
) -> None:
    async with EmbeddedValkey(folder) as valkey:
        client = open_store(valkey.address)
        await client.set("line", "kept")
        os.kill(valkey.pid, signal.SIGKILL)
        await until(lambda: valkey.restarts == 1)
        assert await client.get("line") == b"kept"
        await client.aclose()


async def test_a_valkey_that_dies_again_and_again_is_left_longer_alone_and_the_log_says_why(
    folder: Path, until: Until, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pauses: list[int] = []

    def pause_s(deaths: int) -> float:
        pauses.append(deaths)
        return 0.0

    monkeypatch.setattr("fairserver.line.embedded.restart_pause_s", pause_s)
    async with EmbeddedValkey(folder) as valkey:
        client = open_store(valkey.address)
        for times in (1, 2, 3):
            os.kill(valkey.pid, signal.SIGKILL)
            await until(lambda times=times: valkey.restarts == times)
            assert await client.ping()  # it waits until the next one answers
            await until(lambda times=times: caplog.text.count("runs again") == times)
        await client.aclose()
    assert pauses == [2, 3]  # the first time at once
    assert "died 3 times in a row" in caplog.text


def test_the_pauses_before_a_start_grow_to_a_bound() -> None:
    pauses = [restart_pause_s(deaths) for deaths in range(1, 40)]
    assert pauses == sorted(pauses)
    assert pauses[0] < 1
    assert pauses[-1] == RESTART_MAX_S


async def test_a_valkey_killed_with_its_server_leaves_a_stale_socket_that_is_no_hindrance(
    folder: Path,
) -> None:
    os.kill(killed_server(folder), signal.SIGKILL)
    assert (folder / "valkey" / "valkey.sock").exists()
    async with EmbeddedValkey(folder) as valkey:
        assert not valkey.adopted


async def test_something_foreign_on_the_socket_is_refused(
    folder: Path, valkey_durable: Callable[..., Any]
) -> None:
    foreign = valkey_durable()
    (folder / "valkey").mkdir()
    (folder / "valkey" / "valkey.sock").symlink_to(foreign.socket)
    with pytest.raises(EmbeddedError, match="was not started by this server"):
        await EmbeddedValkey(folder).start()


async def test_a_long_folder_gets_a_short_private_socket_remembered_over_a_crash(
    folder: Path,
) -> None:
    deep = folder / ("a-very-long-name-" * 5) / ("another-long-name-" * 5)
    deep.mkdir(parents=True)
    pid = killed_server(deep)
    async with EmbeddedValkey(deep) as valkey:
        short = valkey.socket
        assert valkey.pid == pid
        assert len(str(short)) <= SOCKET_PATH_MAX
        assert stat.S_IMODE(short.parent.stat().st_mode) == 0o700
    assert not short.parent.exists()


async def test_a_valkey_that_cannot_start_says_what_its_log_says(folder: Path) -> None:
    (folder / "valkey").mkdir()
    (folder / "valkey" / "appendonlydir").write_text("not a folder")
    with pytest.raises(EmbeddedError, match="ended while starting") as caught:
        await EmbeddedValkey(folder).start()
    assert "appendonlydir" in str(caught.value) or "append" in str(caught.value).lower()


async def test_the_address_is_unknown_before_the_start(folder: Path) -> None:
    with pytest.raises(EmbeddedError, match="not started"):
        _ = EmbeddedValkey(folder).address
