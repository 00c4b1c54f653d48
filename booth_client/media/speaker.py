"""Play the other person's sound on this computer, by the ``sounddevice`` library if it is there."""

from __future__ import annotations

import threading
from typing import Any

from av import AudioFrame, AudioResampler

from booth_client.media.tracks import RATE

#: Bytes of one moment of sound: two ears of 16 bits.
_MOMENT = 4
#: Sound that waits to be played at most: what is later than this is left out.
_MOST_WAITING = RATE * _MOMENT // 3


class NoSpeaker(OSError):
    """Sound cannot be played on this computer; the interview goes on without."""


class Speaker:
    """The computer's loudspeaker or headset. Raises ``NoSpeaker`` when it cannot be opened."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        # The library asks for sound from a thread of its own.
        self._lock = threading.Lock()
        self._resampler = AudioResampler(format="s16", layout="stereo", rate=RATE)
        try:
            # Here, not above: without the system's PortAudio the import itself fails.
            import sounddevice

            self._stream = sounddevice.RawOutputStream(
                samplerate=RATE, channels=2, dtype="int16", callback=self._fill
            )
            self._stream.start()
        except Exception as error:
            # PortAudio's own error is no OSError, and its class is known only with the library.
            raise NoSpeaker(str(error)) from error

    def play(self, frame: AudioFrame) -> None:
        """Play a piece of sound after those that wait."""
        for piece in self._resampler.resample(frame):
            with self._lock:
                self._waiting += bytes(piece.planes[0])[: piece.samples * _MOMENT]
                del self._waiting[: max(0, len(self._waiting) - _MOST_WAITING)]

    def close(self) -> None:
        """Let the device go."""
        self._stream.stop()
        self._stream.close()

    def _fill(self, out: Any, moments: int, when: object, status: object) -> None:
        """Give the library what waits, and silence for what is not there yet."""
        wanted = moments * _MOMENT
        with self._lock:
            ready = bytes(self._waiting[:wanted])
            del self._waiting[:wanted]
        out[:] = ready + bytes(wanted - len(ready))
