"""What candidates' and recruiters' robots share: acting on what is due, and the room."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random

import msgspec

from booth_client.client import FairClient
from booth_client.errors import CommandError
from booth_client.robots.behaviour import Behaviour
from booth_client.robots.on_camera import Cameras, OnCamera
from booth_client.robots.room import RoomSeat, RoomStep
from booth_client.robots.tally import Tally
from fairserver.protocol.answers import Ok, RoomPass
from fairserver.protocol.commands import Command, EnterRoom, ReportRoom
from fairserver.protocol.views import RoomCell

log = logging.getLogger(__name__)

#: One thing to do now.
Deed = Callable[[], Awaitable[object]]
#: Robot's seconds that follow a refused command, so that no robot hammers the server.
STUMBLE_S = 2.0
#: Real seconds within which a command's effect is expected in the own view.
SEEN_S = 10.0


class Robot:
    """Act, one deed at a time, on what the views make due."""

    def __init__(
        self,
        client: FairClient,
        seat: RoomSeat,
        behaviour: Behaviour,
        rng: Random,
        tally: Tally,
        cameras: Cameras | None = None,
    ) -> None:
        self.client = client
        self.seat = seat
        self.behaviour = behaviour
        self.rng = rng
        self.tally = tally
        #: Its interviews with media; null where no camera is to be had.
        self._camera = OnCamera(client, seat.side, cameras, tally) if cameras else None
        #: Loop time at which ``alarm_rings`` is called when nothing was due; null for never.
        self.alarm: float | None = None

    def due(self) -> Deed | None:
        """Return what is to be done now, or null to wait for a change or the alarm."""
        raise NotImplementedError

    async def alarm_rings(self) -> None:
        """Do what the alarm was set for."""
        raise NotImplementedError

    async def act(self) -> None:
        """Wait until something is due, or the alarm rings, and do it."""
        alarm = self.alarm

        def news(_: FairClient) -> Deed | None:
            # ``due`` may set another alarm, which this wait knows nothing of: begin a new one.
            return self.due() or (_look_again if self.alarm != alarm else None)

        try:
            deed = await self.client.wait_for(news, self._until_alarm())
        except TimeoutError:
            # Taken down first: an alarm rings once.
            self.alarm = None
            await self.alarm_rings()
            return
        if deed:
            await deed()

    def set_alarm(self, seconds: float) -> None:
        """Let the alarm ring in some robot's seconds."""
        self.alarm = asyncio.get_running_loop().time() + self.behaviour.seconds(seconds)

    def _until_alarm(self) -> float | None:
        if self.alarm is None:
            return None
        return max(0.0, self.alarm - asyncio.get_running_loop().time())

    async def sleep(self, seconds: float) -> None:
        """Sleep a robot's seconds."""
        await self.behaviour.sleep(seconds)

    async def do(self, command: Command) -> Ok | CommandError:
        """Send a command; return the answer, or the refusal after a moment's pause.

        A refusal is ordinary: by the time a robot acts, the fair has moved on.
        """
        try:
            return await self.client.send(command)
        except CommandError as refused:
            self.tally.refused[refused.code] += 1
            log.debug("%s refused: %s", type(command).__name__, refused)
            await self.sleep(STUMBLE_S)
            return refused

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the own view shows what a command did; what is not seen is not insisted on.

        The answer may overtake the view, and the robot must not act on the old picture.
        """
        with suppress(TimeoutError):
            await self.client.wait_for(lambda _: condition(), SEEN_S)

    def on_camera(self, ticket_id: str) -> bool:
        """Hold an interview with media, if a camera is free; say whether it is held so."""
        return self._camera is not None and self._camera.holds(ticket_id)

    async def leave_camera(self) -> None:
        """Go out of a room that is held with media."""
        if self._camera:
            await self._camera.close()

    def room_deed(self, ticket_id: str, room: RoomCell | None, connect_s: float) -> Deed | None:
        """Return what the own end of the room has to do, if anything."""
        match self.seat.next_step(ticket_id, room):
            case RoomStep.ENTER:
                return lambda: self._enter(ticket_id)
            case RoomStep.REPORT if room:
                epoch = room.epoch
                return lambda: self._report(ticket_id, epoch, connect_s)
        return None

    async def _enter(self, ticket_id: str) -> None:
        command = EnterRoom(id=self.client.new_id(), ticket_id=ticket_id, peer=self.seat.peer)
        answer = await self.do(command)
        if isinstance(answer, Ok):
            self.seat.entered(msgspec.convert(answer.result, RoomPass).epoch)

    async def _report(self, ticket_id: str, epoch: int, connect_s: float) -> None:
        await self.sleep(connect_s)
        self.seat.reported(epoch)
        await self.do(
            ReportRoom(
                id=self.client.new_id(),
                ticket_id=ticket_id,
                peer=self.seat.peer,
                epoch=epoch,
                state="connected",
            )
        )


async def _look_again() -> None:
    """Do nothing."""
