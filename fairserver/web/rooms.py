"""The commands of an interview's room: come in, tell what became of it, pass a signal on.

Each two people have a connection of their own; an end of one is named by ticket, leg and side.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from fairserver.domain.states import (
    LEG_SIDES,
    GuestState,
    InterviewMode,
    Leg,
    RoomSide,
    TicketState,
)
from fairserver.events.records import Room, Ticket
from fairserver.line.line import Actor, Answer, CommandKey
from fairserver.protocol import commands as c
from fairserver.protocol.answers import Ok, PeerSignal, RoomPass
from fairserver.protocol.errors import Code, Refused
from fairserver.rooms.signals import End
from fairserver.web.connection import Connection
from fairserver.web.node import Node
from fairserver.web.permissions import scope_of

#: Where a ticket's people may write to each other.
_AT_DESK = frozenset({TicketState.CONNECTING, TicketState.INTERVIEWING})
#: Which ends of a leg send what: the first of its sides offers, the second answers.
_SENDERS: dict[str, Callable[[Leg], tuple[RoomSide, ...]]] = {
    "offer": lambda leg: LEG_SIDES[leg][:1],
    "answer": lambda leg: LEG_SIDES[leg][1:],
    "candidate": lambda leg: LEG_SIDES[leg],
}
#: Seconds that this node may take to hear of an entry.
_CATCH_UP_S = 2.0


class _Transitions(NamedTuple):
    """What the two commands of an end run."""

    enter: str
    report: str


_MAIN = _Transitions("enter_room", "report_room")
_GUEST = _Transitions("enter_leg", "report_leg")


async def enter_room(
    node: Node, connection: Connection, actor: Actor, command: c.EnterRoom, key: CommandKey
) -> Ok:
    """Let one end of a connection in; the answer says by which servers it connects.

    A repeat gets in again only while the end is still the room's, as the store sees it now.
    """
    answer = await node.line.run(
        connection.principal.fair_id,
        (_MAIN if command.leg is Leg.MAIN else _GUEST).enter,
        actor,
        key,
        ticket_id=command.ticket_id,
        leg=command.leg,
        peer=command.peer,
        after_epoch=command.after_epoch,
        desk_id=command.desk_id,
        link=connection.link,
    )
    await _stand_in_room(node, connection, command, answer)
    room_pass = RoomPass(
        epoch=int(answer.result["epoch"]),
        ice_servers=node.ice.servers_for(_relay_user(connection, command), time.time()),
    )
    return Ok(id=command.id, seq=answer.seq, result=msgspec.to_builtins(room_pass))


def _relay_user(connection: Connection, command: c.EnterRoom) -> str:
    """Name a person at one end of a connection, however many peers they come in as."""
    return f"{connection.principal.subject_id}-{command.ticket_id}-{command.leg}"


async def report_room(
    node: Node, connection: Connection, actor: Actor, command: c.ReportRoom, key: CommandKey
) -> Ok:
    """Note what became of one end of a connection."""
    answer = await node.line.run(
        connection.principal.fair_id,
        (_MAIN if command.leg is Leg.MAIN else _GUEST).report,
        actor,
        key,
        ticket_id=command.ticket_id,
        leg=command.leg,
        peer=command.peer,
        epoch=command.epoch,
        state=command.state,
        link=connection.link,
    )
    # A page whose socket broke and came back goes on with the same peer.
    await _stand_in_room(node, connection, command, answer)
    return Ok(id=command.id, seq=answer.seq)


async def _stand_in_room(
    node: Node, connection: Connection, command: c.EnterRoom | c.ReportRoom, answer: Answer
) -> None:
    """Let a socket hear what is for the end at which the store has just seen it."""
    fair_id, tickets = connection.principal.fair_id, connection.feed.projection.tickets
    # A booth's page stays connected all day: the rooms of people long gone are let go of here.
    for ticket_id, leg in [one for one in connection.ends if not _is_near(tickets.get(one[0]))]:
        _step_out(node, connection, ticket_id, leg)
    _step_out(node, connection, command.ticket_id, command.leg)
    side = RoomSide(answer.result["side"])
    end = End(fair_id, command.ticket_id, command.leg, side, command.peer)
    connection.ends[command.ticket_id, command.leg] = end
    node.signals.attach(end, connection.push)
    # What follows is judged by this node's own view of the room: it must know of this entry.
    await connection.feed.reached(answer.seq, _CATCH_UP_S)


def _step_out(node: Node, connection: Connection, ticket_id: str, leg: Leg) -> None:
    end = connection.ends.pop((ticket_id, leg), None)
    if end is not None:
        node.signals.detach(end, connection.push)


def _is_near(ticket: Ticket | None) -> bool:
    """Whether a ticket can have a room at all: on deck, called or at a desk."""
    return ticket is not None and ticket.is_busy


async def signal(node: Node, connection: Connection, _: Actor, command: c.Signal) -> Ok:
    """Pass a signal to the other end, stamped with what the room knows of its sender.

    Raises ``Refused``: ``not_your_room`` from anybody but the peer that the room names at that
    end, ``old_epoch`` for an epoch that the room has not, ``ticket_wrong_state`` for words of
    people who are not at the desk. Nothing is passed on then.
    """
    end = connection.ends.get((command.ticket_id, command.leg))
    ticket = connection.feed.projection.tickets.get(command.ticket_id)
    room = _room(ticket, command.leg)
    if end is None or room is None or not end.peer == command.peer == room.peers.get(end.side):
        raise Refused(Code.NOT_YOUR_ROOM)
    _check_kind(command, end.side, ticket, room)
    offering, answering = LEG_SIDES[command.leg]
    to = answering if end.side is offering else offering
    fields = msgspec.structs.asdict(command) | {"peer": end.peer, "epoch": room.epoch}
    del fields["id"]
    other = End(end.fair_id, end.ticket_id, end.leg, to, room.peers[to])
    await node.signals.send(other, PeerSignal(**fields))
    return Ok(id=command.id)


def _room(ticket: Ticket | None, leg: Leg) -> Room | None:
    """Find the room of a connection while it is open; None when it is not."""
    if ticket is None or not ticket.is_busy:
        return None
    if leg is Leg.MAIN:
        return None if ticket.interview_mode is InterviewMode.PHONE else ticket.room
    guest = ticket.guest
    return guest.legs[leg] if guest is not None and guest.state is GuestState.AGREED else None


def _check_kind(command: c.Signal, side: RoomSide, ticket: Ticket | None, room: Room) -> None:
    """Check that this end may send this now; words belong to no epoch, but to the desk."""
    if command.kind == "talk":
        if ticket is None or ticket.state not in _AT_DESK:
            raise Refused(Code.TICKET_WRONG_STATE)
    elif command.epoch != room.epoch:
        raise Refused(Code.OLD_EPOCH, epoch=room.epoch)
    elif side not in _SENDERS[command.kind](command.leg):
        raise Refused(Code.NOT_YOUR_ROOM)


async def leave_rooms(node: Node, connection: Connection) -> None:
    """Note that a closed socket's ends are gone from their rooms; the interviews go on."""
    principal = connection.principal
    scope = scope_of(principal.party, c.ReportRoom)
    for end in tuple(connection.ends.values()):
        node.signals.detach(end, connection.push)
        if scope is None:
            continue
        name = (_MAIN if end.leg is Leg.MAIN else _GUEST).report
        lost = {"ticket_id": end.ticket_id, "leg": end.leg, "peer": end.peer}
        lost["link"] = connection.link
        await node.lose_peer(name, principal.actor(scope), principal.fair_id, lost)
