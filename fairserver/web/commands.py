"""Carry commands out: one table from command to handler.

Most commands are a transition of the same name and fields; the others have a handler each.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

import fairserver
from fairserver.domain.states import RoomSide, Way
from fairserver.ledger.consents import Channel, Statement
from fairserver.ledger.forms import CONSENT_TEXT, PHONE_CALL_TEXT, RECORDING_TEXT
from fairserver.line.line import Actor, Answer, CommandKey
from fairserver.protocol import commands as c
from fairserver.protocol.answers import HelloResult, Ok, StoreStatus
from fairserver.protocol.errors import Code, Refused
from fairserver.web import after_commands, guests, push, rooms, screening
from fairserver.web.connection import Connection
from fairserver.web.node import Node
from fairserver.web.permissions import PERMISSIONS, VIEWS, scope_of

AtSocket = Callable[[Node, Connection, Actor, Any], Awaitable[Ok | None]]
Handler = Callable[[Node, Connection, Actor, Any, CommandKey], Awaitable[Ok]]
Again = Callable[[Node, Connection, Any, Answer], Awaitable[Ok]]

#: Seconds that a node may be behind what a returning client has already seen elsewhere.
_CATCH_UP_S = 2.0


async def carry_out(node: Node, connection: Connection, command: c.AnyCommand) -> Ok | None:
    """Do what a command says and give its answer; None when it has been given already.

    Raises ``Refused`` when a rule or a permission says no, ``redis.exceptions.RedisError`` when
    the live store is away.
    """
    scope = scope_of(connection.principal.party, type(command))
    if scope is None:
        node.note_refusal(connection.principal, str(command.__struct_config__.tag))
        raise Refused(Code.NOT_PERMITTED)
    if not connection.has_said_hello and not isinstance(command, c.Hello):
        raise Refused(Code.HELLO_FIRST)
    connection.was_active |= not isinstance(command, c.Ping)
    actor = connection.principal.actor(scope)
    if (at_socket := _AT_SOCKET.get(type(command))) is not None:
        return await at_socket(node, connection, actor, command)
    # Of the command as it came: a repeat must say the very same.
    key = CommandKey.of(command.id, msgspec.json.encode(command))
    handler = _HANDLERS.get(type(command), _transition)
    if type(command) in _CLAIMED:
        done = await node.line.claim(connection.principal.fair_id, actor, key)
        if done is not None:
            again = _AGAIN.get(type(command), _same_answer)
            return await again(node, connection, command, done)
    return await handler(node, connection, actor, command, key)


async def _same_answer(_: Node, __: Connection, command: c.Command, done: Answer) -> Ok:
    """Answer a repeat as the first time, and do nothing."""
    return Ok(id=command.id, seq=done.seq, result=done.result)


async def _transition(
    node: Node,
    connection: Connection,
    actor: Actor,
    command: c.Command,
    key: CommandKey,
    **more: str,
) -> Ok:
    """Run the transition that has the command's name, with the command's fields and ``more``."""
    answer = await _run(node, connection, actor, command, key, **more)
    return Ok(id=command.id, seq=answer.seq, result=answer.result)


async def _run(
    node: Node,
    connection: Connection,
    actor: Actor,
    command: c.Command,
    key: CommandKey,
    **more: str,
) -> Answer:
    fields = {**msgspec.structs.asdict(command), **more}
    del fields["id"]
    name = str(command.__struct_config__.tag)
    return await node.line.run(connection.principal.fair_id, name, actor, key, **fields)


# --- the connection ---------------------------------------------------------------------------


async def _hello(node: Node, connection: Connection, _: Actor, command: c.Hello) -> None:
    """Answer first, then send the views: the client's clock is set before its first cell."""
    allowed = VIEWS[connection.principal.party]
    if not allowed.issuperset(command.views):
        node.note_refusal(connection.principal, "view")
        raise Refused(Code.NOT_PERMITTED)
    if not connection.meter.views(len(command.views)):
        raise Refused(Code.TOO_FAST)
    connection.language = command.language
    connection.has_said_hello = True
    feed, views = connection.feed, command.views
    if command.incarnation not in (None, feed.projection.incarnation):
        views = dict.fromkeys(views)  # numbers of a store that is gone
    held = max((since for since in views.values() if since is not None), default=0)
    if held > feed.projection.seq:
        await feed.reached(held, _CATCH_UP_S)
    result = HelloResult(
        now=node.fairs[connection.principal.fair_id].deadlines.now_ms(),
        version=fairserver.__version__,
        fair_id=connection.principal.fair_id,
        role=connection.principal.role.value,
        heartbeat_s=node.settings.limits.heartbeat_s,
        incarnation=feed.projection.incarnation,
    )
    connection.say(Ok(id=command.id, seq=feed.projection.seq, result=msgspec.to_builtins(result)))
    # Always: who comes back from another node may hold what was true there.
    connection.say(StoreStatus(state="ok" if node.reader.store_is_there else "away"))
    for view, since in views.items():
        connection.watch(view, since)


