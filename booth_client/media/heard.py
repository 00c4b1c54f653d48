"""What comes from the other end: counters always, and the newest frames for who wants them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

#: What is done with each frame of sound; called in the event loop, so it must be quick.
Listener = Callable[[AudioFrame], None]


class Heard:
    """Count and keep what was decoded of the other person, over every connection."""

    def __init__(self) -> None:
        #: Pictures and pieces of sound (20 ms each) that were decoded.
        self.pictures = 0
        self.sounds = 0
        #: How loud the newest piece of sound was: 0 is silence, 1 as loud as can be.
        self.loudness = 0.0
        #: The newest picture; it stays while a connection is made again.
        self.picture: VideoFrame | None = None
        #: When something last came, by the loop's clock in seconds; 0 before the first.
        self.at = 0.0
        #: Plays the sound, say (``speaker.Speaker.play``).
        self.on_sound: Listener | None = None
        #: Takes the sound for a recording.
        self.on_recorded: Listener | None = None

    async def follow(self, track: MediaStreamTrack) -> None:
        """Take every frame of a track until it ends."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            self.at = loop.time()
            if isinstance(frame, VideoFrame):
                self.pictures += 1
                self.picture = frame
            elif isinstance(frame, AudioFrame):
                self._sound(frame)

    def _sound(self, frame: AudioFrame) -> None:
        self.sounds += 1
        samples = frame.to_ndarray().astype(np.float32)
        self.loudness = float(np.sqrt(np.mean(samples * samples))) / 2**15
        for listener in (self.on_sound, self.on_recorded):
            if listener:
                listener(frame)
