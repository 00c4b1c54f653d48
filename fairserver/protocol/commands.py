"""What a client may ask for. Every command carries an ``id`` and gets exactly one answer."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import (
    AlarmKind,
    BoothMode,
    GuestRole,
    Leg,
    Outcome,
    OutcomeReason,
    Way,
)
from fairserver.protocol.types import (
    BoothId,
    CandidateId,
    CommandId,
    DeskId,
    Epoch,
    Language,
    Moment,
    PeerId,
    QuestionId,
    RecordingId,
    SlotId,
    StaffId,
    TicketId,
    ViewName,
)


class Command(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"
):
    """Base of every command: ``id`` makes it idempotent for this client."""

    id: CommandId


# --- the connection -----------------------------------------------------------------------


class Hello(Command, frozen=True, kw_only=True, tag="hello"):
    """Say which views this client wants, and from where.

    ``views`` maps a view's name to the last ``seq`` the client holds of it, or null.
    The answer is followed by one ``snapshot`` or ``delta`` for each view.

    ``incarnation`` may say of which stream these numbers are, as the newest answer to ``hello`` or
    ``snapshot`` told it: when the store was set up anew since, all views come whole. A client that
    does not say it compares it with the answer's, and says ``hello`` again without numbers where
    they differ.
    """

    views: dict[ViewName, int | None]
    incarnation: Annotated[str, Meta(max_length=40)] | None = None
    language: Language = "vi"


class Unwatch(Command, frozen=True, kw_only=True, tag="unwatch"):
    """Stop sending some views (the list of booths is closed on the phone, say)."""

    views: list[ViewName]


class Ping(Command, frozen=True, kw_only=True, tag="ping"):
    """Ask for a sign of life; the answer carries the server's ``now``."""


class PushSubscribe(Command, frozen=True, kw_only=True, tag="push_subscribe"):
    """Have this browser told of the turn by web push, also while the page is not open.

    The fields are those of a browser's ``PushSubscription``, made with the public key of
    ``GET /api/push``. One browser for each sign-in.
    """

    endpoint: Annotated[str, Meta(min_length=1, max_length=1000)]
    p256dh: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{87}=?\Z")]
    auth: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22}={0,2}\Z")]


class PushUnsubscribe(Command, frozen=True, kw_only=True, tag="push_unsubscribe"):
    """Have this browser told by push no more."""


# --- the candidate's turn -----------------------------------------------------------------


class Join(Command, frozen=True, kw_only=True, tag="join"):
    """Stand in the line of a booth: issues a ticket.

    Staff name the ``candidate_id`` they act for; a candidate leaves it out. ``show_profile`` is
    the person's answer to whether this booth may read who they are, asked apart from the joining;
    null where it was not asked, and then what was said of this booth last holds.
    """

    booth_id: BoothId
    candidate_id: CandidateId | None = None
    show_profile: bool | None = None


class Leave(Command, frozen=True, kw_only=True, tag="leave"):
    """Give a place up for good."""

    ticket_id: TicketId


class Accept(Command, frozen=True, kw_only=True, tag="accept"):
    """Answer a call: the desk and the candidate connect.

    With ``since``, the ticket cell's, it answers that call only and no later one, however long it
    was on its way.
    """

    ticket_id: TicketId
    since: Moment | None = None


class MoreTime(Command, frozen=True, kw_only=True, tag="more_time"):
    """Ask for one more minute to answer a call; granted once per call."""

    ticket_id: TicketId


class Ready(Command, frozen=True, kw_only=True, tag="ready"):
    """Say "I'm ready" while on deck: the next free desk starts with this person at once.

    ``since`` as in ``accept``: of the heads-up.
    """

    ticket_id: TicketId
    since: Moment | None = None


class NotNow(Command, frozen=True, kw_only=True, tag="not_now"):
    """Ask to be called a little later: a few places back, a few times at most."""

    ticket_id: TicketId


class AnswerHandOver(Command, frozen=True, kw_only=True, tag="answer_hand_over"):
    """Agree to be handed over to the booth that the recruiter offered, or not.

    ``show_profile`` as in ``join``: the other booth is another one to be asked about. With
    ``to_booth_id``, the ticket cell's, a yes is to that booth only, also when another has been
    offered meanwhile.
    """

    ticket_id: TicketId
    agree: bool
    to_booth_id: BoothId | None = None
    show_profile: bool | None = None


