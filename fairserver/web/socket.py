"""The WebSocket: admit a client, read its commands, answer each exactly once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from fairserver import security
from fairserver.domain.states import Role
from fairserver.domain.texts import cleaned
from fairserver.protocol.answers import CloseCode
from fairserver.protocol.commands import AnyCommand, Command
from fairserver.protocol.errors import Code, Refused
from fairserver.security import Deed
from fairserver.settings import LimitSettings
from fairserver.web.access import find_principal, is_allowed_origin
from fairserver.web.address import client_address
from fairserver.web.commands import carry_out
from fairserver.web.connection import Connection
from fairserver.web.faults import code_of
from fairserver.web.keys import NODE
from fairserver.web.limits.sockets import Full
from fairserver.web.node import LiveFair, Node
from fairserver.web.principal import Principal
from fairserver.web.rooms import leave_rooms
from fairserver.web.words import error_message

_log = logging.getLogger(__name__)

#: Malformed frames in a row after which a client is shown out.
_STRIKES = 3
#: A frame so many times the limit is not even read: the socket is closed (code 1009).
_HARD_FACTOR = 4
#: Kernel buffer of one socket: a phone that reads nothing must not hold more of ours.
_SEND_BUFFER = 64 * 1024
#: Seconds for a client to say hello, and for the ledger to say who it is.
_HELLO_S = 10.0
_SIGN_IN_S = 10.0


#: Refusals that no page of ours meets by itself: somebody tries what is bounded.
_ATTEMPTS = {Code.ID_REUSED: Deed.ID_REUSED, Code.TOO_FAST: Deed.TOO_FAST}


class _Envelope(msgspec.Struct):
    """What can still be said of a frame that is no command: its type and id, if any."""

    #: Of whatever kind: a wrong type must not hide a right id.
    type: Any = None
    id: Any = None


_commands = msgspec.json.Decoder(AnyCommand)
_envelopes = msgspec.json.Decoder(_Envelope)
_known_types = frozenset(str(kind.__struct_config__.tag) for kind in Command.__subclasses__())


async def handle_socket(request: web.Request) -> web.StreamResponse:
    """Serve ``GET /ws/{fair_id}``.

    A page from elsewhere gets 403, a full node 503; who is not signed in is closed with 4401
    (a browser's script cannot read the status of a refused upgrade).
    """
    node = request.app[NODE]
    if not is_allowed_origin(request, node.origins):
        security.note(Deed.NOT_PERMITTED, of="socket", why="foreign_origin")
        raise Refused(Code.NOT_PERMITTED)
    fair = node.fairs.get(request.match_info["fair_id"])
    if fair is None:
        raise Refused(Code.FAIR_UNKNOWN)
    if node.draining:
        return _send_elsewhere()
    try:
        with node.places.signing_in(client_address(request)):
            ws, principal = await _open(request, fair)
    except Full:
        return _send_elsewhere()
    if principal is not None:
        await _hold(request, fair, ws, principal)
    return ws


def _send_elsewhere() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": "5"})


async def _open(request: web.Request, fair: LiveFair) -> tuple[_Socket, Principal | None]:
    """Open the socket and find out who comes; who is not signed in here is closed already."""
    node = request.app[NODE]
    ws = new_socket(node.settings.limits)
    await ws.prepare(request)
    try:
        async with asyncio.timeout(_SIGN_IN_S):
            principal = await find_principal(request, node.settings, node.ledger)
        if principal.fair_id != fair.plan.fair_id:
            raise Refused(Code.NOT_SIGNED_IN)
    except Refused as refused:
        is_fast = refused.code is Code.TOO_FAST
        await ws.close(code=CloseCode.TOO_FAST if is_fast else CloseCode.SIGN_IN)
        return ws, None
    except (SQLAlchemyError, RedisError, OSError):  # nobody can be known now: come back soon
        await ws.close(code=CloseCode.RESTART)
        return ws, None
    return ws, principal


async def _hold(request: web.Request, fair: LiveFair, ws: _Socket, principal: Principal) -> None:
    """Serve a socket while its person has a place for it."""
    node, who = request.app[NODE], principal.identity
    meter = node.meters.of(who)
    if not meter.opening():
        await ws.close(code=CloseCode.TOO_FAST, message=_reason(Code.TOO_FAST))
        return
    ws.may_ping = meter.ping
    _shrink_send_buffer(request)
    connection = Connection(ws, principal, fair.feed, meter, request.transport, node.supervisor)
    try:
        with node.places.hold(who, client_address(request), lambda: _make_room(connection)):
            node.doors.settle(request.transport)
            await _serve(node, fair, connection)
    except Full:
        connection.end(WSCloseCode.TRY_AGAIN_LATER, _reason(Code.NODE_FULL).decode())
        await connection.ended()


def _make_room(connection: Connection) -> None:
    """Close the oldest socket of somebody who has opened one too many."""
    told = error_message(Code.TOO_MANY_OPEN, connection.language)
    connection.end(CloseCode.TOO_MANY_OPEN, told.message)


def _reason(code: Code) -> bytes:
    """Give the sentence of a code for a close frame, before a language is known."""
    return error_message(code, "vi").message.encode()


class _Socket(web.WebSocketResponse):
    """Calls a close with a code that no frame may carry what it is: a breach of the protocol.

    RFC 6455, 7.4.1 reserves 1006 for what an end tells itself; aiohttp would answer it with 1000.
    Pings are answered here and pongs passed over, so that both are counted: ``may_ping`` says
    whether one more may be heard.
    """

    may_ping: Callable[[], bool] = staticmethod(lambda: True)

    async def __anext__(self) -> WSMessage:
        while True:
            message: WSMessage = await super().__anext__()
            if message.type not in (WSMsgType.PING, WSMsgType.PONG):
                return message
            if not self.may_ping():
                await self.close(code=CloseCode.TOO_FAST)
                raise StopAsyncIteration
            if message.type is WSMsgType.PING:
                with contextlib.suppress(ConnectionError):  # the next read sees that too
                    await self.pong(message.data)

    async def close(
        self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True
    ) -> bool:
        if self.close_code == WSCloseCode.ABNORMAL_CLOSURE:
            code = WSCloseCode.PROTOCOL_ERROR
        return await super().close(code=code, message=message, drain=drain)


def new_socket(limits: LimitSettings) -> _Socket:
    """Make the server's end of a socket: its heartbeat, largest frame and no compression."""
    return _Socket(
        heartbeat=limits.heartbeat_s,
        autoping=False,
        compress=False,
        max_msg_size=limits.message_bytes * _HARD_FACTOR,
        timeout=5.0,
    )


async def _serve(node: Node, fair: LiveFair, connection: Connection) -> None:
    principal = connection.principal
    keeper = fair.presence if principal.role is Role.CANDIDATE else fair.staff
    node.connections.add(connection)
    if principal.role is not Role.GUEST:
        keeper.arrive(principal.subject_id)
    try:
        await _read(node, connection)
    finally:
        node.connections.discard(connection)
        if principal.role is not Role.GUEST:
            keeper.depart(principal.subject_id)
        await leave_rooms(node, connection)
        await connection.stop()


async def _read(node: Node, connection: Connection) -> None:
    ws = connection.ws
    hello = asyncio.get_running_loop().call_later(_HELLO_S, _end_silent, connection)
    try:
        async for message in ws:
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                await _take(node, connection, message)
            elif message.type is WSMsgType.ERROR:
                return  # the peer did not answer our pings, or sent no WebSocket
    finally:
        hello.cancel()


def _end_silent(connection: Connection) -> None:
    if not connection.has_said_hello:
        connection.end(CloseCode.MALFORMED)


async def _take(node: Node, connection: Connection, message: WSMessage) -> None:
    """Read one frame and answer it: with what was done, or with what was wrong."""
    raw: bytes = message.data if isinstance(message.data, bytes) else message.data.encode()
    if not connection.meter.frame(len(raw)):
        _slow_down(connection, raw[: node.settings.limits.message_bytes])
        return
    try:
        command = _decode(raw, node.settings.limits.message_bytes)
    except Refused as refused:
        _refuse(connection, _id_of(raw), refused.code, **refused.detail)
        _strike(connection)
        return
    connection.malformed = 0
    try:
        answer = await carry_out(node, connection, command)
        if answer is not None:
            connection.say(answer)
    except Refused as refused:
        _refuse(connection, command.id, refused.code, **refused.detail)
    except Exception as error:
        code = code_of(error)
        if code is Code.INTERNAL:
            _log.error("a command of type %s failed", type(command).__name__, exc_info=error)
        _refuse(connection, command.id, code)


def _slow_down(connection: Connection, raw: bytes) -> None:
    """Refuse a frame that came too fast; who goes on all the same is shown out."""
    _refuse(connection, _id_of(raw), Code.TOO_FAST)
    if not connection.meter.has_patience():
        _note(connection, Deed.SHOWN_OUT, Code.TOO_FAST)
        told = error_message(Code.TOO_FAST, connection.language)
        connection.end(CloseCode.TOO_FAST, told.message)


def _decode(raw: bytes, limit: int) -> AnyCommand:
    """Read a command; raises ``Refused`` (``too_large``, ``unknown_command``, ``malformed``)."""
    if len(raw) > limit:
        raise Refused(Code.TOO_LARGE, size=len(raw), limit=limit)
    try:
        command: AnyCommand = cleaned(_commands.decode(raw))
    except msgspec.ValidationError as error:
        kind = _type_of(raw)
        if kind and kind not in _known_types:
            raise Refused(Code.UNKNOWN_COMMAND, type=kind[:40]) from error
        raise Refused(Code.MALFORMED, problem=str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(Code.MALFORMED, problem=str(error)) from error
    return command


def _id_of(raw: bytes) -> str | None:
    found = _envelope(raw).id
    return found[:40] if isinstance(found, str) else None


def _type_of(raw: bytes) -> str:
    found = _envelope(raw).type
    return found if isinstance(found, str) else ""


def _envelope(raw: bytes) -> _Envelope:
    """Read what can be read of a frame; of one that is no JSON object, nothing."""
    try:
        return _envelopes.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Envelope()


def _refuse(connection: Connection, command_id: str | None, code: Code, **detail: object) -> None:
    if (deed := _ATTEMPTS.get(code)) is not None:
        _note(connection, deed, code)
    connection.say(error_message(code, connection.language, command_id, **detail))


def _note(connection: Connection, deed: Deed, why: Code) -> None:
    principal = connection.principal
    security.note(deed, who=principal.by, fair_id=principal.fair_id, why=why)


def _strike(connection: Connection) -> None:
    connection.malformed += 1
    if connection.malformed >= _STRIKES:
        _note(connection, Deed.SHOWN_OUT, Code.MALFORMED)
        connection.end(CloseCode.MALFORMED)


def _shrink_send_buffer(request: web.Request) -> None:
    transport = request.transport
    found = transport.get_extra_info("socket") if transport is not None else None
    if found is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
