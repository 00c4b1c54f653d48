"""What the server says: one answer per command, and the views' snapshots and deltas."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from fairserver.domain.states import Leg
from fairserver.protocol.types import CommandId, Epoch, Millis, PeerId, Seq, TicketId, ViewName


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of everything the server sends."""


class Ok(Message, frozen=True, kw_only=True, tag="ok", omit_defaults=True):
    """The command with this ``id`` was carried out, now or at its first sending.

    ``seq`` is the fair's newest event when it was done; ``result`` depends on the command.
    """

    id: CommandId
    seq: Seq = 0
    result: dict[str, Any] = {}


class Error(Message, frozen=True, kw_only=True, tag="error", omit_defaults=True):
    """The command changed nothing.

    ``code`` is stable; ``message`` says what was wrong in the user's language and ``hint``
    what would be right. ``id`` is null when the frame could not be read so far.
    """

    id: CommandId | None
    code: str
    message: str
    hint: str = ""
    detail: dict[str, Any] = {}


class Snapshot(Message, frozen=True, kw_only=True, tag="snapshot"):
    """A whole view: forget what you hold of it and take these cells.

    ``incarnation`` is of which stream ``seq`` is a number (see ``hello``).
    """

    view: ViewName
    seq: Seq
    cells: dict[str, Any]
    incarnation: str = ""


class Delta(
    Message,
    frozen=True,
    kw_only=True,
    tag="delta",
    omit_defaults=True,
    rename={"from_seq": "from"},
):
    """What changed in a view.

    Apply when ``from`` is not above the ``seq`` you hold of this view; otherwise send
    ``hello`` again. Cells in ``set`` replace whole cells; of those in ``patch`` only the fields
    that changed are told, the others stay as you hold them; keys in ``drop`` go away.
    Applying the same delta twice changes nothing.
    """

    view: ViewName
    from_seq: Seq
    seq: Seq
    set: dict[str, Any] = {}
    patch: dict[str, dict[str, Any]] = {}
    drop: list[str] = []


class PeerSignal(Message, frozen=True, kw_only=True, tag="signal", omit_defaults=True):
    """An offer, answer, ICE candidate or word from the other end of a room."""

    ticket_id: TicketId
    peer: PeerId
    epoch: Epoch
    kind: Literal["offer", "answer", "candidate", "talk"]
    leg: Leg = Leg.MAIN
    sdp: str = ""
    text: str | None = None
    sdp_mid: str | None = None
    sdp_m_line_index: int | None = None


class StoreStatus(Message, frozen=True, kw_only=True, tag="store"):
    """The live store went away (``away``) or is back (``ok``); nothing is lost meanwhile.

    Said at every change, and after the answer to every ``hello``.
    """

    state: Literal["away", "ok"]


class HelloResult(msgspec.Struct, frozen=True, kw_only=True):
    """``result`` of ``hello``."""

    now: Millis
    version: str
    fair_id: str
    role: str
    #: Seconds between signs of life that the client should expect.
    heartbeat_s: int
    #: The stream whose numbers count now, see ``hello``; "" before its first event.
    incarnation: str = ""


class IceServer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of ``RTCConfiguration.iceServers``."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class RoomPass(msgspec.Struct, frozen=True, kw_only=True):
    """``result`` of ``enter_room``: the epoch to use and the servers to connect through."""

    epoch: Epoch
    ice_servers: list[IceServer]


AnyMessage = Ok | Error | Snapshot | Delta | PeerSignal | StoreStatus


class CloseCode:
    """Codes with which the server closes a socket, and what an honest client does."""

    #: The node is being restarted: come back after 0 to 2 s.
    RESTART = 1012
    #: Three malformed commands in a row: the program is broken, do not come back by itself.
    MALFORMED = 4400
    #: Not signed in, or no longer: go to the entry page.
    SIGN_IN = 4401
    #: The same person has opened too many pages after this one: do not come back by itself.
    TOO_MANY_OPEN = 4409
    #: Too many messages: come back after 10 s.
    TOO_FAST = 4429
    #: Too slow to read: come back at once and resume.
    RESYNC = 4008