class ChooseWay(Command, frozen=True, kw_only=True, tag="choose_way"):
    """Say how the person can talk online: by picture, sound only, telephone, or at a station.

    By telephone ``agree`` must be said: the recruiter sees the number while the call lasts.
    ``phone`` gives another number than the form's. Both are personal data: they go to the ledger
    and never into an event. Staff name the ``candidate_id`` they act for.
    """

    way: Way
    candidate_id: CandidateId | None = None
    agree: bool = False
    phone: Annotated[str, Meta(max_length=40)] | None = None


# --- the desk -----------------------------------------------------------------------------


class OpenDesk(Command, frozen=True, kw_only=True, tag="open_desk"):
    """Staff a desk: it is ready and the next callable person is called at once."""

    desk_id: DeskId


class PauseDesk(Command, frozen=True, kw_only=True, tag="pause_desk"):
    """Stop calling people to a desk that nobody is at; a running interview is not touched."""

    desk_id: DeskId


class CloseDesk(Command, frozen=True, kw_only=True, tag="close_desk"):
    """Leave a desk for the day. Refused while a person is at it."""

    desk_id: DeskId


class CallNext(Command, frozen=True, kw_only=True, tag="call_next"):
    """Make a desk ready: calls the next person now, or the moment one is callable."""

    desk_id: DeskId


class MarkMissed(Command, frozen=True, kw_only=True, tag="mark_missed"):
    """Say that the called person did not come, without waiting for the deadline.

    Refused to a booth (``missed_too_early``) in the first 30 s, or the fair's own time to answer
    when that is shorter. A person who had answered keeps the place, and nothing counts as missed.
    """

    ticket_id: TicketId


class Start(Command, frozen=True, kw_only=True, tag="start"):
    """Begin an interview in person or by telephone; a video interview starts by itself.

    A running video interview goes on by telephone when the person has chosen that way.
    """

    ticket_id: TicketId


class Finish(Command, frozen=True, kw_only=True, tag="finish"):
    """End the interview and its room; the desk goes to wrap-up."""

    ticket_id: TicketId
    outcome: Outcome = Outcome.PENDING
    reason: OutcomeReason | None = None


class RecordOutcome(Command, frozen=True, kw_only=True, tag="record_outcome"):
    """Set or correct the outcome of a finished interview.

    ``note`` is personal data: it goes to the ledger and never into an event.
    """

    ticket_id: TicketId
    outcome: Outcome
    reason: OutcomeReason | None = None
    #: The outcome that was seen when this one was chosen: refused when a colleague has changed it.
    instead_of: Outcome | None = None
    note: Annotated[str, Meta(max_length=2000)] | None = None


class OfferHandOver(Command, frozen=True, kw_only=True, tag="offer_hand_over"):
    """Offer the person in the interview to another booth, or to a colleague at this one.

    ``note`` stays with the own booth, for the colleague; it goes to the ledger only.
    """

    ticket_id: TicketId
    to_booth_id: BoothId
    note: Annotated[str, Meta(max_length=500)] | None = None


class MakeAppointment(Command, frozen=True, kw_only=True, tag="make_appointment"):
    """Promise a person a turn at a booth at a time of this fair (``due_at``, ms)."""

    candidate_id: CandidateId | None = None
    ticket_id: TicketId | None = None
    booth_id: BoothId
    due_at: Moment


class Recall(Command, frozen=True, kw_only=True, tag="recall"):
    """Bring a person back who was marked as a no-show or left."""

    ticket_id: TicketId


class PauseBooth(Command, frozen=True, kw_only=True, tag="pause_booth"):
    """Stop calling anybody to a booth; running interviews go on."""

    booth_id: BoothId


class ResumeBooth(Command, frozen=True, kw_only=True, tag="resume_booth"):
    """Let a paused booth call again."""

    booth_id: BoothId


# --- a third person in the interview -------------------------------------------------------


class InviteGuest(Command, frozen=True, kw_only=True, tag="invite_guest"):
    """Ask a third person into the running video interview; the candidate is asked first.

    ``staff_id`` is another member of the same booth. Without it the person is somebody from
    outside, shown as ``name``: the answer's ``result`` has a ``link`` that works once.
    """

    ticket_id: TicketId
    role: GuestRole
    staff_id: StaffId | None = None
    name: Annotated[str, Meta(max_length=80)] = ""


