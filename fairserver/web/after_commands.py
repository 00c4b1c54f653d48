"""Commands after an interview that the ledger has a part in: second interviews and ratings.

The ledger comes first: it decides who gets a time. The live line then tells both sides.
"""

from __future__ import annotations

from collections.abc import Collection

from fairserver.domain.states import BoothKind, TicketState
from fairserver.events.records import Ticket
from fairserver.ledger.second_interviews import SecondInterview, Turn
from fairserver.ledger.slots import Meeting
from fairserver.line.line import Actor, CommandKey
from fairserver.protocol import commands as c
from fairserver.protocol.answers import Ok
from fairserver.protocol.errors import Code, Refused
from fairserver.web.connection import Connection
from fairserver.web.node import Node

_DONE = frozenset({TicketState.DONE})
#: States after an interview.
_MET = _DONE | {TicketState.HANDED_OVER}


async def offer_second_interview(
    node: Node,
    connection: Connection,
    actor: Actor,
    command: c.OfferSecondInterview,
    key: CommandKey,
) -> Ok:
    """Give the person a time of the booth's list, or a date of one's own."""
    turn = _turn(connection, actor, command.ticket_id, _DONE)
    seconds = node.ledger.second_interviews
    if command.slot_id is not None:
        second = await seconds.offer_slot(turn, command.slot_id)
    elif command.starts_at is not None:
        meeting = Meeting(
            starts_at=command.starts_at,
            minutes=command.minutes,
            online=command.online,
            place=command.place,
        )
        second = await seconds.offer_time(turn, meeting)
    else:
        raise Refused(Code.MALFORMED, problem="slot_id or starts_at")
    return await _tell(node, turn, actor, key, second)


async def answer_second_interview(
    node: Node,
    connection: Connection,
    actor: Actor,
    command: c.AnswerSecondInterview,
    key: CommandKey,
) -> Ok:
    """Accept or decline; a declined time is free for somebody else."""
    turn = _turn(connection, actor, command.ticket_id, _DONE)
    second = await node.ledger.second_interviews.answer(
        turn.fair_id, turn.ticket_id, command.sequence, accept=command.accept
    )
    return await _tell(node, turn, actor, key, second)


async def cancel_second_interview(
    node: Node,
    connection: Connection,
    actor: Actor,
    command: c.CancelSecondInterview,
    key: CommandKey,
) -> Ok:
    """Take the date back."""
    turn = _turn(connection, actor, command.ticket_id, _DONE)
    second = await node.ledger.second_interviews.cancel(turn.fair_id, turn.ticket_id)
    return await _tell(node, turn, actor, key, second)


async def rate_advice(
    node: Node, connection: Connection, actor: Actor, command: c.RateAdvice, key: CommandKey
) -> Ok:
    """Keep the rating; the remark in the ledger only."""
    turn = _turn(connection, actor, command.ticket_id, _MET)
    if node.fairs[turn.fair_id].plans.booth(turn.booth_id).kind is not BoothKind.ADVICE:
        raise Refused(Code.NOT_ADVICE)
    await node.ledger.ratings.put(turn, passed=command.passed, remark=command.remark)
    answer = await node.line.run(
        turn.fair_id,
        "rate_advice",
        actor,
        key,
        ticket_id=turn.ticket_id,
        passed=command.passed,
    )
    return Ok(id=command.id, seq=answer.seq, result=answer.result)


def _turn(
    connection: Connection, actor: Actor, ticket_id: str, states: Collection[TicketState]
) -> Turn:
    """Find a turn within the actor's reach; raises ``Refused`` as the transitions do."""
    ticket = connection.feed.projection.tickets.get(ticket_id)
    if ticket is None or not _is_in_scope(actor, ticket):
        raise Refused(Code.TICKET_UNKNOWN)
    if ticket.state not in states:
        raise Refused(Code.TICKET_WRONG_STATE, state=ticket.state.value)
    if connection.feed.projection.candidates[ticket.candidate_id].erased:
        raise Refused(Code.PROFILE_HIDDEN)
    return Turn(
        fair_id=connection.principal.fair_id,
        ticket_id=ticket_id,
        booth_id=ticket.booth_id,
        candidate_id=ticket.candidate_id,
    )


def _is_in_scope(actor: Actor, ticket: Ticket) -> bool:
    return actor.scope in ("*", f"booth:{ticket.booth_id}", f"candidate:{ticket.candidate_id}")


async def _tell(
    node: Node, turn: Turn, actor: Actor, key: CommandKey, second: SecondInterview
) -> Ok:
    """Tell both sides by an event: state and time, never a place."""
    answer = await node.line.run(
        turn.fair_id,
        "note_second_interview",
        actor,
        key,
        ticket_id=turn.ticket_id,
        state=second.state.value,
        starts_at=second.starts_at,
        sequence=second.sequence,
    )
    return Ok(id=key.command_id, seq=answer.seq, result=answer.result)
