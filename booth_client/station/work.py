"""A desk's work without its screen: the connection, the interview's media, the commands."""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import partial
from pathlib import Path
from urllib.parse import quote

import aiohttp
import msgspec

from booth_client.client import FairClient
from booth_client.errors import CommandError
from booth_client.media.interview import InterviewMedia, MediaState
from booth_client.media.own import OwnMedia
from booth_client.media.speaker import NoSpeaker, Speaker
from booth_client.pairing import Device
from booth_client.sign_in import Session
from booth_client.station.model import (
    OUTCOMES,
    PRIMARY,
    Step,
    has_media,
    line_of,
    step_of,
    ticket_at,
)
from booth_client.station.recordings import StationRecordings
from fairserver.domain.states import BoothMode, TicketState
from fairserver.protocol.commands import Command, Finish, PauseDesk, RecordOutcome
from fairserver.protocol.views import BoothCell, BoothTicketCell, DeskCell

#: Seconds that a command may take before the person is told to look again.
_ANSWER_S = 20.0


class Person(msgspec.Struct, frozen=True):
    """What a recruiter may see of whom a ticket has brought; null is what was not agreed to."""

    full_name: str | None = None
    birth_year: int | None = None
    commune: str | None = None
    wish: str | None = None
    phone: str | None = None