class AnswerGuest(Command, frozen=True, kw_only=True, tag="answer_guest"):
    """Agree to be with the third person, or not; also later, when they are there already.

    With ``guest_id``, the ticket cell's, a yes is to that person only, also when another has been
    asked meanwhile.
    """

    ticket_id: TicketId
    agree: bool
    guest_id: StaffId | None = None


class RemoveGuest(Command, frozen=True, kw_only=True, tag="remove_guest"):
    """Let the third person go, or take the invitation back; a guest leaves for good."""

    ticket_id: TicketId


# --- the recording of an interview ---------------------------------------------------------


class AskRecording(Command, frozen=True, kw_only=True, tag="ask_recording"):
    """Ask everybody in the video interview whether it may be recorded; asking is one's own yes.

    ``peer`` is the desk's end in the room. The answer's ``result`` has the ``recording_id``.
    """

    ticket_id: TicketId
    peer: PeerId


class AnswerRecording(Command, frozen=True, kw_only=True, tag="answer_recording"):
    """Agree to the recording that was asked for, or not; a no stops it at any time."""

    ticket_id: TicketId
    recording_id: RecordingId
    agree: bool


class WithdrawRecording(Command, frozen=True, kw_only=True, tag="withdraw_recording"):
    """Stop the recording at once; anybody in the interview may, without a reason."""

    ticket_id: TicketId


# --- after the interview ------------------------------------------------------------------


class PublishResult(Command, frozen=True, kw_only=True, tag="publish_result"):
    """Show the person the outcome of this turn, or withdraw it again; ``pending`` is no result."""

    ticket_id: TicketId
    published: bool


class OfferSecondInterview(Command, frozen=True, kw_only=True, tag="offer_second_interview"):
    """Offer the person a date for a second interview, or another date instead.

    Either ``slot_id``, a time of the booth's list, or ``starts_at`` (ms), ``minutes`` and
    ``place`` (an address, or how to take part when ``online``).
    """

    ticket_id: TicketId
    slot_id: SlotId | None = None
    starts_at: Annotated[int, Meta(ge=0, le=10**14)] | None = None
    minutes: Annotated[int, Meta(ge=5, le=480)] = 30
    online: bool = False
    place: Annotated[str, Meta(max_length=200)] = ""


class AnswerSecondInterview(Command, frozen=True, kw_only=True, tag="answer_second_interview"):
    """Accept or decline the second interview; ``sequence`` is that of the date one has seen."""

    ticket_id: TicketId
    accept: bool
    sequence: Annotated[int, Meta(ge=0, le=1_000_000)]


class CancelSecondInterview(Command, frozen=True, kw_only=True, tag="cancel_second_interview"):
    """Take the second interview back; its time is free again."""

    ticket_id: TicketId


class RecordAnswers(Command, frozen=True, kw_only=True, tag="record_answers"):
    """Answer the questions of a turn's booth; none is obligatory, an empty answer is deleted.

    From the person at any time. From a desk only at a delegated booth, where the Centre's adviser
    writes down what was said, from the interview on. The answers are personal data: they go to
    the ledger only, and are read over HTTP. ``yes`` or ``no`` for kind ``yes_no``, the Vietnamese
    words of the choice for kind ``choice``.
    """

    ticket_id: TicketId
    answers: Annotated[
        dict[QuestionId, Annotated[str, Meta(max_length=500)]], Meta(min_length=1, max_length=12)
    ]


class RateAdvice(Command, frozen=True, kw_only=True, tag="rate_advice"):
    """Rate the advice of this turn (form 01, part II): đạt or không đạt, and a remark.

    ``remark`` is the person's own words: it goes to the ledger and never into an event.
    """

    ticket_id: TicketId
    passed: bool
    remark: Annotated[str, Meta(max_length=500)] = ""


# --- the room -----------------------------------------------------------------------------


class EnterRoom(Command, frozen=True, kw_only=True, tag="enter_room"):
    """Come into the interview's room with a fresh connection: starts a new epoch.

    Open to both from the call on, and from "I'm ready" of the person on deck: the connection is
    then made ahead, without picture and sound. Sent at first entry and at every rebuild (reload,
    network change, a second without bytes). ``after_epoch`` is the epoch found broken: when the
    other end has already begun a newer one, no further epoch is started. The desk's end names
    its desk while nobody knows which one the person will meet; when it is another one, that
    desk begins anew. The answer's ``result`` is a ``RoomPass``.
    """

    ticket_id: TicketId
    peer: PeerId
    #: Which connection: between desk and candidate, or one of a third person's.
    leg: Leg = Leg.MAIN
    after_epoch: Epoch | None = None
    desk_id: DeskId | None = None


