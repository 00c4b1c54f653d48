"""A race: everybody wants the same people at once, over two nodes, as fast as it goes.

The players hear of calls from the event stream itself, the fastest ear there is; everything
they do goes through real sockets, for each of them one on every node.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import aiohttp
from redis.asyncio import Redis

from booth_client import Registered, Session, open_session
from fairserver.line.stream import follow_streams
from tests.faults.support.caller import Caller
from tests.faults.support.journal import Journal, Record
from tests.faults.support.nodes import Nodes
from tests.faults.support.people import invite_organiser, invite_recruiters, register_people
from tests.faults.support.referee import Referee

#: What a person does when called: chances of answering from both phones at once, of giving the
#: place up instead, and of doing nothing (the recruiter begins, or says "missed").
_BOTH, _LEAVE, _SILENT = 0.15, 0.04, 0.15
#: What a desk does: asking from both nodes at once; a break; "missed" for one who is called.
_TWICE, _BREAK, _MISSED = 0.2, 0.03, 0.05
#: The stream is read in pages of so many events.
_PAGE = 1000


@dataclass(slots=True)
class Race:
    """Everybody in the race, and what came of it."""

    nodes: Nodes
    store: Redis
    people: int
    #: Calls after which the fair is closed.
    calls: int
    rng: Random = field(default_factory=lambda: Random(1))
    journal: Journal = field(default_factory=Journal)
    referee: Referee = field(default_factory=Referee)
    #: The whole stream as the referee has seen it.
    events: list[Record] = field(default_factory=list)
    #: Sockets by person and by desk, one on every node.
    persons: dict[str, list[Caller]] = field(default_factory=dict)
    desks: dict[str, list[Caller]] = field(default_factory=dict)
    organiser: list[Caller] = field(default_factory=list)
    closing: bool = False
    #: At which desk each ticket was called last.
    desk_of: dict[str, str] = field(default_factory=dict)
    #: Commands whose answer has not come.
    under_way: set[asyncio.Future[Any]] = field(default_factory=set)

    @property
    def fair_id(self) -> str:
        """The fair."""
        return self.nodes.shape.fair_id

    async def run(self) -> None:
        """Play until so many calls have been made, close the fair and wait for the last."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            await self._enter(http)
            self._begin()
            await self._follow()
            for callers in (*self.persons.values(), *self.desks.values(), self.organiser):
                for caller in callers:
                    await caller.close()

    # --- coming in -----------------------------------------------------------------------------

    async def _enter(self, http: aiohttp.ClientSession) -> None:
        registered = await register_people(self.nodes, self.people)
        for person in registered:
            self.persons[person.candidate_id] = await self._sockets(http, person)
        for invited in await invite_recruiters(self.nodes):
            session = await open_session(self.nodes.nodes[0].url, invited.token, http=http)
            for desk_id in invited.desk_ids:
                self.desks[desk_id] = await self._sockets(http, session)
        self.organiser = await self._sockets(http, await invite_organiser(self.nodes))

    async def _sockets(
        self, http: aiohttp.ClientSession, who: Registered | Session
    ) -> list[Caller]:
        return [
            await Caller.open(
                http, node.url, self.fair_id, who.session_token, self.journal, f"n{index}"
            )
            for index, node in enumerate(self.nodes.nodes)
        ]

    def _begin(self) -> None:
        """Everybody asks for everything at once, from every node."""
        for callers in self.persons.values():
            for booth_id in self.nodes.shape.booth_ids:
                self._all(callers, "join", booth_id=booth_id)
        for desk_id, callers in self.desks.items():
            self._all(callers, "open_desk", desk_id=desk_id)
        self._all(self.organiser, "open_fair")

    # --- playing -------------------------------------------------------------------------------

    async def _follow(self) -> None:
        while not self._is_over():
            news = await follow_streams(
                self.store, {self.fair_id: self.referee.seq}, count=_PAGE, block_ms=200
            )
            for entry in news.get(self.fair_id, []):
                self.events.append(self.referee.take(entry.raw))
                self._hear(self.events[-1])
            if self.referee.counts["ticket_called"] >= self.calls and not self.closing:
                self.closing = True
                self._all(self.organiser, "close_fair")

    def _is_over(self) -> bool:
        return self.closing and not self.under_way and not self.referee.held

    def _hear(self, event: Record) -> None:
        if reaction := _REACTIONS.get(event["event"]):
            reaction(self, event)

    def _called(self, event: Record) -> None:
        ticket_id, desk_id = event["ticket_id"], event["desk_id"]
        self.desk_of[ticket_id] = desk_id
        phones = self.persons[self.referee.tickets[ticket_id].candidate_id]
        dice = self.rng.random()
        if dice < _BOTH:
            self._all(phones, "accept", ticket_id=ticket_id)
        elif dice < _BOTH + _LEAVE:
            self._one(phones, "leave", ticket_id=ticket_id)
        elif dice > _BOTH + _LEAVE + _SILENT:
            self._one(phones, "accept", ticket_id=ticket_id)
        if self.rng.random() < _MISSED:  # a booth may say so only after a while
            self._one(self.organiser, "mark_missed", ticket_id=ticket_id)
        else:
            self._one(self.desks[desk_id], "start", ticket_id=ticket_id)

    def _started(self, event: Record) -> None:
        desk = self.desks[self.desk_of[event["ticket_id"]]]
        self._one_or_all(desk, "finish", ticket_id=event["ticket_id"])

    def _finished(self, event: Record) -> None:
        self._again(event)
        desk_id = self.desk_of[event["ticket_id"]]
        if self.rng.random() < _BREAK:
            self._one(self.desks[desk_id], "pause_desk", desk_id=desk_id)
        self._one_or_all(self.desks[desk_id], "call_next", desk_id=desk_id)

    def _paused(self, event: Record) -> None:
        if event["state"] == "paused":
            self._one(self.desks[event["desk_id"]], "open_desk", desk_id=event["desk_id"])

    def _again(self, event: Record) -> None:
        """A person whose turn is over joins the same line again, at once."""
        turn = self.referee.tickets[event["ticket_id"]]
        if not self.closing:
            self._one_or_all(self.persons[turn.candidate_id], "join", booth_id=turn.booth_id)

    # --- sending -------------------------------------------------------------------------------

    def _one(self, callers: list[Caller], kind: str, **fields: object) -> None:
        self._watch(self.rng.choice(callers).post(kind, **fields))

    def _all(self, callers: list[Caller], kind: str, **fields: object) -> None:
        for caller in callers:
            self._watch(caller.post(kind, **fields))

    def _one_or_all(self, callers: list[Caller], kind: str, **fields: object) -> None:
        send = self._all if self.rng.random() < _TWICE else self._one
        send(callers, kind, **fields)

    def _watch(self, answer: asyncio.Future[Any]) -> None:
        self.under_way.add(answer)
        answer.add_done_callback(self.under_way.discard)

    def summary(self) -> str:
        """The figures of the race in a few lines."""
        counts, refused = self.referee.counts, sum(self.journal.refused.values())
        return (
            f"race: {counts['ticket_called']:,} calls, {counts['interview_finished']:,} talks, "
            f"{self.referee.seq:,} events; {len(self.journal.acknowledged):,} commands "
            f"acknowledged, {refused:,} lost a race, as they should; in {self.referee.contested:,} "
            f"calls somebody earlier in the line was held elsewhere; violations 0"
        )


_REACTIONS: dict[str, Callable[[Race, Record], None]] = {
    "ticket_called": Race._called,
    "interview_started": Race._started,
    "interview_finished": Race._finished,
    "ticket_left": Race._again,
    "ticket_no_show": Race._again,
    "desk_changed": Race._paused,
}