class Work:
    """One desk, from its opening to the last outcome."""

    def __init__(
        self, client: FairClient, device: Device, session: Session, own: OwnMedia, folder: Path
    ) -> None:
        self.client = client
        self.device = device
        self.own = own
        self.desk_id = ""
        #: The interview's media; null between two.
        self.media: InterviewMedia | None = None
        #: The person's profile, by ticket; null where it is not shown.
        self.people: dict[str, Person | None] = {}
        #: How often what may be read of each had changed when it was read.
        self._revisions: dict[str, int] = {}
        #: The last refusal in words.
        self.notice = ""
        self.speaker: Speaker | None = None
        with contextlib.suppress(NoSpeaker):
            self.speaker = Speaker()
        #: Recordings of interviews, kept in ``folder`` until they are sent.
        self.recordings = StationRecordings(client, device, session.session_token, folder)
        self._session = session
        self._take_back = asyncio.Event()
        #: The server's clock against ours, ms.
        self._offset = client.greeting.now - time.time() * 1000 if client.greeting else 0.0
        self._changed_at = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to follow the desk, and send what an earlier run has recorded."""
        self.recordings.send()
        self._tasks = [
            asyncio.create_task(self._follow(), name="station follows"),
            asyncio.create_task(self._hold_interviews(), name="station interviews"),
        ]

    async def close(self) -> None:
        """Leave the desk as it is and let the loudspeaker go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.recordings.close()
        if self.speaker:
            self.speaker.close()

    async def ended(self) -> None:
        """Wait until the connection is over for good; raises ``ConnectionEnded`` then."""
        await asyncio.gather(*self._tasks)

    # --- what is ----------------------------------------------------------------------------

    @property
    def now_ms(self) -> float:
        """The server's time."""
        return time.time() * 1000 + self._offset

    @property
    def age_s(self) -> int:
        """Seconds since the line last said something; a living line says so by itself."""
        return int(time.monotonic() - self._changed_at)

    @property
    def desks(self) -> list[DeskCell]:
        """The booth's desks."""
        return sorted(self.client.cells_of("booth", DeskCell), key=lambda one: one.desk_id)

    @property
    def desk(self) -> DeskCell | None:
        """The own desk."""
        return self.client.find("booth", f"desk/{self.desk_id}", DeskCell)

    @property
    def mode(self) -> BoothMode:
        """How the booth meets people."""
        booth = self.client.find("booth", "booth", BoothCell)
        return booth.mode if booth else BoothMode.ONLINE

    @property
    def ticket(self) -> BoothTicketCell | None:
        """Whom the desk is about."""
        return ticket_at(self.desk, self.client.cells_of("booth", BoothTicketCell))

    @property
    def line(self) -> list[BoothTicketCell]:
        """Who stands in line."""
        return line_of(self.client.cells_of("booth", BoothTicketCell))

    @property
    def step(self) -> Step:
        """Where the desk is in its work."""
        return step_of(self.desk, self.ticket, self.mode)

    # --- what is done -----------------------------------------------------------------------

    async def primary(self) -> None:
        """Do the next right thing, if there is one."""
        act = PRIMARY.get(self.step)
        ticket = self.ticket
        if act:
            ticket_id = ticket.ticket_id if ticket else ""
            await self._do(act.command(self.client.new_id(), self.desk_id, ticket_id))

    async def outcome(self, key: int) -> None:
        """Take outcome 1 to 7: it ends a running interview, and corrects one that has ended."""
        ticket, outcome = self.ticket, OUTCOMES[key - 1]
        if ticket is None:
            return
        command_id = self.client.new_id()
        if ticket.state in (TicketState.CONNECTING, TicketState.INTERVIEWING):
            await self._do(Finish(id=command_id, ticket_id=ticket.ticket_id, outcome=outcome))
        elif ticket.state is TicketState.DONE:
            await self._do(
                RecordOutcome(id=command_id, ticket_id=ticket.ticket_id, outcome=outcome)
            )

    async def pause(self) -> None:
        """Stop calling people to this desk."""
        await self._do(PauseDesk(id=self.client.new_id(), desk_id=self.desk_id))

    async def record(self) -> None:
        """Ask everybody in the interview whether it may be recorded, or stop that."""
        media, ticket = self.media, self.ticket
        if media and not media.is_over and ticket and (self.recordings.allowed or ticket.recording):
            await self._do(self.recordings.toggle(media, ticket))

    def take_back(self) -> None:
        """Come into the room again from where another device has taken it."""
        self._take_back.set()

    async def _do(self, command: Command) -> None:
        try:
            await self.client.send(command, _ANSWER_S)
            self.notice = ""
        except CommandError as refused:
            self.notice = f"{refused.message} {refused.hint}"
        except TimeoutError:
            # Kept by nobody now: the screen shows what is true once the line is back.
            self.notice = ""

    # --- what goes on by itself ---------------------------------------------------------------

    async def _follow(self) -> None:
        """Note each change, and read of whom the desk is about."""
        while True:
            seq = self.client.seq("booth")
            self._changed_at = time.monotonic()
            ticket = self.ticket
            if ticket and ticket.desk_id and ticket.state is not TicketState.CALLED:
                await self._read_person(ticket.ticket_id, ticket.profile)
            await self.client.wait_for(partial(_moved_on, seq))

    async def _read_person(self, ticket_id: str, revision: int) -> None:
        if self._revisions.get(ticket_id) == revision:
            return
        address = (
            f"{self.device.server.rstrip('/')}/api/fairs/{quote(self.device.fair_id)}"
            f"/tickets/{quote(ticket_id)}/person"
        )
        headers = {"Authorization": f"Bearer {self._session.session_token}"}
        person: Person | None = None
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, msgspec.DecodeError):
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_S)) as http,
                http.get(address, headers=headers) as response,
            ):
                if response.status == 200:
                    person = msgspec.json.decode(await response.read(), type=Person)
        self.people[ticket_id], self._revisions[ticket_id] = person, revision

    def _ticket_to_meet(self) -> str | None:
        ticket = self.ticket
        return ticket.ticket_id if ticket and has_media(self.desk, ticket, self.mode) else None

    async def _hold_interviews(self) -> None:
        while True:
            ticket_id = await self.client.wait_for(lambda _: self._ticket_to_meet())
            assert ticket_id is not None
            self._take_back.clear()
            async with InterviewMedia(self.client, ticket_id, self.own) as media:
                self.media = media
                if self.speaker:
                    media.heard.on_sound = self.speaker.play
                async with self.recordings.recorder(media):
                    await media.wait_for(lambda now: now.is_over)
            self.recordings.send()
            if media.state is MediaState.TAKEN_OVER:
                await self._until_taken_back(ticket_id)

    async def _until_taken_back(self, ticket_id: str) -> None:
        """Wait for the person's word, or for the end of that interview."""

        def gone(_: FairClient) -> bool:
            return self._ticket_to_meet() != ticket_id

        waits = [
            asyncio.create_task(self._take_back.wait()),
            asyncio.create_task(self.client.wait_for(gone)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


def _moved_on(seq: int | None, client: FairClient) -> bool:
    return client.seq("booth") != seq
