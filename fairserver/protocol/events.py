"""What has happened: the events of a fair's stream, written by the Lua transitions only.

Every event carries the fair's next ``seq``, the time and who did it. Events hold numbers and
states, never a name, a telephone number or a note.
"""

from __future__ import annotations

import msgspec

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import (
    BoothMode,
    DeskState,
    FairState,
    Outcome,
    OutcomeReason,
    RoomSide,
)
from fairserver.protocol.types import Millis


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Base of every event.

    ``by`` is ``candidate:<id>``, ``staff:<id>`` or ``system``; ``seq`` is the stream's own
    entry number.
    """

    seq: int
    at: Millis
    by: str


class BoothPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the live line needs to know of a booth: ``minutes`` is its usual interview."""

    booth_id: str
    mode: BoothMode
    minutes: int
    desks: list[str]


class FairLoaded(Event, frozen=True, kw_only=True, tag="fair_loaded"):
    """The fair's settings, booths and desks were put into the live store, or changed."""

    settings: FairSettings
    booths: list[BoothPlan]


class FairStateChanged(Event, frozen=True, kw_only=True, tag="fair_state_changed"):
    """The fair was opened, paused or closed."""

    state: FairState


class CandidateRegistered(Event, frozen=True, kw_only=True, tag="candidate_registered"):
    """A candidate got the number printed on every ticket; ``head_start_ms`` is 0 for most."""

    candidate_id: str
    number: int
    head_start_ms: int


class CandidatePresent(Event, frozen=True, kw_only=True, tag="candidate_present"):
    """The candidate's phone answers (or a clerk checked the person in)."""

    candidate_id: str


class CandidateAway(Event, frozen=True, kw_only=True, tag="candidate_away"):
    """No sign of life for ``presence_s``: the places stay, nobody calls."""

    candidate_id: str


class DeskChanged(Event, frozen=True, kw_only=True, tag="desk_changed"):
    """A desk was opened, made ready, paused or closed by its recruiter."""

    desk_id: str
    state: DeskState


class TicketIssued(Event, frozen=True, kw_only=True, tag="ticket_issued"):
    """A candidate stands in a booth's line; smaller ``order`` is called earlier."""

    ticket_id: str
    candidate_id: str
    booth_id: str
    order: float


class TicketReordered(Event, frozen=True, kw_only=True, tag="ticket_reordered"):
    """A place in the line moved; ``cause`` is ``had_interview`` or ``missed``."""

    ticket_id: str
    order: float
    cause: str


class TicketCalled(Event, frozen=True, kw_only=True, tag="ticket_called"):
    """The person is asked to ``desk_id`` until ``deadline``.

    ``passed_over`` counts the people earlier in the line who could not be called.
    """

    ticket_id: str
    desk_id: str
    deadline: Millis
    passed_over: int


class CallExtended(Event, frozen=True, kw_only=True, tag="call_extended"):
    """The person asked for one more minute."""

    ticket_id: str
    deadline: Millis


class TicketAccepted(Event, frozen=True, kw_only=True, tag="ticket_accepted"):
    """The person answered the call; both ends connect."""

    ticket_id: str


class TicketMissed(Event, frozen=True, kw_only=True, tag="ticket_missed"):
    """The person did not come; back in the line at ``order``, not called before ``rest_until``.

    ``cause`` is ``deadline`` or ``desk`` (the recruiter said so).
    """

    ticket_id: str
    misses: int
    order: float
    rest_until: Millis
    cause: str


class TicketNoShow(Event, frozen=True, kw_only=True, tag="ticket_no_show"):
    """The person missed the last permitted call."""

    ticket_id: str
    misses: int
    cause: str


class TicketLeft(Event, frozen=True, kw_only=True, tag="ticket_left"):
    """The person gave the place up."""

    ticket_id: str


class TicketClosed(Event, frozen=True, kw_only=True, tag="ticket_closed"):
    """The fair ended before the person's turn came."""

    ticket_id: str


class InterviewStarted(Event, frozen=True, kw_only=True, tag="interview_started"):
    """Both ends see each other, or the recruiter began in person."""

    ticket_id: str


class InterviewFinished(Event, frozen=True, kw_only=True, tag="interview_finished"):
    """The recruiter ended the interview; ``talk_ms`` leaves out broken minutes."""

    ticket_id: str
    outcome: Outcome
    reason: OutcomeReason | None = None
    talk_ms: int


class OutcomeRecorded(Event, frozen=True, kw_only=True, tag="outcome_recorded"):
    """The outcome of a finished interview was set or corrected."""

    ticket_id: str
    outcome: Outcome
    reason: OutcomeReason | None = None


class RoomEntered(Event, frozen=True, kw_only=True, tag="room_entered"):
    """One end came in with a fresh connection; everybody rebuilds for ``epoch``."""

    ticket_id: str
    side: RoomSide
    peer: str
    epoch: int


class RoomConnected(Event, frozen=True, kw_only=True, tag="room_connected"):
    """One end sees media of the other in this epoch."""

    ticket_id: str
    side: RoomSide
    epoch: int


class RoomLost(Event, frozen=True, kw_only=True, tag="room_lost"):
    """One end lost the other, or its page is gone; the interview's clock stands."""

    ticket_id: str
    side: RoomSide
    epoch: int


class RoomLeft(Event, frozen=True, kw_only=True, tag="room_left"):
    """One end hung up; the interview goes on until the recruiter finishes it."""

    ticket_id: str
    side: RoomSide
    epoch: int


AnyEvent = (
    FairLoaded
    | FairStateChanged
    | CandidateRegistered
    | CandidatePresent
    | CandidateAway
    | DeskChanged
    | TicketIssued
    | TicketReordered
    | TicketCalled
    | CallExtended
    | TicketAccepted
    | TicketMissed
    | TicketNoShow
    | TicketLeft
    | TicketClosed
    | InterviewStarted
    | InterviewFinished
    | OutcomeRecorded
    | RoomEntered
    | RoomConnected
    | RoomLost
    | RoomLeft
)

_decoder = msgspec.json.Decoder(AnyEvent)


def decode_event(raw: bytes) -> AnyEvent:
    """Read one event as the Lua transitions wrote it.

    Raises ``msgspec.ValidationError`` when it is not one of ``AnyEvent``.
    """
    event: AnyEvent = _decoder.decode(raw)
    return event
