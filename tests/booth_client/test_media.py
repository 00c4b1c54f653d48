"""An interview's media by Python at both ends, through the real server."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import av
import numpy as np
import pytest
from aiortc.contrib.media import MediaPlayer

from booth_client import FairClient
from booth_client.media import InterviewMedia, MediaState, OwnMedia, Rung, Trouble, open_own
from booth_client.media.connection import bounded
from booth_client.media.tracks import TestPicture, TestTone, silence
from fairserver.domain.states import RoomSide, TicketState
from fairserver.protocol.commands import Accept, Finish, Join, OpenDesk
from fairserver.protocol.views import BoothTicketCell, OwnTicketCell
from tests.booth_client.real import PATIENCE_S, RealServer, Role

pytestmark = pytest.mark.filterwarnings("ignore:.*deleted before being closed:ResourceWarning")


class Pair:
    """A recruiter's and a candidate's program that have just found each other."""

    def __init__(self, desk: FairClient, phone: FairClient, ticket_id: str) -> None:
        self.desk = desk
        self.phone = phone
        self.ticket_id = ticket_id

    def at_desk(self, own: OwnMedia) -> InterviewMedia:
        """The recruiter's end."""
        return InterviewMedia(self.desk, self.ticket_id, own)

    def at_phone(self, own: OwnMedia) -> InterviewMedia:
        """The candidate's end."""
        return InterviewMedia(self.phone, self.ticket_id, own, side=RoomSide.CANDIDATE)

    @property
    def turn(self) -> BoothTicketCell:
        """The turn as the booth sees it."""
        found = self.desk.find("booth", f"ticket/{self.ticket_id}", BoothTicketCell)
        assert found is not None
        return found


@pytest.fixture
async def pair(server: RealServer) -> AsyncIterator[Pair]:
    desk = await server.client(await server.invite(Role.RECRUITER, "b1"), "booth")
    phone = await server.candidate("Nguyễn Thị Lan")
    async with desk, phone:
        await desk.send(OpenDesk(id=desk.new_id(), desk_id="b1-1"))
        await phone.send(Join(id=phone.new_id(), booth_id="b1"))
        ticket = await phone.wait_for(called, PATIENCE_S)
        await phone.send(Accept(id=phone.new_id(), ticket_id=ticket.ticket_id))
        await phone.wait_for(lambda c: own_turn(c).state is TicketState.CONNECTING, PATIENCE_S)
        found = Pair(desk, phone, ticket.ticket_id)
        await desk.wait_for(lambda _: found.turn.state is TicketState.CONNECTING, PATIENCE_S)
        yield found


def own_turn(client: FairClient) -> OwnTicketCell:
    (ticket,) = client.cells_of("me", OwnTicketCell)
    return ticket


def called(client: FairClient) -> OwnTicketCell | None:
    tickets = client.cells_of("me", OwnTicketCell)
    return next((ticket for ticket in tickets if ticket.state is TicketState.CALLED), None)


@contextlib.asynccontextmanager
async def opened(*specs: str) -> AsyncIterator[list[OwnMedia]]:
    """Open own media and let go of it afterwards."""
    async with AsyncExitStack() as stack:
        own = [await open_own(spec) for spec in specs]
        for one in own:
            stack.push_async_callback(one.close)
        yield own


def decodes_more(media: InterviewMedia, sounds: int = 10) -> asyncio.Task[bool]:
    """Wait until more pictures, and sound that is none of silence, are decoded."""
    pictures, pieces = media.heard.pictures + 3, media.heard.sounds + sounds
    return asyncio.create_task(
        media.wait_for(
            lambda now: (
                now.heard.pictures > pictures
                and now.heard.sounds > pieces
                and now.heard.loudness > 0.01
            ),
            PATIENCE_S,
        )
    )


async def test_both_ends_see_hear_and_read_each_other(pair: Pair) -> None:
    async with (
        opened("test", "test") as (here, there),
        pair.at_desk(here) as desk,
        pair.at_phone(there) as phone,
    ):
        await asyncio.gather(decodes_more(desk), decodes_more(phone))
        await pair.desk.wait_for(lambda _: pair.turn.state is TicketState.INTERVIEWING)
        assert desk.talk.write("Chào bạn!")
        await phone.wait_for(lambda now: now.talk.lines, PATIENCE_S)
        await desk.wait_for(lambda now: now.talk.lines[0].arrived, PATIENCE_S)
        assert phone.talk.lines[0].text == "Chào bạn!"
        await phone.wait_for(lambda now: now.check.word, PATIENCE_S)
        assert phone.check.word == desk.check.word  # nobody is in between
        assert phone.heard.picture is not None
        light = phone.heard.picture.to_ndarray(format="gray")
        assert int(light.max()) - int(light.min()) > 100  # the bars, and no grey nothing
        ended = pair.turn
        await pair.desk.send(Finish(id=pair.desk.new_id(), ticket_id=ended.ticket_id))
        await desk.wait_for(lambda now: now.is_over, PATIENCE_S)
        assert desk.state is MediaState.ENDED


async def test_a_program_that_comes_again_is_in_the_same_interview(pair: Pair) -> None:
    async with opened("test", "test") as (here, there), pair.at_phone(there) as phone:
        async with pair.at_desk(here) as desk:
            await asyncio.gather(decodes_more(desk), decodes_more(phone))
            first = desk.epoch
        async with pair.at_desk(here) as desk:
            await asyncio.gather(decodes_more(desk), decodes_more(phone))
            assert desk.epoch > first
            assert pair.turn.state is TicketState.INTERVIEWING
            # Another program takes the desk's end; the first one says so and lets go.
            async with pair.at_desk(here) as third:
                await desk.wait_for(lambda now: now.state is MediaState.TAKEN_OVER, PATIENCE_S)
                await asyncio.gather(decodes_more(third), decodes_more(phone))


