"""The HTTP interface: what a fair is, taking part, signing in."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from fairserver import security
from fairserver.domain.fair_plan import FairPlan, Text
from fairserver.domain.states import FairState, Role
from fairserver.domain.texts import cleaned
from fairserver.ledger.entry import Registered
from fairserver.ledger.forms import CandidateForm
from fairserver.ledger.registrations import TooManyRegistrations
from fairserver.ledger.tries import SignInWay, Source
from fairserver.protocol.errors import Code, Refused
from fairserver.web.access import SESSION_S, agent_of, drop_cookie, find_principal, set_cookie
from fairserver.web.contract import Who, contract
from fairserver.web.keys import DOOR, KNOWN_DOOR, NODE
from fairserver.web.node import LiveFair, Node
from fairserver.web.permissions import Act
from fairserver.web.principal import Principal
from fairserver.web.reach import admit_again, principal_of
from fairserver.web.tries import (
    note_flood,
    note_refusal,
    note_registration,
    note_sign_in,
    pace_of,
    source_of,
    wrong_token,
)

routes = web.RouteTableDef()

_T = TypeVar("_T")

#: Seconds in which a request's body must have come; aiohttp itself would wait for ever.
_BODY_S = 10.0

#: Who registers people at a reception.
_AT_RECEPTION = frozenset({Role.ORGANISER, Role.SUPPORT})


class FairFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One fair of this server."""

    fair_id: str
    name: Text
    date: dt.date
    state: FairState


class EntryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry form says of its fair."""

    fair_id: str
    name: Text
    date: dt.date
    #: Local times such as ``07:30``.
    starts: str
    ends: str
    place: str


class RegisterRequest(CandidateForm, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The entry form; ``request_id`` makes a repeat harmless, ``bearer`` is for programs.

    ``shared`` says that others use this computer, too: its cookie ends with the browser.
    """

    request_id: str
    bearer: bool = False
    shared: bool = False


class SignInRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sign in with a personal link's ``token``, or come back with ``number`` and ``code``.

    ``shared`` as at the entry form.
    """

    token: str | None = None
    fair_id: str | None = None
    number: int | None = None
    code: str | None = None
    bearer: bool = False
    shared: bool = False


class SignedIn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who this browser now is. ``session_token`` only for programs that asked for it."""

    slot: str
    role: str
    fair_id: str
    display_name: str
    booth_id: str | None = None
    candidate_id: str | None = None
    number: int | None = None
    code: str | None = None
    ticket_link: str | None = None
    session_token: str | None = None


# --- what a fair is -----------------------------------------------------------------------------


@routes.get("/api/fairs")
@contract(Who.ANYBODY, list[FairFacts])
async def list_fairs(request: web.Request) -> web.Response:
    """List the fairs of this server."""
    fairs = [
        FairFacts(
            fair_id=fair.plan.fair_id,
            name=fair.plan.name,
            date=fair.plan.date,
            state=fair.feed.projection.state,
        )
        for fair in request.app[NODE].fairs.values()
    ]
    return json_response(fairs)


@routes.get("/api/fairs/{fair_id}")
@contract(Who.ANYBODY, FairPlan, also=304)
async def show_fair(request: web.Request) -> web.Response:
    """Show a fair's plan without its contact persons; pages keep it by its ETag."""
    body = msgspec.json.encode(live_fair(request).plan.public())
    response = web.Response(body=body, content_type="application/json")
    response.etag = hashlib.sha256(body).hexdigest()[:20]
    response.headers["Cache-Control"] = "no-cache"
    if request.if_none_match and response.etag in request.if_none_match:
        return web.Response(status=304, headers={"ETag": response.headers["ETag"]})
    response.enable_compression()
    return response


@routes.get("/api/fairs/{fair_id}/facts")
@contract(Who.ANYBODY, EntryFacts)
async def show_facts(request: web.Request) -> web.Response:
    """Show what a fair is called, where and when: all of the plan that an entry form needs."""
    public = live_fair(request).plan.public()
    facts = ("fair_id", "name", "date", "starts", "ends", "place")
    return json_response({fact: public[fact] for fact in facts})


# --- taking part and signing in -----------------------------------------------------------------


