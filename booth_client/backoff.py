"""When to come back after a dropped line: exponential, with full jitter, told apart by cause."""

from __future__ import annotations

import random

from fairserver.protocol.answers import CloseCode

#: Seconds within which clients of a restarted node come back, spread evenly.
RESTART_SPREAD_S = 2.0
#: Seconds to stay away after sending too fast.
TOO_FAST_S = 10.0
#: Close codes after which a program must not come back by itself.
FINAL_CODES = frozenset({CloseCode.MALFORMED, CloseCode.SIGN_IN, CloseCode.TOO_MANY_OPEN})
#: HTTP statuses of a refused handshake that another try may change.
PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
#: Where delays are drawn from unless told otherwise; one generator weighs 2.5 KB.
_SHARED = random.Random()


class Backoff:
    """Draw the seconds before the next try.

    Each failed try in a row doubles the ceiling from ``first_s`` up to ``most_s``; the delay
    is drawn evenly below it, so that thousands of clients do not come back in one wave.
    """

    def __init__(
        self, first_s: float = 0.3, most_s: float = 15.0, rng: random.Random | None = None
    ) -> None:
        self.first_s = first_s
        self.most_s = most_s
        #: Tries that failed since the last connection that was greeted.
        self.failures = 0
        self._draw = rng or _SHARED

    def greeted(self) -> None:
        """Take note that a connection worked: the next drop starts small again."""
        self.failures = 0

    def after_close(self, code: int | None) -> float:
        """Return the seconds to wait after a close with ``code`` (null: no close frame)."""
        fresh = self.failures == 0
        ordinary = self.after_failure()
        if code == CloseCode.RESYNC and fresh:
            return 0.0
        if code == CloseCode.RESTART and fresh:
            return self._draw.uniform(0, RESTART_SPREAD_S)
        if code == CloseCode.TOO_FAST:
            return TOO_FAST_S + ordinary
        return ordinary

    def after_failure(self, retry_after_s: float | None = None) -> float:
        """Return the seconds to wait after a try that did not get through."""
        ceiling = min(self.most_s, self.first_s * 2 ** min(self.failures, 16))
        self.failures += 1
        return (retry_after_s or 0.0) + self._draw.uniform(0, ceiling)
