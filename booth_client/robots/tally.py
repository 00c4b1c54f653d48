"""What a crowd of robots has done so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts over all robots of one process."""

    #: Candidates who are to be at the fair at a time.
    wanted: int = 0
    #: Candidates connected now, and desks staffed now.
    present: int = 0
    desks: int = 0
    registered: int = 0
    joined: int = 0
    #: Heads-ups answered with "I'm ready", and calls accepted by a tap.
    ready: int = 0
    accepted: int = 0
    ignored_calls: int = 0
    given_up: int = 0
    started: int = 0
    finished: int = 0
    #: Hand-overs that the person agreed to.
    handed_over: int = 0
    #: Ends of interviews at which the other's real picture has come.
    seen: int = 0
    cuts: int = 0
    #: Robots that ended by an error instead of going home.
    failed: int = 0
    #: Refused commands and sign-ins by code, and ``unreachable`` for a sign-in at a server that
    #: was away; some are normal, for a robot acts on what it saw.
    refused: Counter[str] = field(default_factory=Counter)

    def line(self) -> str:
        """Return the counts as one short line."""
        refused = ", ".join(f"{code} {count}" for code, count in self.refused.most_common(3))
        return (
            f"candidates {self.present} of {self.wanted} · desks {self.desks} · "
            f"joined {self.joined} · "
            f"ready {self.ready} · accepted {self.accepted} · not heard {self.ignored_calls} · "
            f"interviews {self.finished} · handed over {self.handed_over} · "
            f"pictures {self.seen} · "
            f"lines cut {self.cuts} · failed {self.failed} · "
            f"refused {refused or 0}"
        )
