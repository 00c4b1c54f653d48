"""The in-memory records that the events of one fair add up to."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import NamedTuple

from fairserver.domain.states import (
    BUSY_TICKET,
    LEG_SIDES,
    STANDING_TICKET,
    WORKING_DESK,
    AlarmKind,
    BoothMode,
    DeskState,
    GuestRole,
    GuestState,
    InterviewMode,
    Lane,
    Leg,
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

#: From so many milliseconds of talk on an interview was one (``lua/shared/profile.lua``).
TALK_MS = 60_000

#: How much the newest interview counts in a booth's mean: about the last five decide.
_NEWEST_WEIGHT = 0.3


class AlarmName(NamedTuple):
    """What tells one alarm from another; ``subject`` is a booth, or "" for the whole fair."""

    kind: AlarmKind
    subject: str


@dataclass(slots=True, frozen=True)
class Alarm:
    """How much of it there was when it was told last, and when that was, ms."""

    count: int
    at: int


@dataclass(slots=True)
class Room:
    """Who is in an interview's room, and its clock."""

    epoch: int = 0
    #: Which desk's end came in last; None before one did.
    desk_id: str | None = None
    peers: dict[RoomSide, str] = field(
        default_factory=lambda: {RoomSide.CANDIDATE: "", RoomSide.DESK: ""}
    )
    states: dict[RoomSide, SideState] = field(
        default_factory=lambda: {
            RoomSide.CANDIDATE: SideState.AWAY,
            RoomSide.DESK: SideState.AWAY,
        }
    )
    #: Milliseconds talked before ``talking_since``; the clock stands while that is None.
    talk_ms: int = 0
    talking_since: int | None = None

    @property
    def both_connected(self) -> bool:
        """Whether both ends see each other."""
        return all(state is SideState.CONNECTED for state in self.states.values())

    def keep_for(self, desk_id: str) -> None:
        """Let the desk's end go when it is another one's than the desk that is met now."""
        if self.desk_id not in (None, desk_id):
            self.desk_id, self.peers[RoomSide.DESK] = None, ""
            self.states[RoomSide.DESK] = SideState.AWAY

    def stop_clock(self, at: int) -> None:
        """Stand still from ``at`` (ms) on."""
        if self.talking_since is not None:
            self.talk_ms += at - self.talking_since
            self.talking_since = None


def _leg(offering: RoomSide, answering: RoomSide) -> Room:
    """Make the connection of a third person with one of the two others."""
    sides = (offering, answering)
    return Room(
        peers=dict.fromkeys(sides, ""),
        states=dict.fromkeys(sides, SideState.AWAY),
    )


@dataclass(slots=True)
class Guest:
    """The third person in an interview, and the connections with the two others."""

    guest_id: str
    role: GuestRole
    state: GuestState = GuestState.INVITED
    joined: bool = False
    legs: dict[Leg, Room] = field(
        default_factory=lambda: {
            leg: _leg(*sides) for leg, sides in LEG_SIDES.items() if leg is not Leg.MAIN
        }
    )


@dataclass(slots=True)
class Recording:
    """One asking to record an interview, and what came of it."""

    recording_id: str
    ticket_id: str
    #: Who asked, as events name people: ``staff:<id>``.
    asked_by: str
    state: RecordingState = RecordingState.ASKED
    #: Who has agreed besides the desk.
    agreed: set[RoomSide] = field(default_factory=set)
    #: Something may have been recorded: it was on once.
    was_on: bool = False
    #: When it was on last, ms; 0 while it is on.
    off_at: int = 0
    ended: RecordingEnd | None = None
    ended_by: RoomSide | None = None


@dataclass(slots=True)
class Promise:
    """The range of minutes that a person was told at a time (ms), and the real wait."""

    at: int
    low_min: int
    high_min: int
    #: Minutes until the first call to a desk; None before it.
    waited_min: float | None = None


@dataclass(slots=True, frozen=True)
class Second:
    """The date of a second interview, ms; ``sequence`` rises with every other date."""

    state: SecondState
    starts_at: int
    sequence: int


