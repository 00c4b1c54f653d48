"""Reading an event as its writer must have written it: the other half of tolerant reading."""

from __future__ import annotations

import typing
from typing import Any

import msgspec

from fairserver.protocol.events import KnownEvent

_decoder = msgspec.json.Decoder(KnownEvent)


def check_event(raw: bytes) -> KnownEvent:
    """Read an event that keeps to today's contract.

    Raises ``msgspec.ValidationError`` for a kind, a field, a word or a range that it has not.
    """
    event = _decoder.decode(raw)
    _check_fields(msgspec.json.decode(raw), type(event), {"event"})
    return typing.cast(KnownEvent, event)


def _check_fields(said: Any, kind: Any, also: frozenset[str] | set[str] = frozenset()) -> None:
    if typing.get_origin(kind) is list:
        for one in said:
            _check_fields(one, typing.get_args(kind)[0])
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        types = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
        if more := said.keys() - types.keys() - also:
            raise msgspec.ValidationError(f"{kind.__name__} has no {', '.join(sorted(more))}")
        for name in said.keys() & types.keys():
            _check_fields(said[name], types[name])
