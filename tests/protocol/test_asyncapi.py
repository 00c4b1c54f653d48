"""The AsyncAPI document is built from the types, valid, and the committed one is up to date."""

from __future__ import annotations

import json
import shutil
import subprocess
import typing
from pathlib import Path
from typing import Any

import pytest

from fairserver.protocol.answers import AnyMessage
from fairserver.protocol.asyncapi import asyncapi_document, asyncapi_json, cell_types
from fairserver.protocol.commands import AnyCommand

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "asyncapi.json"
PARSER = ROOT / ".make" / "asyncapi"


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
    assert COMMITTED.read_text(encoding="utf-8") == asyncapi_json(), (
        "run: .venv/bin/fairserver asyncapi --out docs/asyncapi.json"
    )


def test_every_command_is_an_operation_answered_by_ok_or_error() -> None:
    operations = asyncapi_document()["operations"]
    for command in typing.get_args(AnyCommand):
        operation = operations[f"send_{command.__struct_config__.tag}"]
        assert operation["action"] == "send"
        assert [ref["$ref"].rpartition("/")[2] for ref in operation["reply"]["messages"]] == [
            "ok",
            "error",
        ]


def test_everything_the_server_says_is_a_message_with_a_description() -> None:
    messages = asyncapi_document()["components"]["messages"].values()
    titles = {message["title"] for message in messages}
    assert {tp.__name__ for tp in typing.get_args(AnyMessage)} <= titles
    assert all(message["description"] and message["summary"] for message in messages)


def test_every_cell_of_every_view_has_a_schema() -> None:
    schemas = asyncapi_document()["components"]["schemas"]
    assert {tp.__name__ for tp in cell_types()} <= set(schemas)
    assert len(cell_types()) >= 8


def test_every_reference_leads_somewhere() -> None:
    document = asyncapi_document()
    for reference in references(document):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_two_messages_with_the_same_word_are_told_apart() -> None:
    messages = asyncapi_document()["channels"]["fair"]["messages"]
    assert messages["signal"] != messages["peer_signal"]


def test_the_parser_of_asyncapi_finds_nothing_wrong() -> None:
    node = shutil.which("node")
    if node is None or not (PARSER / ".made").exists():
        pytest.skip("the AsyncAPI parser is not installed: `make test` installs it")
    checked = subprocess.run(
        [node, str(Path(__file__).parent / "asyncapi" / "check.mjs"), str(PARSER), str(COMMITTED)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout) == []
