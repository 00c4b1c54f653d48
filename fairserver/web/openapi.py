"""The HTTP interface as an OpenAPI 3.1 document, built from the contracts of its handlers."""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import Any

import msgspec
from aiohttp import web

from fairserver import __version__
from fairserver.events.webhook_news import WebhookEvent, WebhookMessage
from fairserver.protocol import types
from fairserver.protocol.answers import Error
from fairserver.protocol.asyncapi import for_everybody
from fairserver.protocol.errors import Code
from fairserver.web import (
    after,
    api_keys,
    booth_line,
    devices,
    echo,
    employer_api,
    guests,
    guidance,
    http_api,
    left_behind,
    my_data,
    new_code,
    own_link,
    people_met,
    places,
    preparation,
    push,
    recordings,
    screening,
    sign_ins,
    webhooks,
)
from fairserver.web.contract import CONTRACTS, JSON, Contract, Who, contract
from fairserver.web.statuses import status_of

routes = web.RouteTableDef()

#: Every table of addresses under ``/api``, in the order of the document.
TABLES = (
    employer_api.routes,
    webhooks.routes,
    routes,
    http_api.routes,
    places.routes,
    guidance.routes,
    after.routes,
    my_data.routes,
    own_link.routes,
    echo.routes,
    push.routes,
    people_met.routes,
    preparation.routes,
    screening.routes,
    api_keys.routes,
    new_code.routes,
    booth_line.routes,
    guests.routes,
    recordings.routes,
    devices.routes,
    sign_ins.routes,
    left_behind.routes,
)

_INTRODUCTION = """\
Two parts. `/api/v1` is for an employer's own system, such as an applicant-tracking system: it
brings a key of its booth as `Authorization: Bearer …`, reads that booth's data and registers
webhooks. All other addresses are those of the pages, for people who are signed in: browsers by the
cookie of their `slot`, programs by the session's token as a bearer.

What changes something outside `/api/v1` needs the header `X-Fair: 1`, which no foreign page can
send. Every refusal is an `Error` with a stable `code`, a sentence and a hint, in the language of
`X-Fair-Language` or `Accept-Language` (`vi`, `en`). Moments are milliseconds since 1970 UTC.
What people do while the fair runs goes over the socket: see `asyncapi.json`.
"""
_REF = "#/components/schemas/{name}"
_ERROR = {"$ref": "#/components/schemas/Error"}
#: Types of what stands in an address.
_IN_PATH: dict[str, Any] = {
    "fair_id": types.FairId,
    "booth_id": types.BoothId,
    "ticket_id": types.TicketId,
    "slot_id": types.SlotId,
    "recording_id": types.RecordingId,
}
_SECURITY: dict[Who, list[dict[str, list[str]]]] = {
    Who.ANYBODY: [],
    Who.SESSION: [{"session": []}],
    Who.KEY: [{"key": []}],
}
_SAFE = frozenset({"GET", "HEAD"})


@routes.get("/api/v1/openapi.json")
@contract(Who.ANYBODY, dict[str, Any])
async def show_openapi(_: web.Request) -> web.Response:
    """Give this document."""
    return web.Response(body=_served(), content_type=JSON, headers={"Cache-Control": "no-cache"})


@cache
def _served() -> bytes:
    return openapi_json().encode()


def openapi_json() -> str:
    """Write the document as indented JSON, the same bytes for the same types."""
    raw = msgspec.json.encode(openapi_document())
    return msgspec.json.format(raw, indent=2).decode() + "\n"


def openapi_document() -> dict[str, Any]:
    """Build the document; raises ``KeyError`` for an address without a contract."""
    paths: dict[str, dict[str, Any]] = {}
    for route in api_routes():
        handler, method = route.handler, route.method.lower()
        name = handler.__name__
        paths.setdefault(route.path, {})[method] = _operation(
            route, CONTRACTS[handler], name, inspect.cleandoc(handler.__doc__ or "")
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fairserver: the HTTP interface",
            "version": __version__,
            "description": _INTRODUCTION
            + "\nError codes: "
            + ", ".join(f"`{code}`" for code in Code)
            + ".\n",
        },
        "paths": paths,
        "webhooks": _webhooks(),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A booth's key."},
                "session": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A session's token; browsers send it as the cookie "
                    "`fs_<slot>` (`__Host-fs_<slot>` over https) and name the slot in the query.",
                },
            },
        },
    }


