"""Which signals an end of a room takes: of the end and the epoch that the room names.

The same rule as the pages' (``static/shared/inbox.js``). Signals and cells come by themselves: a
signal may be here before the cell that names its sender, and is kept until then. No I/O.
"""

from __future__ import annotations

from typing import NamedTuple

from fairserver.protocol.answers import PeerSignal

#: Signals that wait for their cell: of one connection there are no more.
MOST_EARLY = 64


class Named(NamedTuple):
    """The epoch that the room is in, and the name of its other end ("": nobody)."""

    epoch: int = 0
    peer: str = ""


class Inbox:
    """Sorts the signals of one end of one room."""

    def __init__(self) -> None:
        #: Of an epoch whose connection is not there yet; the oldest first.
        self.early: list[PeerSignal] = []
        #: Signals of ends or epochs that the room does not name.
        self.dropped = 0

    def takes(self, message: PeerSignal, named: Named, epoch: int) -> bool:
        """Say whether a signal is for the connection of ``epoch`` (0: there is none).

        What is not is kept for a later connection, or dropped.
        """
        is_other = message.epoch == named.epoch and message.peer != named.peer
        if message.epoch < named.epoch or is_other:
            self.dropped += 1
            return False
        if message.epoch == epoch == named.epoch:
            return True
        self.early.append(message)
        self.dropped += max(0, len(self.early) - MOST_EARLY)
        self.early = self.early[-MOST_EARLY:]
        return False

    def release(self, named: Named) -> list[PeerSignal]:
        """Give what was kept for the connection that begins now."""
        now = [one for one in self.early if (one.epoch, one.peer) == named]
        later = [one for one in self.early if one.epoch > named.epoch]
        self.dropped += len(self.early) - len(now) - len(later)
        self.early = later
        return now
