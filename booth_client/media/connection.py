"""One connection of one epoch between the two ends of a room: made once, never repaired."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.sdp import candidate_from_sdp

from booth_client.media.check_word import CheckWord, is_check, of_one_certificate
from booth_client.media.heard import Heard
from fairserver.domain.states import RoomSide
from fairserver.protocol.answers import IceServer, PeerSignal

log = logging.getLogger(__name__)

#: Nothing came for so long in a running call: something broke. A second more than a page waits,
#: because a busy Python stands still at times.
SILENT_S = 2.0
#: A new connection gets so long before it is tried again.
CONNECT_S = 8.0
#: The other end sends nothing at all: connected is enough then.
NO_MEDIA_S = 2.0
#: What the talk beside the picture may have waiting, bytes; more goes another way.
_TALK_BYTES = 16_000
#: Addresses that are told to the other end at most, in each of three parts.
_MOST_ADDRESSES = 15
#: Addresses of the other end that wait for its description; no honest end has so many.
_MOST_WAITING = 64

#: Sends a description to the other end: its kind and its text.
SendDescription = Callable[[str, str], Awaitable[None]]


class Connection:
    """One ``RTCPeerConnection``. The desk offers, the candidate answers.

    ``tracks`` are the outgoing sound and picture; ``on_talk`` gets the other end's words, and
    ``on_open`` is called when words can go this way. ``check`` outlives the connection.
    """

    def __init__(
        self,
        side: RoomSide,
        ice_servers: Iterable[IceServer],
        tracks: tuple[MediaStreamTrack, MediaStreamTrack],
        heard: Heard,
        send: SendDescription,
        on_talk: Callable[[str], None],
        on_open: Callable[[], None],
        check: CheckWord,
    ) -> None:
        self._send = send
        self._side = side
        self._check = check
        check.begin()
        self._on_talk = on_talk
        self._on_open = on_open
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        self.started_at = self._loop.time()
        #: When the two were connected; 0 before.
        self.connected_at = 0.0
        #: Bytes that came, and when the newest did.
        self._bytes = 0
        self._bytes_at = 0.0
        #: What had been decoded before this connection.
        self._before = heard.pictures + heard.sounds
        self._failed = False
        self._signals: asyncio.Queue[PeerSignal] = asyncio.Queue()
        self._waiting: list[PeerSignal] = []
        self._described = False
        self._followers: set[asyncio.Task[None]] = set()
        self._pc = RTCPeerConnection(_configuration(ice_servers))
        for track in tracks:
            self._pc.addTrack(track)
        # Agreed beforehand, as on the pages, so that it costs no message.
        self._channel = self._pc.createDataChannel("talk", negotiated=True, id=0)
        self._channel.on("message", self._told)
        self._channel.on("open", self._opened)
        self._pc.on("track", self._follow)
        self._pc.on("connectionstatechange", self._state_changed)
        self._task = asyncio.create_task(self._run(), name="interview connection")

    async def close(self) -> None:
        """Let go of everything; the last picture stays in ``Heard``."""
        for task in (self._task, *self._followers):
            task.cancel()
        await asyncio.gather(self._task, *self._followers, return_exceptions=True)
        await self._pc.close()

    # --- making it ------------------------------------------------------------------------

    def signalled(self, message: PeerSignal) -> None:
        """Take an offer, an answer or an address from the other end."""
        self._signals.put_nowait(message)

    async def _run(self) -> None:
        try:
            if self._side is RoomSide.DESK:
                await self._pc.setLocalDescription(await self._pc.createOffer())
                await self._send("offer", bounded(self._pc.localDescription.sdp))
            while True:
                await self._take(await self._signals.get())
        except Exception as error:
            # Whatever the other end sent: this connection is of no use, and another is made.
            log.warning("a connection could not be made: %r", error)
            self._failed = True

    async def _take(self, message: PeerSignal) -> None:
        # One description a connection, and of the kind that is awaited.
        awaited = "answer" if self._side is RoomSide.DESK else "offer"
        if message.kind == "candidate":
            await self._address(message)
        elif message.kind == awaited and not self._described:
            self._described = True
            await self._description(message)
            waiting, self._waiting = self._waiting, []
            for one in waiting:
                await self._address(one)

    async def _description(self, message: PeerSignal) -> None:
        other = of_one_certificate(message.sdp)
        await self._pc.setRemoteDescription(RTCSessionDescription(other.sdp, message.kind))
        if message.kind == "offer":
            await self._pc.setLocalDescription(await self._pc.createAnswer())
        own = of_one_certificate(self._pc.localDescription.sdp)
        for text in self._check.between(own.fingerprint, other.fingerprint):
            self._compare(text)
        if message.kind == "offer":
            await self._send("answer", bounded(self._pc.localDescription.sdp))

    async def _address(self, message: PeerSignal) -> None:
        """Try an address; one that cannot be read or resolved is no trouble while others are."""
        if not self._described:
            self._waiting = [*self._waiting, message][:_MOST_WAITING]
            return
        _, _, line = message.sdp.partition("candidate:")
        if not line:
            return  # the end of the list: nothing waits for it
        with contextlib.suppress(ValueError, IndexError, AssertionError, OSError):
            candidate = candidate_from_sdp(line)
            candidate.sdpMid = message.sdp_mid
            candidate.sdpMLineIndex = message.sdp_m_line_index
            await self._pc.addIceCandidate(candidate)

    def _follow(self, track: MediaStreamTrack) -> None:
        task = asyncio.create_task(self._heard.follow(track), name=f"heard {track.kind}")
        self._followers.add(task)
        task.add_done_callback(self._followers.discard)

    def _state_changed(self) -> None:
        state = self._pc.connectionState
        if state == "connected":
            self.connected_at = self.connected_at or self._loop.time()
        elif state in ("failed", "closed"):
            self._failed = True

    # --- words ----------------------------------------------------------------------------

    def _opened(self) -> None:
        self._compare(self._check.opened())
        self._on_open()

    def _told(self, data: object) -> None:
        text = str(data)
        if is_check(text):
            self._compare(self._check.heard(text))
        else:
            self._on_talk(text)

    def _compare(self, text: str | None) -> None:
        """Say what is next for the check word."""
        if text and self._channel.readyState == "open":
            self._channel.send(text)

    @property
    def talks(self) -> bool:
        """Whether words reach the other end by this connection."""
        is_open = self._channel.readyState == "open"
        return is_open and self._channel.bufferedAmount < _TALK_BYTES

    def say(self, text: str) -> bool:
        """Say something beside the picture; tell whether it is under way."""
        if not self.talks:
            return False
        self._channel.send(text)
        return True

    # --- how it is ------------------------------------------------------------------------

    async def watch(self) -> None:
        """Look at what came in since the last look."""
        if not self.connected_at:
            return
        report = await self._pc.getStats()
        received = sum(getattr(one, "bytesReceived", 0) for one in report.values())
        if received > self._bytes:
            self._bytes, self._bytes_at = received, self._loop.time()

    async def lost_sound(self) -> tuple[int, int]:
        """Count the pieces of sound that came and that were lost on the way."""
        report = (await self._pc.getStats()).values()
        sounds = [one for one in report if one.type == "inbound-rtp" and one.kind == "audio"]
        return sum(s.packetsReceived for s in sounds), sum(max(0, s.packetsLost) for s in sounds)

    @property
    def steady(self) -> bool:
        """Whether something that comes all the time has begun to: its silence means trouble."""
        return self._heard.pictures + self._heard.sounds > self._before

    @property
    def flowing(self) -> bool:
        """Whether media came, or the other end has none to send."""
        now = self._loop.time()
        return bool(self.connected_at) and (self.steady or now - self.connected_at > NO_MEDIA_S)

    @property
    def hears(self) -> bool:
        """Whether something of the other end comes in right now."""
        return self._bytes > 0 and self._loop.time() - self._bytes_at <= SILENT_S

    def broken(self, awaited: bool) -> bool:
        """Whether it is to be thrown away; ``awaited``: the other end is in the room."""
        now = self._loop.time()
        if self._failed:
            return True
        if not self.connected_at:
            return awaited and now - self.started_at > CONNECT_S
        return self.steady and now - self._bytes_at > SILENT_S

    @property
    def patience_over(self) -> bool:
        """Whether nothing has come in for as long as a new connection may take."""
        return self._loop.time() - max(self._bytes_at, self.started_at) > CONNECT_S

    def retried(self) -> None:
        """Take note that a new try was asked for: not again at once."""
        self.started_at = self._bytes_at = self._loop.time()
        self._failed = False


def _configuration(servers: Iterable[IceServer]) -> RTCConfiguration:
    # Always a list, if an empty one: without any, aiortc would ask a STUN server of its own choice.
    named = [
        RTCIceServer(urls=server.urls, username=server.username, credential=server.credential)
        for server in servers
    ]
    return RTCConfiguration(iceServers=named, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)


def bounded(sdp: str) -> str:
    """Keep ``_MOST_ADDRESSES`` addresses in each part: a description has its greatest length."""
    kept, addresses = [], 0
    for line in sdp.splitlines():
        if line.startswith("m="):
            addresses = 0
        if line.startswith("a=candidate:"):
            addresses += 1
            if addresses > _MOST_ADDRESSES:
                continue
        kept.append(line)
    return "\r\n".join(kept) + "\r\n"