async def test_a_dropped_socket_does_not_touch_the_picture(pair: Pair) -> None:
    async with (
        opened("test", "test") as (here, there),
        pair.at_desk(here) as desk,
        pair.at_phone(there) as phone,
    ):
        await asyncio.gather(decodes_more(desk), decodes_more(phone))
        epoch, connects = desk.epoch, pair.desk.counters.connects
        pair.desk.cut()
        await pair.desk.wait_for(
            lambda c: c.counters.connects > connects and c.connected, PATIENCE_S
        )
        await asyncio.gather(decodes_more(desk), decodes_more(phone))
        room = pair.turn.room
        await pair.desk.wait_for(
            lambda _: (room := pair.turn.room) and room.desk_state == "connected", PATIENCE_S
        )
        assert room is not None
        assert desk.epoch == epoch


async def test_a_camera_that_goes_away_leaves_the_sound(pair: Pair, tmp_path: Path) -> None:
    film = tmp_path / "camera.mp4"
    a_film(film, seconds=2)
    told = asyncio.Event()
    camera = MediaPlayer(str(film))  # ends by itself, as a camera does that is unplugged
    here = OwnMedia(camera.video, TestTone())
    here.on_trouble = told.set
    async with opened("test") as (there,):
        async with pair.at_desk(here) as desk, pair.at_phone(there) as phone:
            await phone.wait_for(lambda now: now.heard.sounds > 10, PATIENCE_S)
            await told.wait()
            assert here.troubles == {Trouble.CAMERA_GONE}
            await phone.wait_for(
                lambda now: now.talk.other and now.talk.other.camera == "paused", PATIENCE_S
            )
            pieces = phone.heard.sounds
            await phone.wait_for(lambda now: now.heard.sounds > pieces + 50, PATIENCE_S)
            assert desk.state is phone.state is MediaState.LIVE
        await here.close()


async def test_missing_devices_are_said_and_silence_is_sent(pair: Pair) -> None:
    async with AsyncExitStack() as stack:
        here = await open_own("camera", camera="no-such-camera", microphone="no-such-microphone")
        stack.push_async_callback(here.close)
        assert here.troubles == {Trouble.CAMERA_MISSING, Trouble.MICROPHONE_MISSING}
        there = await open_own("test")
        stack.push_async_callback(there.close)
        async with pair.at_desk(here) as desk, pair.at_phone(there) as phone:
            await decodes_more(desk)
            await phone.wait_for(lambda now: now.heard.sounds > 10, PATIENCE_S)
            assert phone.heard.loudness == 0
            assert phone.talk.other is not None
            assert phone.talk.other.camera == "none"


async def test_a_file_is_played_again_and_again_and_a_wrong_one_is_named(
    pair: Pair, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    a_film(film, seconds=1)
    async with (
        opened(str(film), "none") as (here, there),
        pair.at_desk(here),
        pair.at_phone(there) as phone,
    ):
        await phone.wait_for(lambda now: now.heard.pictures > 25, PATIENCE_S)
    with pytest.raises(FileNotFoundError, match="nothing"):
        await open_own(str(tmp_path / "nothing.mp4"))
    (tmp_path / "words.txt").write_text("no film")
    with pytest.raises(OSError, match=r"words\.txt"):
        await open_own(str(tmp_path / "words.txt"))


async def test_who_asks_for_less_gets_less(pair: Pair) -> None:
    async with (
        opened("test", "test") as (here, there),
        pair.at_desk(here) as desk,
        pair.at_phone(there) as phone,
    ):
        await decodes_more(phone)
        here.limit = there.limit = Rung.SMALL
        assert here.sends is Rung.SMALL
        small = [here.tracks()[1], there.tracks()[1]]
        frame = await small[0].recv()
        assert isinstance(frame, av.VideoFrame)
        assert (frame.width, frame.height) == (160, 120)
        here.camera_on = here.microphone_on = False
        await phone.wait_for(
            lambda now: now.talk.other and now.talk.other.camera == "off", PATIENCE_S
        )
        await phone.wait_for(lambda now: now.heard.loudness == 0, PATIENCE_S)
        assert desk.talk.other is not None


def a_film(path: Path, seconds: int) -> None:
    """Write a little film without sound: a brightening picture, fifteen times a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=15)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for count in range(15 * seconds):
            drawn = np.full((240, 320, 3), (count * 7) % 256, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(drawn, format="rgb24")))
        container.mux(stream.encode())


async def test_the_own_picture_moves_and_the_tone_is_heard() -> None:
    picture, tone = TestPicture(), TestTone()
    one, two = await picture.recv(), await picture.recv()
    assert not np.array_equal(one.to_ndarray(), two.to_ndarray())
    assert np.abs((await tone.recv()).to_ndarray()).max() > 1000
    assert np.abs(silence().to_ndarray()).max() == 0


def test_no_more_addresses_are_told_than_a_description_has_room_for() -> None:
    address = "a=candidate:" + "x" * 90
    sdp = "\n".join(["v=0", *(["m=audio 9 x 0", *[address] * 40, "a=end-of-candidates"] * 3)])
    kept = bounded(sdp)
    assert kept.count(address) == 45
    assert kept.count("a=end-of-candidates") == 3
    assert len(kept) < 6000


async def test_without_aiortc_a_sentence_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "aiortc.py").write_text("raise ImportError('not there')")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import booth_client\n"
        "try: import booth_client.media\n"
        "except ImportError as error: print(error)\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert "pip install 'aiortc" in said.decode()
