"""What this end sends: opened once, it outlives every connection and every interview.

A device that fails or disappears costs what it gave: the other kind goes on, sound becomes
silence, and ``troubles`` says what is missing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaPlayer
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, FFmpegError, VideoFrame

from booth_client.media.talk import CameraState, Rung
from booth_client.media.tracks import (
    PIECE,
    PIECE_S,
    Pace,
    TestPicture,
    TestTone,
    silence,
    stamp_picture,
    stamp_sound,
)

log = logging.getLogger(__name__)

#: Pieces of sound (20 ms) that wait for the encoder; older ones are dropped.
_MOST_WAITING = 10
#: Pieces for whose time a microphone is waited for before silence is sent instead.
_PATIENCE = 5
#: A picture on the rung ``small`` has half the width, and every second one is left out.
_SMALL_FACTOR, _SMALL_EVERY = 2, 2
#: Format and name of the camera, and of the microphone, that each system offers first.
_DEVICES = {
    "linux": (("v4l2", "/dev/video0"), ("alsa", "default")),
    "darwin": (("avfoundation", "0:none"), ("avfoundation", "none:0")),
    "win32": (("dshow", "video=Integrated Camera"), ("dshow", "audio=Microphone")),
}
#: Small enough for the encoder of a booth's computer.
_CAMERA = {"video_size": "640x480", "framerate": "15"}


class Trouble(StrEnum):
    """What is wrong with the own picture or sound; the station says it in words."""

    CAMERA_MISSING = "camera_missing"
    CAMERA_GONE = "camera_gone"
    MICROPHONE_MISSING = "microphone_missing"
    MICROPHONE_GONE = "microphone_gone"


_MISSING = {"video": Trouble.CAMERA_MISSING, "audio": Trouble.MICROPHONE_MISSING}
_GONE = {"video": Trouble.CAMERA_GONE, "audio": Trouble.MICROPHONE_GONE}


class OwnMedia:
    """The own picture and sound, for any number of connections, one after the other.

    ``video`` and ``audio`` are the sources; null is none. Close it when the program ends.
    """

    def __init__(
        self, video: MediaStreamTrack | None = None, audio: MediaStreamTrack | None = None
    ) -> None:
        #: What is wrong now.
        self.troubles: set[Trouble] = set()
        #: The person lets the own picture be seen, and the own sound be heard.
        self.camera_on = True
        self.microphone_on = True
        #: The most that may go out.
        self.limit = Rung.VIDEO
        #: Called when ``troubles`` has changed.
        self.on_trouble: Callable[[], None] | None = None
        #: Called with each piece of sound that goes out, for a recording.
        self.on_sound: Callable[[AudioFrame], None] | None = None
        self._picture = asyncio.Event()
        self._newest: VideoFrame | None = None
        self._sounds: asyncio.Queue[AudioFrame] = asyncio.Queue(_MOST_WAITING)
        self._has = {"video": video is not None, "audio": audio is not None}
        self._pumps = [
            asyncio.create_task(self._pump(track), name=f"own {track.kind}")
            for track in (video, audio)
            if track is not None
        ]

    async def close(self) -> None:
        """Let go of the devices."""
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    @property
    def camera(self) -> CameraState:
        """How the own camera is, in the words that the other end is told."""
        if Trouble.CAMERA_GONE in self.troubles:
            return "paused"
        if not self._has["video"]:
            return "none"
        return "on" if self.camera_on else "off"

    @property
    def sends(self) -> Rung:
        """What goes out now. Sound always does, if only as silence: it is the sign of life."""
        limit = Rung.AUDIO if self.limit is Rung.TEXT else self.limit
        return limit if self.camera == "on" else Rung.AUDIO

    def tracks(self) -> tuple[MediaStreamTrack, MediaStreamTrack]:
        """Make the outgoing sound and picture for one connection."""
        return OutgoingSound(self), OutgoingPicture(self)

    def miss(self, kind: str) -> None:
        """Take note of a device that could not be opened."""
        self._trouble(_MISSING[kind])

    async def next_picture(self) -> VideoFrame:
        """Wait for the next picture that may be seen."""
        while True:
            self._picture.clear()
            await self._picture.wait()
            if self._newest is not None and self.sends in (Rung.VIDEO, Rung.SMALL):
                return self._newest

    async def next_sound(self) -> AudioFrame:
        """Wait for the next piece of sound, silence if there is none in time."""
        if not self._has["audio"]:
            return silence()
        try:
            async with asyncio.timeout(_PATIENCE * PIECE_S):
                frame = await self._sounds.get()
        except TimeoutError:
            return silence()
        return frame if self.microphone_on else silence()

    async def _pump(self, track: MediaStreamTrack) -> None:
        """Read a source for as long as it lasts: nothing may pile up while nobody is connected."""
        try:
            while True:
                self._take(await track.recv())
        except MediaStreamError:
            self._has[track.kind] = False
            self._trouble(_GONE[track.kind])
        finally:
            track.stop()

    def _take(self, frame: object) -> None:
        if isinstance(frame, VideoFrame):
            self._newest = frame
            self._picture.set()
        elif isinstance(frame, AudioFrame):
            if self._sounds.full():
                self._sounds.get_nowait()
            self._sounds.put_nowait(frame)

    def _trouble(self, trouble: Trouble) -> None:
        log.warning("own media: %s", trouble)
        self.troubles.add(trouble)
        if self.on_trouble:
            self.on_trouble()


class OutgoingPicture(MediaStreamTrack):
    """The own picture for one connection; with nothing to see it waits instead of ending."""

    kind = "video"

    def __init__(self, own: OwnMedia) -> None:
        super().__init__()
        self._own = own
        self._began = asyncio.get_running_loop().time()
        self._count = 0

    async def recv(self) -> VideoFrame:
        """Give the next picture; on the rung ``small`` a smaller one, and half as many."""
        frame = await self._own.next_picture()
        if self._own.sends is Rung.SMALL:
            self._count += 1
            while self._count % _SMALL_EVERY:
                frame = await self._own.next_picture()
                self._count += 1
            width, height = frame.width // _SMALL_FACTOR, frame.height // _SMALL_FACTOR
            frame = frame.reformat(width=width & ~1, height=height & ~1)
        return stamp_picture(frame, asyncio.get_running_loop().time() - self._began)


class OutgoingSound(MediaStreamTrack):
    """The own sound for one connection, without a gap."""

    kind = "audio"

    def __init__(self, own: OwnMedia) -> None:
        super().__init__()
        self._own = own
        self._pace = Pace(PIECE_S)
        self._samples = 0

    async def recv(self) -> AudioFrame:
        """Give the next piece."""
        await self._pace.beat()
        frame = stamp_sound(await self._own.next_sound(), self._samples)
        self._samples += PIECE
        if self._own.on_sound:
            self._own.on_sound(frame)
        return frame


async def open_own(spec: str, camera: str = "", microphone: str = "") -> OwnMedia:
    """Open what ``spec`` names: ``test``, ``camera``, ``none``, or the path of a file.

    A file is played again and again. ``camera`` and ``microphone`` name other devices than the
    system's first. What cannot be opened is noted in ``troubles`` and the rest is sent; a file
    that cannot be played raises ``OSError`` with its name.
    """
    if spec == "test":
        return OwnMedia(TestPicture(), TestTone())
    if spec == "none":
        return OwnMedia()
    if spec == "camera":
        return await _open_devices(camera, microphone)
    if not await asyncio.to_thread(Path(spec).exists):
        raise FileNotFoundError(f"no such file: {spec}")
    try:
        player = await asyncio.to_thread(_play, spec, loop=True)
    except FFmpegError as error:
        raise OSError(f"neither picture nor sound can be read from {spec}: {error}") from error
    return OwnMedia(player.video, player.audio)


async def _open_devices(camera: str, microphone: str) -> OwnMedia:
    (picture_format, first_camera), (sound_format, first_microphone) = _DEVICES.get(
        sys.platform, _DEVICES["linux"]
    )
    found: dict[str, MediaStreamTrack | None] = {"video": None, "audio": None}
    with contextlib.suppress(OSError, FFmpegError):
        player = await asyncio.to_thread(
            _play, camera or first_camera, picture_format, options=_CAMERA
        )
        found["video"] = player.video
    with contextlib.suppress(OSError, FFmpegError):
        player = await asyncio.to_thread(_play, microphone or first_microphone, sound_format)
        found["audio"] = player.audio
    own = OwnMedia(found["video"], found["audio"])
    for kind in (kind for kind, track in found.items() if track is None):
        own.miss(kind)
    return own


def _play(
    name: str,
    form: str | None = None,
    *,
    options: dict[str, str] | None = None,
    loop: bool = False,
) -> MediaPlayer:
    return MediaPlayer(name, format=form, options=options, loop=loop)
