"""Recruiters: open their desks, interview who is called, note the outcome, call the next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random

from booth_client.client import FairClient
from booth_client.robots.behaviour import Behaviour
from booth_client.robots.on_camera import Cameras
from booth_client.robots.robot import Deed, Robot
from booth_client.robots.room import NO_CAMERA, RoomSeat
from booth_client.robots.tally import Tally
from fairserver.domain.states import (
    BoothMode,
    DeskState,
    FairState,
    Outcome,
    OutcomeReason,
    RoomSide,
    TicketState,
)
from fairserver.protocol.answers import Ok
from fairserver.protocol.commands import (
    CallNext,
    Command,
    Finish,
    MarkMissed,
    OfferHandOver,
    OpenDesk,
    PauseDesk,
    Start,
)
from fairserver.protocol.views import BoothCell, BoothTicketCell, DeskCell, FairCell, RoomCell

#: The view that a recruiter's page holds.
VIEWS = ("booth",)


class DeskRobot(Robot):
    """Play the recruiter at one desk until the fair is closed.

    ``elsewhere`` are the booths to which people may be handed over. With a camera free it meets
    with picture and sound whoever comes with them.
    """

    def __init__(
        self,
        client: FairClient,
        behaviour: Behaviour,
        rng: Random,
        tally: Tally,
        desk_id: str,
        elsewhere: Sequence[str] = (),
        cameras: Cameras | None = None,
    ) -> None:
        super().__init__(client, RoomSeat(RoomSide.DESK), behaviour, rng, tally, cameras)
        self.desk_id = desk_id
        self._ways = behaviour.recruiter
        self._elsewhere = elsewhere
        #: Ticket of the last person who was offered a hand-over.
        self._offered = ""
        #: Ticket and state for which the alarm is set.
        self._timed: tuple[str, TicketState] | None = None

    async def live(self) -> None:
        """Play until the fair is closed."""
        try:
            while not self._fair_closed():
                await self.act()
        finally:
            await self.leave_camera()

    # --- what is due ----------------------------------------------------------------------

    def due(self) -> Deed | None:
        """Return what the desk's state asks of its recruiter."""
        if self._fair_closed():
            return self._pack_up
        desk = self._desk()
        if desk is None:
            return None
        match desk.state:
            case DeskState.CLOSED:
                return self._arrive
            case DeskState.PAUSED:
                return self._rest
            case DeskState.WRAP_UP:
                return self._wrap_up
            case DeskState.CONNECTING | DeskState.INTERVIEWING:
                return self._with_person()
        return None

    def _desk(self) -> DeskCell | None:
        return self.client.find("booth", f"desk/{self.desk_id}", DeskCell)

    def _with_person(self) -> Deed | None:
        ticket = self._ticket()
        if ticket is None:
            return None
        self._time(ticket)
        if self._onsite():
            arriving = ticket.state is TicketState.CONNECTING
            return (lambda: self._start(ticket.ticket_id)) if arriving else None
        if _comes_on_camera(ticket.room) and self.on_camera(ticket.ticket_id):
            return None
        connect_s = self._ways.connect.draw(self.rng)
        return self.room_deed(ticket.ticket_id, ticket.room, connect_s)

    def _time(self, ticket: BoothTicketCell) -> None:
        """Set the alarm once for each state: patience while connecting, then the length."""
        stage = (ticket.ticket_id, ticket.state)
        if stage == self._timed:
            return
        self._timed = stage
        if ticket.state is TicketState.CONNECTING:
            self.set_alarm(self._ways.patience.draw(self.rng))
        elif ticket.state is TicketState.INTERVIEWING:
            self.tally.started += 1
            self.set_alarm(self._ways.interview.draw(self.rng))

    def _ticket(self) -> BoothTicketCell | None:
        """Return the turn of the person at this desk."""
        desk = self._desk()
        if desk is None or desk.ticket_id is None:
            return None
        return self.client.find("booth", f"ticket/{desk.ticket_id}", BoothTicketCell)

    def _onsite(self) -> bool:
        booth = self.client.find("booth", "booth", BoothCell)
        return booth is not None and booth.mode is BoothMode.ONSITE

    def _fair_closed(self) -> bool:
        fair = self.client.find("booth", "fair", FairCell)
        return fair is not None and fair.state is FairState.CLOSED

    # --- deeds ----------------------------------------------------------------------------

    async def alarm_rings(self) -> None:
        """End what has lasted long enough: the waiting for a person, or the interview."""
        ticket = self._ticket()
        if ticket is None or (ticket.ticket_id, ticket.state) != self._timed:
            return
        # Another alarm for the same stage when the command is refused.
        self._timed = None
        if ticket.state is TicketState.CONNECTING:
            await self._settle(MarkMissed(id=self.client.new_id(), ticket_id=ticket.ticket_id))
        elif not await self._hand_over(ticket.ticket_id):
            await self._finish(ticket.ticket_id)

    async def _pack_up(self) -> None:
        """Do nothing: the closed fair ends ``live``."""

    async def _settle(self, command: Command) -> bool:
        """Send a command that moves the desk on, and wait until it is seen to have moved."""
        before = self._desk()
        if not isinstance(await self.do(command), Ok):
            return False
        await self.until(lambda: self._desk() != before)
        return True

    async def _arrive(self) -> None:
        await self.sleep(self._ways.open_desk.draw(self.rng))
        await self._open()

    async def _open(self) -> None:
        await self._settle(OpenDesk(id=self.client.new_id(), desk_id=self.desk_id))

    async def _rest(self) -> None:
        await self.sleep(self._ways.pause_for.draw(self.rng))
        await self._open()

    async def _start(self, ticket_id: str) -> None:
        await self.sleep(self._ways.walk.draw(self.rng))
        await self._settle(Start(id=self.client.new_id(), ticket_id=ticket_id))

    async def _finish(self, ticket_id: str) -> None:
        outcome = self._ways.draw_outcome(self.rng)
        reason = None
        if outcome is Outcome.NOT_SUITABLE:
            reason = self.rng.choice(list(OutcomeReason))
        command = Finish(
            id=self.client.new_id(), ticket_id=ticket_id, outcome=outcome, reason=reason
        )
        if await self._settle(command):
            self.tally.finished += 1

    async def _hand_over(self, ticket_id: str) -> bool:
        """Offer another booth now and then; the alarm ends the wait for the answer."""
        if ticket_id == self._offered or not self._elsewhere:
            return False
        if self.rng.random() >= self._ways.hand_over:
            return False
        self._offered = ticket_id
        to_booth_id = self.rng.choice(self._elsewhere)
        command = OfferHandOver(
            id=self.client.new_id(), ticket_id=ticket_id, to_booth_id=to_booth_id
        )
        if not isinstance(await self.do(command), Ok):
            return False
        self._timed = (ticket_id, TicketState.INTERVIEWING)
        self.set_alarm(self._ways.hand_over_wait.draw(self.rng))
        return True

    async def _wrap_up(self) -> None:
        await self.sleep(self._ways.wrap_up.draw(self.rng))
        if self.rng.random() < self._ways.pause:
            await self._settle(PauseDesk(id=self.client.new_id(), desk_id=self.desk_id))
        else:
            await self._settle(CallNext(id=self.client.new_id(), desk_id=self.desk_id))


async def play_booth(
    client: FairClient,
    behaviour: Behaviour,
    rng: Random,
    tally: Tally,
    desk_ids: list[str],
    elsewhere: Sequence[str] = (),
    cameras: Cameras | None = None,
) -> None:
    """Play all recruiters of a booth over one connection until the fair is closed.

    ``elsewhere`` are the booths to which they may hand people over, ``cameras`` those of all
    recruiters, null for none.
    """
    async with asyncio.TaskGroup() as group:
        for desk_id in desk_ids:
            own_rng = Random(f"{rng.random()}/{desk_id}")
            robot = DeskRobot(client, behaviour, own_rng, tally, desk_id, elsewhere, cameras)
            group.create_task(robot.live())


def _comes_on_camera(room: RoomCell | None) -> bool:
    """Whether the person in the room sends picture and sound, as pages do."""
    peer = room.candidate_peer if room else ""
    return bool(peer) and not peer.startswith(NO_CAMERA)
