"""The contract of the socket as an AsyncAPI 3.0 document, built from the message types."""

from __future__ import annotations

import inspect
import typing
from typing import Any

import msgspec

from fairserver import __version__
from fairserver.protocol import views
from fairserver.protocol.answers import AnyMessage, CloseCode, HelloResult, RoomPass
from fairserver.protocol.commands import AnyCommand
from fairserver.protocol.errors import Code

_INTRODUCTION = """\
One WebSocket per client, text frames of JSON.

Every command carries an `id` and gets exactly one answer, `ok` or `error`; a command that is
sent again with the same `id` gets the first answer again. After `hello` the views that it names
follow, each as one `snapshot` or `delta`; a client that lost its socket says in `hello` up to
which `seq` it holds each view. Losing the socket changes presence only, never a place in line.
"""
_REF = "#/components/schemas/{name}"


def asyncapi_json() -> str:
    """Write the document as indented JSON, the same bytes for the same types."""
    raw = msgspec.json.encode(asyncapi_document())
    return msgspec.json.format(raw, indent=2).decode() + "\n"


def asyncapi_document() -> dict[str, Any]:
    """Build the document: one channel, what clients send, what they receive."""
    commands, answers = typing.get_args(AnyCommand), typing.get_args(AnyMessage)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Fairserver: the live contract",
            "version": __version__,
            "description": _INTRODUCTION + _close_codes() + _error_codes(),
        },
        "defaultContentType": "application/json",
        "channels": {"fair": _channel((*commands, *answers))},
        "operations": _operations(commands, answers),
        "components": {
            "messages": {_key(tp): _message(tp) for tp in (*commands, *answers)},
            "schemas": _schemas((*commands, *answers)),
        },
    }


def cell_types() -> list[type[msgspec.Struct]]:
    """List every cell that a view may hold, in the order of their definition."""
    found = [tp for _, tp in inspect.getmembers(views, inspect.isclass)]
    cells = [tp for tp in found if issubclass(tp, views.Cell) and tp is not views.Cell]
    return sorted(cells, key=lambda tp: inspect.getsourcelines(tp)[1])


def _channel(types: tuple[type[msgspec.Struct], ...]) -> dict[str, Any]:
    return {
        "address": "/ws/{fair_id}",
        "title": "The socket of one fair",
        "description": "Signed in by cookie (browsers, with their `slot` in the query) or by "
        "`Authorization: Bearer` (programs).",
        "parameters": {"fair_id": {"description": "Id of the fair, such as `tay-ninh`."}},
        "bindings": {
            "ws": {
                "method": "GET",
                "query": {
                    "type": "object",
                    "properties": {
                        "slot": {
                            "type": "string",
                            "description": "Public name of the signed-in identity.",
                        }
                    },
                },
            }
        },
        "messages": {_key(tp): {"$ref": f"#/components/messages/{_key(tp)}"} for tp in types},
    }


def _operations(
    commands: tuple[type[msgspec.Struct], ...], answers: tuple[type[msgspec.Struct], ...]
) -> dict[str, Any]:
    """Name one operation per command, and one for all that comes without being asked for.

    The document is written from the client's side: it sends commands and receives messages.
    """
    reply = {
        "channel": {"$ref": "#/channels/fair"},
        "messages": [_channel_message("ok"), _channel_message("error")],
    }
    sent = {
        f"send_{_tag(tp)}": {
            "action": "send",
            "channel": {"$ref": "#/channels/fair"},
            "summary": _summary(tp),
            "messages": [_channel_message(_key(tp))],
            "reply": reply,
        }
        for tp in commands
    }
    pushed = [tp for tp in answers if _tag(tp) not in ("ok", "error")]
    received = {
        f"receive_{_tag(tp)}": {
            "action": "receive",
            "channel": {"$ref": "#/channels/fair"},
            "summary": _summary(tp),
            "messages": [_channel_message(_key(tp))],
        }
        for tp in pushed
    }
    return sent | received


def _channel_message(key: str) -> dict[str, str]:
    return {"$ref": f"#/channels/fair/messages/{key}"}


def _message(tp: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        "name": _tag(tp),
        "title": tp.__name__,
        "summary": _summary(tp),
        "description": inspect.cleandoc(tp.__doc__ or ""),
        "payload": {"$ref": _REF.format(name=tp.__name__)},
    }


def _schemas(types: tuple[type[msgspec.Struct], ...]) -> dict[str, Any]:
    every = [*types, HelloResult, RoomPass, *cell_types()]
    _, schemas = msgspec.json.schema_components(every, ref_template=_REF)
    return dict(for_everybody(dict(sorted(schemas.items()))))


def for_everybody(schema: Any) -> Any:
    """Write patterns as JSON Schema has them: its ``$`` is the very end, as Python's ``\\Z`` is."""
    if isinstance(schema, dict):
        return {
            key: one.replace(r"\Z", "$") if key == "pattern" else for_everybody(one)
            for key, one in schema.items()
        }
    return [for_everybody(one) for one in schema] if isinstance(schema, list) else schema


def _tag(tp: type[msgspec.Struct]) -> str:
    return str(tp.__struct_config__.tag)


def _key(tp: type[msgspec.Struct]) -> str:
    """Name a message in the document: a client's ``signal`` and the server's are two."""
    is_answer = tp in typing.get_args(AnyMessage)
    return f"peer_{_tag(tp)}" if is_answer and _tag(tp) == "signal" else _tag(tp)


def _summary(tp: type[msgspec.Struct]) -> str:
    return inspect.cleandoc(tp.__doc__ or "").partition("\n")[0]


def _close_codes() -> str:
    """List the close codes with the comment that stands above each in the source."""
    lines = ["", "Close codes:", ""]
    note = ""
    for line in inspect.getsource(CloseCode).splitlines():
        text = line.strip()
        if text.startswith("#: "):
            note = text.removeprefix("#: ")
        elif note and "=" in text:
            lines.append(f"* {text.partition('=')[2].strip()}: {note}")
            note = ""
    return "\n".join(lines) + "\n"


def _error_codes() -> str:
    return "\nError codes: " + ", ".join(f"`{code}`" for code in Code) + ".\n"