@routes.post("/api/fairs/{fair_id}/candidates")
@contract(
    Who.ANYBODY,
    SignedIn,
    status=201,
    body=RegisterRequest,
    refusals=(
        Code.FIELD_WRONG,
        Code.CONSENT_NEEDED,
        Code.TOO_YOUNG,
        Code.TOO_MANY_REGISTRATIONS,
    ),
)
async def register_candidate(request: web.Request) -> web.Response:
    """Take a candidate in: the person into the ledger, a number from the live line.

    A node that dies in between leaves a person without a number; the repeat of the same
    ``request_id`` gives it.
    """
    node, fair_id = request.app[NODE], live_fair(request).plan.fair_id
    knock(request)
    asked = await read_body(request, RegisterRequest)
    fields = msgspec.structs.asdict(asked)
    request_id = fields.pop("request_id")
    bearer, shared = fields.pop("bearer"), fields.pop("shared")
    pace = pace_of(await _source(request, fair_id), node.settings.limits)
    try:
        found = await node.ledger.people.register(
            fair_id, request_id, CandidateForm(**fields), pace=pace
        )
    except TooManyRegistrations as refused:
        await note_flood(request, refused, fair_id)
        raise
    await note_registration(request, found, fair_id)
    number = found.number
    if number is None:
        number = await node.line.register(fair_id, found.candidate_id)
        await node.ledger.people.set_number(found.candidate_id, number)
    return await _sign_candidate_in(request, fair_id, found, number, bearer=bearer, shared=shared)


async def _source(request: web.Request, fair_id: str) -> Source:
    """Say where a registration comes from; where staff of the fair make it is a known place."""
    source, node = source_of(request), request.app[NODE]
    if "Authorization" in request.headers or "slot" in request.query:
        with contextlib.suppress(Refused):
            principal = await find_principal(request, node.settings, node.ledger)
            if principal.role in _AT_RECEPTION and principal.fair_id == fair_id:
                return Source(f"{principal.role} {principal.subject_id}", known=True)
    return source


async def _sign_candidate_in(
    request: web.Request,
    fair_id: str,
    found: Registered,
    number: int,
    *,
    bearer: bool,
    shared: bool,
) -> web.Response:
    opened = await request.app[NODE].ledger.sessions.open(
        fair_id, Role.CANDIDATE, found.candidate_id, None, str(number), SESSION_S, agent_of(request)
    )
    answer = SignedIn(
        slot=opened.slot,
        role=Role.CANDIDATE.value,
        fair_id=fair_id,
        display_name=str(number),
        candidate_id=found.candidate_id,
        number=number,
        code=found.code,
        ticket_link=f"/f/{fair_id}/#t={found.link_token}",
    )
    return _session_response(
        request, answer, opened.token, bearer=bearer, shared=shared, status=201
    )


@routes.post("/api/sessions")
@contract(
    Who.ANYBODY,
    SignedIn,
    body=SignInRequest,
    refusals=(
        Code.LINK_UNKNOWN,
        Code.CODE_WRONG,
        Code.CODE_LOCKED,
        Code.TOO_MANY_TRIES,
        Code.FAIR_UNKNOWN,
    ),
)
async def sign_in(request: web.Request) -> web.Response:
    """Sign in with a personal link (its token comes from the fragment) or number and code.

    Opening the link itself never consumes anything: only this request signs in.
    """
    node = request.app[NODE]
    knock(request)
    asked = await read_body(request, SignInRequest)
    if asked.token is not None:
        answer, ids = await _by_token(request, asked.token)
    else:
        answer, ids = await _by_code(request, asked)
    opened = await node.ledger.sessions.open(
        answer.fair_id,
        Role(answer.role),
        ids,
        answer.booth_id,
        answer.display_name,
        SESSION_S,
        agent_of(request),
        link=asked.token,
    )
    answer = msgspec.structs.replace(answer, slot=opened.slot)
    note_sign_in(
        answer.role,
        ids,
        answer.fair_id,
        SignInWay.CODE if asked.token is None else SignInWay.LINK,
    )
    return _session_response(
        request, answer, opened.token, bearer=asked.bearer, shared=asked.shared, status=200
    )


async def _by_token(request: web.Request, token: str) -> tuple[SignedIn, str]:
    node = request.app[NODE]
    member = await node.ledger.staff.by_token(token)
    if member is not None:
        answer = SignedIn(
            slot="",
            role=member.role.value,
            fair_id=member.fair_id,
            display_name=member.display_name,
            booth_id=member.booth_id,
        )
        return answer, member.staff_id
    candidate_id = await node.ledger.people.by_link(None, token)
    if candidate_id is None:
        is_revoked = await node.ledger.devices.is_revoked(token)
        code = Code.DEVICE_REVOKED if is_revoked else Code.LINK_UNKNOWN
        await wrong_token(request, SignInWay.LINK, code)
        raise Refused(code)
    return await _candidate(node, candidate_id)


