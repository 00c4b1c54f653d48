"""A fair as its events add up to it: the fold that every node keeps in memory.

The same events give the same projection on any node and after any restart; nothing here is
ever written back to the live store.
"""

from __future__ import annotations

from fairserver.events.fair_records import FairRecords
from fairserver.events.fold import (
    after,
    alarms,
    calls,
    fairs,
    guests,
    interviews,
    others,
    people,
    recordings,
    rooms,
    tickets,
)
from fairserver.events.fold.moves import Handlers
from fairserver.protocol import events as ev

_MINUTE = 60_000

_HANDLERS: Handlers = {
    **fairs.HANDLERS,
    **people.HANDLERS,
    **tickets.HANDLERS,
    **calls.HANDLERS,
    **interviews.HANDLERS,
    **rooms.HANDLERS,
    **guests.HANDLERS,
    **recordings.HANDLERS,
    **after.HANDLERS,
    **alarms.HANDLERS,
    **others.HANDLERS,
}


class Projection(FairRecords):
    """All records of one fair, kept by ``apply``."""

    def apply(self, event: ev.AnyEvent) -> None:
        """Take the next event in.

        Raises ``ValueError`` when it is not the next one: events are never skipped.
        """
        self.expect(event.seq)
        at = event.at or self.at  # what is not understood may tell no time
        self._sample(at)
        self.now = at
        self.incarnation = event.incarnation or self.incarnation
        _HANDLERS[type(event)](self, event)
        self.seq = event.seq
        self.at = at

    def expect(self, seq: int) -> None:
        """Raise ``ValueError`` when an event of this number is not the next one."""
        if seq != self.seq + 1:
            raise ValueError(f"event {seq} after {self.seq} in {self.fair_id}")

    def pass_over(self, seq: int) -> None:
        """Go on after event ``seq`` without what could not be taken in up to there."""
        self.seq = max(self.seq, seq)

    def _sample(self, at: int) -> None:
        """Note the state at the end of the minute before an event's, once a minute."""
        if self.opened_at is None:
            return
        minute = (at - self.opened_at) // _MINUTE
        if minute > (self.curve[-1][0] if self.curve else -1):
            waiting = sum(c.is_waiting for c in self.candidates.values())
            self.curve.append((minute, waiting, self.in_interview(), self.interviewed))
            self.touched.fair = True
