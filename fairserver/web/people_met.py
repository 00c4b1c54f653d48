"""The people whom a booth has met: on its page, as a file, and the log of files.

The address of a file is good for a few minutes, for one signed-in identity only, and names nobody.
"""

from __future__ import annotations

import asyncio
import time
from enum import StrEnum
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from fairserver.events.records import Ticket
from fairserver.ledger.disclosures import Disclosure, Form
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Language, Millis
from fairserver.reports.met import FIELDS, MetPerson, met_people, met_tickets
from fairserver.reports.met_file import Origin, met_csv, met_workbook, words
from fairserver.web.contract import contract, read_query
from fairserver.web.http_api import json_response, live_fair, read_body
from fairserver.web.keys import NODE
from fairserver.web.node import LiveFair, Node
from fairserver.web.permissions import Act
from fairserver.web.principal import Principal
from fairserver.web.reach import PERMIT, principal_of
from fairserver.web.reading import Reader, name_turns, note_met, reader_of

routes = web.RouteTableDef()

#: Milliseconds that the address of a file is good for.
_LINK_MS = 5 * 60_000
_TYPES = {
    Form.CSV: "text/csv",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class FileForm(StrEnum):
    """The files that a list of people can be had as."""

    CSV = "csv"
    XLSX = "xlsx"


class PeopleMet(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody whom a booth has met, in the order in which they left."""

    people: list[MetPerson]


class NewFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file that is wanted."""

    form: FileForm
    language: Language = "vi"


class FileLink(msgspec.Struct, frozen=True, kw_only=True):
    """Where the file can be had until ``expires_at``, and what it will hold of each person."""

    path: str
    expires_at: Millis
    fields: list[str]


class FileQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a file's address."""

    form: FileForm
    language: Language
    until: Millis
    proof: str


class DisclosureLog(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken along, the newest first."""

    disclosures: list[Disclosure]


async def gather(
    node: Node, fair: LiveFair, reader: Reader, tickets: list[Ticket] | None = None
) -> list[MetPerson]:
    """Read everybody whom a booth has met, or these turns of them, with what each shares now."""
    projection, booth_id, ledger = fair.feed.projection, reader.booth_id, node.ledger
    if tickets is None:
        tickets = met_tickets(projection, booth_id)
    turns = {ticket.ticket_id: ticket.candidate_id for ticket in tickets}
    may = await ledger.people.shown_to(booth_id, set(turns.values()))
    willing = [ticket for ticket in tickets if may[ticket.candidate_id].profile]
    named = await name_turns(node, fair, reader, willing)
    shared = await ledger.met.of_turns(fair.plan.fair_id, booth_id, turns, named)
    return met_people(projection, tickets, shared)


@routes.get("/api/fairs/{fair_id}/people-met")
@contract(Act.PEOPLE_MET, PeopleMet)
async def show_people_met(request: web.Request) -> web.Response:
    """Show a booth the people it has met, and of each what the person shares."""
    node, fair, reader = request.app[NODE], live_fair(request), reader_of(request)
    people = await gather(node, fair, reader)
    await note_met(node, fair, reader, people)
    return json_response(PeopleMet(people=people))


@routes.post("/api/fairs/{fair_id}/people-met/links")
@contract(Act.PEOPLE_MET, FileLink, status=201, body=NewFile)
async def make_file_link(request: web.Request) -> web.Response:
    """Make the address of a file for who asks; nothing has left by that."""
    principal = principal_of(request)
    asked = await read_body(request, NewFile)
    until = _now() + _LINK_MS
    proof = _proof(request.app[NODE], principal, asked.form, asked.language, until)
    query = {"form": asked.form.value, "language": asked.language, "until": until, "proof": proof}
    path = f"/api/fairs/{principal.fair_id}/people-met/file?{urlencode(query)}"
    return json_response(FileLink(path=path, expires_at=until, fields=list(FIELDS)), 201)


@routes.get("/api/fairs/{fair_id}/people-met/file")
@contract(
    Act.PEOPLE_MET,
    media=tuple(_TYPES.values()),
    query=FileQuery,
    refusals=(Code.MALFORMED, Code.DOWNLOAD_OVER),
)
async def download_people_met(request: web.Request) -> web.Response:
    """Give the list as a file, and write down who took how many people's data along."""
    principal = principal_of(request)
    node, fair = request.app[NODE], live_fair(request)
    asked = _asked(request, node, principal)
    form, booth_id = Form(asked.form.value), principal.booth_id or ""
    people = await gather(node, fair, reader_of(request))
    body = await asyncio.to_thread(
        _write, form, people, asked.language, _origin(fair, principal, asked.language)
    )
    await node.ledger.disclosures.add(
        principal.fair_id, booth_id, f"staff:{principal.subject_id}", form, [*FIELDS], len(people)
    )
    name = f"{words(asked.language)['met.file']}.{asked.form}"
    return web.Response(
        body=body,
        content_type=_TYPES[form],
        charset="utf-8" if form is Form.CSV else None,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


@routes.get("/api/fairs/{fair_id}/disclosures")
@contract(Act.DISCLOSURES, DisclosureLog)
async def show_disclosures(request: web.Request) -> web.Response:
    """Show which data were taken along: a booth its own, the organiser everybody's."""
    permit, disclosures = request[PERMIT], request.app[NODE].ledger.disclosures
    rows = await disclosures.of_fair(permit.principal.fair_id, permit.booth_id)
    return json_response(DisclosureLog(disclosures=rows))


def _asked(request: web.Request, node: Node, principal: Principal) -> FileQuery:
    """Read the address of a file; raises ``Refused`` for another's, a changed or an old one."""
    asked = read_query(request, FileQuery)
    parts = _parts(principal, asked.form, asked.language, asked.until)
    if asked.until < _now() or not node.ledger.secrecy.proves(asked.proof, "met file", *parts):
        raise Refused(Code.DOWNLOAD_OVER)
    return asked


def _proof(node: Node, principal: Principal, form: FileForm, language: str, until: Millis) -> str:
    return node.ledger.secrecy.proof("met file", *_parts(principal, form, language, until))


def _parts(principal: Principal, form: FileForm, language: str, until: Millis) -> tuple[str, ...]:
    """Name what an address is bound to: this sign-in, this booth, this file, this time."""
    booth_id = principal.booth_id or ""
    return principal.fair_id, booth_id, principal.slot, form.value, language, str(until)


def _write(form: Form, people: list[MetPerson], language: str, origin: Origin) -> bytes:
    if form is Form.CSV:
        return met_csv(people, language)
    return met_workbook(people, language, origin)


def _origin(fair: LiveFair, principal: Principal, language: str) -> Origin:
    booth, name = fair.plans.booth(principal.booth_id or ""), fair.plan.name
    return Origin(
        fair=(name.en if language == "en" else "") or name.vi,
        booth=f"{booth.number} · {booth.employer.name}",
        by=principal.display_name,
        at=_now(),
    )


def _now() -> Millis:
    return int(time.time() * 1000)
