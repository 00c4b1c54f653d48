"""A candidate's own link again, as text and as a QR code: to go on in another browser."""

from __future__ import annotations

import io

import msgspec
import segno
from aiohttp import web

from fairserver.protocol.errors import Code, Refused
from fairserver.web.contract import contract
from fairserver.web.http_api import json_response
from fairserver.web.keys import NODE
from fairserver.web.permissions import Act
from fairserver.web.principal import Principal
from fairserver.web.reach import principal_of

routes = web.RouteTableDef()

#: Modules of quiet ground that a QR code needs around it.
_BORDER = 4


class OwnLink(msgspec.Struct, frozen=True, kw_only=True):
    """The person's own ticket link and code, and the last digits of the telephone on record.

    ``phone_end`` is empty where there is none: enough to know the number by, and no more for
    whoever looks at the screen.
    """

    url: str
    #: Eight digits, with which the person comes back by number.
    code: str
    phone_end: str


@routes.get("/api/fairs/{fair_id}/own_link")
@contract(Act.OWN_LINK, OwnLink, door=None, refusals=(Code.LINK_UNKNOWN, Code.CANDIDATE_UNKNOWN))
async def show_link(request: web.Request) -> web.Response:
    """Give a candidate the own link once more."""
    principal = principal_of(request)
    people = request.app[NODE].ledger.people
    person, code = await people.get(principal.subject_id), await people.code(principal.subject_id)
    url, phone_end = await _link(request, principal), (person.phone or "")[-3:]
    return json_response(OwnLink(url=url, code=code, phone_end=phone_end))


@routes.get("/api/fairs/{fair_id}/own_link.svg")
@contract(
    Act.OWN_LINK,
    door=None,
    media=("image/svg+xml",),
    refusals=(Code.LINK_UNKNOWN, Code.CANDIDATE_UNKNOWN),
)
async def show_code(request: web.Request) -> web.Response:
    """Draw the same link as a QR code, black on white in any light."""
    drawn = io.BytesIO()
    code = segno.make_qr(await _link(request, principal_of(request)), error="m")
    code.save(drawn, kind="svg", border=_BORDER, dark="#000", light="#fff", xmldecl=False)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'"}
    return web.Response(body=drawn.getvalue(), content_type="image/svg+xml", headers=headers)


async def _link(request: web.Request, principal: Principal) -> str:
    """Make the link at the address by which the page came, if that is one of ours."""
    node = request.app[NODE]
    token = await node.ledger.people.link_token(principal.subject_id)
    if token is None:
        raise Refused(Code.LINK_UNKNOWN)
    own = f"{request.scheme}://{request.host}"
    base = own if own in node.origins else node.settings.base_url
    return f"{base}/f/{principal.fair_id}/#t={token}"
