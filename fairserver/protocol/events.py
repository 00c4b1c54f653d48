"""What has happened: the events of a fair's stream, written by the Lua transitions only.

Every event carries the fair's next ``seq``, the time and who did it. Events hold numbers and
states, never a name, a telephone number or a note.
"""

from __future__ import annotations

import re
import typing
from typing import Any, Final

import msgspec

from fairserver.domain import tolerant
from fairserver.domain.settings import FairSettings
from fairserver.domain.states import (
    AlarmKind,
    BoothMode,
    Channel,
    DeskState,
    FairState,
    GuestRole,
    InterviewMode,
    Lane,
    Leg,
    Outcome,
    OutcomeReason,
    RecordingEnd,
    RoomSide,
    SecondState,
    Way,
)
from fairserver.protocol.types import Millis

#: The version of the contract that this release writes by. It rises when a kind of event, or a
#: field that was there before, comes to mean something else; more kinds and fields are no new one.
VERSION: Final = 1


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Base of every event.

    ``by`` is ``candidate:<id>``, ``staff:<id>``, ``key:<id>`` (an employer's own system) or
    ``system``; ``seq`` is the stream's own entry number. ``version`` is that of the contract which
    the writer kept to, 0 before there was one. ``incarnation`` is a random id that a
    stream got with its first event: another one means another stream, of a store set up anew. It is
    empty in streams begun by a release that gave none.
    """

    seq: int
    at: Millis
    by: str
    version: int = 0
    incarnation: str = ""


class BoothPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the live line needs to know of a booth: ``minutes`` is its usual interview.

    ``questions`` counts those that the employer asks beforehand, with its ``plan``-th correction
    of the booth, 0 without any.
    """

    booth_id: str
    mode: BoothMode
    minutes: int
    desks: list[str]
    questions: int = 0
    plan: int = 0


class FairLoaded(Event, frozen=True, kw_only=True, tag="fair_loaded"):
    """A plan was loaded: rules, booths, desks and end as they hold with it.

    What was changed on the day is told as it was changed, not as the plan has it.
    """

    settings: FairSettings
    booths: list[BoothPlan]
    #: When the fair ends, ms; 0 when that is not known.
    ends_at: Millis = 0
    #: When the day of the fair is over, ms; 0 when that is not known. From then on an end that has
    #: passed is none.
    day_over: Millis = 0


class SettingsChanged(Event, frozen=True, kw_only=True, tag="settings_changed"):
    """The organiser changed the rules, or the end (ms; 0 for none), of the running fair."""

    settings: FairSettings
    ends_at: Millis


class TimeLost(Event, frozen=True, kw_only=True, tag="time_lost"):
    """No node was there for so long, ms: every call and heads-up waits longer by as much.

    Nobody's call is missed, and nobody is away, because of it.
    """

    lost_ms: int


class BoothChanged(Event, frozen=True, kw_only=True, tag="booth_changed"):
    """A booth was paused or resumed, or its mode, usual minutes, site or plan were changed.

    ``plan`` is 0 where the plan stayed as it was, and rises with every correction of it;
    ``questions`` then counts the booth's questions. ``withdrawn``: the fair's plan has it no more;
    nobody is called there, and its line is closed.
    """

    booth_id: str
    paused: bool
    mode: BoothMode
    minutes: int
    site_id: str | None = None
    plan: int = 0
    questions: int = 0
    withdrawn: bool = False


class DeskAdded(Event, frozen=True, kw_only=True, tag="desk_added"):
    """A booth got one more desk: a new one, or one that stood at another booth so far."""

    desk_id: str
    booth_id: str


class FairStateChanged(Event, frozen=True, kw_only=True, tag="fair_state_changed"):
    """The fair was opened, paused or closed."""

    state: FairState


class CandidateRegistered(Event, frozen=True, kw_only=True, tag="candidate_registered"):
    """A candidate got the number printed on every ticket; ``head_start_ms`` is 0 for most."""

    candidate_id: str
    number: int
    head_start_ms: int
    channel: Channel = Channel.ONLINE


class CandidatePresent(Event, frozen=True, kw_only=True, tag="candidate_present"):
    """The candidate's phone answers (or a clerk checked the person in)."""

    candidate_id: str


class CandidateAway(Event, frozen=True, kw_only=True, tag="candidate_away"):
    """No sign of life for ``presence_s``: the places stay, nobody calls."""

    candidate_id: str


class CandidateStoodBack(Event, frozen=True, kw_only=True, tag="candidate_stood_back"):
    """Whom no desk has met yet, and who let calls pass, stands behind all others like this person.

    That is over when an interview of the person begins.
    """

    candidate_id: str


class WayChosen(Event, frozen=True, kw_only=True, tag="way_chosen"):
    """The person said how they can talk online; ``video`` until then."""

    candidate_id: str
    way: Way


class DeskChanged(Event, frozen=True, kw_only=True, tag="desk_changed"):
    """A desk was opened, made ready, paused or closed.

    ``cause`` says what it was where nobody there said so: ``away`` (the page of the desk's
    recruiter is gone; it is ready again when that is back), ``moved`` (the plan has it at another
    booth now) or ``withdrawn`` (the plan has no such desk any more: it is none).
    """

    desk_id: str
    state: DeskState
    cause: str | None = None


class TicketIssued(Event, frozen=True, kw_only=True, tag="ticket_issued"):
    """A candidate stands in a booth's line; smaller ``order`` is called earlier."""

    ticket_id: str
    candidate_id: str
    booth_id: str
    order: float
    lane: Lane = Lane.ORDINARY


class TicketReordered(Event, frozen=True, kw_only=True, tag="ticket_reordered"):
    """A place in the line moved.

    ``cause`` is ``had_interview``, ``moved_by_organiser``, a lane that the ticket moved into,
    ``stood_back`` (the person let calls pass, unmet), ``met`` (an interview has begun: that is
    over), or ``made_room``: many were put at one place, and those behind got new orders, passing
    nobody.
    """

    ticket_id: str
    order: float
    cause: str


class TicketCalled(Event, frozen=True, kw_only=True, tag="ticket_called"):
    """The person is asked to ``desk_id`` until ``deadline``.

    ``passed_over`` counts the people earlier in the line who could not be called; ``passed``
    names the first of their tickets with the reason (``busy_elsewhere``, ``resting``).
    ``cause`` is ``order``, ``share`` (a channel was behind its share) or ``deck``.
    """

    ticket_id: str
    desk_id: str
    deadline: Millis
    passed_over: int
    passed: dict[str, str] = {}
    cause: str = "order"


class TicketOnDeck(Event, frozen=True, kw_only=True, tag="ticket_on_deck"):
    """The person is next and asked to say "I'm ready" until ``deadline``."""

    ticket_id: str
    deadline: Millis
    passed_over: int
    passed: dict[str, str] = {}
    cause: str = "order"


class TicketReady(Event, frozen=True, kw_only=True, tag="ticket_ready"):
    """The person on deck is ready: the next free desk starts at once."""

    ticket_id: str


class TicketStoodDown(Event, frozen=True, kw_only=True, tag="ticket_stood_down"):
    """The person on deck is back at the old place; ``cause`` is ``away`` or ``desk_gone``."""

    ticket_id: str
    cause: str


class TicketPushedBack(Event, frozen=True, kw_only=True, tag="ticket_pushed_back"):
    """The person said "not now" for the ``times``-th time and stands at ``order``."""

    ticket_id: str
    order: float
    times: int
    rest_until: Millis


class CallExtended(Event, frozen=True, kw_only=True, tag="call_extended"):
    """The person asked for one more minute."""

    ticket_id: str
    deadline: Millis


class TicketAccepted(Event, frozen=True, kw_only=True, tag="ticket_accepted"):
    """The person answered the call; both ends connect."""

    ticket_id: str


class TicketMissed(Event, frozen=True, kw_only=True, tag="ticket_missed"):
    """The person did not come; back in the line at ``order``, not called before ``rest_until``.

    ``cause`` is ``deadline`` (of the call), ``heads_up`` (not ready on deck in time),
    ``not_arrived`` (accepted, never entered the room or went out of it), ``not_connected`` (the
    desk and the person did not get through to each other), ``desk_away`` (nobody is at the desk any
    more), ``desk_gone`` (the plan has it there no more) or ``desk`` (the recruiter said so). Whom
    a desk lets go after an answer, who was not connected and whose desk is gone keeps ``misses``
    and ``order``.
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
    """The fair ended before the person's turn came, or the plan has the booth no more.

    ``cause`` is ``booth_withdrawn`` then.
    """

    ticket_id: str
    cause: str | None = None


class InterviewStarted(Event, frozen=True, kw_only=True, tag="interview_started"):
    """Both ends see each other, or the recruiter began in person or by telephone."""

    ticket_id: str
    mode: InterviewMode = InterviewMode.ONLINE


class InterviewModeChanged(Event, frozen=True, kw_only=True, tag="interview_mode_changed"):
    """The running interview goes on in another mode: by telephone, as the person asked."""

    ticket_id: str
    mode: InterviewMode


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


class ResultPublished(Event, frozen=True, kw_only=True, tag="result_published"):
    """The recruiter showed the person the outcome of a turn, or withdrew it."""

    ticket_id: str
    published: bool


class SecondInterviewChanged(Event, frozen=True, kw_only=True, tag="second_interview_changed"):
    """The second interview was offered, answered, moved or cancelled.

    ``sequence`` rises with every new date; place and words are in the ledger only.
    """

    ticket_id: str
    state: SecondState
    starts_at: Millis
    sequence: int


class AdviceRated(Event, frozen=True, kw_only=True, tag="advice_rated"):
    """The person rated the advice of a turn, or changed the rating."""

    ticket_id: str
    passed: bool


class AnswersRecorded(Event, frozen=True, kw_only=True, tag="answers_recorded"):
    """Answers to the booth's questions about a turn were written down, changed or deleted.

    ``side`` says by whom; ``answered`` counts the questions that this side has answered now.
    """

    ticket_id: str
    side: RoomSide
    answered: int


class ProfileChanged(Event, frozen=True, kw_only=True, tag="profile_changed"):
    """What booths may read of a person changed: corrected, hidden, shown again or erased.

    ``withdrawn``: the person takes part no more; ``erased``: nothing is known any more.
    """

    candidate_id: str
    withdrawn: bool = False
    erased: bool = False
    #: Every booth that could read the person reads nothing more.
    hidden: bool = False


class ProfileShown(Event, frozen=True, kw_only=True, tag="profile_shown"):
    """The person lets a booth read who they are, or no more; the proof is in the ledger."""

    candidate_id: str
    booth_id: str
    shown: bool


class ProfileRead(Event, frozen=True, kw_only=True, tag="profile_read"):
    """The booth was shown who the person of a turn is, for the first time."""

    ticket_id: str


class HandOverOffered(Event, frozen=True, kw_only=True, tag="hand_over_offered"):
    """The recruiter offered the person to another booth; the person has not agreed yet."""

    ticket_id: str
    to_booth_id: str


class HandOverDeclined(Event, frozen=True, kw_only=True, tag="hand_over_declined"):
    """The person stays in this interview."""

    ticket_id: str


class TicketHandedOver(Event, frozen=True, kw_only=True, tag="ticket_handed_over"):
    """The person agreed: this interview is over, the next is at ``to_booth_id``."""

    ticket_id: str
    to_booth_id: str
    talk_ms: int


class AppointmentMade(Event, frozen=True, kw_only=True, tag="appointment_made"):
    """A person was promised a turn at a booth at ``due_at``."""

    appointment_id: str
    candidate_id: str
    booth_id: str
    due_at: Millis


class AppointmentDue(Event, frozen=True, kw_only=True, tag="appointment_due"):
    """The promised time has come; ``ticket_id`` stands in the appointment lane."""

    appointment_id: str
    ticket_id: str


class RoomEntered(Event, frozen=True, kw_only=True, tag="room_entered"):
    """One end came in with a fresh connection; everybody rebuilds for ``epoch``.

    ``desk_id`` is the desk whose end came in; None for the candidate's.
    """

    ticket_id: str
    side: RoomSide
    peer: str
    epoch: int
    desk_id: str | None = None


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


class GuestInvited(Event, frozen=True, kw_only=True, tag="guest_invited"):
    """The desk asked a third person into the interview; the candidate has not agreed yet."""

    ticket_id: str
    guest_id: str
    role: GuestRole


class GuestAgreed(Event, frozen=True, kw_only=True, tag="guest_agreed"):
    """The candidate agreed to the third person, who may come in now."""

    ticket_id: str


class GuestJoined(Event, frozen=True, kw_only=True, tag="guest_joined"):
    """The third person came in for the first time."""

    ticket_id: str


class GuestLeft(Event, frozen=True, kw_only=True, tag="guest_left"):
    """The third person is out, or was never let in.

    ``cause`` is ``declined`` (by the candidate), ``removed`` (by the desk), ``withdrew`` (the
    guest) or ``ended`` (the interview, or its video).
    """

    ticket_id: str
    guest_id: str
    cause: str


class RecordingAsked(Event, frozen=True, kw_only=True, tag="recording_asked"):
    """The desk asked to record the interview, and agreed to it by that.

    ``text_version`` and ``language`` name the sentences that everybody is shown.
    """

    ticket_id: str
    recording_id: str
    text_version: str
    language: str


class RecordingAgreed(Event, frozen=True, kw_only=True, tag="recording_agreed"):
    """One person in the room agreed to the recording: the proof of it, with the words shown."""

    ticket_id: str
    recording_id: str
    side: RoomSide
    text_version: str
    language: str


class RecordingStarted(Event, frozen=True, kw_only=True, tag="recording_started"):
    """Everybody in the room has agreed: the recording is on."""

    ticket_id: str
    recording_id: str


class RecordingPaused(Event, frozen=True, kw_only=True, tag="recording_paused"):
    """Somebody came in who has not agreed yet: nothing is recorded until then."""

    ticket_id: str
    recording_id: str


class RecordingStopped(Event, frozen=True, kw_only=True, tag="recording_stopped"):
    """The recording, or the asking for it, is over; ``side`` is who said so, if somebody did."""

    ticket_id: str
    recording_id: str
    cause: RecordingEnd
    side: RoomSide | None = None


class LegEntered(Event, frozen=True, kw_only=True, tag="leg_entered"):
    """One end of a third person's connection came in; both rebuild for ``epoch``."""

    ticket_id: str
    leg: Leg
    side: RoomSide
    peer: str
    epoch: int


class LegConnected(Event, frozen=True, kw_only=True, tag="leg_connected"):
    """One end of a third person's connection has the other's media."""

    ticket_id: str
    leg: Leg
    side: RoomSide
    epoch: int


class LegLost(Event, frozen=True, kw_only=True, tag="leg_lost"):
    """One end of a third person's connection lost the other, or its page is gone."""

    ticket_id: str
    leg: Leg
    side: RoomSide
    epoch: int


class LegLeft(Event, frozen=True, kw_only=True, tag="leg_left"):
    """One end of a third person's connection went out for now."""

    ticket_id: str
    leg: Leg
    side: RoomSide
    epoch: int


class AlarmRaised(Event, frozen=True, kw_only=True, tag="alarm_raised"):
    """Something needs the organiser's eye; ``subject`` is a booth, or "" for the whole fair."""

    kind: AlarmKind
    subject: str
    count: int


class AlarmPutAside(Event, frozen=True, kw_only=True, tag="alarm_put_aside"):
    """The organiser has seen to an alarm."""

    kind: AlarmKind
    subject: str


class UnknownEvent(Event, frozen=True, kw_only=True, tag="unknown_event"):
    """Something that another release has told and this one does not understand; never written.

    ``kind`` is what it calls itself, "?" where that is no name.
    """

    kind: str


#: Every event that is written.
KnownEvent = (
    FairLoaded
    | FairStateChanged
    | SettingsChanged
    | TimeLost
    | BoothChanged
    | DeskAdded
    | CandidateRegistered
    | CandidatePresent
    | CandidateAway
    | CandidateStoodBack
    | WayChosen
    | DeskChanged
    | TicketIssued
    | TicketReordered
    | TicketOnDeck
    | TicketReady
    | TicketStoodDown
    | TicketPushedBack
    | TicketCalled
    | CallExtended
    | TicketAccepted
    | TicketMissed
    | TicketNoShow
    | TicketLeft
    | TicketClosed
    | InterviewStarted
    | InterviewModeChanged
    | InterviewFinished
    | OutcomeRecorded
    | ResultPublished
    | SecondInterviewChanged
    | AdviceRated
    | AnswersRecorded
    | ProfileChanged
    | ProfileShown
    | ProfileRead
    | HandOverOffered
    | HandOverDeclined
    | TicketHandedOver
    | AppointmentMade
    | AppointmentDue
    | RoomEntered
    | RoomConnected
    | RoomLost
    | RoomLeft
    | GuestInvited
    | GuestAgreed
    | GuestJoined
    | GuestLeft
    | RecordingAsked
    | RecordingAgreed
    | RecordingStarted
    | RecordingPaused
    | RecordingStopped
    | LegEntered
    | LegConnected
    | LegLost
    | LegLeft
    | AlarmRaised
    | AlarmPutAside
)

#: Whatever may be read.
AnyEvent = KnownEvent | UnknownEvent

_decoder = msgspec.json.Decoder(KnownEvent)
_KINDS: dict[str, type[Event]] = {
    str(kind.__struct_config__.tag): kind for kind in typing.get_args(KnownEvent)
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


def decode_event(raw: bytes, seq: int | None = None) -> AnyEvent:
    """Read one event as the Lua transitions of any release wrote it; see ``domain.tolerant``.

    What is not understood is an ``UnknownEvent`` of the same number: ``seq`` is the one by which
    it stands in its stream or archive, and with it nothing is raised. Without it, raises
    ``msgspec.DecodeError`` for what gives itself no number.
    """
    try:
        event: AnyEvent = _decoder.decode(raw)
    except msgspec.DecodeError:
        return _understood(raw, seq)
    return event


def _understood(raw: bytes, seq: int | None) -> AnyEvent:
    """Read what is no event of today's contract as well as can be."""
    said: Any
    try:
        said = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        if seq is None:
            raise
        said = None
    said = said if isinstance(said, dict) else {}
    number = said.get("seq", seq)
    if not isinstance(number, int):
        if seq is None:
            raise msgspec.ValidationError("this is no event: it has no number")
        number = seq
    name = said.get("event")
    if isinstance(name, str) and (kind := _KINDS.get(name)) is not None:
        try:
            return typing.cast(AnyEvent, tolerant.read({**said, "seq": number}, kind))
        except msgspec.ValidationError:
            pass
    return _unknown(said, number)


def _unknown(said: dict[str, Any], seq: int) -> UnknownEvent:
    kind, at, by, version = (said.get(name) for name in ("event", "at", "by", "version"))
    incarnation = said.get("incarnation")
    return UnknownEvent(
        seq=seq,
        at=at if isinstance(at, int) else 0,
        by=by if isinstance(by, str) else "",
        version=version if isinstance(version, int) else 0,
        incarnation=incarnation if isinstance(incarnation, str) else "",
        kind=kind if isinstance(kind, str) and _NAME.match(kind) else "?",
    )
