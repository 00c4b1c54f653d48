"""``python -m tests.autobahn``: run the core cases on both ends and write the summary down."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.autobahn.ends import echo_server, run_client
from tests.autobahn.suite import HOME, ROOT, find_python, install

SUMMARY = ROOT / "docs" / "autobahn.json"
#: Beyond the core: speed and size (9), and compression (12, 13), which neither end offers.
_LEFT_OUT = ["9.*", "12.*", "13.*"]
_GOOD = {"OK", "INFORMATIONAL", "NON-STRICT"}
#: Lets one end go through some cases; gives each case's verdict.
Try = Callable[[Path, list[str]], Awaitable[dict[str, str]]]


def free_port() -> int:
    """Find a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _wstest(command: Path, mode: str, spec: dict[str, Any]) -> asyncio.subprocess.Process:
    file = HOME / f"{mode}.json"
    file.write_text(json.dumps(spec), encoding="utf-8")
    log = (HOME / f"{mode}.log").open("wb")
    return await asyncio.create_subprocess_exec(
        str(command), "-m", mode, "-s", str(file), cwd=HOME, stdout=log, stderr=log
    )


async def try_server(command: Path, cases: list[str]) -> dict[str, str]:
    """Let the suite's client at the server's socket; give each case's verdict."""
    port, reports = free_port(), HOME / "server"
    spec = {
        "outdir": str(reports),
        "servers": [{"agent": "server", "url": f"ws://127.0.0.1:{port}/"}],
        "cases": cases,
        "exclude-cases": _LEFT_OUT,
    }
    async with echo_server(port):
        process = await _wstest(command, "fuzzingclient", spec)
        await process.wait()
    return _verdicts(reports, "server")


async def try_client(command: Path, cases: list[str]) -> dict[str, str]:
    """Let the client's socket go through the suite's server; give each case's verdict."""
    port, reports = free_port(), HOME / "client"
    url = f"ws://127.0.0.1:{port}"
    spec = {
        "url": url,
        "outdir": str(reports),
        "cases": cases,
        "exclude-cases": _LEFT_OUT,
    }
    process = await _wstest(command, "fuzzingserver", spec)
    try:
        await _listens(port, process)
        await run_client(url, "client")
    finally:
        process.terminate()
        await process.wait()
    return _verdicts(reports, "client")


async def _listens(port: int, process: asyncio.subprocess.Process) -> None:
    while process.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    sys.exit(f"the suite's server ended: see {HOME}/fuzzingserver.log")


def _verdicts(reports: Path, agent: str) -> dict[str, str]:
    index = json.loads((reports / "index.json").read_text(encoding="utf-8"))
    return {case: found["behavior"] for case, found in index[agent].items()}


async def settle(end: Try, command: Path) -> dict[str, str]:
    """Try all cases, and those that failed once more alone.

    The suite gives each answer a second: on a busy machine that is no fault of the socket.
    """
    verdicts = await end(command, ["*"])
    bad = [case for case, verdict in verdicts.items() if verdict not in _GOOD]
    return verdicts | (await end(command, bad) if bad else {})


def judge(verdicts: dict[str, str]) -> dict[str, Any]:
    """Sum up one end: how many cases, how they went, and which are faults."""
    return {
        "cases": len(verdicts),
        "verdicts": dict(sorted(Counter(verdicts.values()).items())),
        "faults": {
            case: verdict for case, verdict in sorted(verdicts.items()) if verdict not in _GOOD
        },
    }


def main() -> int:
    """Run both; the exit status is 1 for a fault. Without Python 2.7 nothing is run: 0."""
    python = find_python()
    if python is None:
        print(
            "AUTOBAHN SKIPPED: its test suite needs Python 2.7, and none was found.\n"
            "Install one (pyenv install 2.7.18) or name it: PYTHON27=/path/to/python2.7",
            file=sys.stderr,
        )
        return 0
    HOME.mkdir(parents=True, exist_ok=True)
    command = install(python)
    for name in ("server", "client"):
        shutil.rmtree(HOME / name, ignore_errors=True)
    found = {
        "server": judge(asyncio.run(settle(try_server, command))),
        "client": judge(asyncio.run(settle(try_client, command))),
    }
    SUMMARY.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))
    return 1 if any(end["faults"] for end in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
