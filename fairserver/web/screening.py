"""The person of a turn: who it is, and the answers to what the employer asks beforehand.

A person answers of their own free will. At a delegated booth the Centre's adviser writes down
what was said, for the employer who is not there.
Also read here: what the booth noted of the person before.
"""

from __future__ import annotations

import msgspec
from aiohttp import web

from fairserver.domain.fair_plan import QuestionEntry
from fairserver.domain.states import BoothMode, Outcome, RoomSide, TicketState
from fairserver.events.records import Ticket
from fairserver.ledger.people import PersonShown
from fairserver.ledger.screening import ScreeningAnswer
from fairserver.ledger.second_interviews import Turn
from fairserver.line.line import Actor, CommandKey
from fairserver.protocol import commands as c
from fairserver.protocol.answers import Ok
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis
from fairserver.reports.met import MET, ended_at
from fairserver.web.connection import Connection
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response, live_fair
from fairserver.web.keys import NODE
from fairserver.web.node import LiveFair, Node
from fairserver.web.permissions import Act
from fairserver.web.reach import own_ticket, principal_of
from fairserver.web.reading import note_read, read_person, reader_of

routes = web.RouteTableDef()

#: States in which a turn links its person to the booth's people.
_LINKED = frozenset({TicketState.CALLED, TicketState.CONNECTING, TicketState.INTERVIEWING, *MET})
#: States from which on an adviser writes answers down.
_SPOKEN = frozenset({TicketState.INTERVIEWING, TicketState.DONE})


class Screening(msgspec.Struct, frozen=True, kw_only=True):
    """What a booth asks beforehand, and what was answered about one turn."""

    questions: list[QuestionEntry]
    answers: list[ScreeningAnswer]


class EarlierInterview(msgspec.Struct, frozen=True, kw_only=True):
    """An interview of the same person at the same booth today, or its hand-over to a colleague."""

    ticket_id: str
    state: TicketState
    ended_at: Millis
    outcome: Outcome | None
    notes: list[str]


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What the own booth knows of a person from before, the earliest first."""

    interviews: list[EarlierInterview]


async def record_answers(
    node: Node, connection: Connection, actor: Actor, command: c.RecordAnswers, key: CommandKey
) -> Ok:
    """Keep the answers in the ledger, then tell both sides that there are others."""
    fair, principal = node.fairs[connection.principal.fair_id], connection.principal
    ticket = fair.feed.projection.tickets.get(command.ticket_id)
    if ticket is None or actor.scope not in (
        f"booth:{ticket.booth_id}",
        f"candidate:{ticket.candidate_id}",
    ):
        raise Refused(Code.TICKET_UNKNOWN)
    if principal.side is RoomSide.DESK:
        await _may_write_down(node, connection, ticket)
    answered = await node.ledger.screening.put(
        Turn(
            fair_id=principal.fair_id,
            ticket_id=ticket.ticket_id,
            booth_id=ticket.booth_id,
            candidate_id=ticket.candidate_id,
        ),
        principal.side,
        fair.plans.booth(ticket.booth_id).questions,
        command.answers,
    )
    said = {"ticket_id": ticket.ticket_id, "side": principal.side, "answered": answered}
    answer = await node.line.run(principal.fair_id, "record_answers", actor, key, **said)
    return Ok(id=command.id, seq=answer.seq, result=answer.result)


async def _may_write_down(node: Node, connection: Connection, ticket: Ticket) -> None:
    """Raise ``Refused`` where a desk may not write down what this person answers."""
    booth = connection.feed.projection.booths[ticket.booth_id]
    if booth.mode is not BoothMode.DELEGATED:
        raise Refused(Code.NOT_DELEGATED)
    if ticket.state not in _SPOKEN:
        raise Refused(Code.TICKET_WRONG_STATE, state=ticket.state.value)
    await _may_read_own(node, ticket)


async def _may_read_own(node: Node, ticket: Ticket) -> None:
    """Raise ``Refused`` where a booth may not see even what was said to it or it wrote itself."""
    may = await node.ledger.people.shown_to(ticket.booth_id, [ticket.candidate_id])
    if not may[ticket.candidate_id].own:
        raise Refused(Code.PROFILE_HIDDEN)


@routes.get("/api/fairs/{fair_id}/tickets/{ticket_id}/person")
@contract(
    Act.PERSON,
    PersonShown,
    door=None,
    refusals=(Code.TICKET_UNKNOWN, Code.PROFILE_HIDDEN, Code.PROFILES_WAIT),
)
async def show_person(request: web.Request) -> web.Response:
    """Show a recruiter who the person of a turn is, as far as the person lets this booth know.

    From the call on what work is wished for; the rest once the person has come to the desk.
    """
    node, fair = request.app[NODE], live_fair(request)
    ticket = _linked(request, fair)
    return json_response(await read_person(node, fair, reader_of(request), ticket))


def _linked(request: web.Request, fair: LiveFair) -> Ticket:
    """Find a turn of one's reach that has come to a desk of the booth; raises ``Refused``."""
    ticket = own_ticket(request, fair)
    if principal_of(request).side is RoomSide.DESK and ticket.state not in _LINKED:
        raise Refused(Code.TICKET_UNKNOWN)
    return ticket