async def _unwatch(_: Node, connection: Connection, __: Actor, command: c.Unwatch) -> Ok:
    for view in command.views:
        connection.unwatch(view)
    return Ok(id=command.id)


async def _ping(node: Node, connection: Connection, _: Actor, command: c.Ping) -> Ok:
    now = node.fairs[connection.principal.fair_id].deadlines.now_ms()
    return Ok(id=command.id, seq=connection.feed.projection.seq, result={"now": now})


# --- people and outcomes ----------------------------------------------------------------------


async def _join(
    node: Node, connection: Connection, actor: Actor, command: c.Join, key: CommandKey
) -> Ok:
    candidate_id = _person(connection, command)
    named = msgspec.structs.replace(command, candidate_id=candidate_id)
    answer = await _transition(node, connection, actor, named, key)
    await _say_shown(node, connection, actor, command, candidate_id, command.booth_id)
    return answer


async def _answer_hand_over(
    node: Node, connection: Connection, actor: Actor, command: c.AnswerHandOver, key: CommandKey
) -> Ok:
    """Hand the person over; whether the other booth may read who it is was asked anew."""
    answer = await _transition(node, connection, actor, command, key)
    ticket = connection.feed.projection.tickets.get(command.ticket_id)
    to_booth_id = answer.result.get("to_booth_id")
    if ticket is not None and to_booth_id is not None:
        await _say_shown(node, connection, actor, command, ticket.candidate_id, to_booth_id)
    return answer


async def _say_shown(
    node: Node,
    connection: Connection,
    actor: Actor,
    command: c.Join | c.AnswerHandOver,
    candidate_id: str,
    booth_id: str,
) -> None:
    """Keep what a person said of a booth; the ledger is the proof, and by it booths read.

    After the line has taken the command: what is refused there says nothing. A repeat of the
    command finishes what a fault in between has left.
    """
    if command.show_profile is None:
        return
    await node.ledger.people.show_to_booth(
        candidate_id,
        booth_id,
        given=command.show_profile,
        how=_statement(connection, actor, CONSENT_TEXT),
        command_id=command.id,
    )


def _person(connection: Connection, command: c.Join | c.ChooseWay) -> str:
    """Tell for whom a command is: candidates act for themselves, staff for whom they name."""
    if connection.principal.side is RoomSide.CANDIDATE:
        return connection.principal.subject_id
    if command.candidate_id is None:
        raise Refused(Code.CANDIDATE_UNKNOWN)
    return command.candidate_id


async def _choose_way(
    node: Node, connection: Connection, actor: Actor, command: c.ChooseWay, key: CommandKey
) -> Ok:
    """Change the way live; the number and what was agreed go to the ledger only.

    The agreement is noted before the way is, and withdrawn after: no recruiter is told to
    telephone somebody who has not agreed.
    """
    candidate_id = _person(connection, command)
    if candidate_id not in connection.feed.projection.candidates:
        raise Refused(Code.CANDIDATE_UNKNOWN)  # of another fair: the ledger knows them all
    how = _statement(connection, actor, PHONE_CALL_TEXT)
    if command.way is Way.PHONE:
        if not command.agree:
            raise Refused(Code.PHONE_NOT_AGREED)
        await node.ledger.people.let_call(candidate_id, command.phone, how)
    named = c.ChooseWay(id=command.id, way=command.way, candidate_id=candidate_id)
    answer = await _transition(node, connection, actor, named, key)
    if command.way is not Way.PHONE:
        await node.ledger.people.end_calls(candidate_id, how)
    return answer


