"""One end of an interview's room, played without media."""

from __future__ import annotations

import secrets
from enum import Enum, auto

from fairserver.domain.states import RoomSide, SideState
from fairserver.protocol.views import RoomCell

#: How the names of ends without a camera begin.
NO_CAMERA = "robot-"
#: States of the own end after which only a fresh entry helps.
_OUT = frozenset({SideState.AWAY, SideState.LOST, SideState.LEFT})


class RoomStep(Enum):
    """What an end has to do next."""

    ENTER = auto()
    REPORT = auto()


class RoomSeat:
    """Know what one end of a room has to do next; no I/O.

    It follows the rule of the pages: enter once per loaded page, enter again after a loss,
    report each epoch once both ends are in, and yield when another page took the place.
    """

    def __init__(self, side: RoomSide) -> None:
        self.side = side
        #: Name of this end; a new one for every ticket and every reload.
        self.peer = ""
        self._ticket_id = ""
        #: Epoch that the last own entry began; 0 before the first.
        self._epoch = 0
        self._reported = 0

    def next_step(self, ticket_id: str, room: RoomCell | None) -> RoomStep | None:
        """Return what to do for a ticket that connects or is in its interview."""
        if ticket_id != self._ticket_id:
            self.reload()
            self._ticket_id = ticket_id
        if self._epoch == 0:
            return RoomStep.ENTER
        if room is None or room.epoch < self._epoch:
            # The cell has not caught up with the own entry yet.
            return None
        peer, state = self._own(room)
        if peer != self.peer:
            return None
        if state is SideState.LOST and room.epoch == self._reported:
            # Only the socket was gone: the pictures went on flowing meanwhile.
            return RoomStep.REPORT
        if state in _OUT:
            return RoomStep.ENTER
        both_in = bool(room.candidate_peer and room.desk_peer)
        may_report = both_in and state is SideState.JOINED and room.epoch > self._reported
        return RoomStep.REPORT if may_report else None

    def entered(self, epoch: int) -> None:
        """Take note of the epoch that the own entry began."""
        self._epoch = epoch

    def reported(self, epoch: int) -> None:
        """Take note that the own end was reported as connected in ``epoch``."""
        self._reported = epoch

    def reload(self) -> None:
        """Forget everything, as a page does that is loaded again."""
        self.peer = NO_CAMERA + secrets.token_urlsafe(9)
        self._epoch = self._reported = 0

    def _own(self, room: RoomCell) -> tuple[str, SideState]:
        if self.side is RoomSide.CANDIDATE:
            return room.candidate_peer, room.candidate_state
        return room.desk_peer, room.desk_state
