"""What is to be done next at a desk, as tables that one can read; no I/O.

The same rules as the booth's page (``static/booth/next_step.js``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

from fairserver.domain.states import BoothMode, DeskState, Outcome, TicketState, Way
from fairserver.protocol.commands import CallNext, Command, Finish, OpenDesk, Start
from fairserver.protocol.views import BoothTicketCell, DeskCell

#: The seven outcomes in the order of the keys 1 to 7.
OUTCOMES = tuple(Outcome)
_MET = frozenset({TicketState.DONE, TicketState.HANDED_OVER})
_LINE = frozenset({TicketState.WAITING, TicketState.ON_DECK})


class Step(StrEnum):
    """Where a desk is in its work."""

    LOADING = "loading"
    CLOSED = "closed"
    PAUSED = "paused"
    READY = "ready"
    CALLING = "calling"
    ARRIVING = "arriving"
    CONNECTING = "connecting"
    INTERVIEWING = "interviewing"
    OUTCOME = "outcome"
    NEXT = "next"


class Act(NamedTuple):
    """The primary act of a step: its word, and the command for a desk and a ticket."""

    word: str
    command: Callable[[str, str, str], Command]


def _open(command_id: str, desk_id: str, _: str) -> Command:
    return OpenDesk(id=command_id, desk_id=desk_id)


def _next(command_id: str, desk_id: str, _: str) -> Command:
    return CallNext(id=command_id, desk_id=desk_id)


def _start(command_id: str, _: str, ticket_id: str) -> Command:
    return Start(id=command_id, ticket_id=ticket_id)


def _finish(command_id: str, _: str, ticket_id: str) -> Command:
    return Finish(id=command_id, ticket_id=ticket_id)


#: The one primary act of each step; a step that is not named has nothing to do but wait.
PRIMARY: dict[Step, Act] = {
    Step.CLOSED: Act("open", _open),
    Step.PAUSED: Act("open", _open),
    Step.ARRIVING: Act("start", _start),
    Step.CONNECTING: Act("finish", _finish),
    Step.INTERVIEWING: Act("finish", _finish),
    Step.OUTCOME: Act("pending", _next),
    Step.NEXT: Act("next", _next),
}


def step_of(desk: DeskCell | None, ticket: BoothTicketCell | None, mode: BoothMode) -> Step:
    """Name the step a desk is at; ``ticket`` is the one of ``ticket_at``."""
    if desk is None:
        return Step.LOADING
    in_person = mode is BoothMode.ONSITE or (ticket is not None and ticket.way is Way.PHONE)
    if in_person and desk.state is DeskState.CONNECTING:
        return Step.ARRIVING
    if mode is BoothMode.ONSITE and desk.state is DeskState.CALLING:
        return Step.ARRIVING
    if desk.state is not DeskState.WRAP_UP:
        return Step(desk.state.value)
    done = ticket is not None and ticket.state is TicketState.DONE
    owed = done and ticket is not None and ticket.outcome in (None, Outcome.PENDING)
    return Step.OUTCOME if owed else Step.NEXT


def ticket_at(desk: DeskCell | None, tickets: Iterable[BoothTicketCell]) -> BoothTicketCell | None:
    """Return whom a desk is about: at the desk now or, in wrap-up, the last one met there."""
    if desk is None:
        return None
    all_of_them = list(tickets)
    for ticket in all_of_them:
        if ticket.ticket_id == desk.ticket_id:
            return ticket
    if desk.state is not DeskState.WRAP_UP:
        return None
    met = [one for one in all_of_them if one.state in _MET and one.desk_id == desk.desk_id]
    return max(met, key=lambda one: one.finished_at or one.since, default=None)


def line_of(tickets: Iterable[BoothTicketCell]) -> list[BoothTicketCell]:
    """Return who stands in line: on deck first, then by place."""
    return sorted(
        (ticket for ticket in tickets if ticket.state in _LINE),
        key=lambda one: (one.state is not TicketState.ON_DECK, not one.ready, one.position),
    )


def talked_s(ticket: BoothTicketCell, now_ms: float) -> int:
    """Return the seconds talked so far; the clock stands while a side is gone."""
    room = ticket.room
    if room is None:
        started = ticket.state is TicketState.INTERVIEWING
        return int(max(0.0, now_ms - ticket.since) / 1000) if started else 0
    running = 0.0 if room.talking_since is None else max(0.0, now_ms - room.talking_since)
    return int((room.talk_ms + running) / 1000)


def has_media(desk: DeskCell | None, ticket: BoothTicketCell | None, mode: BoothMode) -> bool:
    """Whether the person at the desk is met by picture and sound."""
    if desk is None or ticket is None or ticket.ticket_id != desk.ticket_id:
        return False
    online = mode is not BoothMode.ONSITE and ticket.way is not Way.PHONE
    return online and desk.state in (DeskState.CONNECTING, DeskState.INTERVIEWING)


def idle_word(desk: DeskCell, waiting: int) -> str:
    """Name the sentence that says why nobody is called to a desk that is ready."""
    return f"idle.{desk.idle_reason}" if waiting and desk.idle_reason else "idle.nobody"
