"""The echo: a peer that sends picture and sound back, so that a person can try the own phone.

A process of its own (``python -m fairserver.rooms.echo SECONDS``), because decoding and encoding
a picture takes a quarter of a core: the server talks to it over its standard streams
(``echo_wire``) and nothing that happens here holds up a line or a call.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable

import msgspec
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.contrib.media import MediaRelay
from av import VideoFrame

from fairserver.protocol.answers import IceServer
from fairserver.rooms.echo_sdp import Ways, shown_answer, usable_offer
from fairserver.rooms.echo_wire import (
    LINE_BYTES,
    Answer,
    Close,
    EchoMessage,
    Ended,
    Offer,
    Unfit,
    read_request,
    to_line,
)

_log = logging.getLogger(__name__)

#: Larger pictures are not sent back: a phone is asked for 480 x 360.
MOST_PIXELS = 640 * 480
#: Lines and calls go first on a busy computer.
_NICE = 10

_CLOSED = frozenset({"closed", "failed"})


class SmallPictures(MediaStreamTrack):
    """Passes a picture on where it is small enough to be encoded again."""

    kind = "video"

    def __init__(self, source: MediaStreamTrack) -> None:
        super().__init__()
        self._source = source

    async def recv(self) -> VideoFrame:
        """Give the next frame; raises ``MediaStreamError`` at the end."""
        while True:
            frame = await self._source.recv()
            if isinstance(frame, VideoFrame) and frame.width * frame.height <= MOST_PIXELS:
                return frame


class Echo:
    """Answers offers and sends back what comes, each for so many seconds at most."""

    def __init__(self, seconds: float, say: Callable[[EchoMessage], None]) -> None:
        self._seconds = seconds
        self._say = say
        self._connections: dict[str, RTCPeerConnection] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, request: Offer | Close) -> None:
        """Begin to do what the server asks."""
        work = self._answer(request) if isinstance(request, Offer) else self._end(request.peer)
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End every test."""
        for peer in tuple(self._connections):
            await self._end(peer)

    async def _answer(self, offer: Offer) -> None:
        connection = _connection(offer.ice_servers)
        self._connections[offer.peer] = connection
        _send_back(connection)

        @connection.on("connectionstatechange")
        async def changed() -> None:
            if connection.connectionState in _CLOSED:
                await self._end(offer.peer)

        ways = Ways(offer.client, offer.reached)
        try:
            sdp = usable_offer(offer.sdp, ways)
            description = RTCSessionDescription(sdp=sdp, type="offer")
            await connection.setRemoteDescription(description)
            if not connection.getTransceivers():
                raise ValueError("neither picture nor sound is offered")
            await connection.setLocalDescription(await connection.createAnswer())
        except Exception as error:
            # The offer is a stranger's, and its reader raises whatever it stumbles over.
            _log.info("an offer could not be answered: %s", type(error).__name__)
            self._say(Unfit(peer=offer.peer, problem=type(error).__name__))
            await self._end(offer.peer)
            return
        shown = shown_answer(connection.localDescription.sdp, ways)
        self._say(Answer(peer=offer.peer, sdp=shown))
        await asyncio.sleep(self._seconds)
        await self._end(offer.peer)

    async def _end(self, peer: str) -> None:
        connection = self._connections.pop(peer, None)
        if connection is not None:
            await connection.close()
            self._say(Ended(peer=peer))


def _connection(servers: list[IceServer]) -> RTCPeerConnection:
    # Always a list, if an empty one: without any, aiortc would ask a STUN server of its own choice.
    named = [
        RTCIceServer(urls=server.urls, username=server.username, credential=server.credential)
        for server in servers
    ]
    return RTCPeerConnection(RTCConfiguration(iceServers=named))


def _send_back(connection: RTCPeerConnection) -> None:
    relay = MediaRelay()

    @connection.on("track")
    def came(track: MediaStreamTrack) -> None:
        # Sound waits its turn; of pictures the newest is sent, however long encoding takes.
        source = relay.subscribe(track, buffered=track.kind == "audio")
        connection.addTrack(SmallPictures(source) if track.kind == "video" else source)


async def run(seconds: float) -> None:
    """Serve until the server closes its end of the pipe, or is gone."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LINE_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    def say(message: EchoMessage) -> None:
        # Short lines into a pipe that the server always reads.
        os.write(sys.stdout.fileno(), to_line(message))

    echo = Echo(seconds, say)
    while line := await reader.readline():
        try:
            echo.take(read_request(line))
        except msgspec.DecodeError as error:
            _log.warning("the server said what is no request: %s", error)
    with contextlib.suppress(BrokenPipeError):
        await echo.close()


def main() -> None:
    """Run the echo process."""
    logging.basicConfig(level=logging.WARNING, format="echo: %(message)s")
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    asyncio.run(run(float(sys.argv[1])))


if __name__ == "__main__":
    main()
