"""A booth reads people: which of them it may name, and that it did so is written down.

Every reader of a person goes through here, page, file and employer's system alike. A page that
shows a person discloses as a file does: it is a row of the log, once for everything that is shown
anew to somebody, and in the security log.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from aiohttp import web

from fairserver import security
from fairserver.domain.states import AlarmKind, Way
from fairserver.events.records import TALK_MS, Ticket
from fairserver.ledger.disclosures import Form, PersonRead
from fairserver.ledger.people import PersonShown, Stage
from fairserver.line.line import Actor
from fairserver.protocol.errors import Code, Refused
from fairserver.reports.met import MET, MetPerson
from fairserver.security import Deed
from fairserver.web.node import LiveFair, Node
from fairserver.web.reach import principal_of


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads for a booth: a member of its staff, or an employer's own system."""

    booth_id: str
    #: ``staff:<id>`` or ``key:<id>``.
    by: str

    @property
    def actor(self) -> Actor:
        """Give the actor that reads in the line, within the booth."""
        return msgspec.structs.replace(Actor.recruiter("", self.booth_id), by=self.by, client="")


def reader_of(request: web.Request) -> Reader:
    """Give the member of a booth's staff who asks."""
    principal = principal_of(request)
    return Reader(
        booth_id=principal.booth_id or "",
        by=f"staff:{principal.subject_id}",
    )


async def read_person(node: Node, fair: LiveFair, reader: Reader, ticket: Ticket) -> PersonShown:
    """Read what a booth may see of the person of a turn now, and write that down.

    Raises ``Refused`` ``profile_hidden`` for who gave no consent to this booth, ``profiles_wait``
    once a desk has read too many people without talking with them.
    """
    stage = _stage(fair, ticket)
    people = node.ledger.people
    seen = await people.profile_for_booth(ticket.candidate_id, reader.booth_id, stage)
    if seen.full_name is not None and not await name_turns(node, fair, reader, [ticket]):
        raise Refused(Code.PROFILES_WAIT)
    await note_read(node, fair, reader, ticket, seen.fields)
    return seen


def _stage(fair: LiveFair, ticket: Ticket) -> Stage:
    if ticket.state == "called":
        return Stage.CALLED
    if ticket.state in MET:
        return Stage.AFTER
    way = fair.feed.projection.candidates[ticket.candidate_id].way
    return Stage.BY_PHONE if way is Way.PHONE else Stage.HERE


async def name_turns(
    node: Node, fair: LiveFair, reader: Reader, tickets: Sequence[Ticket]
) -> set[str]:
    """Give the turns whose persons a booth may name, of some that have come to its desks.

    So many a desk may read ahead of talking (``lua/read_profiles.lua``); the control room hears of
    a booth that wants more.
    """
    named = {one.ticket_id for one in tickets if one.read or one.talked_ms >= TALK_MS}
    new = [one.ticket_id for one in tickets if not one.read]
    if not new:
        return named
    fair_id, waiting = fair.plan.fair_id, 0
    try:
        answer = await node.line.run(fair_id, "read_profiles", reader.actor, ticket_ids=new)
        named |= set(answer.result["read"])
        waiting = answer.result["waiting"]
    except Refused as refused:
        if refused.code is not Code.TICKET_WRONG_STATE:  # gone on meanwhile: read again
            raise
    if waiting:
        booth = fair.feed.projection.booths[reader.booth_id]
        await node.raise_alarm(fair_id, AlarmKind.PEOPLE_READ, reader.booth_id, booth.read)
    return named


async def note_read(
    node: Node, fair: LiveFair, reader: Reader, ticket: Ticket, fields: Sequence[str]
) -> None:
    """Write down that somebody is shown something of the person of a turn, before it is shown."""
    await _note(node, fair, reader, [_read_of(fair, ticket, fields)])


async def note_met(node: Node, fair: LiveFair, reader: Reader, people: Sequence[MetPerson]) -> None:
    """Write down what a page shows of everybody whom a booth has met."""
    tickets = fair.feed.projection.tickets
    reads = [
        _read_of(fair, tickets[person.ticket_id], fields)
        for person in people
        if (fields := _own_fields(person))
    ]
    await _note(node, fair, reader, reads)


def _own_fields(person: MetPerson) -> list[str]:
    """Name what a list shows of a person beside the number."""
    shown = msgspec.structs.asdict(person.person) if person.person is not None else {}
    fields = [name for name, value in shown.items() if value is not None]
    parts = {"answers": person.answers, "note": person.notes}
    return fields + [name for name, part in parts.items() if part]


def _read_of(fair: LiveFair, ticket: Ticket, fields: Sequence[str]) -> PersonRead:
    owner = fair.feed.projection.candidates[ticket.candidate_id]
    return PersonRead(
        ticket_id=ticket.ticket_id,
        candidate_id=ticket.candidate_id,
        fields=tuple(fields),
        revision=owner.revision(ticket.booth_id),
    )


async def _note(node: Node, fair: LiveFair, reader: Reader, reads: Sequence[PersonRead]) -> None:
    fair_id = fair.plan.fair_id
    log = node.ledger.disclosures
    for new in await log.add_people(fair_id, reader.booth_id, reader.by, Form.PAGE, reads):
        security.note(
            Deed.PERSON_READ,
            who=reader.by,
            of=f"candidate:{new.candidate_id}",
            fair_id=fair_id,
            ticket_id=new.ticket_id,
            fields=len(new.fields),
        )
