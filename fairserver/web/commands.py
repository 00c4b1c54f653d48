"""Carry commands out: one table from command to handler.

Most commands are a transition of the same name and fields; the others have a handler each.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

import fairserver
from fairserver.domain.states import RoomSide, Way
from fairserver.ledger.consents import Channel, Statement
from fairserver.ledger.forms import PHONE_CALL_TEXT, RECORDING_TEXT
from fairserver.line.line import Actor
from fairserver.protocol import commands as c
from fairserver.protocol.answers import HelloResult, Ok, StoreStatus
from fairserver.protocol.errors import Code, Refused
from fairserver.web import after_commands, guests, push, rooms, screening
from fairserver.web.connection import Connection
from fairserver.web.node import Node
from fairserver.web.permissions import VIEWS, scope_of

Handler = Callable[[Node, Connection, Actor, Any], Awaitable[Ok | None]]

#: Seconds that a node may be behind what a returning client has already seen elsewhere.
_CATCH_UP_S = 2.0


async def carry_out(node: Node, connection: Connection, command: c.AnyCommand) -> Ok | None:
    """Do what a command says and give its answer; None when it has been given already.

    Raises ``Refused`` when a rule or a permission says no, ``redis.exceptions.RedisError`` when
    the live store is away.
    """
    scope = scope_of(connection.principal.role, type(command))
    if scope is None:
        raise Refused(Code.NOT_PERMITTED)
    if not connection.has_said_hello and not isinstance(command, c.Hello):
        raise Refused(Code.HELLO_FIRST)
    actor = connection.principal.actor(scope)
    handler = _HANDLERS.get(type(command), _transition)
    return await handler(node, connection, actor, command)


async def _transition(
    node: Node, connection: Connection, actor: Actor, command: c.Command, **more: str
) -> Ok:
    """Run the transition that has the command's name, with the command's fields and ``more``."""
    fields = {**msgspec.structs.asdict(command), **more}
    command_id = fields.pop("id")
    name = str(command.__struct_config__.tag)
    fair_id = connection.principal.fair_id
    answer = await node.line.run(fair_id, name, actor, command_id, **fields)
    return Ok(id=command_id, seq=answer.seq, result=answer.result)


# --- the connection ---------------------------------------------------------------------------


async def _hello(node: Node, connection: Connection, _: Actor, command: c.Hello) -> None:
    """Answer first, then send the views: the client's clock is set before its first cell."""
    allowed = VIEWS[connection.principal.role]
    if not allowed.issuperset(command.views):
        raise Refused(Code.NOT_PERMITTED)
    connection.language = command.language
    connection.has_said_hello = True
    held = max((since for since in command.views.values() if since is not None), default=0)
    feed = connection.feed
    if held > feed.projection.seq:
        await feed.reached(held, _CATCH_UP_S)
    result = HelloResult(
        now=int(time.time() * 1000),
        version=fairserver.__version__,
        fair_id=connection.principal.fair_id,
        role=connection.principal.role.value,
        heartbeat_s=node.settings.limits.heartbeat_s,
    )
    connection.say(Ok(id=command.id, seq=feed.projection.seq, result=msgspec.to_builtins(result)))
    # Always: who comes back from another node may hold what was true there.
    connection.say(StoreStatus(state="ok" if node.reader.store_is_there else "away"))
    for view, since in command.views.items():
        connection.watch(view, since)


async def _unwatch(_: Node, connection: Connection, __: Actor, command: c.Unwatch) -> Ok:
    for view in command.views:
        connection.unwatch(view)
    return Ok(id=command.id)


async def _ping(_: Node, connection: Connection, __: Actor, command: c.Ping) -> Ok:
    now = int(time.time() * 1000)
    return Ok(id=command.id, seq=connection.feed.projection.seq, result={"now": now})


# --- people and outcomes ----------------------------------------------------------------------


async def _join(node: Node, connection: Connection, actor: Actor, command: c.Join) -> Ok:
    named = msgspec.structs.replace(command, candidate_id=_person(connection, command))
    return await _transition(node, connection, actor, named)


def _person(connection: Connection, command: c.Join | c.ChooseWay) -> str:
    """Tell for whom a command is: candidates act for themselves, staff for whom they name."""
    if connection.principal.side is RoomSide.CANDIDATE:
        return connection.principal.subject_id
    if command.candidate_id is None:
        raise Refused(Code.CANDIDATE_UNKNOWN)
    return command.candidate_id


