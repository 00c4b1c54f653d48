"""``python -m booth_client.robots``: fill a fair with robots until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from booth_client.robots.behaviour import Behaviour, load_behaviour
from booth_client.robots.crowd import Crowd, CrowdPlan
from booth_client.robots.open_files import make_room
from booth_client.robots.roster import load_staff


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    made = argparse.ArgumentParser(
        prog="python -m booth_client.robots",
        description="Robots that play candidates and recruiters through the real protocol.",
    )
    made.add_argument("--url", required=True, help="the server, such as http://127.0.0.1:8080")
    made.add_argument("--fair", required=True, help="id of the fair")
    made.add_argument("--candidates", type=int, default=200, help="candidates present at a time")
    made.add_argument("--staff-tokens", type=Path, help="JSON file with the recruiters' tokens")
    made.add_argument("--exclude", default="", help="booths to leave alone: b01,b02")
    made.add_argument("--behaviour", type=Path, help="TOML file of delays and probabilities")
    made.add_argument("--seed", type=int, default=1, help="the same seed plays the same people")
    made.add_argument("--roster", type=Path, help="file to come back from as the same people")
    made.add_argument("--progress", type=float, default=10.0, help="seconds between the lines")
    made.add_argument("--verbose", action="store_true", help="say why robots fail")
    return made


def plan_of(arguments: argparse.Namespace) -> CrowdPlan:
    """Return the plan that a command line asks for.

    Raises ``ValueError`` for a file with wrong content and ``OSError`` for one that cannot be
    read.
    """
    excluded = (part.strip() for part in arguments.exclude.split(","))
    return CrowdPlan(
        base_url=arguments.url,
        fair_id=arguments.fair,
        candidates=arguments.candidates,
        staff=load_staff(arguments.staff_tokens) if arguments.staff_tokens else [],
        excluded=frozenset(filter(None, excluded)),
        behaviour=load_behaviour(arguments.behaviour) if arguments.behaviour else Behaviour(),
        seed=arguments.seed,
        roster=arguments.roster,
    )


async def play(plan: CrowdPlan, progress_s: float) -> None:
    """Run a crowd until SIGINT or SIGTERM, saying every ``progress_s`` seconds how it goes."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    crowd = Crowd(plan)
    running = asyncio.create_task(crowd.run(stop))
    while not running.done():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), progress_s)
            break
        crowd.remember()
        _say(f"{datetime.now():%H:%M:%S} {crowd.tally.line()}")
    await running
    _say(f"{datetime.now():%H:%M:%S} stopped: {crowd.tally.line()}")


def main(words: list[str] | None = None) -> int:
    """Run the command; return the exit status."""
    arguments = parser().parse_args(words)
    level = logging.INFO if arguments.verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(name)s %(message)s")
    try:
        plan = plan_of(arguments)
        make_room(plan.candidates + len(plan.staff))
    except (OSError, ValueError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    asyncio.run(play(plan, arguments.progress))
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
