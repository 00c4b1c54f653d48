"""Record an interview to a file, only while the server says that everybody has agreed.

The candidate's picture, and the sound of both ends mixed. Nothing is taken while the line to the
server is down: a no would not be heard.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
import numpy.typing as npt
from av import AudioFrame, VideoFrame
from av.video.reformatter import VideoReformatter

from booth_client.client import FairClient
from booth_client.media.interview import InterviewMedia
from booth_client.media.tracks import PIECE, PIECE_S, RATE, Pace
from booth_client.recording import RecordingNote, leave_note
from fairserver.domain.states import RecordingState
from fairserver.protocol.views import BoothTicketCell, RecordingCell

#: The picture in the file.
_WIDTH, _HEIGHT, _PICTURES_A_SECOND = 640, 480, 10
_PIECES_A_PICTURE = round(1 / PIECE_S / _PICTURES_A_SECOND)
#: Pieces of sound that may wait to be mixed; older ones are dropped.
_MOST_WAITING = 10
_VIDEO_RATE, _AUDIO_RATE = 800_000, 64_000

_Samples = npt.NDArray[np.int16]


class InterviewRecorder:
    """Record one interview at the desk; use it as an async context manager inside the room's.

    ``folder`` takes the files, one for each recording; ``files`` lists those of this object. Send
    them by ``recording.send_recording`` once this is left.
    """

    def __init__(
        self,
        client: FairClient,
        media: InterviewMedia,
        fair_id: str,
        folder: Path,
        begun: Callable[[Path], None] = lambda _: None,
    ) -> None:
        #: Hears of each file when it begins.
        self._begun = begun
        self.files: list[Path] = []
        self._client = client
        self._media = media
        self._fair_id = fair_id
        self._folder = folder
        self._file: _File | None = None
        self._heard: deque[_Samples] = deque(maxlen=_MOST_WAITING)
        self._said: deque[_Samples] = deque(maxlen=_MOST_WAITING)
        self._task: asyncio.Task[None] | None = None

    @property
    def cell(self) -> RecordingCell | None:
        """What everybody in the interview is shown of the recording."""
        found = self._client.find("booth", f"ticket/{self._media.ticket_id}", BoothTicketCell)
        return found.recording if found else None

    @property
    def is_on(self) -> bool:
        """Whether something may be recorded now."""
        cell = self.cell
        return self._client.connected and cell is not None and cell.state is RecordingState.ON

    async def __aenter__(self) -> Self:
        """Begin to follow the recording's state."""
        self._media.heard.on_recorded = self._hear
        self._media.own.on_sound = self._say
        self._task = asyncio.create_task(self._run(), name="interview recorder")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file."""
        self._media.heard.on_recorded = self._media.own.on_sound = None
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._end()

    def _hear(self, frame: AudioFrame) -> None:
        if self.is_on:
            self._heard.append(_samples(frame))

    def _say(self, frame: AudioFrame) -> None:
        if self.is_on:
            self._said.append(_samples(frame))

    async def _run(self) -> None:
        pace, count = Pace(PIECE_S), 0
        while True:
            await pace.beat()
            cell = self.cell
            if cell is None or not self.is_on:
                self._heard.clear()
                self._said.clear()
                if cell is None or cell.state is RecordingState.STOPPED:
                    await self._end()
                continue
            file = await self._file_of(cell.recording_id)
            picture = self._media.heard.picture if count % _PIECES_A_PICTURE == 0 else None
            sound = _mixed(self._heard, self._said)
            await asyncio.to_thread(file.write, sound, picture)
            count += 1

    async def _file_of(self, recording_id: str) -> _File:
        if self._file is not None and self._file.recording_id == recording_id:
            return self._file
        await self._end()
        path = self._folder / f"{recording_id}-{self._media.peer}.webm"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        leave_note(path, RecordingNote(fair_id=self._fair_id, recording_id=recording_id))
        self._file = await asyncio.to_thread(_File, recording_id, path)
        self.files.append(path)
        self._begun(path)
        return self._file

    async def _end(self) -> None:
        file = self._file
        if file is not None:
            await asyncio.to_thread(file.close)
            self._file = None  # not before all of it is written


class _File:
    """One file that grows; its methods block, for a thread."""

    def __init__(self, recording_id: str, path: Path) -> None:
        self.recording_id = recording_id
        path.touch(mode=0o600)
        # Written every two seconds: a program that is killed has lost no more than that.
        self._out = av.open(
            str(path),
            "w",
            format="webm",
            options={"cluster_time_limit": "2000", "flush_packets": "1"},
        )
        self._video = self._out.add_stream("libvpx", rate=_PICTURES_A_SECOND)
        self._video.width, self._video.height = _WIDTH, _HEIGHT
        self._video.pix_fmt, self._video.bit_rate = "yuv420p", _VIDEO_RATE
        self._video.gop_size = 2 * _PICTURES_A_SECOND
        self._video.options = {"deadline": "realtime", "cpu-used": "8"}
        self._audio = self._out.add_stream("libopus", rate=RATE, layout="stereo")
        self._audio.bit_rate = _AUDIO_RATE
        self._written = 0
        # Of its own: a picture's own one is used by whoever shows it, in another thread.
        self._scaler = VideoReformatter()
        # Whoever waits for a piece may be cancelled while a thread still writes it.
        self._turn = threading.Lock()
        self._closed = False

    def write(self, sound: _Samples, picture: VideoFrame | None) -> None:
        """Put one piece of sound behind the last, and the picture of its moment."""
        with self._turn:
            if not self._closed:
                self._write(sound, picture)

    def _write(self, sound: _Samples, picture: VideoFrame | None) -> None:
        piece = AudioFrame.from_ndarray(sound.reshape(1, -1), "s16", "stereo")
        piece.sample_rate, piece.time_base, piece.pts = RATE, Fraction(1, RATE), self._written
        self._out.mux(self._audio.encode(piece))
        if picture is not None:
            shown = self._scaler.reformat(picture, _WIDTH, _HEIGHT, "yuv420p")
            shown.time_base, shown.pts = Fraction(1, RATE), self._written
            self._out.mux(self._video.encode(shown))
        self._written += PIECE

    def close(self) -> None:
        """Finish the file."""
        with self._turn:
            self._closed = True
            self._out.mux(self._audio.encode(None))
            self._out.mux(self._video.encode(None))
            self._out.close()


def _samples(frame: AudioFrame) -> _Samples:
    """Give a piece of 20 ms as interleaved samples of both ears."""
    samples: _Samples = frame.to_ndarray().reshape(-1).astype(np.int16)
    if frame.layout.nb_channels == 1:
        samples = np.repeat(samples, 2)
    return np.resize(samples, PIECE * 2)


def _mixed(*waiting: deque[_Samples]) -> _Samples:
    """Put the oldest piece of each together, silence where none waits."""
    total = np.zeros(PIECE * 2, np.int32)
    for pieces in waiting:
        if pieces:
            total += pieces.popleft()
    return np.clip(total, -(2**15), 2**15 - 1).astype(np.int16)
