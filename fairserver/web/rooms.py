"""The commands of an interview's room: come in, tell what became of it, pass a signal on.

Each two people have a connection of their own; an end of one is named by ticket, leg and side.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import msgspec

from fairserver.domain.states import LEG_SIDES, Leg, RoomSide, TicketState
from fairserver.events.records import Ticket
from fairserver.line.line import Actor
from fairserver.protocol import commands as c
from fairserver.protocol.answers import Ok, PeerSignal, RoomPass
from fairserver.protocol.errors import Code, Refused
from fairserver.web.connection import Connection
from fairserver.web.node import Node
from fairserver.web.permissions import scope_of

#: Where a ticket's people may write to each other.
_AT_DESK = frozenset({TicketState.CONNECTING, TicketState.INTERVIEWING})


class _Transitions(NamedTuple):
    """What the two commands of an end run."""

    enter: str
    report: str


_MAIN = _Transitions("enter_room", "report_room")
_GUEST = _Transitions("enter_leg", "report_leg")


async def enter_room(node: Node, connection: Connection, actor: Actor, command: c.EnterRoom) -> Ok:
    """Let one end of a connection in; the answer says by which servers it connects."""
    name = (_MAIN if command.leg is Leg.MAIN else _GUEST).enter
    answer = await node.line.run(
        connection.principal.fair_id,
        name,
        actor,
        command.id,
        ticket_id=command.ticket_id,
        leg=command.leg,
        peer=command.peer,
        after_epoch=command.after_epoch,
        desk_id=command.desk_id,
        link=connection.link,
    )
    _stand_in_room(node, connection, command)
    room_pass = RoomPass(
        epoch=int(answer.result["epoch"]),
        ice_servers=node.ice.servers_for(command.peer, time.time()),
    )
    return Ok(id=command.id, seq=answer.seq, result=msgspec.to_builtins(room_pass))


async def report_room(
    node: Node, connection: Connection, actor: Actor, command: c.ReportRoom
) -> Ok:
    """Note what became of one end of a connection."""
    answer = await node.line.run(
        connection.principal.fair_id,
        (_MAIN if command.leg is Leg.MAIN else _GUEST).report,
        actor,
        command.id,
        ticket_id=command.ticket_id,
        leg=command.leg,
        peer=command.peer,
        epoch=command.epoch,
        state=command.state,
        link=connection.link,
    )
    # A page whose socket broke and came back goes on with the same peer.
    _stand_in_room(node, connection, command)
    return Ok(id=command.id, seq=answer.seq, result=answer.result)


def _stand_in_room(node: Node, connection: Connection, command: c.EnterRoom | c.ReportRoom) -> None:
    fair_id, tickets = connection.principal.fair_id, connection.feed.projection.tickets
    # A booth's page stays connected all day: the rooms of people long gone are let go of here.
    for ticket_id, leg in [one for one in connection.ends if not _is_near(tickets.get(one[0]))]:
        _, side = connection.ends.pop((ticket_id, leg))
        node.signals.detach(fair_id, ticket_id, leg, side, connection.push)
    side = _side(connection, command.ticket_id, command.leg)
    connection.ends[command.ticket_id, command.leg] = (command.peer, side)
    node.signals.attach(fair_id, command.ticket_id, command.leg, side, connection.push)


def _side(connection: Connection, ticket_id: str, leg: Leg) -> RoomSide:
    """Tell at which end somebody stands: a colleague may be the third person of an interview."""
    ticket = connection.feed.projection.tickets.get(ticket_id)
    guest = ticket.guest if ticket is not None else None
    is_guest = guest is not None and guest.guest_id == connection.principal.subject_id
    return RoomSide.GUEST if is_guest and leg is not Leg.MAIN else connection.side


def _is_near(ticket: Ticket | None) -> bool:
    """Whether a ticket can have a room at all: on deck, called or at a desk."""
    return ticket is not None and ticket.is_busy


async def signal(node: Node, connection: Connection, _: Actor, command: c.Signal) -> Ok:
    """Pass a signal to the other end; only who has entered the room may send one."""
    peer, side = connection.ends.get((command.ticket_id, command.leg), ("", connection.side))
    ticket = connection.feed.projection.tickets.get(command.ticket_id)
    if peer != command.peer:
        raise Refused(Code.NOT_YOUR_ROOM)
    if command.leg is not Leg.MAIN and (ticket is None or ticket.guest is None):
        raise Refused(Code.NOT_YOUR_ROOM)  # the third person is out
    if command.kind == "talk" and (ticket is None or ticket.state not in _AT_DESK):
        raise Refused(Code.TICKET_WRONG_STATE)
    fields = msgspec.structs.asdict(command)
    del fields["id"]
    offering, answering = LEG_SIDES[command.leg]
    to = answering if side is offering else offering
    await node.signals.send(connection.principal.fair_id, to, PeerSignal(**fields))
    return Ok(id=command.id)


async def leave_rooms(node: Node, connection: Connection) -> None:
    """Note that a closed socket's ends are gone from their rooms; the interviews go on."""
    principal = connection.principal
    scope = scope_of(principal.role, c.ReportRoom)
    for (ticket_id, leg), (peer, side) in connection.ends.items():
        node.signals.detach(principal.fair_id, ticket_id, leg, side, connection.push)
        if scope is None:
            continue
        name = (_MAIN if leg is Leg.MAIN else _GUEST).report
        end = {"ticket_id": ticket_id, "leg": leg, "peer": peer, "link": connection.link}
        await node.lose_peer(name, principal.actor(scope), principal.fair_id, end)