class ReportRoom(Command, frozen=True, kw_only=True, tag="report_room"):
    """Tell what became of this end's connection in an epoch; who has left is out of every one."""

    ticket_id: TicketId
    peer: PeerId
    epoch: Epoch
    state: Literal["connected", "lost", "left"]
    leg: Leg = Leg.MAIN


class Signal(Command, frozen=True, kw_only=True, tag="signal"):
    """Pass an offer, an answer, an ICE candidate or a word to the other end; not stored.

    ``kind`` ``candidate`` carries the candidate line in ``sdp`` ("" ends the list). ``talk``
    carries in ``text`` what would go by the connection's data channel (chat, captions, how an end
    is) while that is down; only between the two who are at the desk.
    """

    ticket_id: TicketId
    peer: PeerId
    epoch: Epoch
    kind: Literal["offer", "answer", "candidate", "talk"]
    leg: Leg = Leg.MAIN
    sdp: Annotated[str, Meta(max_length=12_000)] = ""
    text: Annotated[str, Meta(max_length=2_000)] | None = None
    sdp_mid: Annotated[str, Meta(max_length=64)] | None = None
    sdp_m_line_index: Annotated[int, Meta(ge=0, le=64)] | None = None


# --- the fair -----------------------------------------------------------------------------


class OpenFair(Command, frozen=True, kw_only=True, tag="open_fair"):
    """Open the fair: lines move from now on."""


class PauseFair(Command, frozen=True, kw_only=True, tag="pause_fair"):
    """Stop all calls: after the answer no new call is made until the fair is opened again."""


class CloseFair(Command, frozen=True, kw_only=True, tag="close_fair"):
    """End the fair: nobody is called any more, every waiting ticket is closed."""


class MoveTicket(Command, frozen=True, kw_only=True, tag="move_ticket"):
    """Put a waiting person before another in the same line; recorded as the organiser's doing."""

    ticket_id: TicketId
    before_ticket_id: TicketId


class ChangeSettings(Command, frozen=True, kw_only=True, tag="change_settings"):
    """Change the fair's rules, and its end (ms; 0 for none), while it runs."""

    settings: FairSettings
    ends_at: Moment | None = None


class ChangeBooth(Command, frozen=True, kw_only=True, tag="change_booth"):
    """Change a booth while the fair runs: usual minutes, mode, site, one more desk."""

    booth_id: BoothId
    minutes: Annotated[int, Meta(ge=3, le=60)] | None = None
    mode: BoothMode | None = None
    site_id: BoothId | None = None
    add_desk_id: DeskId | None = None


class PutAlarmAside(Command, frozen=True, kw_only=True, tag="put_alarm_aside"):
    """Say that an alarm has been seen to; the same one stays quiet for a while."""

    kind: AlarmKind
    subject: Annotated[str, Meta(pattern=r"^([a-z0-9][a-z0-9-]{0,23})?\Z")] = ""


AnyCommand = (
    Hello
    | Unwatch
    | Ping
    | PushSubscribe
    | PushUnsubscribe
    | Join
    | Leave
    | Accept
    | MoreTime
    | Ready
    | NotNow
    | AnswerHandOver
    | ChooseWay
    | OpenDesk
    | PauseDesk
    | CloseDesk
    | CallNext
    | MarkMissed
    | Start
    | Finish
    | RecordOutcome
    | OfferHandOver
    | MakeAppointment
    | PublishResult
    | OfferSecondInterview
    | AnswerSecondInterview
    | CancelSecondInterview
    | RateAdvice
    | RecordAnswers
    | Recall
    | PauseBooth
    | ResumeBooth
    | InviteGuest
    | AnswerGuest
    | RemoveGuest
    | AskRecording
    | AnswerRecording
    | WithdrawRecording
    | EnterRoom
    | ReportRoom
    | Signal
    | OpenFair
    | PauseFair
    | CloseFair
    | MoveTicket
    | ChangeSettings
    | ChangeBooth
    | PutAlarmAside
)
