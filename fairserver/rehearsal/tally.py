"""Count what came of a rehearsal, from its events."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import fmean, quantiles

from fairserver.domain.states import TicketState
from fairserver.events.projection import Projection
from fairserver.events.records import Ticket
from fairserver.protocol import events as ev
from fairserver.rehearsal.promises import NEAR, PromiseFigures, Told, all_books
from fairserver.rehearsal.scenario import MINUTE, Draws


class Tally:
    """Everything one run is judged by."""

    def __init__(self, projection: Projection, draws: Draws) -> None:
        self.projection = projection
        self.draws = draws
        self.talked_ms = 0
        self.interviews = 0
        self.first_interview: dict[str, int] = {}
        self.on_deck_ms: list[int] = []
        self.promises = all_books()
        #: When each ticket was called first, and all its calls.
        self.called_at: dict[str, int] = {}
        self._calls: defaultdict[str, list[int]] = defaultdict(list)
        self.ended_at: dict[str, int] = {}
        self.double_calls = 0
        self._held: dict[str, str] = {}
        #: When each person was taken on deck or called, and for which ticket.
        self._holds: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self._at_desk: dict[str, str] = {}
        self._started: dict[str, int] = {}
        self._deck_since: dict[str, int] = {}
        #: Milliseconds talked, by booth.
        self.talked_at: Counter[str] = Counter()

    def joined(self, ticket: Ticket) -> None:
        """Keep what a person who has just joined is told, unless called at once."""
        if ticket.is_standing:
            self.tell("joined", ticket)

    def tell(self, moment: str, ticket: Ticket) -> None:
        """Keep what the owner of a waiting ticket is told at a moment."""
        if ticket.is_standing or ticket.state is TicketState.ON_DECK:
            booth = self.projection.booths[ticket.booth_id]
            for book in self.promises[moment]:
                book.tell(self.projection, booth, ticket)

    def _tell_near(self, booth_id: str) -> None:
        """Keep what those near the front are told when the line has moved."""
        for _, ticket_id in self.projection.booths[booth_id].line:
            ticket = self.projection.tickets[ticket_id]
            if self.projection.ahead(ticket) >= NEAR:
                return
            if self.projection.is_callable(ticket):
                self.tell("near", ticket)

    def note(self, event: ev.AnyEvent) -> None:
        """Take one event in."""
        match event:
            case ev.TicketOnDeck():
                self._hold(event.ticket_id, event.at)
                self._deck_since[event.ticket_id] = event.at
                ticket = self.projection.tickets[event.ticket_id]
                self._tell_near(ticket.booth_id)
                self.tell("on_deck", ticket)
            case ev.TicketCalled():
                self._called(event)
            case ev.TicketMissed() | ev.TicketStoodDown() | ev.TicketPushedBack():
                self._let_go(event.ticket_id)
            case ev.TicketNoShow() | ev.TicketLeft() | ev.TicketClosed():
                self._let_go(event.ticket_id)
                self.ended_at[event.ticket_id] = event.at
            case ev.InterviewStarted():
                self._started[event.ticket_id] = event.at
                candidate_id = self.projection.tickets[event.ticket_id].candidate_id
                self.first_interview.setdefault(candidate_id, event.at)
            case ev.InterviewFinished():
                self._finished(event)

    def _called(self, event: ev.TicketCalled) -> None:
        self.called_at.setdefault(event.ticket_id, event.at)
        self._calls[event.ticket_id].append(event.at)
        if event.ticket_id in self._deck_since:
            self.on_deck_ms.append(event.at - self._deck_since.pop(event.ticket_id))
        self._hold(event.ticket_id, event.at)
        if event.desk_id in self._at_desk.values():
            self.double_calls += 1
        self._at_desk[event.ticket_id] = event.desk_id

    def _hold(self, ticket_id: str, at: int) -> None:
        """A person bound to one ticket must be bound to no other."""
        candidate_id = self.projection.tickets[ticket_id].candidate_id
        if self._held.get(candidate_id, ticket_id) != ticket_id:
            self.double_calls += 1
        self._held[candidate_id] = ticket_id
        self._holds[candidate_id].append((at, ticket_id))

    def _let_go(self, ticket_id: str) -> None:
        self._deck_since.pop(ticket_id, None)
        self._at_desk.pop(ticket_id, None)
        candidate_id = self.projection.tickets[ticket_id].candidate_id
        if self._held.get(candidate_id) == ticket_id:
            del self._held[candidate_id]

    def _finished(self, event: ev.InterviewFinished) -> None:
        self._let_go(event.ticket_id)
        end = self.draws.end_ms
        start = self._started.pop(event.ticket_id)
        self.interviews += 1
        talked = min(event.at, end) - min(start, end)
        self.talked_ms += talked
        self.talked_at[self.projection.tickets[event.ticket_id].booth_id] += talked

    # --- the figures --------------------------------------------------------------------------

    def seat_use(self) -> float:
        """Share of all desk-minutes of the session in which somebody talked."""
        end = self.draws.end_ms
        running = sum(max(0, end - start) for start in self._started.values())
        desk_ms = self.draws.desks * end
        return (self.talked_ms + running) / desk_ms

    def first_waits(self, *, priority: bool | None = None) -> list[float]:
        """Minutes from arrival to the first interview, of everybody or of one group."""
        people = {p.candidate_id: p for p in self.draws.people}
        return sorted(
            (at - people[c].arrives) / MINUTE
            for c, at in self.first_interview.items()
            if priority is None or people[c].priority is priority
        )

    def lost_tickets(self) -> int:
        """Count tickets that are in no state a ticket may be in after the end (always 0)."""
        known = {TicketState.INTERVIEWING, TicketState.CONNECTING, TicketState.CALLED}
        ended = {
            TicketState.DONE,
            TicketState.LEFT,
            TicketState.NO_SHOW,
            TicketState.CLOSED,
            TicketState.HANDED_OVER,
        }
        return sum(t.state not in known | ended for t in self.projection.tickets.values())

    def outcome_of(self, ticket_id: str, at: int) -> Told:
        """Tell what came of a ticket after a moment (ms)."""
        candidate_id = self.projection.tickets[ticket_id].candidate_id
        ended = min(self.ended_at.get(ticket_id, self.draws.end_ms), self.draws.end_ms)
        held = self._holds[candidate_id]
        elsewhere = min((t for t, other in held if t >= at and other != ticket_id), default=ended)
        # Somebody who missed a call waits for the next one.
        called = self.next_call(ticket_id, at)
        if called is not None and called <= elsewhere:
            return Told(called=True, until=called)
        return Told(called=False, until=min(ended, elsewhere), elsewhere=elsewhere < ended)

    def next_call(self, ticket_id: str, at: int) -> int | None:
        """Tell when a ticket was called first from a moment (ms) on."""
        return min((t for t in self._calls[ticket_id] if t >= at), default=None)

    def promise_figures(self) -> list[PromiseFigures]:
        """Judge all promises, by moment and estimator."""
        return [book.figures(self.outcome_of) for books in self.promises.values() for book in books]


def mean(values: list[float]) -> float:
    """Give the mean, 0 of nothing."""
    return fmean(values) if values else 0.0


def p95(values: list[float]) -> float:
    """Give the 95th percentile, 0 of too few."""
    return quantiles(values, n=20)[-1] if len(values) > 1 else 0.0