def api_routes() -> list[web.RouteDef]:
    """List every address under ``/api`` with its handler."""
    every = [route for table in TABLES for route in table]
    return [one for one in every if isinstance(one, web.RouteDef) and one.path.startswith("/api")]


def _operation(route: web.RouteDef, said: Contract, name: str, about: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": about.partition("\n")[0],
        "tags": ["employer" if route.path.startswith("/api/v1") else "pages"],
        "security": _SECURITY[said.who],
        "responses": _responses(route, said),
    }
    if more := about.partition("\n")[2].strip():
        operation["description"] = more
    if parameters := _parameters(route, said):
        operation["parameters"] = parameters
    if said.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {JSON: {"schema": _schema(said.body)}},
        }
    return operation


def _parameters(route: web.RouteDef, said: Contract) -> list[dict[str, Any]]:
    found = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _schema(_IN_PATH.get(name, str)),
        }
        for name in re.findall(r"\{(\w+)", route.path)
    ]
    if said.query is not None:
        found += _query(said.query)
    if route.method not in _SAFE and said.who is not Who.KEY:
        header = {"type": "string", "const": "1"}
        found.append({"name": "X-Fair", "in": "header", "required": True, "schema": header})
    return found


def _query(kind: type[msgspec.Struct]) -> list[dict[str, Any]]:
    """Take a struct apart: each of its fields is one parameter."""
    return [
        {
            "name": field.encode_name,
            "in": "query",
            "required": field.required,
            "schema": _without_null(_schema(field.type)),
        }
        for field in msgspec.structs.fields(kind)
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out that a parameter may be null: it is then not there at all."""
    choices = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    return choices[0] if len(choices) == 1 else schema


def _responses(route: web.RouteDef, said: Contract) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done."}
    if said.media != (JSON,):
        file = {"type": "string", "contentMediaType": said.media[0]}
        good["content"] = {media: {"schema": file} for media in said.media}
    elif said.answer is not None:
        good["content"] = {JSON: {"schema": _schema(said.answer)}}
    responses: dict[str, Any] = {str(said.status): good}
    if said.also is not None:
        responses[str(said.also)] = {"description": "Nothing has changed."}
    by_status: dict[int, list[str]] = {}
    for code in _refusals(route, said):
        by_status.setdefault(status_of(code), []).append(code.value)
    for status, codes in sorted(by_status.items()):
        named = ", ".join(f"`{code}`" for code in codes)
        content = {JSON: {"schema": _ERROR}}
        responses[str(status)] = {"description": named, "content": content}
    return responses


def _refusals(route: web.RouteDef, said: Contract) -> list[Code]:
    """List the codes of a contract with those that follow from its kind."""
    found = list(said.refusals)
    if "{fair_id}" in route.path or said.who is Who.KEY:
        found.append(Code.FAIR_UNKNOWN)
    if said.body is not None:
        found += [Code.MALFORMED, Code.TOO_LARGE]
    if said.who is Who.SESSION:
        found += [Code.NOT_SIGNED_IN, Code.NOT_PERMITTED, Code.TOO_FAST]
    if said.who is Who.KEY:
        found += [Code.KEY_WRONG, Code.TOO_FAST]
    if route.method not in _SAFE and said.who is Who.ANYBODY:
        found += [Code.NOT_PERMITTED, Code.TOO_FAST]
    return list(dict.fromkeys([*found, Code.STORE_AWAY]))


def _webhooks() -> dict[str, Any]:
    """Say what is sent to a registered webhook, for each kind of event."""
    headers = [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    ]
    return {
        kind.value: {
            "post": {
                "summary": f"The event `{kind}` of one turn at the booth.",
                "tags": ["employer"],
                "security": [],
                "parameters": headers,
                "requestBody": {
                    "required": True,
                    "content": {JSON: {"schema": _schema(WebhookMessage)}},
                },
                "responses": {"2XX": {"description": "Taken; anything else is tried again."}},
            }
        }
        for kind in WebhookEvent
    }


def _schemas() -> dict[str, Any]:
    """Give the schema of every struct that an address takes or answers."""
    every: list[Any] = [Error, WebhookMessage]
    for route in api_routes():
        said = CONTRACTS[route.handler]
        every += [kind for kind in (said.body, said.answer) if kind is not None]
    _, schemas = msgspec.json.schema_components(every, ref_template=_REF)
    return dict(for_everybody(dict(sorted(schemas.items()))))


def _schema(kind: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_REF)
    return dict(for_everybody(schema))
