"""A Valkey for one purpose ends with whoever started it, even when that one is killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

ROOT = Path(__file__).resolve().parents[2]

_REHEARSAL = """
from fairserver.rehearsal.run import scratch_store
with scratch_store() as store:
    print(store.config_get("unixsocket")["unixsocket"], flush=True)
    input()
"""
_TEST_RUN = """
import sys
from pathlib import Path
from tests.conftest import TestValkey
valkey = TestValkey(Path(sys.argv[1]) / "v", "no")
valkey.start()
print(valkey.socket, flush=True)
input()
"""


def _answers(socket: str) -> bool:
    try:
        with Redis(unix_socket_path=socket) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False


def _killed_owner(script: str, folder: Path) -> str:
    """Run a script that starts a Valkey, kill it, and return the Valkey's socket."""
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as owner:
        assert owner.stdout is not None
        socket = owner.stdout.readline().decode().strip()
        assert _answers(socket)
        owner.kill()
    return socket


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
@pytest.mark.parametrize("script", [_REHEARSAL, _TEST_RUN], ids=["rehearsal", "test run"])
async def test_a_scratch_valkey_is_gone_when_its_owner_was_killed(
    script: str, valkey_folder: Path, until: Callable[[Callable[[], object]], Awaitable[None]]
) -> None:
    socket = _killed_owner(script, valkey_folder)
    await until(lambda: not _answers(socket))
