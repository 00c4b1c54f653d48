"""The views: what each kind of client sees, as keyed cells.

A view is a dictionary of small cells; a change sends whole cells. Privacy is a matter of which
view: no cell of ``hall`` or of another person's ``me`` holds anything about a person, and no
cell anywhere holds a name (names are read over HTTP where a ticket links them).
"""

from __future__ import annotations

import msgspec

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import (
    AlarmKind,
    BoothMode,
    DeskState,
    FairState,
    GuestRole,
    GuestState,
    InterviewMode,
    Lane,
    Outcome,
    OutcomeReason,
    RecordingEnd,
    RecordingState,
    RoomSide,
    SecondState,
    SideState,
    TicketState,
    Way,
)
from fairserver.protocol.types import Millis


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every cell."""


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """An honest wait in minutes, or the reason why none can be said.

    ``reason`` is ``range`` (both numbers set), ``no_recruiter`` (nobody works at the booth),
    ``paused`` (the fair or every desk is paused) or ``later`` (the range would be too wide, so
    only ``chance_pct`` is said: how probable a call is before the person goes or the fair ends).
    """

    reason: str
    low_min: int | None = None
    high_min: int | None = None
    chance_pct: int | None = None


class RoomCell(msgspec.Struct, frozen=True, kw_only=True):
    """The interview's room as both ends see it.

    The clock: ``talk_ms`` is time already talked; while ``talking_since`` is set it runs.
    """

    epoch: int
    candidate_peer: str
    desk_peer: str
    candidate_state: SideState
    desk_state: SideState
    talk_ms: int
    talking_since: Millis | None


class SecondInterviewCell(msgspec.Struct, frozen=True, kw_only=True):
    """The second interview's date; its place is read over HTTP.

    Its answer names ``sequence``, so that nobody accepts a date that was changed meanwhile.
    """

    state: SecondState
    starts_at: Millis
    sequence: int


class LegCell(msgspec.Struct, frozen=True, kw_only=True):
    """One connection of a third person: the first of its two ends offers, the second answers."""

    epoch: int
    offering_peer: str
    answering_peer: str
    offering_state: SideState
    answering_state: SideState


class GuestCell(msgspec.Struct, frozen=True, kw_only=True):
    """The third person in an interview; the name is read over HTTP.

    ``leg`` is the viewer's own connection with that person.
    """

    guest_id: str
    role: GuestRole
    state: GuestState
    joined: bool
    leg: LegCell


class RecordingCell(msgspec.Struct, frozen=True, kw_only=True):
    """The recording of an interview, the same to everybody in it.

    ``waits_for`` names who has not answered; ``ended`` and ``ended_by`` say why it stopped.
    """

    recording_id: str
    state: RecordingState
    waits_for: list[RoomSide]
    ended: RecordingEnd | None = None
    ended_by: RoomSide | None = None
    #: Days after which a recording is deleted here.
    keep_days: int


class FairCell(Cell, frozen=True, kw_only=True):
    """Key ``fair``; in every view."""

    state: FairState
    join_limit: int
    not_now_limit: int
    #: When the fair is planned to end, or null.
    ends_at: Millis | None
    #: Whether interviews may be recorded, when everybody in the room agrees.
    recording: bool = False


# --- view ``hall``: everybody -------------------------------------------------------------


class HallBoothCell(Cell, frozen=True, kw_only=True):
    """Key ``booth/<booth_id>``: what anybody may know of a booth."""

    booth_id: str
    mode: BoothMode
    waiting: int
    desks_working: int
    wait: Wait


# --- view ``me``: one candidate -----------------------------------------------------------


class MeCell(Cell, frozen=True, kw_only=True):
    """Key ``me``: the candidate's own standing."""

    candidate_id: str
    number: int
    present: bool
    interviews: int
    #: The ticket that holds the candidate at a desk; all other places are frozen.
    busy_ticket_id: str | None
    #: How the person talks online.
    way: Way
    #: Calls passed and no desk has met the person yet: behind the others, with less time to answer.
    stands_back: bool = False


class OwnTicketCell(Cell, frozen=True, kw_only=True):
    """Key ``ticket/<ticket_id>``: one of the candidate's own turns.

    ``ahead`` is how many callable people stand before; exact to 10, then in steps (5 to 50,
    10 to 200, 50 beyond). ``deadline`` is set while called.
    """

    ticket_id: str
    booth_id: str
    mode: BoothMode
    state: TicketState
    since: Millis
    ahead: int
    ahead_exact: bool
    wait: Wait
    misses: int
    #: Why the ticket is back in the line although its owner had answered, and missed nothing:
    #: ``desk`` (it let the person go), ``not_connected``, ``desk_away``, ``desk_gone`` (the plan
    #: has it there no more); null once called again.
    returned: str | None = None
    #: Why the turn was ``closed`` before its time: ``booth_withdrawn``; null for the fair's end.
    closed_cause: str | None = None
    #: How often "not now" was said here, of the permitted number.
    not_now: int
    desk_id: str | None
    #: On deck: said "I'm ready". ``deadline`` is then null.
    ready: bool
    deadline: Millis | None
    extended: bool
    #: The booth that the recruiter offers to hand the person over to.
    hand_over_to: str | None
    interview_mode: InterviewMode | None
    room: RoomCell | None
    finished_at: Millis | None
    #: The outcome, once the recruiter has published it; null before and when withdrawn.
    result: Outcome | None = None
    second_interview: SecondInterviewCell | None = None
    #: How the person rated the advice; null before.
    advice_passed: bool | None = None
    #: The third person asked into the interview.
    guest: GuestCell | None = None
    #: Questions that the booth asks beforehand, and how many of them the person has answered.
    questions: int = 0
    answered: int = 0
    #: The recording that was asked for last.
    recording: RecordingCell | None = None
    #: The booth may read who one is.
    shown: bool = False