async def _choose_way(node: Node, connection: Connection, actor: Actor, command: c.ChooseWay) -> Ok:
    """Change the way live; the number and what was agreed go to the ledger only.

    The agreement is noted before the way is, and withdrawn after: no recruiter is told to
    telephone somebody who has not agreed.
    """
    candidate_id = _person(connection, command)
    if candidate_id not in connection.feed.projection.candidates:
        raise Refused(Code.CANDIDATE_UNKNOWN)  # of another fair: the ledger knows them all
    how = _statement(connection, actor)
    if command.way is Way.PHONE:
        if not command.agree:
            raise Refused(Code.PHONE_NOT_AGREED)
        await node.ledger.people.let_call(candidate_id, command.phone, how)
    named = c.ChooseWay(id=command.id, way=command.way, candidate_id=candidate_id)
    answer = await _transition(node, connection, actor, named)
    if command.way is not Way.PHONE:
        await node.ledger.people.end_calls(candidate_id, how)
    return answer


def _statement(connection: Connection, actor: Actor) -> Statement:
    own = connection.principal.side is RoomSide.CANDIDATE
    return Statement(
        text_version=PHONE_CALL_TEXT,
        language=connection.language,
        channel=Channel.OWN_TAP if own else Channel.STAFF,
        recorded_by=actor.by,
    )


async def _agree_to_recording(
    node: Node, connection: Connection, actor: Actor, command: c.AskRecording | c.AnswerRecording
) -> Ok:
    """Ask or answer; the event says by which words, so that it is the proof."""
    shown = {"text_version": RECORDING_TEXT, "language": connection.language}
    return await _transition(node, connection, actor, command, **shown)


async def _change_settings(
    node: Node, connection: Connection, actor: Actor, command: c.ChangeSettings
) -> Ok:
    settings_json = msgspec.json.encode(command.settings).decode()
    answer = await node.line.run(
        connection.principal.fair_id,
        "change_settings",
        actor,
        command.id,
        settings_json=settings_json,
        ends_at=command.ends_at,
    )
    return Ok(id=command.id, seq=answer.seq)


async def _make_appointment(
    node: Node, connection: Connection, actor: Actor, command: c.MakeAppointment
) -> Ok:
    """Let staff name the person by one of the tickets; a booth may name only its own."""
    candidate_id = command.candidate_id
    if command.ticket_id is not None:
        ticket = connection.feed.projection.tickets.get(command.ticket_id)
        if ticket is None or actor.scope not in ("*", f"booth:{ticket.booth_id}"):
            raise Refused(Code.TICKET_UNKNOWN)
        candidate_id = ticket.candidate_id
    elif actor.scope != "*":
        raise Refused(Code.TICKET_UNKNOWN)
    named = msgspec.structs.replace(command, candidate_id=candidate_id, ticket_id=None)
    if candidate_id is None:
        raise Refused(Code.CANDIDATE_UNKNOWN)
    return await _transition(node, connection, actor, named)


async def _with_note(
    node: Node, connection: Connection, actor: Actor, command: c.RecordOutcome | c.OfferHandOver
) -> Ok:
    """Do it live, and keep the note only in the ledger: it is personal data."""
    answer = await _transition(node, connection, actor, msgspec.structs.replace(command, note=None))
    if command.note:
        principal = connection.principal
        await node.ledger.notes.add(
            principal.fair_id,
            command.ticket_id,
            principal.subject_id,
            command.note,
            command_id=command.id,
        )
    return answer


_HANDLERS: dict[type[c.Command], Handler] = {
    c.Hello: _hello,
    c.Unwatch: _unwatch,
    c.Ping: _ping,
    c.PushSubscribe: push.subscribe,
    c.PushUnsubscribe: push.unsubscribe,
    c.Join: _join,
    c.ChooseWay: _choose_way,
    c.RecordOutcome: _with_note,
    c.OfferHandOver: _with_note,
    c.ChangeSettings: _change_settings,
    c.MakeAppointment: _make_appointment,
    c.OfferSecondInterview: after_commands.offer_second_interview,
    c.AnswerSecondInterview: after_commands.answer_second_interview,
    c.CancelSecondInterview: after_commands.cancel_second_interview,
    c.RateAdvice: after_commands.rate_advice,
    c.RecordAnswers: screening.record_answers,
    c.InviteGuest: guests.invite,
    c.AskRecording: _agree_to_recording,
    c.AnswerRecording: _agree_to_recording,
    c.EnterRoom: rooms.enter_room,
    c.ReportRoom: rooms.report_room,
    c.Signal: rooms.signal,
}
