"""Keep a fair busy: a steady number of candidates who come and go, and recruiters at booths."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import aiohttp

from booth_client.client import FairClient
from booth_client.errors import FairClientError, SignInError
from booth_client.robots import candidate, recruiter
from booth_client.robots.behaviour import Behaviour
from booth_client.robots.candidate import CandidateRobot
from booth_client.robots.on_camera import Cameras
from booth_client.robots.pace import Pace
from booth_client.robots.people import invent_person
from booth_client.robots.roster import Roster, StaffDesks, load_roster, save_roster
from booth_client.robots.tally import Tally
from booth_client.sign_in import open_session, register
from fairserver.domain.states import RoomSide
from fairserver.protocol.views import HallBoothCell

log = logging.getLogger(__name__)

#: Real seconds between two tries of a seat whose robot could not get in.
RETRY_S = (2.0, 10.0)
#: The server does not answer a sign-in just now: it is being restarted, say.
UNREACHABLE = (aiohttp.ClientError, TimeoutError)
#: Sign-ins on their way at a time: robots must not be the opening burst of a fair.
SIGN_INS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdPlan:
    """Who plays where.

    ``excluded`` booths are neither staffed nor joined; ``seed`` makes the same people with the
    same habits; ``roster`` is where the candidates present are remembered, null for nowhere.
    """

    base_url: str
    fair_id: str
    candidates: int
    staff: list[StaffDesks] = field(default_factory=list)
    excluded: frozenset[str] = frozenset()
    behaviour: Behaviour = field(default_factory=Behaviour)
    seed: int = 1
    roster: Path | None = None


class Crowd:
    """Run all robots of a plan in one event loop; ``tally`` counts what they do."""

    def __init__(self, plan: CrowdPlan) -> None:
        self.plan = plan
        self.tally = Tally(wanted=plan.candidates)
        self._roster: Roster = load_roster(plan.roster, plan.fair_id)
        self._sign_ins = asyncio.Semaphore(SIGN_INS)
        self._starts = Pace(plan.behaviour.starts_per_s)
        at_most = plan.behaviour.media_at_most
        #: One for each side of an interview, so that whoever comes with one finds one.
        sides = (RoomSide.CANDIDATE, RoomSide.DESK) if at_most else ()
        self._cameras = {side: Cameras(at_most) for side in sides}
        #: Weight of each booth that robots may join; null until the first has seen the booths.
        self._popularity: Mapping[str, float] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Play until ``stop`` is set; everybody's places are kept for the next run."""
        timeout = aiohttp.ClientTimeout(total=30)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            tasks = [asyncio.create_task(part) for part in self._parts(http)]
            try:
                await stop.wait()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                self.remember()

    def remember(self) -> None:
        """Write the roster of the candidates who are at the fair now."""
        save_roster(self.plan.roster, self._roster)

    def _parts(self, http: aiohttp.ClientSession) -> Iterable[Coroutine[Any, Any, None]]:
        for desks in self.plan.staff:
            if desks.booth_id not in self.plan.excluded:
                yield self._recruiter(http, desks)
        for seat in range(self.plan.candidates):
            yield self._seat(http, seat)

    # --- recruiters -----------------------------------------------------------------------

    async def _recruiter(self, http: aiohttp.ClientSession, desks: StaffDesks) -> None:
        rng = Random(f"{self.plan.seed}/booth/{desks.booth_id}/{desks.desk_ids}")
        while True:
            try:
                await self._staff_booth(http, desks, rng)
                return
            except Exception as failed:
                await self._stumble(f"booth {desks.booth_id}", failed, rng)

    async def _staff_booth(
        self, http: aiohttp.ClientSession, desks: StaffDesks, rng: Random
    ) -> None:
        async with self._sign_ins:
            session = await open_session(self.plan.base_url, desks.token, http=http)
        client = self._client(session.session_token, recruiter.VIEWS)
        async with client:
            with self._counted("desks", len(desks.desk_ids)):
                await recruiter.play_booth(
                    client,
                    self.plan.behaviour,
                    rng,
                    self.tally,
                    desks.desk_ids,
                    self._elsewhere(desks.booth_id),
                    self._cameras.get(RoomSide.DESK),
                )

    def _elsewhere(self, booth_id: str) -> list[str]:
        """Return the other booths that robots staff, to hand people over to."""
        booths = {desks.booth_id for desks in self.plan.staff} - self.plan.excluded
        return sorted(booths - {booth_id})

    # --- candidates -----------------------------------------------------------------------

    async def _seat(self, http: aiohttp.ClientSession, seat: int) -> None:
        """Keep one place filled: a candidate lives, goes home, and another one comes."""
        rng = Random(f"{self.plan.seed}/seat/{seat}")
        ways, behaviour = self.plan.behaviour.candidate, self.plan.behaviour
        # Who was there before the restart is back soon; the others arrive over minutes.
        known = str(seat) in self._roster.seats
        spread_s = 5.0 if known else ways.arrive_over_s
        await behaviour.sleep(spread_s * (seat + rng.random()) / max(1, self.plan.candidates))
        while True:
            await self._starts.turn()
            try:
                await self._candidate(http, seat, rng)
            except Exception as failed:
                await self._stumble(f"seat {seat}", failed, rng)
            await behaviour.sleep(ways.replaced_after.draw(rng))

    async def _candidate(self, http: aiohttp.ClientSession, seat: int, rng: Random) -> None:
        seats, key = self._roster.seats, str(seat)
        token = seats.get(key) or await self._register(http, rng)
        seats[key] = token
        try:
            await self._live(token, rng)
        except asyncio.CancelledError:
            # The robots are stopped: this one comes back as the same person.
            raise
        except BaseException:
            del seats[key]
            raise
        del seats[key]

    async def _live(self, session_token: str, rng: Random) -> None:
        # Whoever comes to wait in a line does not hold the list of booths for it.
        views = candidate.LOOKING if self._popularity is None else candidate.WAITING
        async with self._client(session_token, views) as client:
            if self._popularity is None:
                self._popularity = self._weigh(client)
            cameras = self._cameras.get(RoomSide.CANDIDATE)
            robot = CandidateRobot(
                client, self.plan.behaviour, rng, self.tally, self._popularity, cameras
            )
            with self._counted("present", 1):
                await robot.live()

    async def _register(self, http: aiohttp.ClientSession, rng: Random) -> str:
        form = invent_person(rng)
        async with self._sign_ins:
            registered = await register(self.plan.base_url, self.plan.fair_id, form, http=http)
        self.tally.registered += 1
        return registered.session_token

    def _weigh(self, client: FairClient) -> Mapping[str, float]:
        """Return the weight of each booth that robots may join: a few draw most people."""
        booths = sorted(booth.booth_id for booth in client.cells_of("hall", HallBoothCell))
        # Drawn from the seed alone, so that all candidates agree on what is popular.
        Random(f"{self.plan.seed}/popularity").shuffle(booths)
        weights = {booth_id: 1 / (rank + 2) ** 0.6 for rank, booth_id in enumerate(booths)}
        return {b: weight for b, weight in weights.items() if b not in self.plan.excluded}

    # --- shared ---------------------------------------------------------------------------

    def _client(self, session_token: str, views: Iterable[str]) -> FairClient:
        return FairClient(self.plan.base_url, self.plan.fair_id, session_token, views=views)

    @contextmanager
    def _counted(self, name: str, count: int) -> Iterator[None]:
        setattr(self.tally, name, getattr(self.tally, name) + count)
        try:
            yield
        finally:
            setattr(self.tally, name, getattr(self.tally, name) - count)

    async def _stumble(self, who: str, failed: Exception, rng: Random) -> None:
        """Count what went wrong and wait a little; no fault empties a seat for ever."""
        pause_s = rng.uniform(*RETRY_S)
        for error in _leaves(failed):
            if isinstance(error, SignInError):
                self.tally.refused[error.code] += 1
                pause_s += error.retry_after_s or 0.0
            elif isinstance(error, UNREACHABLE):
                self.tally.refused["unreachable"] += 1
            else:
                self.tally.failed += 1
            expected = isinstance(error, (FairClientError, *UNREACHABLE))
            log.log(logging.INFO if expected else logging.ERROR, "%s: %r", who, error)
        await asyncio.sleep(pause_s)


def _leaves(error: BaseException) -> list[BaseException]:
    """Return the errors in a group, or the error itself."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for part in error.exceptions for leaf in _leaves(part)]
    return [error]
