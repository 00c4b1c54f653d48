"""The OpenAPI document is built from the contracts, whole, and the committed one is true."""

from __future__ import annotations

import typing
from pathlib import Path
from typing import Any

from fairserver.web.contract import CONTRACTS
from fairserver.web.openapi import api_routes, openapi_document, openapi_json
from tests.web.support import Server

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "openapi.json"


def references(value: Any) -> typing.Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def test_the_committed_document_is_up_to_date() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == openapi_json(), (
        "run: .venv/bin/fairserver openapi --out docs/openapi.json"
    )


def test_every_reference_leads_to_a_schema() -> None:
    document = openapi_document()
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) == known


def test_every_operation_has_a_name_of_its_own_and_a_sentence() -> None:
    operations = [one for path in openapi_document()["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names)
    assert all(one["summary"].endswith((".", ":")) for one in operations)


async def test_the_server_answers_nothing_under_api_that_the_document_does_not_say(
    server: Server,
) -> None:
    assert {route.handler for route in api_routes()} == set(CONTRACTS)
    reply = await server.get("/api/v1/openapi.json")
    assert reply.body.decode() == openapi_json()
    assert reply.headers["Content-Type"].startswith("application/json")


async def test_what_does_not_exist_is_said_as_everything_else(server: Server) -> None:
    missing = await server.get("/api/nothing")
    assert (missing.status, missing.json["code"]) == (404, "address_unknown")
    wrong = await server.request("PATCH", "/api/v1/people")
    assert (wrong.status, wrong.json["code"]) == (405, "method_unknown")
    assert wrong.headers["Allow"] == "GET, HEAD"
    assert wrong.json["detail"] == {"method": "PATCH", "allowed": "GET, HEAD"}
    page = await server.get("/nothing")
    assert page.status == 404
