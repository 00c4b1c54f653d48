"""The station driven by its keys against the real server: pairing, a morning, troubles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from booth_client import Device, DeviceFile, FairClient
from booth_client.media import InterviewMedia, OwnMedia, open_own
from booth_client.station.app import StationApp
from booth_client.station.model import Step
from booth_client.station.screens import PairScreen, StoppedScreen
from booth_client.station.words import Words, catalogue
from fairserver.domain.states import RoomSide, TicketState
from fairserver.protocol.commands import Accept, AnswerRecording, Join, WithdrawRecording
from fairserver.protocol.views import OwnTicketCell
from tests.booth_client.real import FAIR_ID, PATIENCE_S, RealServer
from tests.booth_client.test_recording import allow

pytestmark = pytest.mark.filterwarnings("ignore:.*deleted before being closed:ResourceWarning")

SIZE = (140, 40)
VI = catalogue("vi")
NAMES = ("An", "Bình", "Chi")


class Station:
    """The station's program and what a person sees of it."""

    def __init__(self, app: StationApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    def shows(self, name: str) -> str:
        """The words in one place of the screen."""
        return str(self.app.screen.query_one(f"#{name}", Static).render())

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until the screen shows something."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await self.pilot.pause(0.05)

    async def at(self, step: Step) -> None:
        """Wait until the desk is at a step."""
        await self.until(lambda: self.app.station and self.app.station.step is step)

    async def type(self, text: str) -> None:
        """Type a text into the field that has the focus, and Enter."""
        field = self.app.focused
        assert isinstance(field, Input)
        field.value = text
        await self.pilot.press("enter")


@pytest.fixture
async def own() -> AsyncIterator[OwnMedia]:
    made = await open_own("test")
    yield made
    await made.close()


@pytest.fixture
async def code(server: RealServer) -> tuple[str, str]:
    """A pairing code of booth 1, and whose it is."""
    offered = await server.node.ledger.devices.invite(FAIR_ID, "b1", "Máy bàn 1")
    return offered.code, offered.staff_id


@asynccontextmanager
async def running(file: DeviceFile, own: OwnMedia, server: str = "") -> AsyncIterator[Station]:
    """Run the station without a terminal."""
    app = StationApp(Words("vi"), file, own, server=server, desk_id="b1-1")
    async with app.run_test(size=SIZE) as pilot:
        yield Station(app, pilot)


@pytest.fixture
async def paired(server: RealServer, code: tuple[str, str], tmp_path: Path) -> DeviceFile:
    """The file of a computer that has been let in before."""
    made = await server.node.ledger.devices.pair(code[0])
    file = DeviceFile(tmp_path / "device.json")
    file.save(
        Device(
            device_key=made.device_key,
            staff_id=made.member.staff_id,
            fair_id=FAIR_ID,
            booth_id="b1",
            display_name="Máy bàn 1",
            server=server.url,
        )
    )
    return file


@asynccontextmanager
async def candidates(server: RealServer, count: int) -> AsyncIterator[list[FairClient]]:
    """People who stand in the line of booth 1, in this order."""
    async with AsyncExitStack() as stack:
        phones = []
        for number in range(count):
            phone = await stack.enter_async_context(
                await server.candidate(f"Nguyễn Thị {NAMES[number]}")
            )
            await phone.send(Join(id=phone.new_id(), booth_id="b1"))
            phones.append(phone)
        yield phones


def turn(phone: FairClient) -> OwnTicketCell | None:
    return next(iter(phone.cells_of("me", OwnTicketCell)), None)


def is_in(state: TicketState) -> Callable[[FairClient], bool]:
    def holds(phone: FairClient) -> bool:
        own_turn = turn(phone)
        return own_turn is not None and own_turn.state is state

    return holds


async def test_a_morning_of_three_people_by_the_keys_alone(
    server: RealServer, paired: DeviceFile, own: OwnMedia
) -> None:
    async with running(paired, own) as station, candidates(server, 3) as phones:
        await station.at(Step.CLOSED)
        await station.until(lambda: "Hàng chờ: 3 người" in station.shows("line"))
        await station.pilot.press("enter")
        for count, (phone, key) in enumerate(zip(phones, "172", strict=True), 1):
            await interview(station, phone, count, key)
            await station.until(partial(shows_chosen, station, key))
            if count < 3:
                await station.pilot.press("enter")
        outcomes = [
            str(ticket.outcome)
            for ticket in server.node.fairs[FAIR_ID].feed.projection.tickets.values()
        ]
        assert outcomes == ["hired", "pending", "second_interview"]
        await station.until(lambda: VI["line.empty"] in station.shows("line"))


def shows_chosen(station: Station, key: str) -> bool:
    """Whether an outcome is marked as the chosen one."""
    return f"● {key}  " in station.shows("outcomes")


async def interview(station: Station, phone: FairClient, count: int, key: str) -> None:
    """Meet one person: the call, picture and sound, a word, the end with an outcome."""
    await station.at(Step.CALLING)
    await station.until(lambda: f"số {count}" in station.shows("step"))
    await phone.wait_for(is_in(TicketState.CALLED), PATIENCE_S)
    called = turn(phone)
    assert called is not None
    theirs = await open_own("test")
    await phone.send(Accept(id=phone.new_id(), ticket_id=called.ticket_id))
    await phone.wait_for(is_in(TicketState.CONNECTING), PATIENCE_S)
    async with InterviewMedia(phone, called.ticket_id, theirs, side=RoomSide.CANDIDATE) as media:
        await station.at(Step.INTERVIEWING)
        await media.wait_for(lambda now: now.heard.pictures and now.heard.sounds, PATIENCE_S)
        await station.until(lambda: "▀" in station.shows("picture"))
        await station.pilot.press("c")
        await station.type("Chào bạn")
        await media.wait_for(lambda now: now.talk.lines, PATIENCE_S)
        assert media.talk.lines[0].text == "Chào bạn"
        await station.pilot.press("escape", key)
        await station.at(Step.OUTCOME if key == "7" else Step.NEXT)
    await theirs.close()


async def test_the_desk_records_by_one_key_while_the_person_agrees(
    server: RealServer, paired: DeviceFile, own: OwnMedia
) -> None:
    await allow(server)
    theirs = await open_own("test")
    async with running(paired, own) as station, candidates(server, 1) as (phone,):
        await station.at(Step.CLOSED)
        await station.pilot.press("enter")
        await phone.wait_for(is_in(TicketState.CALLED), PATIENCE_S)
        (called,) = phone.cells_of("me", OwnTicketCell)
        name = called.ticket_id
        await phone.send(Accept(id=phone.new_id(), ticket_id=name))
        await phone.wait_for(is_in(TicketState.CONNECTING), PATIENCE_S)
        async with InterviewMedia(phone, name, theirs, side=RoomSide.CANDIDATE):
            await station.at(Step.INTERVIEWING)
            await station.until(lambda: station.shows("recording") == VI["recording.offer"])
            await station.pilot.press("r")
            await station.until(lambda: station.shows("recording").startswith("○ Chưa ghi hình"))
            await agree_to_recording(phone, name)
            await station.until(lambda: station.shows("recording") == VI["recording.on"])
            assert station.app.station
            folder = station.app.station.recordings.folder
            await station.until(lambda: any(one.stat().st_size for one in folder.glob("*.webm")))
            # What has not begun at the server before a no does not begin after it.
            async with asyncio.timeout(PATIENCE_S):
                while not await server.node.ledger.recordings.of_fair(FAIR_ID):
                    await station.pilot.pause(0.05)
            await phone.send(WithdrawRecording(id=phone.new_id(), ticket_id=name))
            await station.until(lambda: station.shows("recording") == VI["recording.stopped"])
            await station.pilot.press("7")
            await station.at(Step.OUTCOME)
            await station.until(lambda: not list(folder.glob("*")))
    await theirs.close()
    (file,) = await server.node.ledger.recordings.of_fair(FAIR_ID)
    assert file.completed_at is not None


async def agree_to_recording(phone: FairClient, ticket_id: str) -> None:
    """Answer yes once the question is there."""

    def asked(client: FairClient) -> str | None:
        own_turn = turn(client)
        return own_turn.recording.recording_id if own_turn and own_turn.recording else None

    recording_id = await phone.wait_for(asked, PATIENCE_S)
    assert recording_id is not None
    answer = AnswerRecording(
        id=phone.new_id(), ticket_id=ticket_id, recording_id=recording_id, agree=True
    )
    await phone.send(answer)


async def test_a_code_is_typed_once_and_the_computer_comes_back_by_itself(
    server: RealServer, code: tuple[str, str], own: OwnMedia, tmp_path: Path
) -> None:
    file = DeviceFile(tmp_path / "kept" / "device.json")
    async with running(file, own, server.url) as station:
        await station.until(lambda: isinstance(station.app.screen, PairScreen))
        await station.type("AAAA-AAAA")
        await station.until(lambda: "không đúng" in station.shows("trouble"))
        await station.type(code[0])
        await station.at(Step.CLOSED)
    async with running(file, own) as station:
        await station.at(Step.CLOSED)
        await station.until(lambda: "Bàn b1-1" in station.shows("link"))


async def test_a_computer_revoked_at_work_says_so_stops_and_forgets_its_key(
    server: RealServer, code: tuple[str, str], paired: DeviceFile, own: OwnMedia
) -> None:
    async with running(paired, own) as station:
        await station.at(Step.CLOSED)
        await server.node.ledger.staff.revoke(code[1])
        server.node.end_subject(code[1])
        await station.until(lambda: isinstance(station.app.screen, StoppedScreen))
        assert "ngừng cho máy này dùng" in station.shows("stopped")
    assert paired.load() is None


async def test_devices_that_are_missing_are_said_in_words(
    server: RealServer, paired: DeviceFile
) -> None:
    own = await open_own("camera", camera="no-such-camera", microphone="no-such-microphone")
    async with running(paired, own) as station:
        await station.until(lambda: VI["trouble.camera_missing"] in station.shows("troubles"))
        assert VI["trouble.microphone_missing"] in station.shows("troubles")
        await station.pilot.press("f2")
        english = catalogue("en")["trouble.camera_missing"]
        await station.until(lambda: english in station.shows("troubles"))
    await own.close()


async def test_a_second_station_at_the_same_desk_takes_the_interview_and_the_first_says_so(
    server: RealServer, paired: DeviceFile, own: OwnMedia
) -> None:
    other, theirs = await open_own("test"), await open_own("test")
    async with running(paired, own) as first, candidates(server, 1) as (phone,):
        await first.at(Step.CLOSED)
        await first.pilot.press("enter")
        await phone.wait_for(is_in(TicketState.CALLED), PATIENCE_S)
        called = turn(phone)
        assert called is not None
        await phone.send(Accept(id=phone.new_id(), ticket_id=called.ticket_id))
        await phone.wait_for(is_in(TicketState.CONNECTING), PATIENCE_S)
        async with InterviewMedia(phone, called.ticket_id, theirs, side=RoomSide.CANDIDATE):
            await first.at(Step.INTERVIEWING)
            app = StationApp(Words("vi"), paired, other, desk_id="b1-1")
            async with app.run_test(size=SIZE) as pilot:
                second = Station(app, pilot)
                await second.until(lambda: "▀" in second.shows("picture"))
                await first.until(lambda: first.shows("media") == VI["media.taken_over"])
            await first.pilot.press("t")
            await first.until(lambda: first.shows("media") != VI["media.taken_over"])
    await other.close()
    await theirs.close()
