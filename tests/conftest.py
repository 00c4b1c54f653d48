"""What many tests share: a real Valkey of their own, fresh fair ids, free ports.

Under ``pytest -n`` every worker process has its own Valkey, so workers never meet.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis as SyncRedis
from redis.asyncio import Redis
from redis.exceptions import RedisError

from fairserver import security
from fairserver.line.embedded import valkey_command
from fairserver.line.leash import ends_with_parent
from fairserver.line.store import open_store
from tests.chromium import find_chromium, find_whole_chromium
from tests.postgres import PROGRAMS, Postgres

ROOT = Path(__file__).resolve().parent.parent
_fair_numbers = itertools.count(1)


class TestValkey:
    """A real Valkey on a unix socket, started and killed by a test at will."""

    __test__ = False

    def __init__(self, folder: Path, appendfsync: str, env: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket = folder / "valkey.sock"
        self.appendfsync = appendfsync
        self.env = {**os.environ, **(env or {})}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The address for ``open_store``."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it and wait until it answers and has read its file."""
        self.socket.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            valkey_command(self.folder, self.socket, self.appendfsync),
            start_new_session=True,
            env=self.env,
            preexec_fn=ends_with_parent(),
        )
        with SyncRedis(unix_socket_path=str(self.socket)) as client:
            while True:
                try:
                    client.ping()
                    return
                except (RedisError, OSError):
                    log = self.folder / "valkey.log"
                    assert self.process.poll() is None, log.read_text(encoding="utf-8")
                    time.sleep(0.01)

    def kill(self) -> None:
        """End it at once, as ``kill -9`` does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def _short_folder() -> Path:
    """A folder whose path leaves room for a unix socket's name (107 characters at most)."""
    return Path(tempfile.mkdtemp(prefix="fs-"))


@pytest.fixture
def valkey_folder() -> Iterator[Path]:
    """A folder for a Valkey that the test starts by itself."""
    folder = _short_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def valkey() -> Iterator[TestValkey]:
    """One Valkey for all tests of this process; quick, because it never syncs its file."""
    server = TestValkey(_short_folder(), "no")
    server.start()
    yield server
    server.kill()
    shutil.rmtree(server.folder)


@pytest.fixture
def valkey_durable() -> Iterator[Callable[..., TestValkey]]:
    """Make Valkeys that a test may kill and start again: each acknowledged write is on disk.

    ``valkey_durable(env={...})`` starts one; they are killed and removed after the test.
    """
    made: list[TestValkey] = []

    def make(env: dict[str, str] | None = None) -> TestValkey:
        server = TestValkey(_short_folder(), "always", env)
        made.append(server)
        server.start()
        return server

    yield make
    for server in made:
        server.kill()
        shutil.rmtree(server.folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for all tests of this process; without one they are skipped and say so."""
    if PROGRAMS is None:
        pytest.skip("PostgreSQL or asyncpg is not installed")
    server = Postgres(PROGRAMS)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def store(valkey: TestValkey) -> AsyncIterator[Redis]:
    """A client of this process's Valkey, emptied first (loaded functions stay)."""
    client = open_store(valkey.address)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
def fair_id(request: pytest.FixtureRequest) -> str:
    """A fair id that no other test uses."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[:24].strip("-")
    return f"{name}-{os.getpid() % 10_000}-{next(_fair_numbers)}"


@pytest.fixture(autouse=True)
def own_minute_of_the_security_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """What earlier tests did from the same address is not counted against this one's lines."""
    monkeypatch.setattr(security, "_flood", security._Flood())


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Find TCP ports of the loopback that nobody listens on."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Wait until a condition holds that nothing announces; no limit but the test run's own."""

    async def wait(condition: Callable[[], object]) -> None:
        while not condition():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)

    return wait


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped and says so."""
    path = find_chromium()
    if not path:
        pytest.skip("no Chromium on this machine, and none could be installed")
    return path


@pytest.fixture(scope="session")
def whole_chromium() -> str:
    """The path of a Chromium that has notices and permissions; without one the test is skipped."""
    path = find_whole_chromium()
    if not path:
        pytest.skip("no whole Chromium on this machine, and none could be installed")
    return path


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say what a proof tried; it is printed at the end of the run, from any worker."""
    return lambda text: record_property("proof", text)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the proofs tried."""
    passed = terminalreporter.stats.get("passed", [])
    proofs = [text for done in passed for name, text in done.user_properties if name == "proof"]
    if proofs:
        terminalreporter.section("proofs")
        for text in proofs:
            terminalreporter.write_line(f"proof: {text}")
