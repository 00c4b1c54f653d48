"""5,000 robots from one process, waiting at one node: memory, processor time, who hears what."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from booth_client.robots.open_files import TooFewFiles, make_room
from fairserver.line.leash import ends_with_parent
from fairserver.protocol.answers import Ok
from tests.benchmarks.ground import Ground, ground
from tests.benchmarks.meter import RESULTS, processor_s, resident_kib
from tests.benchmarks.waiting import MARK, Look, WaitingPlan
from tests.faults.support.fair import FairShape
from tests.faults.support.nodes import ROOT
from tests.faults.support.people import invite_organiser, invite_recruiters

#: Robots at which memory is read, and the seconds of quiet waiting whose cost is counted.
_STEPS, _QUIET_S = (1000, 2500, 5000), 60.0
#: Robots that may start in a second, and that wait in one line.
_STARTS_PER_S, _PER_BOOTH = 100.0, 100
#: Seconds between two looks at the robots.
_LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class Weight:
    """Resident memory with so many robots waiting, KiB."""

    robots: int
    robots_kib: int
    node_kib: int


@dataclass(slots=True)
class Crowded:
    """What came of it."""

    weights: list[Weight] = field(default_factory=list)
    #: Robots connected and in line per second, over the whole opening.
    per_s: float = 0.0
    #: Processor seconds per robot and minute of waiting: the robots' process, the node.
    robots_s: float = 0.0
    node_s: float = 0.0
    #: Seconds from the cause of the change until the last robot had heard of it.
    told_s: float = 0.0
    end: Look | None = None


class Robots:
    """The robots' process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.pid = process.pid
        self._process = process

    async def look(self, word: str = "look") -> Look:
        """Ask what the robots hold."""
        return await asyncio.to_thread(self._ask, word)

    def _ask(self, word: str) -> Look:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{word}\n".encode())
        self._process.stdin.flush()
        return msgspec.json.decode(self._process.stdout.readline(), type=Look)

    async def until(self, enough: Callable[[Look], bool]) -> Look:
        """Look again and again until it is enough; no limit but the run's own."""
        while not enough(look := await self.look()):  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(_LOOK_S)
        return look


@contextmanager
def _robots(plan: WaitingPlan) -> Iterator[Robots]:
    with TemporaryDirectory(prefix="fs-") as folder:
        path = Path(folder) / "plan.json"
        path.write_bytes(msgspec.json.encode(plan))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.waiting", str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            preexec_fn=ends_with_parent(),
        )
        try:
            yield Robots(process)
        finally:
            process.kill()
            process.communicate()


def _weigh(base: Ground, robots: Robots, count: int) -> Weight:
    return Weight(count, resident_kib(robots.pid), resident_kib(base.nodes.nodes[0].pid))


async def _come(base: Ground, robots: Robots, steps: Sequence[int], into: Crowded) -> None:
    """Let them come; weigh both processes at each step."""
    await robots.look()
    into.weights.append(_weigh(base, robots, 0))
    began = time.monotonic()
    for step in steps:
        look = await robots.until(lambda look, step=step: look.placed >= step)
        into.weights.append(_weigh(base, robots, look.placed))
        print(f"  {look.placed:,} wait after {time.monotonic() - began:.0f} s", flush=True)
    into.per_s = look.placed / (time.monotonic() - began)


async def _wait(base: Ground, robots: Robots, seconds: float, into: Crowded) -> None:
    """Count the processor time of a crowd to which nothing happens."""
    pids, count = (robots.pid, base.nodes.nodes[0].pid), into.weights[-1].robots
    before, began = [*map(processor_s, pids)], time.monotonic()
    await asyncio.sleep(seconds)
    minutes = (time.monotonic() - began) / 60
    used = [processor_s(pid) - was for pid, was in zip(pids, before, strict=True)]
    into.robots_s, into.node_s = (one / count / minutes for one in used)


async def _move(base: Ground, robots: Robots, into: Crowded) -> None:
    """Open every booth's desk: each turn's waiting time changes; wait until all have heard."""
    staff = await invite_recruiters(base.nodes)
    sockets = [await base.staff_socket(one.token) for one in staff]
    count = (await robots.look(MARK)).placed
    began = time.monotonic()
    for one, socket in zip(staff, sockets, strict=True):
        assert isinstance(await socket.ask("open_desk", desk_id=one.desk_ids[0]), Ok)
    into.end = await robots.until(lambda look: look.told >= count)
    into.told_s = time.monotonic() - began


async def measure(
    steps: Sequence[int] = _STEPS, quiet_s: float = _QUIET_S, starts_per_s: float = _STARTS_PER_S
) -> Crowded:
    """Let as many robots come as the last step says, wait, and hear of a change."""
    booths = -(-steps[-1] // _PER_BOOTH)
    shape = FairShape(
        fair_id="crowd", booths=booths, desks=1, settings={"presence_s": 3600, "join_limit": 1}
    )
    found = Crowded()
    make_room(steps[-1])
    async with ground(shape) as base:
        organiser = await base.socket(await invite_organiser(base.nodes))
        assert isinstance(await organiser.ask("open_fair"), Ok)
        plan = WaitingPlan(
            url=base.nodes.nodes[0].url,
            fair_id=shape.fair_id,
            robots=steps[-1],
            starts_per_s=starts_per_s,
        )
        with _robots(plan) as robots:
            await _come(base, robots, steps, found)
            await _wait(base, robots, quiet_s, found)
            await _move(base, robots, found)
    return found


def table(found: Crowded) -> list[str]:
    """Set the figures out for people."""
    end, bare = found.end, found.weights[0]
    assert end is not None
    lines = [f"  {'waiting':>10}{'robots MiB':>12}{'each KiB':>10}{'node MiB':>12}{'each KiB':>10}"]
    for one in found.weights:
        pairs = ((one.robots_kib, bare.robots_kib), (one.node_kib, bare.node_kib))
        cells = [
            f"{kib / 1024:>12.1f}{f'{(kib - was) / one.robots:.1f}' if one.robots else '–':>10}"
            for kib, was in pairs
        ]
        lines.append(f"  {one.robots:>10,}{''.join(cells)}")
    return [
        *lines,
        f"  connected and in line, per second                {found.per_s:.1f}",
        f"  processor ms of a waiting robot and minute       {found.robots_s * 1000:.2f}"
        f" (robots), {found.node_s * 1000:.2f} (node)",
        f"  connected, with a turn of their own, told        {end.connected:,}, {end.turns:,}, "
        f"{end.told:,}; the last after {found.told_s:.1f} s",
        f"  sockets opened, commands refused, robots failed  {end.sockets:,}, {end.refused}, "
        f"{end.failed}",
    ]


def main() -> None:
    """Measure and print, or say why it cannot be measured here."""
    try:
        found = asyncio.run(measure())
    except TooFewFiles as error:
        print(f"\nCrowd: {error}; this part is left out.")
        return
    print("\nCrowd: robots of one process, waiting at one node")
    print("\n".join(table(found)))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "crowd.json").write_text(
        json.dumps({**asdict(found), "end": msgspec.to_builtins(found.end)}), encoding="utf-8"
    )
