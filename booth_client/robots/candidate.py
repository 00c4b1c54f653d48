"""A candidate: stands in lines, answers calls, is interviewed, joins another line, goes home."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from random import Random

from booth_client.client import FairClient
from booth_client.errors import PASSING, ConnectionEnded
from booth_client.robots.behaviour import Behaviour
from booth_client.robots.on_camera import Cameras
from booth_client.robots.robot import Deed, Robot
from booth_client.robots.room import RoomSeat
from booth_client.robots.tally import Tally
from fairserver.domain.states import (
    BUSY_TICKET,
    OPEN_TICKET,
    STANDING_TICKET,
    BoothMode,
    FairState,
    RoomSide,
    TicketState,
)
from fairserver.protocol.answers import Ok
from fairserver.protocol.commands import Accept, AnswerHandOver, Join, Leave, NotNow, Ready
from fairserver.protocol.errors import Code
from fairserver.protocol.views import FairCell, HallBoothCell, MeCell, OwnTicketCell

#: The views that a candidate's page holds: in somebody's pocket, and while the list of booths is
#: looked at.
WAITING = ("me",)
LOOKING = ("me", "hall")
#: One heads-up or one call: ticket, state and when it came (ms).
Summons = tuple[str, TicketState, int]
#: Refusals to join that have nothing to do with the booth.
NOT_NOW = PASSING | {Code.FAIR_WRONG_STATE, Code.FAIR_CLOSED, Code.JOIN_LIMIT}


class CandidateRobot(Robot):
    """Play one candidate until it has had enough.

    ``popularity`` is the weight of each booth in its eyes; booths left out are never joined.
    ``cameras`` are those of all candidates, null for none.
    """

    def __init__(
        self,
        client: FairClient,
        behaviour: Behaviour,
        rng: Random,
        tally: Tally,
        popularity: Mapping[str, float],
        cameras: Cameras | None = None,
    ) -> None:
        seat = RoomSeat(RoomSide.CANDIDATE)
        super().__init__(client, seat, behaviour, rng, tally, cameras)
        self._ways = behaviour.candidate
        self._popularity = popularity
        #: Lines to stand in at a time, and interviews that it came for.
        self._lines = rng.randint(*self._ways.lines)
        self._wanted = rng.randint(*self._ways.interviews)
        self._has_camera = bool(behaviour.media_at_most) and rng.random() < behaviour.media
        #: Heads-ups and calls already answered or not noticed.
        self._heard: set[Summons] = set()
        #: Booths that refused, or that offer nothing more.
        self._refused: set[str] = set()
        self._stay_over = False
        self._at_home = False

    async def live(self) -> None:
        """Play until the stay is over, enough interviews are had or the fair is closed."""
        self.set_alarm(self._ways.stay.draw(self.rng))
        whims = asyncio.create_task(self._whims())
        try:
            while not self._at_home:
                await self.act()
        finally:
            whims.cancel()
            await asyncio.wait([whims])
            await self.leave_camera()

    async def alarm_rings(self) -> None:
        """Take note that the stay is over; a running interview is still finished."""
        self._stay_over = True

    # --- what is due ----------------------------------------------------------------------

    def due(self) -> Deed | None:
        """Return what is to be done now: the desk first, then the lines, then going home."""
        for ticket in self._tickets():
            if ticket.state in BUSY_TICKET:
                return self._at_desk(ticket)
        if self._had_enough():
            return self._go_home
        if self._wants_another() and self._choices():
            return self._join_another
        return None

    def _at_desk(self, ticket: OwnTicketCell) -> Deed | None:
        if ticket.state in {TicketState.ON_DECK, TicketState.CALLED}:
            return self._summoned(ticket)
        if ticket.hand_over_to is not None:
            return lambda: self._answer_hand_over(ticket)
        if ticket.mode is BoothMode.ONSITE:
            # The recruiter begins the interview when the person stands at the desk.
            return None
        if self._has_camera and self.on_camera(ticket.ticket_id):
            return None
        connect_s = self._ways.connect.draw(self.rng)
        return self.room_deed(ticket.ticket_id, ticket.room, connect_s)

    def _summoned(self, ticket: OwnTicketCell) -> Deed | None:
        """Return the answer to a heads-up or a call; whoever is ready is seated without one."""
        if _summons(ticket) in self._heard:
            return None
        if ticket.state is TicketState.CALLED:
            return lambda: self._hear_call(ticket)
        return None if ticket.ready else lambda: self._hear_heads_up(ticket)

    def _tickets(self) -> list[OwnTicketCell]:
        return self.client.cells_of("me", OwnTicketCell)

    def _standing(self) -> list[OwnTicketCell]:
        return [ticket for ticket in self._tickets() if ticket.state in STANDING_TICKET]

    def _interviews(self) -> int:
        me = self.client.find("me", "me", MeCell)
        return me.interviews if me else 0

    def _had_enough(self) -> bool:
        fair = self.client.find("me", "fair", FairCell)
        closed = fair is not None and fair.state is FairState.CLOSED
        nothing_left = not self._standing() and not self._choices()
        return closed or nothing_left or self._stay_over or self._interviews() >= self._wanted

    def _wants_another(self) -> bool:
        fair = self.client.find("me", "fair", FairCell)
        limit = fair.join_limit if fair else 1
        standing = len(self._standing())
        more = self._wanted - self._interviews()
        return standing < min(self._lines, limit, more)

    def _choices(self) -> set[str]:
        """Return the booths it may still join; a booth once visited is not visited again."""
        known = {ticket.booth_id for ticket in self._tickets()}
        return self._popularity.keys() - known - self._refused

    # --- deeds ----------------------------------------------------------------------------

    async def _hear_heads_up(self, ticket: OwnTicketCell) -> None:
        self._heard.add(_summons(ticket))
        if self.rng.random() < self._ways.miss_heads_up:
            return
        await self.sleep(self._ways.get_ready.draw(self.rng))
        ticket_id, command_id = ticket.ticket_id, self.client.new_id()
        if self.rng.random() < self._ways.not_now:
            await self.do(NotNow(id=command_id, ticket_id=ticket_id))
            return
        answer = await self.do(Ready(id=command_id, ticket_id=ticket_id))
        if isinstance(answer, Ok):
            self.tally.ready += 1
        elif answer.passing:
            self._heard.discard(_summons(ticket))

    async def _answer_hand_over(self, ticket: OwnTicketCell) -> None:
        await self.sleep(self._ways.consider.draw(self.rng))
        ticket_id, agree = ticket.ticket_id, self.rng.random() < self._ways.agree
        command = AnswerHandOver(
            id=self.client.new_id(),
            ticket_id=ticket_id,
            agree=agree,
            show_profile=agree,
            to_booth_id=ticket.hand_over_to,
        )
        if isinstance(await self.do(command), Ok):
            self.tally.handed_over += agree
            await self.until(lambda: not self._offered(ticket_id))

    def _offered(self, ticket_id: str) -> bool:
        ticket = self.client.find("me", f"ticket/{ticket_id}", OwnTicketCell)
        return ticket is not None and ticket.hand_over_to is not None

    async def _hear_call(self, ticket: OwnTicketCell) -> None:
        self._heard.add(_summons(ticket))
        if self.rng.random() < self._ways.miss_call:
            self.tally.ignored_calls += 1
            return
        await self.sleep(self._ways.accept.draw(self.rng))
        answer = await self.do(Accept(id=self.client.new_id(), ticket_id=ticket.ticket_id))
        if isinstance(answer, Ok):
            self.tally.accepted += 1
        elif answer.passing:
            # Heard, but the server could not take it just now: tap again.
            self._heard.discard(_summons(ticket))

    async def _join_another(self) -> None:
        await self.client.watch("hall")
        await self.sleep(self._ways.look_around.draw(self.rng))
        while self._wants_another() and not self._busy():
            if not await self._join(self._choose()):
                break
        # A phone in the pocket does not show the list of booths.
        await self.client.unwatch("hall")

    async def _join(self, booth_id: str | None) -> bool:
        """Join a line and wait until it is seen; return whether to go on looking."""
        if booth_id is None:
            self._refused |= self._choices()
            return False
        answer = await self.do(Join(id=self.client.new_id(), booth_id=booth_id, show_profile=True))
        if isinstance(answer, Ok):
            self.tally.joined += 1
            await self.until(lambda: any(t.booth_id == booth_id for t in self._tickets()))
            return True
        if answer.code == Code.JOIN_LIMIT:
            self._lines = len(self._standing())
        elif answer.code not in NOT_NOW:
            self._refused.add(booth_id)
        return answer.code not in NOT_NOW

    def _busy(self) -> bool:
        return any(ticket.state in BUSY_TICKET for ticket in self._tickets())

    def _choose(self) -> str | None:
        """Draw a booth: a popular one, but long lines and empty desks put people off."""
        choices = self._choices()
        booths = [b for b in self.client.cells_of("hall", HallBoothCell) if b.booth_id in choices]
        if not booths:
            return None
        weights = [self._appeal(booth) for booth in booths]
        return self.rng.choices(booths, weights)[0].booth_id

    def _appeal(self, booth: HallBoothCell) -> float:
        crowded = booth.waiting / (booth.desks_working or 0.25)
        return self._popularity[booth.booth_id] / (4 + crowded)

    async def _go_home(self) -> None:
        for ticket in self._standing():
            await self._leave(ticket)
        self._at_home = not any(ticket.state in OPEN_TICKET for ticket in self._tickets())

    async def _leave(self, ticket: OwnTicketCell) -> None:
        ticket_id = ticket.ticket_id
        if isinstance(await self.do(Leave(id=self.client.new_id(), ticket_id=ticket_id)), Ok):
            self.tally.given_up += 1
            await self.until(lambda: all(t.ticket_id != ticket_id for t in self._standing()))

    async def _whims(self) -> None:
        """Now and then cut the connection, reload the page or give up a line."""
        with suppress(ConnectionEnded):
            while True:
                await self.sleep(self._ways.whim.draw(self.rng))
                standing = self._standing()
                if standing and self.rng.random() < self._ways.whim_leaves:
                    await self._leave(self.rng.choice(standing))
                else:
                    self._cut()

    def _cut(self) -> None:
        if self.rng.random() < self._ways.reload:
            self.seat.reload()
        self.tally.cuts += 1
        self.client.cut(self.behaviour.seconds(self._ways.away.draw(self.rng)))


def _summons(ticket: OwnTicketCell) -> Summons:
    return ticket.ticket_id, ticket.state, ticket.since
