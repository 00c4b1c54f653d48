"""What each address of the HTTP interface takes and answers, said where it is handled.

It also says what is done there: an act of the table of permissions, or openly that anybody may.
``gate`` lets nobody through to a handler whose contract says neither. ``openapi`` builds the
document from it, and a test makes sure that no address says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from fairserver.domain.texts import cleaned
from fairserver.protocol.errors import Code, Refused
from fairserver.web.keys import OWN_DATA
from fairserver.web.limits import Buckets
from fairserver.web.permissions import ACTS, Act, Party

_Handler = TypeVar("_Handler", bound=Callable[..., Any])
_T = TypeVar("_T", bound=msgspec.Struct)

JSON = "application/json"


class Who(StrEnum):
    """Who may ask."""

    ANYBODY = "anybody"
    #: A person who is signed in, by cookie or bearer.
    SESSION = "session"
    #: An employer's own system, with a key of its booth.
    KEY = "key"


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """One operation: its types as ``msgspec`` knows them, and the codes it may refuse with.

    ``answer`` is None for an answer without a body; with another ``media`` than JSON the answer
    is a file.
    """

    who: Who
    #: What is done; None where anybody may.
    act: Act | None = None
    #: Which rate limits how often one person does it; None where none does.
    door: web.AppKey[Buckets] | None = OWN_DATA
    answer: Any = None
    status: int = 200
    body: Any = None
    query: type[msgspec.Struct] | None = None
    media: tuple[str, ...] = (JSON,)
    refusals: tuple[Code, ...] = ()
    #: A further status without a body, such as 304.
    also: int | None = None


#: Every contract, by the function that keeps it.
CONTRACTS: dict[Callable[..., Any], Contract] = {}


def contract(what: Who | Act, answer: Any = None, **more: Any) -> Callable[[_Handler], _Handler]:
    """Say what a handler does, takes and answers; ``more`` are fields of ``Contract``.

    ``what`` is an act, or ``Who.ANYBODY``. Raises ``ValueError`` for an act that the table of
    permissions gives to nobody, and for anything less than an act.
    """
    said = Contract(who=_who(what), act=_act(what), answer=answer, **more)

    def keep(handler: _Handler) -> _Handler:
        CONTRACTS[handler] = said
        return handler

    return keep


def _act(what: Who | Act) -> Act | None:
    return what if isinstance(what, Act) else None


def _who(what: Who | Act) -> Who:
    """Tell what a request has to bring."""
    if what is Who.ANYBODY:
        return what
    row = ACTS.get(what) if isinstance(what, Act) else None
    if not row:
        raise ValueError(f"{what!r} is no act that the table of permissions gives to anybody")
    return Who.KEY if set(row) == {Party.KEY} else Who.SESSION


def read_query(request: web.Request, kind: type[_T]) -> _T:
    """Read a request's query as a type; raises ``Refused`` (``malformed``)."""
    if len(set(request.query)) != len(request.query):
        raise Refused(Code.MALFORMED, problem="a parameter is given twice")
    known = {field.encode_name for field in msgspec.structs.fields(kind)}
    asked = {name: value for name, value in request.query.items() if name in known}
    try:
        return msgspec.convert(cleaned(asked), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(Code.MALFORMED, problem=str(error)) from error