async def _by_code(request: web.Request, asked: SignInRequest) -> tuple[SignedIn, str]:
    node, source = request.app[NODE], source_of(request)
    if asked.fair_id is None or asked.number is None or asked.code is None:
        raise Refused(Code.MALFORMED, problem="token, or fair_id, number and code")
    try:
        candidate_id = await node.ledger.people.by_code(
            asked.fair_id, asked.number, asked.code, source
        )
    except Refused as refused:
        await note_refusal(request, SignInWay.CODE, refused, asked.fair_id)
        raise
    return await _candidate(node, candidate_id)


async def _candidate(node: Node, candidate_id: str) -> tuple[SignedIn, str]:
    person = await node.ledger.people.get(candidate_id)
    number = person.number
    if number is None:
        number = await node.line.register(person.fair_id, candidate_id)
        await node.ledger.people.set_number(candidate_id, number)
    answer = SignedIn(
        slot="",
        role=Role.CANDIDATE.value,
        fair_id=person.fair_id,
        display_name=str(number),
        candidate_id=candidate_id,
        number=number,
    )
    return answer, candidate_id


@routes.get("/api/session")
@contract(Act.SESSION, SignedIn, door=None)
async def show_session(request: web.Request) -> web.Response:
    """Say who this browser is in a slot."""
    return json_response(_signed_in(principal_of(request)))


@routes.delete("/api/session")
@contract(Act.SESSION, status=204, door=None)
async def sign_out(request: web.Request) -> web.Response:
    """End the session of a slot, with its sockets."""
    node = request.app[NODE]
    principal = principal_of(request)
    await node.ledger.sessions.end_slot(principal.slot)
    node.end_slot(principal.slot)
    security.note(security.Deed.SIGNED_OUT, who=principal.by, fair_id=principal.fair_id)
    response = web.Response(status=204)
    drop_cookie(request, response, node.settings, principal.slot)
    return response


def _signed_in(principal: Principal) -> SignedIn:
    is_candidate = principal.role is Role.CANDIDATE
    return SignedIn(
        slot=principal.slot,
        role=principal.role.value,
        fair_id=principal.fair_id,
        display_name=principal.display_name,
        booth_id=principal.booth_id,
        candidate_id=principal.subject_id if is_candidate else None,
        number=int(principal.display_name) if is_candidate else None,
    )


# --- shared -------------------------------------------------------------------------------------


def json_response(value: object, status: int = 200) -> web.Response:
    """Answer with JSON that nobody keeps."""
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _session_response(
    request: web.Request,
    answer: SignedIn,
    token: str,
    *,
    bearer: bool,
    shared: bool,
    status: int,
) -> web.Response:
    if bearer:
        return json_response(msgspec.structs.replace(answer, session_token=token), status)
    response = json_response(answer, status)
    set_cookie(request, response, request.app[NODE].settings, answer.slot, token, shared=shared)
    return response


def live_fair(request: web.Request) -> LiveFair:
    """Find the fair of the address; raises ``Refused`` (``fair_unknown``)."""
    fair = request.app[NODE].fairs.get(request.match_info["fair_id"])
    if fair is None:
        raise Refused(Code.FAIR_UNKNOWN)
    return fair


def knock(request: web.Request) -> None:
    """Limit how often one address registers or tries to sign in; raises ``Refused``."""
    source = source_of(request)
    if not request.app[KNOWN_DOOR if source.known else DOOR].take(source.network):
        raise Refused(Code.TOO_FAST)


async def read_body(request: web.Request, kind: type[_T]) -> _T:
    """Read a request's body in time and as a type.

    Raises ``Refused``: ``malformed``, or as the gate does when a right ended while it came.
    """
    is_here = request.content.is_eof()
    try:
        async with asyncio.timeout(_BODY_S):
            raw: Any = await request.read()
        if not is_here:
            await admit_again(request)
        body = msgspec.json.decode(raw, type=kind)
        if (clean := cleaned(body)) is not body:  # what is left must be long enough, too
            body = msgspec.convert(msgspec.to_builtins(clean), kind)
        return body
    except TimeoutError:
        raise Refused(Code.MALFORMED, problem="the body did not come in time") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(Code.MALFORMED, problem=str(error)) from error
