"""A hall with people and with some who are not there, played through on the real line."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, DeskState
from fairserver.line.keys import deadlines_key
from fairserver.protocol import events as ev
from fairserver.protocol.errors import Refused
from fairserver.protocol.events import AnyEvent, BoothPlan
from tests.line.live import LiveFair

#: So long a person takes to answer, to come in, and to talk; and a recruiter to go on; seconds.
_ANSWER, _COME_IN, _TALK, _GO_ON = 8, 4, 240, 20
#: Of a hundred calls to a person who is there so many are missed.
_MISSES = 15
#: The morning is over after so long, ms.
_MORNING = 10_800_000


class Trick(StrEnum):
    """What a program does that holds a place for nobody."""

    SILENT = "never answers"
    ACCEPTS = "accepts and never comes in"
    ENTERS = "comes in and never connects"


class Hall:
    """One online booth; nobodies joined first, and take a new turn whenever one has ended."""

    def __init__(self, fair: LiveFair, trick: Trick | None = None) -> None:
        self.fair, self.trick = fair, trick
        self._random = random.Random(7)
        self._count = itertools.count()
        self._plans: list[tuple[int, int, Callable[[], Awaitable[object]]]] = []
        self._seq = 0
        self._owner: dict[str, str] = {}
        self._desk: dict[str, tuple[str, int]] = {}
        #: Who has been in an interview, and when people stood back.
        self.met: dict[str, int] = {}
        self.stood_back: set[str] = set()
        #: Calls to nobodies: from when to when they held a desk, ms.
        self._held: list[tuple[int, int]] = []

    async def play(self, people: int, nobodies: int, desks: int) -> None:
        """Let a morning pass, until everybody who is there has been in an interview."""
        fair, named = self.fair, [f"b1-{number}" for number in range(1, desks + 1)]
        booth = BoothPlan(booth_id="b1", mode=BoothMode.ONLINE, minutes=5, desks=named)
        await fair.load(FairSettings(presence_s=3600, turns_per_booth=8), [booth])
        everybody = [f"n{number}" for number in range(nobodies)]
        everybody += [f"p{number}" for number in range(people)]
        for one in everybody:
            await fair.come(one, "b1")
        await fair.open(*named)
        begin = fair.now
        while len(self.met) < people and fair.now < begin + _MORNING:
            await self._react()
            await self._step()
            if fair.now // 3_000_000 != begin // 3_000_000:
                await fair.seen(*everybody)
        self.ended, self.lasted_min = fair.now, (fair.now - begin) / 60_000

    def held_min(self) -> float:
        """Desk-minutes that nobodies held while somebody waited who was there."""
        over = [*self._held, *((since, self.ended) for _, since in self._desk.values())]
        return sum(max(0, min(to, self.ended) - since) for since, to in over) / 60_000

    # --- what happens next ----------------------------------------------------------------------

    async def _step(self) -> None:
        due = await self.fair.store.zrange(deadlines_key(self.fair.fair_id), 0, 0, withscores=True)
        planned = self._plans[0][0] if self._plans else self.fair.now + 60_000
        at = min(planned, int(due[0][1])) if due else planned
        await self.fair.set_clock(max(self.fair.now, at))
        await self.fair.fire()
        while self._plans and self._plans[0][0] <= self.fair.now:
            _, _, act = heapq.heappop(self._plans)
            with suppress(Refused):
                await act()

    def _in(self, seconds: float, act: Callable[[], Awaitable[object]]) -> None:
        at = self.fair.now + int(seconds * 1000)
        heapq.heappush(self._plans, (at, next(self._count), act))

    async def _react(self) -> None:
        for event in await self.fair.events(self._seq):
            self._seq = event.seq
            self._take(event)

    def _take(self, event: AnyEvent) -> None:
        match event:
            case ev.TicketIssued():
                self._owner[event.ticket_id] = event.candidate_id
            case ev.TicketOnDeck():
                self._answer("ready", event.ticket_id)
            case ev.TicketCalled():
                self._desk[event.ticket_id] = (event.desk_id, event.at)
                self._answer("accept", event.ticket_id)
            case ev.TicketAccepted():
                self._come_in(event.ticket_id)
            case ev.InterviewStarted():
                self._talk(event.ticket_id, event.at)
            case ev.TicketMissed():
                self._over(event.ticket_id, event.at)
            case ev.TicketNoShow():
                self._over(event.ticket_id, event.at)
                self._in(1, lambda: self.fair.join(self._owner[event.ticket_id], "b1"))
            case ev.CandidateStoodBack():
                self.stood_back.add(event.candidate_id)
            case ev.DeskChanged() if event.state is DeskState.PAUSED:
                self._in(_GO_ON, lambda: self.fair.desk("open_desk", event.desk_id))

    def _is_nobody(self, ticket_id: str) -> bool:
        return self._owner[ticket_id].startswith("n")

    def _answer(self, name: str, ticket_id: str) -> None:
        if self._is_nobody(ticket_id):
            comes = self.trick is not Trick.SILENT
        else:
            comes = self._random.randrange(100) >= _MISSES
        if comes:
            self._in(_ANSWER, lambda: self.fair.as_owner(name, ticket_id))

    def _come_in(self, ticket_id: str) -> None:
        if not self._is_nobody(ticket_id):
            self._in(_COME_IN, lambda: self._connect(ticket_id))
        elif self.trick is Trick.ENTERS:
            self._in(_COME_IN, lambda: self.fair.enter(ticket_id))

    async def _connect(self, ticket_id: str) -> None:
        await self.fair.enter(ticket_id)
        await self.fair.connect(ticket_id)

    def _talk(self, ticket_id: str, at: int) -> None:
        desk_id, _ = self._desk.pop(ticket_id)
        self.met.setdefault(self._owner[ticket_id], at)
        self._in(_TALK, lambda: self._finish(ticket_id, desk_id))

    async def _finish(self, ticket_id: str, desk_id: str) -> None:
        await self.fair.as_booth("finish", ticket_id, outcome="pending")
        self._in(_GO_ON, lambda: self.fair.desk("call_next", desk_id))

    def _over(self, ticket_id: str, at: int) -> None:
        if (held := self._desk.pop(ticket_id, None)) and self._is_nobody(ticket_id):
            self._held.append((held[1], at))
