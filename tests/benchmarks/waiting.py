"""``python -m tests.benchmarks.waiting PLAN``: candidates' robots that join a line and wait.

The process whose memory and processor time the part ``crowd`` counts. It plays the robots of
``booth_client.robots`` and answers each line on its input with one line of JSON: what they hold.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

from booth_client import FairClient
from booth_client.robots.behaviour import Behaviour, CandidateBehaviour, Delay
from booth_client.robots.crowd import Crowd, CrowdPlan
from booth_client.robots.open_files import make_room
from fairserver.domain.states import OPEN_TICKET
from fairserver.protocol.views import OwnTicketCell

#: Word on the input after which a turn counts as told once it differs from what it was then.
MARK = "mark"
_MOMENT = Delay(1, 1, 1)
_NEVER = Delay(1e6, 1e6, 1e6)


class WaitingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How many robots, where, and how many may start in a second."""

    url: str
    fair_id: str
    robots: int
    starts_per_s: float


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What all robots hold now."""

    connected: int
    #: Robots that see a turn of their own, and different turns among them.
    placed: int
    turns: int
    #: Robots whose turn is shown otherwise than at the mark.
    told: int
    #: Sockets opened so far: as many as robots unless lines dropped.
    sockets: int
    frames: int
    refused: int
    failed: int


class WaitingCrowd(Crowd):
    """A crowd whose clients can be looked at."""

    def __init__(self, plan: CrowdPlan) -> None:
        super().__init__(plan)
        self.clients: list[FairClient] = []
        self._marked: dict[str, OwnTicketCell] = {}

    def _client(self, session_token: str, views: Iterable[str]) -> FairClient:
        client = super()._client(session_token, views)
        self.clients.append(client)
        return client

    def mark(self) -> None:
        """Remember every turn as it is shown now."""
        self._marked = {turn.ticket_id: turn for turns in self._turns() for turn in turns}

    def look(self) -> Look:
        """Count what the robots hold."""
        turns = self._turns()
        flat = [turn for own in turns for turn in own]
        return Look(
            connected=sum(client.connected for client in self.clients),
            placed=sum(bool(own) for own in turns),
            turns=len({turn.ticket_id for turn in flat}),
            told=sum(self._marked.get(turn.ticket_id, turn) != turn for turn in flat),
            sockets=sum(client.counters.connects for client in self.clients),
            frames=sum(client.counters.frames for client in self.clients),
            refused=self.tally.refused.total(),
            failed=self.tally.failed,
        )

    def _turns(self) -> list[list[OwnTicketCell]]:
        found = [client.cells_of("me", OwnTicketCell) for client in self.clients]
        return [[turn for turn in own if turn.state in OPEN_TICKET] for own in found]


def waiting_behaviour(starts_per_s: float) -> Behaviour:
    """Robots that join one line within seconds, never hear a call and never go home."""
    return Behaviour(
        starts_per_s=starts_per_s,
        candidate=CandidateBehaviour(
            arrive_over_s=0,
            look_around=_MOMENT,
            lines=(1, 1),
            interviews=(1, 1),
            stay=_NEVER,
            whim=_NEVER,
            miss_call=1,
            miss_heads_up=1,
        ),
    )


async def play(plan: WaitingPlan) -> None:
    """Play until the input ends, answering each of its lines."""
    crowd = WaitingCrowd(
        CrowdPlan(
            base_url=plan.url,
            fair_id=plan.fair_id,
            candidates=plan.robots,
            behaviour=waiting_behaviour(plan.starts_per_s),
        )
    )
    stop = asyncio.Event()
    # The first answer comes before the first robot: what the process weighs without any.
    running: asyncio.Task[None] | None = None
    while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
        if word == MARK:
            crowd.mark()
        sys.stdout.write(msgspec.json.encode(crowd.look()).decode() + "\n")
        sys.stdout.flush()
        running = running or asyncio.create_task(crowd.run(stop))
    stop.set()
    if running:
        await running


def main() -> None:
    """Play the plan that the command line holds."""
    logging.basicConfig(level=logging.WARNING)
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=WaitingPlan)
    make_room(plan.robots)
    asyncio.run(play(plan))


if __name__ == "__main__":
    main()