@dataclass(slots=True)
class Ticket:
    """One turn at one booth."""

    ticket_id: str
    candidate_id: str
    booth_id: str
    order: float
    issued_at: int
    #: Since when the ticket is in its state, ms.
    since: int
    lane: Lane = Lane.ORDINARY
    state: TicketState = TicketState.WAITING
    misses: int = 0
    #: Why it is back in the line although nothing was missed; None once called again.
    returned: str | None = None
    #: Why it was closed, where that was not the fair's end.
    closed_cause: str | None = None
    not_now: int = 0
    rest_until: int = 0
    #: On deck: since when, and whether "I'm ready" was said.
    on_deck_at: int | None = None
    ready: bool = False
    hand_over_to: str | None = None
    #: What its owner was told on joining; None when no range could be said.
    promise: Promise | None = None
    #: The organiser has put it at its place by hand.
    moved: bool = False
    #: How often people with a later ticket were called before, by reason.
    overtaken: Counter[str] = field(default_factory=Counter)
    desk_id: str | None = None
    deadline: int | None = None
    extended: bool = False
    room: Room | None = None
    #: The third person asked into the interview.
    guest: Guest | None = None
    #: The recording that was asked for last.
    recording: Recording | None = None
    started_at: int | None = None
    #: How the two talk; None before the interview.
    interview_mode: InterviewMode | None = None
    finished_at: int | None = None
    outcome: Outcome | None = None
    reason: OutcomeReason | None = None
    #: The person sees the outcome.
    published: bool = False
    #: Where the second interview stands; None when none was offered.
    second: Second | None = None
    #: How the person rated the advice.
    advice_passed: bool | None = None
    #: Milliseconds talked in the whole interview, once it is over.
    talked_ms: int = 0
    #: The booth has read who the person is.
    read: bool = False
    #: How many of the booth's questions the person has answered.
    answered: int = 0
    #: Rises when any answer about the turn changes.
    answers: int = 0

    @property
    def number(self) -> int:
        """The ticket's own running number: who took a ticket earlier has the smaller one."""
        return int(self.ticket_id[1:])

    @property
    def recording_waits_for(self) -> list[RoomSide]:
        """List who in the room has not answered whether it may be recorded."""
        if self.recording is None or self.recording.state is RecordingState.STOPPED:
            return []
        asked = [RoomSide.CANDIDATE]
        if self.guest is not None and self.guest.joined:
            asked.append(RoomSide.GUEST)
        return [side for side in asked if side not in self.recording.agreed]

    @property
    def is_standing(self) -> bool:
        """Whether the owner stands in the line with it."""
        return self.state in STANDING_TICKET

    @property
    def is_busy(self) -> bool:
        """Whether it holds its owner, on deck or at a desk."""
        return self.state in BUSY_TICKET


@dataclass(slots=True)
class Candidate:
    """One person, by number only."""

    candidate_id: str
    number: int
    #: Head start of priority people, ms; 0 for most.
    head_start_ms: int = 0
    present: bool = False
    #: Interviews finished today.
    had: int = 0
    #: Let calls pass, and no desk has met the person yet: behind all others of the same level.
    stands_back: bool = False
    busy_ticket_id: str | None = None
    #: Rises when what booths may read of the person changes.
    profile: int = 0
    #: The booths that may read who the person is, and how often each has been told of a change.
    shown_to: set[str] = field(default_factory=set)
    words: Counter[str] = field(default_factory=Counter)
    #: The person takes part no more; and nothing is known of the person any more.
    withdrawn: bool = False
    erased: bool = False
    #: How the person talks online.
    way: Way = Way.VIDEO
    #: All tickets of the day, open and ended, by id.
    tickets: dict[str, Ticket] = field(default_factory=dict)
    #: Of these, the ones that stand in a line.
    standing: dict[str, Ticket] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """Count the lines that the person stands in."""
        return len(self.standing)

    def revision(self, booth_id: str) -> int:
        """Count the changes of what a booth may read of the person."""
        return self.profile + self.words[booth_id]

    def waiting(self) -> list[Ticket]:
        """List the tickets whose owner waits: in a line, or on deck."""
        waiting = list(self.standing.values())
        if self.is_on_deck:
            waiting.append(self.tickets[str(self.busy_ticket_id)])
        return waiting

    @property
    def is_waiting(self) -> bool:
        """Whether the person stands in a line or is on deck, and is at no desk."""
        if self.busy_ticket_id is not None:
            return self.is_on_deck
        return bool(self.standing)

    @property
    def is_on_deck(self) -> bool:
        """Whether the person was called ahead and waits for a desk."""
        busy = self.tickets.get(self.busy_ticket_id or "")
        return busy is not None and busy.state is TicketState.ON_DECK