@routes.get("/api/fairs/{fair_id}/tickets/{ticket_id}/answers")
@contract(Act.ANSWERS, Screening, refusals=(Code.TICKET_UNKNOWN, Code.PROFILE_HIDDEN))
async def show_answers(request: web.Request) -> web.Response:
    """Show the questions of a turn's booth, and the answers.

    The person sees the own ones. The recruiter sees all from the call on, for they were given to
    this booth; none after the person has taken a consent back.
    """
    principal = principal_of(request)
    node, fair = request.app[NODE], live_fair(request)
    ticket = _linked(request, fair)
    if principal.side is RoomSide.DESK:
        await _may_read_own(node, ticket)
    found = await node.ledger.screening.of_ticket(principal.fair_id, ticket.ticket_id)
    if principal.side is RoomSide.CANDIDATE:
        found = [answer for answer in found if answer.side is RoomSide.CANDIDATE]
    elif found:
        await note_read(node, fair, reader_of(request), ticket, ["answers"])
    questions = fair.plans.booth(ticket.booth_id).questions
    return json_response(Screening(questions=questions, answers=found))


@routes.get("/api/fairs/{fair_id}/tickets/{ticket_id}/earlier")
@contract(Act.EARLIER, Earlier, refusals=(Code.TICKET_UNKNOWN, Code.PROFILE_HIDDEN))
async def show_earlier(request: web.Request) -> web.Response:
    """Show a recruiter what the own booth noted of this person before; never another booth's."""
    principal = principal_of(request)
    node, fair = request.app[NODE], live_fair(request)
    ticket = _linked(request, fair)
    await _may_read_own(node, ticket)
    owner = fair.feed.projection.candidates[ticket.candidate_id]
    before = [
        one
        for one in owner.tickets.values()
        if one.booth_id == ticket.booth_id and one.state in MET and one.number < ticket.number
    ]
    found = [await _earlier(node, principal.fair_id, one) for one in before]
    if any(one.notes for one in found):
        await note_read(node, fair, reader_of(request), ticket, ["note"])
    return json_response(Earlier(interviews=found))


async def _earlier(node: Node, fair_id: str, ticket: Ticket) -> EarlierInterview:
    notes = await node.ledger.notes.of_ticket(fair_id, ticket.ticket_id)
    return EarlierInterview(
        ticket_id=ticket.ticket_id,
        state=ticket.state,
        ended_at=ended_at(ticket),
        outcome=ticket.outcome,
        notes=[note.text for note in notes],
    )


@routes.delete("/api/fairs/{fair_id}/tickets/{ticket_id}/answers")
@contract(Act.OWN_ANSWERS, status=204, refusals=(Code.TICKET_UNKNOWN,))
async def delete_answers(request: web.Request) -> web.Response:
    """Delete every answer about one's own turn, those that an adviser wrote down too."""
    principal = principal_of(request)
    node, fair = request.app[NODE], live_fair(request)
    ticket = own_ticket(request, fair)
    await node.ledger.screening.delete(principal.fair_id, ticket.ticket_id)
    await node.line.run(
        principal.fair_id,
        "record_answers",
        Actor.candidate(principal.subject_id),
        ticket_id=ticket.ticket_id,
        side=RoomSide.CANDIDATE,
        answered=0,
    )
    return web.Response(status=204)
