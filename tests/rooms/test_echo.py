"""The echo as a process: sends back what it gets, for so long, to so many, and dies with us."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack
from av import VideoFrame

from fairserver.protocol.errors import Code, Refused
from fairserver.rooms.echo_desk import EchoDesk
from fairserver.rooms.echo_sdp import Ways

ROOT = Path(__file__).resolve().parents[2]
#: Both are on this computer.
HERE = Ways("127.0.0.1", "127.0.0.1")
Until = Callable[[Callable[[], object]], Awaitable[None]]


class Phone:
    """A real peer that sends picture and sound, and keeps what comes back."""

    def __init__(self) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.addTrack(VideoStreamTrack())
        self.connection.addTrack(AudioStreamTrack())
        self.came: dict[str, MediaStreamTrack] = {}
        self.connection.on("track", lambda track: self.came.update({track.kind: track}))

    async def offer(self) -> str:
        """Describe itself, with all its addresses."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def connect(self, desk: EchoDesk, person: str) -> None:
        """Try against the echo."""
        sdp = await desk.answer(person, await self.offer(), [], HERE)
        answer = RTCSessionDescription(sdp=sdp, type="answer")
        await self.connection.setRemoteDescription(answer)


@pytest.fixture
async def phone() -> AsyncIterator[Phone]:
    phone = Phone()
    yield phone
    await phone.connection.close()


@pytest.fixture
async def desks() -> AsyncIterator[Callable[[int, int], EchoDesk]]:
    """Make the server's side of an echo; its process is ended after the test."""
    made: list[EchoDesk] = []

    def make(places: int, seconds: int) -> EchoDesk:
        made.append(EchoDesk(places, seconds))
        return made[-1]

    yield make
    for desk in made:
        await desk.stop()


Desks = Callable[[int, int], EchoDesk]


async def test_picture_and_sound_come_back_through_the_network(phone: Phone, desks: Desks) -> None:
    await phone.connect(desks(1, 60), "c1")
    picture = await phone.came["video"].recv()
    assert isinstance(picture, VideoFrame)
    assert (picture.width, picture.height) == (640, 480)
    for _ in range(5):
        await phone.came["audio"].recv()


async def test_who_comes_while_all_places_are_taken_hears_when_to_come_back(
    phone: Phone, desks: Desks, until: Until
) -> None:
    desk = desks(1, 60)
    await phone.connect(desk, "c1")
    with pytest.raises(Refused) as caught:
        desk.check("c2")
    assert caught.value.code is Code.ECHO_FULL
    assert 0 < caught.value.detail["again_s"] <= 60
    desk.check("c1")  # the same person may begin anew
    await phone.came["video"].recv()
    await phone.connection.close()
    # The end of a connection frees the place: nobody waits for the time to run out.
    await until(lambda: not desk._places)
    desk.check("c2")


async def test_a_test_ends_by_its_time(phone: Phone, desks: Desks, until: Until) -> None:
    desk = desks(1, 1)
    await phone.connect(desk, "c1")
    await until(lambda: not desk._places)
    await until(lambda: phone.connection.connectionState == "closed")


async def test_who_tries_again_takes_over_the_own_place(phone: Phone, desks: Desks) -> None:
    desk, second = desks(1, 60), Phone()
    await phone.connect(desk, "c1")
    await second.connect(desk, "c1")
    await second.came["video"].recv()
    assert len(desk._places) == 1
    await second.connection.close()


async def test_an_offer_that_is_none_is_refused_and_leaves_the_place_free(desks: Desks) -> None:
    desk = desks(1, 60)
    for sdp in ("nonsense", "v=0\r\nm=audio 9\r\n", "v=0\r\n" + "a=x\r\n" * 2000):
        with pytest.raises(Refused) as caught:
            await desk.answer("c1", sdp, [], HERE)
        assert caught.value.code is Code.MALFORMED, sdp[:20]
        desk.check("c2")


async def test_a_killed_echo_is_started_again_for_the_next_who_tries(
    phone: Phone, desks: Desks, until: Until
) -> None:
    desk = desks(1, 60)
    await phone.connect(desk, "c1")
    assert desk._process is not None
    os.kill(desk._process.pid, signal.SIGKILL)
    await until(lambda: desk._process is None)
    second = Phone()
    await second.connect(desk, "c2")
    await second.came["video"].recv()
    await second.connection.close()


async def test_without_places_there_is_no_echo(desks: Desks) -> None:
    with pytest.raises(Refused) as caught:
        desks(0, 20).check("c1")
    assert caught.value.code is Code.ECHO_AWAY


_OWNER = """
import asyncio
from fairserver.rooms.echo_desk import EchoDesk

async def own() -> None:
    desk = EchoDesk(1, 60)
    await desk._start()
    print(desk._process.pid, flush=True)
    await asyncio.sleep(3600)

asyncio.run(own())
"""


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _killed_owner() -> int:
    """Start an echo in a process, kill that process, and give the echo's."""
    with subprocess.Popen(
        [sys.executable, "-c", _OWNER], cwd=ROOT, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert _lives(pid)
        owner.kill()
    return pid


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
async def test_the_echo_is_gone_when_its_server_was_killed(until: Until) -> None:
    pid = await asyncio.to_thread(_killed_owner)
    await until(lambda: not _lives(pid))
