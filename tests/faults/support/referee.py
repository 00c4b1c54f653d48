"""An independent referee: folds a fair's events by rules of its own and names every breach.

It knows nothing of the server's projection: it was written from the design's invariants, so
that a mistake in the server is not repeated here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec

Record = dict[str, Any]

#: States of a ticket that hold its owner at a desk, and states that are for good.
AT_DESK = frozenset({"called", "connecting", "interviewing"})
OVER = frozenset({"done", "handed_over", "left", "no_show", "closed"})


class Breach(AssertionError):
    """A rule of the fair was broken; the message says by which event."""


@dataclass(slots=True)
class Turn:
    """A ticket."""

    candidate_id: str
    booth_id: str
    order: float
    state: str = "waiting"
    desk_id: str | None = None
    rest_until: int = 0


@dataclass(slots=True)
class Seat:
    """A desk."""

    booth_id: str
    state: str = "closed"
    ticket_id: str | None = None


class Referee:
    """Takes the events one by one; raises ``Breach`` at the first that may not be."""

    def __init__(self) -> None:
        self.seq = 0
        self.tickets: dict[str, Turn] = {}
        self.desks: dict[str, Seat] = {}
        #: The one ticket that holds each person who is at a desk.
        self.held: dict[str, str] = {}
        self.present: set[str] = set()
        self.counts: Counter[str] = Counter()
        #: Waiting tickets of each booth.
        self._lines: dict[str, set[str]] = {}
        #: Calls in which somebody earlier in the line could not be called.
        self.contested = 0

    def take(self, raw: bytes) -> Record:
        """Check one event and give it as a dictionary."""
        event: Record = msgspec.json.decode(raw)
        self._check(event["seq"] == self.seq + 1, event, f"follows {self.seq}")
        self.seq += 1
        self.counts[event["event"]] += 1
        handler = getattr(self, "_" + event["event"], None)
        if handler is not None:
            handler(event)
        return event

    def _check(self, fair: bool, event: Record, why: str) -> None:
        if not fair:
            raise Breach(f"event {event['seq']} {event['event']}: {why}: {event}")

    # --- the fair and its people ---------------------------------------------------------------

    def _fair_loaded(self, event: Record) -> None:
        for booth in event["booths"]:
            self._lines.setdefault(booth["booth_id"], set())
            for desk_id in booth["desks"]:
                self.desks.setdefault(desk_id, Seat(booth["booth_id"]))

    def _candidate_present(self, event: Record) -> None:
        self.present.add(event["candidate_id"])

    def _candidate_away(self, event: Record) -> None:
        self.present.discard(event["candidate_id"])

    def _desk_changed(self, event: Record) -> None:
        seat = self.desks[event["desk_id"]]
        self._check(seat.ticket_id is None, event, f"{seat.ticket_id} is at this desk")
        seat.state = event["state"]

    # --- the line ------------------------------------------------------------------------------

    def _ticket_issued(self, event: Record) -> None:
        ticket_id, booth_id = event["ticket_id"], event["booth_id"]
        self._check(ticket_id not in self.tickets, event, "issued twice")
        doubles = [
            other
            for other in self._lines[booth_id]
            if self.tickets[other].candidate_id == event["candidate_id"]
        ]
        self._check(not doubles, event, f"the person stands here already with {doubles}")
        self.tickets[ticket_id] = Turn(event["candidate_id"], booth_id, event["order"])
        self._lines[booth_id].add(ticket_id)

    def _ticket_reordered(self, event: Record) -> None:
        turn = self.tickets[event["ticket_id"]]
        self._check(turn.state == "waiting", event, f"is {turn.state}")
        turn.order = event["order"]

    def _ticket_called(self, event: Record) -> None:
        ticket_id = event["ticket_id"]
        turn, seat = self.tickets[ticket_id], self.desks[event["desk_id"]]
        self._check(turn.state == "waiting", event, f"the ticket is {turn.state}")
        self._check(seat.state == "ready", event, f"the desk is {seat.state}")
        self._check(seat.booth_id == turn.booth_id, event, "another booth's desk")
        held_by = self.held.get(turn.candidate_id)
        self._check(held_by is None, event, f"the person is at a desk with {held_by}")
        self._check(turn.candidate_id in self.present, event, "the person is away")
        self._check_order(event, ticket_id, turn)
        self.held[turn.candidate_id] = ticket_id
        self._lines[turn.booth_id].discard(ticket_id)
        turn.state, turn.desk_id = "called", event["desk_id"]
        seat.state, seat.ticket_id = "calling", ticket_id

    def _check_order(self, event: Record, ticket_id: str, turn: Turn) -> None:
        """Nobody who could have been called stood before."""
        before, passed = (turn.order, ticket_id), 0
        for other_id in self._lines[turn.booth_id]:
            other = self.tickets[other_id]
            if (other.order, other_id) >= before or other.candidate_id not in self.present:
                continue
            passed += 1
            free = other.candidate_id not in self.held and other.rest_until <= event["at"]
            self._check(not free, event, f"{other_id} stood before")
        self._check(passed == event["passed_over"], event, f"{passed} were passed over")
        self.contested += passed > 0

    # --- at the desk ---------------------------------------------------------------------------

    def _ticket_accepted(self, event: Record) -> None:
        self._step(event, {"called"}, "connecting")

    def _interview_started(self, event: Record) -> None:
        self._step(event, {"connecting"}, "interviewing")

    def _step(self, event: Record, before: set[str], after: str) -> None:
        turn = self.tickets[event["ticket_id"]]
        self._check(turn.state in before, event, f"the ticket is {turn.state}")
        self._check_held(event, turn)
        turn.state = after
        assert turn.desk_id is not None
        self.desks[turn.desk_id].state = after

    def _check_held(self, event: Record, turn: Turn) -> None:
        ticket_id = event["ticket_id"]
        self._check(
            self.held.get(turn.candidate_id) == ticket_id, event, "does not hold the person"
        )
        seat = self.desks[turn.desk_id] if turn.desk_id else None
        self._check(seat is not None and seat.ticket_id == ticket_id, event, "is not at the desk")

    def _interview_finished(self, event: Record) -> None:
        self._end(event, {"connecting", "interviewing"}, "done", "wrap_up")

    def _ticket_missed(self, event: Record) -> None:
        turn = self._end(event, {"called", "connecting"}, "waiting", "ready")
        turn.order, turn.rest_until = event["order"], event["rest_until"]
        self._lines[turn.booth_id].add(event["ticket_id"])

    def _ticket_pushed_back(self, event: Record) -> None:
        turn = self._end(event, {"waiting", "called"}, "waiting", "ready")
        turn.order, turn.rest_until = event["order"], event["rest_until"]
        self._lines[turn.booth_id].add(event["ticket_id"])

    def _ticket_handed_over(self, event: Record) -> None:
        self._end(event, {"interviewing"}, "handed_over", "wrap_up")

    def _ticket_no_show(self, event: Record) -> None:
        self._end(event, {"called", "connecting"}, "no_show", "ready")

    def _ticket_left(self, event: Record) -> None:
        self._end(event, {"waiting", "called", "connecting"}, "left", "ready")

    def _ticket_closed(self, event: Record) -> None:
        self._end(event, {"waiting", "called", "connecting"}, "closed", "ready")

    def _end(self, event: Record, before: set[str], after: str, desk_state: str) -> Turn:
        ticket_id = event["ticket_id"]
        turn = self.tickets[ticket_id]
        self._check(turn.state in before, event, f"the ticket is {turn.state}")
        if turn.state in AT_DESK:
            self._check_held(event, turn)
            assert turn.desk_id is not None
            seat = self.desks[turn.desk_id]
            seat.state, seat.ticket_id = desk_state, None
            del self.held[turn.candidate_id]
            turn.desk_id = None
        self._lines[turn.booth_id].discard(ticket_id)
        turn.state = after
        return turn

    # --- at the end ----------------------------------------------------------------------------

    def places(self) -> Counter[str]:
        """Count the tickets by where they are now; every ticket is in exactly one place."""
        return Counter(turn.state for turn in self.tickets.values())

    def check_conservation(self) -> None:
        """No ticket is lost, none is in two places; desks, people and tickets agree."""
        found = self.places()
        if sum(found.values()) != self.counts["ticket_issued"]:
            raise Breach(f"{self.counts['ticket_issued']} tickets were issued, found are {found}")
        at_desks = sorted(s.ticket_id for s in self.desks.values() if s.ticket_id is not None)
        busy = sorted(t for t, turn in self.tickets.items() if turn.state in AT_DESK)
        if not at_desks == busy == sorted(self.held.values()):
            raise Breach(f"at desks {at_desks}, busy {busy}, held {self.held}")
        standing = sum(len(line) for line in self._lines.values())
        if standing != found["waiting"]:
            raise Breach(f"{found['waiting']} tickets wait, {standing} stand in lines")