async def _chosen_way(node: Node, connection: Connection, command: c.ChooseWay, done: Answer) -> Ok:
    """Answer a repeat; a node that died in between may have left an agreement that has ended."""
    candidate_id = _person(connection, command)
    owner = connection.feed.projection.candidates.get(candidate_id)
    if command.way is not Way.PHONE and owner is not None and owner.way is command.way:
        actor = connection.principal.actor(PERMISSIONS[c.ChooseWay][connection.principal.party])
        how = _statement(connection, actor, PHONE_CALL_TEXT)
        await node.ledger.people.end_calls(candidate_id, how)
    return await _same_answer(node, connection, command, done)


def _statement(connection: Connection, actor: Actor, text_version: str) -> Statement:
    own = connection.principal.side is RoomSide.CANDIDATE
    return Statement(
        text_version=text_version,
        language=connection.language,
        channel=Channel.OWN_TAP if own else Channel.STAFF,
        recorded_by=actor.by,
    )


async def _agree_to_recording(
    node: Node,
    connection: Connection,
    actor: Actor,
    command: c.AskRecording | c.AnswerRecording,
    key: CommandKey,
) -> Ok:
    """Ask or answer; the event says by which words, so that it is the proof."""
    shown = {"text_version": RECORDING_TEXT, "language": connection.language}
    return await _transition(node, connection, actor, command, key, **shown)


async def _change_settings(
    node: Node, connection: Connection, actor: Actor, command: c.ChangeSettings, key: CommandKey
) -> Ok:
    settings_json = msgspec.json.encode(command.settings).decode()
    answer = await node.line.run(
        connection.principal.fair_id,
        "change_settings",
        actor,
        key,
        settings_json=settings_json,
        ends_at=command.ends_at,
    )
    return Ok(id=command.id, seq=answer.seq)


async def _make_appointment(
    node: Node, connection: Connection, actor: Actor, command: c.MakeAppointment, key: CommandKey
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
    return await _transition(node, connection, actor, named, key)


async def _with_note(
    node: Node,
    connection: Connection,
    actor: Actor,
    command: c.RecordOutcome | c.OfferHandOver,
    key: CommandKey,
) -> Ok:
    """Do it live, and keep the note only in the ledger: it is personal data.

    A repeat writes the note if a node died before it was written, and never twice.
    """
    bare = msgspec.structs.replace(command, note=None)
    answer = await _run(node, connection, actor, bare, key)
    if command.note and _may_be_noted(connection, command.ticket_id):
        principal = connection.principal
        ticket = connection.feed.projection.tickets[command.ticket_id]
        await node.ledger.notes.add(
            principal.fair_id,
            command.ticket_id,
            principal.subject_id,
            command.note,
            candidate_id=ticket.candidate_id,
            command_id=command.id,
        )
    return Ok(id=command.id, seq=answer.seq, result=answer.result)


def _may_be_noted(connection: Connection, ticket_id: str) -> bool:
    """Whether something may be kept of a turn now: it is the own booth's, and nobody's erased."""
    projection = connection.feed.projection
    ticket = projection.tickets.get(ticket_id)
    if ticket is None or ticket.booth_id != connection.principal.booth_id:
        return False
    return not projection.candidates[ticket.candidate_id].erased


#: Commands about the socket itself: nothing of them is kept, so a repeat is carried out again.
_AT_SOCKET: dict[type[c.Command], AtSocket] = {
    c.Hello: _hello,
    c.Unwatch: _unwatch,
    c.Ping: _ping,
    c.Signal: rooms.signal,
}

#: Commands that change the ledger before the line, or the ledger alone. Their id is claimed first:
#: what is done beside the line is then done for this command only, and not once more after it.
_CLAIMED: frozenset[type[c.Command]] = frozenset(
    {
        c.PushSubscribe,
        c.PushUnsubscribe,
        c.ChooseWay,
        c.OfferSecondInterview,
        c.AnswerSecondInterview,
        c.CancelSecondInterview,
        c.RateAdvice,
        c.RecordAnswers,
        c.InviteGuest,
    }
)

#: How the repeat of a claimed command is answered, where the kept answer is not all of it.
_AGAIN: dict[type[c.Command], Again] = {
    c.ChooseWay: _chosen_way,
    c.InviteGuest: guests.invited,
}

_HANDLERS: dict[type[c.Command], Handler] = {
    c.PushSubscribe: push.subscribe,
    c.PushUnsubscribe: push.unsubscribe,
    c.Join: _join,
    c.AnswerHandOver: _answer_hand_over,
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
}
