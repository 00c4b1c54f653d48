"""The cast of a rehearsal: what simulated people and desks do when something happens."""

from __future__ import annotations

from collections import Counter

from fairserver.domain.states import TicketState
from fairserver.protocol import events as ev
from fairserver.rehearsal.policy import Policy
from fairserver.rehearsal.scenario import MINUTE, Draws, Person
from fairserver.rehearsal.stage import Stage
from fairserver.rehearsal.tally import Tally


class Cast:
    """Plays everybody of one scenario on a stage, under one policy."""

    def __init__(self, stage: Stage, draws: Draws, policy: Policy, tally: Tally) -> None:
        self._stage = stage
        self._draws = draws
        self._policy = policy
        self._tally = tally
        self._people = {person.candidate_id: person for person in draws.people}
        #: Booths a person still wants to stand at, the most wanted first.
        self._wishes = {p.candidate_id: list(p.wishes) for p in draws.people}
        #: Calls and heads-ups a person has had at a booth so far.
        self._attempts: Counter[tuple[str, str]] = Counter()
        self._gone: set[str] = set()
        self._end = draws.end_ms
        stage.listener = self._happened

    def enter(self) -> None:
        """Plan who comes when, and open every desk at the beginning."""
        for booth in self._stage.projection.booths.values():
            for desk_id in booth.desk_ids:
                self._stage.at(0, lambda desk_id=desk_id: self._open(desk_id))  # type: ignore[misc]
        for person in self._draws.people:
            self._stage.at(person.arrives, lambda p=person: self._arrive(p))  # type: ignore[misc]
            self._stage.at(person.leaves, lambda p=person: self._go_home(p))  # type: ignore[misc]
            if self._policy.sees_presence:
                for _, end in person.gaps:
                    self._stage.at(end, lambda p=person: self._connected(p))  # type: ignore[misc]

    # --- people -------------------------------------------------------------------------------

    def _arrive(self, person: Person) -> None:
        head_start = self._policy.settings.priority_head_start_min if person.priority else 0
        self._stage.run(
            "register",
            candidate_id=person.candidate_id,
            head_start_ms=head_start * MINUTE,
        )
        self._connected(person)
        self._join_more(person)

    def _connected(self, person: Person) -> None:
        """The phone is on the line, and will be until its next gap."""
        now = self._stage.now
        if person.candidate_id in self._gone:
            return
        gaps = person.gaps if self._policy.sees_presence else []
        lost_at = min((start for start, _ in gaps if start > now), default=self._end * 2)
        self._stage.run("seen", candidate_ids=[person.candidate_id], lasting_until=lost_at)
        self._stage.deadline_set(lost_at + self._policy.settings.presence_s * 1000)

    def _join_more(self, person: Person) -> None:
        """Stand in as many lines as permitted, the most wanted first."""
        wishes = self._wishes[person.candidate_id]
        if self._policy.shortest_first:
            wishes.sort(key=lambda b: len(self._stage.projection.booths[b].line))
        while wishes and person.candidate_id not in self._gone:
            answer = self._stage.run("join", candidate_id=person.candidate_id, booth_id=wishes[0])
            if answer.error == "join_limit":
                return
            wishes.pop(0)
            if answer.error is None:
                ticket = self._stage.projection.tickets[answer.result["ticket_id"]]
                self._tally.joined(ticket)

    def _go_home(self, person: Person) -> None:
        """Leave, but not in the middle of an interview or at a desk."""
        candidate = self._stage.projection.candidates[person.candidate_id]
        busy = self._stage.projection.tickets.get(candidate.busy_ticket_id or "")
        if busy is not None and busy.state is not TicketState.ON_DECK:
            return  # leaves when it is over
        self._gone.add(person.candidate_id)
        for ticket in list(candidate.tickets.values()):
            if ticket.state in (TicketState.WAITING, TicketState.ON_DECK):
                self._stage.run("leave", ticket_id=ticket.ticket_id)

    # --- what happens -------------------------------------------------------------------------

    def _happened(self, event: ev.AnyEvent) -> None:
        self._tally.note(event)
        match event:
            case ev.TicketOnDeck():
                self._stage.deadline_set(event.deadline)
                self._ring(event.ticket_id, "ready")
            case ev.TicketCalled():
                self._stage.deadline_set(event.deadline)
                if not self._stage.projection.tickets[event.ticket_id].ready:
                    self._ring(event.ticket_id, "accept")
            case ev.TicketAccepted():
                self._meet(event.ticket_id)
            case ev.InterviewStarted():
                self._talk(event.ticket_id)
                self._stage.deadline_set(event.at)
            case ev.TicketMissed():
                self._stage.deadline_set(event.rest_until)
            case ev.InterviewFinished():
                self._part(event.ticket_id)

    def _ring(self, ticket_id: str, answer: str) -> None:
        """Ring a phone: its owner answers after a while, or not at all."""
        ticket = self._stage.projection.tickets[ticket_id]
        key = (ticket.candidate_id, ticket.booth_id)
        self._attempts[key] += 1
        attempt = self._attempts[key]
        person = self._people[ticket.candidate_id]
        reaches = person.is_connected(self._stage.now)
        if not reaches or not self._draws.answers(*key, attempt):
            return
        delay = self._draws.answer_ms(*key, attempt)
        self._stage.at(self._stage.now + delay, lambda: self._answer(ticket_id, answer))

    def _answer(self, ticket_id: str, answer: str) -> None:
        state = self._stage.projection.tickets[ticket_id].state
        if state is TicketState.ON_DECK and answer == "ready":
            self._stage.run("ready", ticket_id=ticket_id)
        elif state is TicketState.CALLED:  # the desk became free while the answer was on its way
            self._stage.run("accept", ticket_id=ticket_id)

    def _meet(self, ticket_id: str) -> None:
        """Both come together: the picture comes, or the person steps up to the desk."""
        delay = int(self._draws.scenario.connect_s * 1000)
        self._stage.at(self._stage.now + delay, lambda: self._begin(ticket_id))

    def _begin(self, ticket_id: str) -> None:
        if self._stage.projection.tickets[ticket_id].state is TicketState.CONNECTING:
            self._stage.run("start", ticket_id=ticket_id)

    def _talk(self, ticket_id: str) -> None:
        ticket = self._stage.projection.tickets[ticket_id]
        length = self._draws.length_ms(ticket.candidate_id, ticket.booth_id)
        self._stage.at(self._stage.now + length, lambda: self._finish(ticket_id))

    def _finish(self, ticket_id: str) -> None:
        self._stage.run("finish", ticket_id=ticket_id, outcome="pending")

    def _part(self, ticket_id: str) -> None:
        """After an interview: the desk asks for the next, the person joins another line."""
        ticket = self._stage.projection.tickets[ticket_id]
        desk_id = ticket.desk_id
        assert desk_id is not None
        change_over = int(self._draws.scenario.change_over_min * MINUTE)
        self._stage.at(self._stage.now + change_over, lambda: self._next(desk_id))
        person = self._people[ticket.candidate_id]
        self._stage.at(self._stage.now, lambda: self._after_interview(person))

    def _after_interview(self, person: Person) -> None:
        if self._stage.now >= person.leaves:
            self._go_home(person)
        else:
            self._join_more(person)

    def _open(self, desk_id: str) -> None:
        self._stage.run("open_desk", desk_id=desk_id)

    def _next(self, desk_id: str) -> None:
        if self._stage.now < self._end:
            self._stage.run("call_next", desk_id=desk_id)
