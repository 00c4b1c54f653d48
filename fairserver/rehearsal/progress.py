"""A bar on the terminal that says how far a rehearsal has come."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_WIDTH = 30
#: Seconds between two drawings.
_PACE_S = 0.1


class Progress:
    """Draws ``[####......] 40 % what`` on a terminal, and nothing anywhere else."""

    def __init__(self, steps: int, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._steps = max(1, steps)
        self._done = 0
        self._what = ""
        self._drawn = 0.0
        self._draws = self._stream.isatty()

    def begin(self, what: str) -> None:
        """Say what is being done now."""
        self._what = what
        self.inside(0.0)

    def inside(self, share: float) -> None:
        """Say how much of the present step is done, 0 to 1."""
        now = time.monotonic()
        if self._draws and now - self._drawn >= _PACE_S:
            self._drawn = now
            self._draw(min(1.0, (self._done + share) / self._steps))

    def _draw(self, share: float) -> None:
        bar = "#" * int(share * _WIDTH)
        self._stream.write(f"\r[{bar:.<{_WIDTH}}] {share:4.0%} {self._what:<48.48}")
        self._stream.flush()

    def step(self) -> None:
        """Count the present step as done."""
        self._done += 1

    def end(self) -> None:
        """Take the bar away."""
        if self._draws:
            self._stream.write("\r\033[K")
            self._stream.flush()
