"""All records of one fair: what can be read from them, and what has changed since last asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import DeskState, FairState
from fairserver.events.records import (
    Alarm,
    AlarmName,
    Booth,
    Candidate,
    Desk,
    Recording,
    Standing,
    Ticket,
)

#: From so many minutes on, the knob puts newcomers before everybody who had an interview.
_YIELDS_MIN = 60
#: Behind so many people a wait is a guess anyway: others' lines are not counted one by one.
_COUNTED_EXACTLY = 200
_USUAL_SHARE = 0.4


@dataclass(slots=True)
class Touched:
    """What some events changed, for the views to render again."""

    fair: bool = False
    candidates: set[str] = field(default_factory=set)
    tickets: set[str] = field(default_factory=set)
    desks: set[str] = field(default_factory=set)
    #: Booths whose line, desks or figures changed.
    booths: set[str] = field(default_factory=set)
    alarms: set[AlarmName] = field(default_factory=set)


class Promises(Protocol):
    """Who writes down what people are told; see ``promises.PromiseBook``."""

    decided: int
    kept: int
    late: int
    error_min: float

    def issued(self, fair: FairRecords, ticket: Ticket) -> None:
        """Hear of a new ticket, after it stands in its line."""

    def held(self, fair: FairRecords, ticket: Ticket, at: int) -> None:
        """Hear of a heads-up, at a time in ms: the owner's other places freeze."""

    def called(self, fair: FairRecords, ticket: Ticket, at: int) -> None:
        """Hear of a call to a desk, at a time in ms."""

    def ended(self, ticket: Ticket, at: int) -> None:
        """Hear that a ticket has ended without an interview, at a time in ms."""


class FairRecords:
    """All records of one fair; they change by events only, see ``projection.Projection``.

    ``promises`` hears of tickets and calls.
    """

    def __init__(self, fair_id: str, promises: Promises | None = None) -> None:
        self.fair_id = fair_id
        self.promises = promises
        #: Number and time (ms) of the newest event applied.
        self.seq = 0
        self.at = 0
        self.state = FairState.PREPARING
        self.settings = FairSettings()
        #: The stream's own id; "" before its first event, and where it has none.
        self.incarnation = ""
        #: The end, ms; 0 when there is none. And when the day of the fair is over.
        self.ends_at = 0
        self.day_over = 0
        self.candidates: dict[str, Candidate] = {}
        self.tickets: dict[str, Ticket] = {}
        self.desks: dict[str, Desk] = {}
        self.booths: dict[str, Booth] = {}
        #: The interviews that each third person is asked into.
        self.guests: dict[str, set[str]] = {}
        #: Every asking to record an interview, by id.
        self.recordings: dict[str, Recording] = {}
        #: What the organiser has not seen to yet, the oldest first.
        self.alarms: dict[AlarmName, Alarm] = {}
        #: People with a finished interview; no-shows and leavings, in tickets.
        self.interviewed = 0
        self.no_shows = 0
        self.left = 0
        #: When the fair was opened first, ms; and (minute, waiting, in interview, interviewed).
        self.opened_at: int | None = None
        self.curve: list[tuple[int, int, int, int]] = []
        #: How often somebody was called before an earlier ticket, by reason.
        self.overtakes: Counter[str] = Counter()
        #: Events of other releases that were not understood, by what they call themselves.
        self.unknown: Counter[str] = Counter()
        self.touched = Touched()
        #: Time of the event being applied, ms.
        self.now = 0

    def take_touched(self) -> Touched:
        """Give what has changed since the last call."""
        touched, self.touched = self.touched, Touched()
        return touched

    def end_in_force(self, now: int) -> int:
        """Give the end that counts at a time, ms; 0 for none.

        An end that has passed with the day of the fair is none: it is tried out, or held, on
        another day (``end_in_force`` in ``lua/shared/issue.lua``).
        """
        if self.day_over and now >= max(self.day_over, self.ends_at):
            return 0
        return self.ends_at

    def in_interview(self) -> int:
        """Count the people who are being interviewed or connecting."""
        at_desk = (DeskState.CONNECTING, DeskState.INTERVIEWING)
        return sum(desk.state in at_desk for desk in self.desks.values())

    def is_callable(self, ticket: Ticket) -> bool:
        """Whether this ticket's owner is present and at no desk."""
        owner = self.candidates[ticket.candidate_id]
        return owner.present and owner.busy_ticket_id is None

    def ahead(self, ticket: Ticket) -> int:
        """Count the callable people before a standing ticket; 0 for any other."""
        return self.standing(ticket).ahead

    def standing(self, ticket: Ticket) -> Standing:
        """Tell who stands before a standing ticket; nobody before any other."""
        booth = self.booths[ticket.booth_id]
        self._count(booth)
        return booth.standing.get(ticket.ticket_id, Standing())

    def newcomer(self, booth: Booth) -> Standing:
        """Tell who would stand before somebody who joined now without an interview today."""
        self._count(booth)
        return booth.newcomer

    def _count(self, booth: Booth) -> None:
        """Count a whole line at once, until the booth changes: everybody in it asks together."""
        if booth.counted:
            return
        booth.counted, booth.standing, place = True, {}, Standing()
        newcomer: Standing | None = None
        yields = self.settings.none_yet_first_min >= _YIELDS_MIN
        for _, ticket_id in booth.line:
            booth.standing[ticket_id] = place
            owner = self.candidates[self.tickets[ticket_id].candidate_id]
            if yields and owner.had and newcomer is None:
                newcomer = place
            if owner.present and owner.busy_ticket_id is None:
                share = 1 / owner.lines if place.ahead < _COUNTED_EXACTLY else _USUAL_SHARE
                place = Standing(place.ahead + 1, place.absent, place.likely + share)
            else:
                place = place._replace(absent=place.absent + 1)
        booth.newcomer = place if newcomer is None else newcomer

    def touch_all(self) -> None:
        """Note that every booth changes now."""
        for booth_id in self.booths:
            self.touch_booth(booth_id)

    def touch_booth(self, booth_id: str) -> None:
        """Note that a booth changes now."""
        self.touched.booths.add(booth_id)
        booth = self.booths[booth_id]
        booth.changed_at, booth.counted = self.now, False

    def touch_ticket(self, ticket_id: str) -> Ticket:
        """Give a ticket that changes now, and with it its booth."""
        ticket = self.tickets[ticket_id]
        self.touched.tickets.add(ticket_id)
        self.touch_booth(ticket.booth_id)
        return ticket
