"""A candidate's code given again: at the reception, to somebody who has lost it or is locked."""

from __future__ import annotations

import msgspec
from aiohttp import web

from fairserver import security
from fairserver.ledger.codes import HIGHEST_NUMBER
from fairserver.protocol.errors import Code, Refused
from fairserver.security import Deed
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response, read_body
from fairserver.web.keys import NODE
from fairserver.web.permissions import Act
from fairserver.web.principal import Principal
from fairserver.web.reach import principal_of

routes = web.RouteTableDef()

_PATH = "/api/fairs/{fair_id}/numbers/{number}"


class NumberOwner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose number it is: what staff compare with the person who stands there."""

    number: int
    full_name: str
    birth_year: int
    #: The last digits of the telephone number, or empty.
    phone_end: str


class CodeWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the person is signed out everywhere too, and the link ends: for a lost phone."""

    sign_out: bool = False


class NewCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code just made, of eight digits; the one before has ended."""

    number: int
    code: str


@routes.get(_PATH)
@contract(Act.NEW_CODE, NumberOwner, refusals=(Code.CANDIDATE_UNKNOWN,))
async def show_owner(request: web.Request) -> web.Response:
    """Show the organiser whose number it is, before a code is given again."""
    principal = principal_of(request)
    people = request.app[NODE].ledger.people
    person = await people.by_number(principal.fair_id, _number(request))
    _note(principal, Deed.PERSON_READ, person.candidate_id)
    owner = NumberOwner(
        number=person.number or 0,
        full_name=person.full_name,
        birth_year=person.birth_year,
        phone_end=(person.phone or "")[-3:],
    )
    return json_response(owner)


@routes.post(f"{_PATH}/code")
@contract(Act.NEW_CODE, NewCode, status=201, body=CodeWish, refusals=(Code.CANDIDATE_UNKNOWN,))
async def give_code(request: web.Request) -> web.Response:
    """Give a number another code, also when the old one is locked; shown in this answer only."""
    node, principal = request.app[NODE], principal_of(request)
    asked, number = await read_body(request, CodeWish), _number(request)
    person = await node.ledger.people.by_number(principal.fair_id, number)
    code = await node.ledger.people.give_code_again(principal.fair_id, number)
    if asked.sign_out:
        await node.ledger.people.renew_link(person.candidate_id)
        await node.ledger.sessions.end_subject(person.candidate_id)
        node.end_subject(person.candidate_id)
    _note(principal, Deed.CODE_GIVEN, person.candidate_id)
    return json_response(NewCode(number=number, code=code), 201)


def _number(request: web.Request) -> int:
    """Read the number of the address; raises ``Refused`` where nobody can have it."""
    text = request.match_info["number"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    if not 1 <= number <= HIGHEST_NUMBER:
        raise Refused(Code.CANDIDATE_UNKNOWN)
    return number


def _note(principal: Principal, deed: Deed, candidate_id: str) -> None:
    who, of = f"staff:{principal.subject_id}", f"candidate:{candidate_id}"
    security.note(deed, who=who, of=of, fair_id=principal.fair_id)
