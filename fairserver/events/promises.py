"""What people were told about their wait, and what became of it.

Told and real are both kept with the ticket; how far they lie apart is a figure of the control
room. Promises come out of the fold like everything else, so every node has the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from fairserver.events import waits
from fairserver.events.fair_records import FairRecords
from fairserver.events.records import Promise, Ticket

_MINUTE = 60_000
#: A promise is late when the person is called so many minutes after its upper end.
LATE_MIN = 5
#: At the end of a longer line nobody is promised a range; it is not even worked out.
_LONGEST_LINE = 400


@dataclass(slots=True)
class PromiseBook:
    """Counts the promises of one fair; ``error_min`` adds up the distances from the range."""

    decided: int = 0
    kept: int = 0
    late: int = 0
    error_min: float = 0.0

    def issued(self, fair: FairRecords, ticket: Ticket) -> None:
        """Write down what a person is told on joining; "later" is no promise."""
        booth = fair.booths[ticket.booth_id]
        if len(booth.line) > _LONGEST_LINE:
            return
        wait = waits.wait_of(fair, booth, ticket)
        if wait.low_min is not None and wait.high_min is not None:
            ticket.promise = Promise(ticket.issued_at, wait.low_min, wait.high_min)

    def held(self, fair: FairRecords, ticket: Ticket, at: int) -> None:
        """End what was promised at the owner's other booths: another was quicker."""
        for other in fair.candidates[ticket.candidate_id].tickets.values():
            if other is not ticket:
                self.ended(other, at)

    def ended(self, ticket: Ticket, at: int) -> None:
        """Let go of a promise; one whose upper end has passed was not kept all the same."""
        promise = ticket.promise
        if promise is None or promise.waited_min is not None:
            return
        if at - promise.at > (promise.high_min + 1) * _MINUTE:
            self._decide(promise, at)
        else:
            ticket.promise = None

    def called(self, fair: FairRecords, ticket: Ticket, at: int) -> None:
        """Compare with the real wait, at the first call of a ticket to a desk."""
        self.held(fair, ticket, at)
        if ticket.promise is not None and ticket.promise.waited_min is None:
            self._decide(ticket.promise, at)

    def _decide(self, promise: Promise, at: int) -> None:
        waited = (at - promise.at) / _MINUTE
        promise.waited_min = waited
        self.decided += 1
        # Minutes are told whole: a range of 4 to 8 minutes is kept until the ninth begins.
        self.kept += promise.low_min <= waited <= promise.high_min + 1
        self.late += waited > promise.high_min + LATE_MIN
        self.error_min += max(promise.low_min - waited, waited - promise.high_min, 0.0)
