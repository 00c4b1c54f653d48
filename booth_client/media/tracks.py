"""Tracks without any device: the outgoing ones, which never end, and the test picture and tone.

Sound is 48,000 samples a second in stereo, 20 ms to the piece, wherever it comes from: the
encoder is made for one format and keeps it.
"""

from __future__ import annotations

import asyncio
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from aiortc import MediaStreamTrack
from av import AudioFrame, VideoFrame

RATE, PIECE = 48_000, 960
PIECE_S = PIECE / RATE
#: The test picture.
WIDTH, HEIGHT, PICTURES_A_SECOND = 320, 240, 15
#: The tone: hertz, and how loud (1 is as loud as can be); it sounds in the first half of each
#: second, so that one hears at once whether it comes through whole.
_HERTZ, _VOLUME = 440, 0.2
_VIDEO_CLOCK = Fraction(1, 90_000)
#: Colours of the bars as (Y, U, V).
_BARS = [
    (180, 128, 128),
    (162, 44, 142),
    (131, 156, 44),
    (112, 72, 58),
    (84, 184, 198),
    (65, 100, 212),
    (35, 212, 114),
    (16, 128, 128),
]
_BLOCK = 48
#: Beats that may be made up for one after the other; who is later still begins anew.
_LATE = 5


class Pace:
    """Wait for the next beat of a steady rhythm; who is late begins the rhythm anew."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._next = 0.0

    async def beat(self) -> None:
        """Wait until the next beat."""
        now = asyncio.get_running_loop().time()
        if self._next < now - _LATE * self._every_s:
            self._next = now
        if self._next > now:
            await asyncio.sleep(self._next - now)
        self._next += self._every_s


class TestPicture(MediaStreamTrack):
    """Eight bars of colour, and a light block that wanders."""

    __test__ = False
    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._pace = Pace(1 / PICTURES_A_SECOND)
        self._bars = _bars()
        self._count = 0

    async def recv(self) -> VideoFrame:
        """Give the next picture when it is due."""
        await self._pace.beat()
        drawn = self._bars.copy()
        left = (self._count * 4) % (WIDTH - _BLOCK)
        drawn[HEIGHT // 2 - _BLOCK : HEIGHT // 2, left : left + _BLOCK] = 235
        self._count += 1
        return VideoFrame.from_ndarray(drawn, format="yuv420p")


class TestTone(MediaStreamTrack):
    """A soft tone, half a second on and half a second off."""

    __test__ = False
    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._pace = Pace(PIECE_S)
        self._at = 0

    async def recv(self) -> AudioFrame:
        """Give the next piece when it is due."""
        await self._pace.beat()
        moments = np.arange(self._at, self._at + PIECE)
        self._at += PIECE
        wave = np.sin(2 * np.pi * _HERTZ * moments / RATE) * (moments % RATE < RATE // 2)
        return piece((wave * _VOLUME * (2**15 - 1)).astype(np.int16))


def piece(samples: npt.NDArray[np.int16]) -> AudioFrame:
    """Make a piece of sound for both ears out of the samples for one."""
    frame = AudioFrame.from_ndarray(np.repeat(samples, 2).reshape(1, -1), "s16", "stereo")
    frame.sample_rate = RATE
    return frame


def silence() -> AudioFrame:
    """Make a piece of sound in which nothing is heard."""
    return piece(np.zeros(PIECE, np.int16))


def stamp_sound(frame: AudioFrame, samples: int) -> AudioFrame:
    """Say when a piece is to be played, in samples from the beginning."""
    frame.pts, frame.time_base = samples, Fraction(1, RATE)
    return frame


def stamp_picture(frame: VideoFrame, seconds: float) -> VideoFrame:
    """Say when a picture is to be shown, in seconds from the beginning."""
    frame.pts, frame.time_base = int(seconds / _VIDEO_CLOCK), _VIDEO_CLOCK
    return frame


def _bars() -> npt.NDArray[np.uint8]:
    """Draw the bars as one array of Y above U and V, as the encoder takes it."""
    drawn = np.empty((HEIGHT * 3 // 2, WIDTH), np.uint8)
    colour = np.repeat(np.array(_BARS, np.uint8), WIDTH // len(_BARS), axis=0)
    drawn[:HEIGHT] = colour[:, 0]
    chroma = np.tile(colour[::2, 1:].T.reshape(2, 1, -1), (1, HEIGHT // 2, 1))
    drawn[HEIGHT:] = chroma.reshape(HEIGHT // 2, WIDTH)
    return drawn