@dataclass(slots=True)
class Desk:
    """One interviewer's place."""

    desk_id: str
    booth_id: str
    state: DeskState = DeskState.CLOSED
    since: int = 0
    ticket_id: str | None = None
    #: Paused because its recruiter's page is gone.
    left: bool = False
    #: The plan has it no more.
    gone: bool = False

    @property
    def is_paused(self) -> bool:
        """Whether somebody there has paused it."""
        return self.state is DeskState.PAUSED and not self.left

    @property
    def is_working(self) -> bool:
        """Whether somebody is or soon will be served here."""
        return self.state in WORKING_DESK


class Standing(NamedTuple):
    """Who stands before a place in a line."""

    #: People who could be called now, and those who are away or busy elsewhere.
    ahead: int = 0
    absent: int = 0
    #: Of those who could be called, as many as this line will probably call: each person counts
    #: as one over the number of lines stood in.
    likely: float = 0.0


@dataclass(slots=True)
class Booth:
    """One booth with its line."""

    booth_id: str
    mode: BoothMode
    minutes: int
    paused: bool = False
    #: The plan has it no more.
    withdrawn: bool = False
    site_id: str | None = None
    #: Rises when the plan of the booth is corrected.
    plan: int = 0
    #: How many questions the employer asks beforehand.
    questions: int = 0
    desk_ids: list[str] = field(default_factory=list)
    #: (order, ticket_id) of every standing ticket, as the live store sorts them.
    line: list[tuple[float, str]] = field(default_factory=list)
    #: Tickets on deck, at a desk or finished, by id: what the booth's people see beside the line.
    met: dict[str, Ticket] = field(default_factory=dict)
    interviewed: int = 0
    #: People asked to a desk, read, talked with for a minute or more, and marked by hand as missed.
    called: int = 0
    read: int = 0
    talked: int = 0
    missed_by_hand: int = 0
    #: Minutes of the recent interviews, the newest weighing most; None before the first.
    mean_min: float | None = None
    #: Who stands before each standing ticket, and before a newcomer, once the line was counted.
    standing: dict[str, Standing] = field(default_factory=dict)
    newcomer: Standing = field(default_factory=Standing)
    counted: bool = False
    #: When anything here changed last, ms: the "now" of every estimate for this line, so that
    #: two nodes that render it at different moments say the same.
    changed_at: int = 0
    #: Times (ms) of the latest calls, of turns taken by people without an interview today, and
    #: of turns that made room without a call: left, or put back after an interview elsewhere.
    calls: deque[int] = field(default_factory=lambda: deque(maxlen=128))
    joins: deque[int] = field(default_factory=lambda: deque(maxlen=128))
    room_made: deque[int] = field(default_factory=lambda: deque(maxlen=128))

    @property
    def on_deck(self) -> int:
        """How many people are kept on deck."""
        return sum(ticket.state is TicketState.ON_DECK for ticket in self.met.values())

    def position(self, ticket: Ticket) -> int:
        """Give a standing ticket's place in the line, from 1."""
        return bisect_left(self.line, (ticket.order, ticket.ticket_id)) + 1

    def note_interview(self, minutes: float) -> None:
        """Count a finished interview that took so many minutes."""
        self.interviewed += 1
        before = self.mean_min
        self.mean_min = (
            minutes if before is None else before * (1 - _NEWEST_WEIGHT) + minutes * _NEWEST_WEIGHT
        )