# --- view ``booth``: the recruiters of one booth -------------------------------------------


class BoothCell(Cell, frozen=True, kw_only=True):
    """Key ``booth``: the booth's own figures."""

    booth_id: str
    mode: BoothMode
    minutes: int
    paused: bool
    waiting: int
    on_deck: int
    interviewed: int
    #: Mean minutes of this booth's finished interviews today, or null before the first.
    mean_min: float | None
    #: Rises when the booth's vacancies or questions were corrected: read the plan anew.
    plan: int = 0


class DeskCell(Cell, frozen=True, kw_only=True):
    """Key ``desk/<desk_id>``; also in ``control``.

    ``idle_reason`` is set while the desk is ready and people wait: ``busy_elsewhere``,
    ``on_deck_elsewhere``, ``away`` or ``resting`` (missed a call a moment ago) of the first in
    line, whose number is ``idle_number``; ``fair_not_open`` or ``booth_paused``. Nobody behind
    could be called either. ``idle_booth_id`` is where that person is busy, ``idle_since`` since
    when.
    """

    desk_id: str
    booth_id: str
    state: DeskState
    since: Millis
    ticket_id: str | None
    idle_reason: str | None
    idle_booth_id: str | None
    idle_since: Millis | None
    idle_number: int | None


class BoothTicketCell(Cell, frozen=True, kw_only=True):
    """Key ``ticket/<ticket_id>``: a turn at this booth, by number only.

    ``position`` is 1 for the first in line and 0 for a person on deck, at a desk or done.
    """

    ticket_id: str
    number: int
    state: TicketState
    since: Millis
    position: int
    present: bool
    #: The candidate is at a desk elsewhere; the place is kept.
    frozen: bool
    first_interview: bool
    lane: Lane
    misses: int
    desk_id: str | None
    ready: bool
    deadline: Millis | None
    hand_over_to: str | None
    #: How the person talks online.
    way: Way
    interview_mode: InterviewMode | None
    room: RoomCell | None
    finished_at: Millis | None
    outcome: Outcome | None
    reason: OutcomeReason | None
    #: The person sees the outcome.
    published: bool = False
    second_interview: SecondInterviewCell | None = None
    #: Rises when what the booth may read of the person changes: read it again.
    profile: int = 0
    #: The person lets the booth read who they are, once they are at the desk.
    shown: bool = False
    #: Rises when an answer to the booth's questions changes: read them again.
    answers: int = 0
    #: The third person asked into the interview.
    guest: GuestCell | None = None
    #: The recording that was asked for last.
    recording: RecordingCell | None = None


# --- view ``guest``: a third person in an interview ----------------------------------------


class GuestTicketCell(Cell, frozen=True, kw_only=True):
    """Key ``guest/<ticket_id>``: an interview one is asked into; gone when one is out."""

    ticket_id: str
    booth_id: str
    desk_id: str
    #: The candidate's number.
    number: int
    role: GuestRole
    state: GuestState
    joined: bool
    desk_leg: LegCell
    candidate_leg: LegCell
    #: The recording that was asked for last.
    recording: RecordingCell | None = None


# --- view ``control``: the organiser -------------------------------------------------------


class TotalsCell(Cell, frozen=True, kw_only=True):
    """Key ``totals``: the figures that the report will show, counted in people."""

    registered: int
    present: int
    #: People standing in at least one line, or on deck, and not at a desk.
    waiting: int
    on_deck: int
    in_interview: int
    #: People with at least one finished interview, and interviews finished.
    interviewed: int
    interviews: int
    none_yet: int
    desks_working: int
    desks_idle_with_waiting: int
    no_shows: int
    left: int
    #: Waits promised on joining that have been decided by a call, of them kept and late by more
    #: than five minutes, and the mean distance from the range in minutes (null before the first).
    promises_decided: int
    promises_kept: int
    promises_late: int
    promise_error_min: float | None
    outcomes: dict[str, int]
    #: Advice rated by those who got it: đạt, không đạt.
    advice_passed: int = 0
    advice_not_passed: int = 0


class ControlBoothCell(Cell, frozen=True, kw_only=True):
    """Key ``booth/<booth_id>``: one tile of the control room."""

    booth_id: str
    mode: BoothMode
    paused: bool
    waiting: int
    callable: int
    on_deck: int
    #: When the person waiting longest began to wait, or null.
    longest_since: Millis | None
    desks_working: int
    interviewed: int
    mean_min: float | None
    wait: Wait
    #: People asked to a desk, whom the booth has read, talked with for a minute or more, and marked
    #: by hand as missed: a booth that reads and does not talk is seen.
    called: int = 0
    read: int = 0
    talked: int = 0
    missed_by_hand: int = 0


class SettingsCell(Cell, frozen=True, kw_only=True):
    """Key ``settings``: the fair's rules as they are now."""

    settings: FairSettings


class AlarmCell(Cell, frozen=True, kw_only=True):
    """Key ``alarm/<kind>/<subject>``: something that needs the organiser's eye.

    ``subject`` is a booth, or "" for the whole fair; gone when it was put aside, or when there are
    twenty newer ones.
    """

    kind: AlarmKind
    subject: str
    #: How much of it there was (wrong codes, registrations), as far as it can be counted.
    count: int
    at: Millis


class CurveCell(Cell, frozen=True, kw_only=True):
    """Key ``curve``: the morning so far, one point a minute.

    ``points`` are [minute since ``start``, people waiting, people in interview, interviewed].
    """

    start: Millis
    points: list[tuple[int, int, int, int]]
