"""What each address of the HTTP interface takes and answers, said where it is handled.

``openapi`` builds the document from it, and a test makes sure that no address says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from fairserver.protocol.errors import Code, Refused

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


def contract(who: Who, answer: Any = None, **more: Any) -> Callable[[_Handler], _Handler]:
    """Say what a handler takes and answers; ``more`` are fields of ``Contract``."""

    def keep(handler: _Handler) -> _Handler:
        CONTRACTS[handler] = Contract(who=who, answer=answer, **more)
        return handler

    return keep


def read_query(request: web.Request, kind: type[_T]) -> _T:
    """Read a request's query as a type; raises ``Refused`` (``malformed``)."""
    if len(set(request.query)) != len(request.query):
        raise Refused(Code.MALFORMED, problem="a parameter is given twice")
    known = {field.encode_name for field in msgspec.structs.fields(kind)}
    asked = {name: value for name, value in request.query.items() if name in known}
    try:
        return msgspec.convert(asked, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(Code.MALFORMED, problem=str(error)) from error
