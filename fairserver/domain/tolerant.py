"""Reading what another release has written or stored: one more field, one fewer, a wider range.

What is written is checked strictly, where it is written. What is read was right for whoever wrote
it: a field that is unknown here is passed over, one that is missing or says nothing that is known
here gets its default, and a value outside today's range is kept as it is, for the others go by it.
Only what has no sensible default (whom it is about, a state, a place in a line) makes the whole
unreadable.
"""

from __future__ import annotations

import types
import typing
from functools import cache
from typing import Any, TypeVar

import msgspec

from fairserver.domain.states import (
    BoothMode,
    GuestRole,
    InterviewMode,
    Outcome,
    RecordingEnd,
    Way,
)

_T = TypeVar("_T")

_NOTHING = object()
#: What a number, a text or a list is when it is missing and its struct names no default.
_EMPTY: dict[Any, Any] = {int: 0, float: 0.0, bool: False, str: "", list: [], dict: {}}
#: What stands for a word that is not known here: the one that promises least.
_WORDS: dict[Any, Any] = {
    BoothMode: BoothMode.ONSITE,
    GuestRole: GuestRole.COLLEAGUE,
    InterviewMode: InterviewMode.ONLINE,
    Outcome: Outcome.PENDING,
    RecordingEnd: RecordingEnd.ENDED,
    Way: Way.VIDEO,
}
#: Numbers that nothing can stand for: the event's own, and a place in a line.
_NEEDED = frozenset({"seq", "order", "sequence"})


def read_json(raw: bytes | str, kind: type[_T]) -> _T:
    """Read JSON as ``kind``, whatever release wrote it.

    Raises ``msgspec.DecodeError`` for what is no JSON, or lacks what nothing can stand for.
    """
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError:
        return read(msgspec.json.decode(raw), kind)


def read(value: Any, kind: type[_T]) -> _T:
    """The same for what is plain values already. Raises ``msgspec.ValidationError``."""
    found = _read(value, kind)
    if found is _NOTHING:
        raise msgspec.ValidationError(f"this is no {getattr(kind, '__name__', kind)}")
    return typing.cast(_T, found)


def _read(value: Any, kind: Any) -> Any:
    """Give the value as the type has it, mended where it must be; ``_NOTHING`` where it cannot."""
    try:
        return msgspec.convert(value, kind, str_keys=True)
    except msgspec.ValidationError:
        return _mend(value, _bare(kind))


def _mend(value: Any, kind: Any) -> Any:
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        found = (_read(value, part) for part in parts if part is not type(None))
        return next((one for one in found if one is not _NOTHING), _NOTHING)
    if origin is list and isinstance(value, list):
        return [one for item in value if (one := _read(item, parts[0])) is not _NOTHING]
    if origin is dict and isinstance(value, dict):
        read_all = {key: _read(item, parts[1]) for key, item in value.items()}
        return {key: item for key, item in read_all.items() if item is not _NOTHING}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _mend_struct(value, kind)
    try:  # without the limits that stood beside the type
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, TypeError):
        return _NOTHING


def _mend_struct(value: Any, kind: type[msgspec.Struct]) -> Any:
    if not isinstance(value, dict):
        return _NOTHING
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        said = value.get(field.encode_name, _NOTHING)
        one = _NOTHING if said is _NOTHING else _read(said, field.type)
        if one is _NOTHING and field.required:
            one = _stand_in(field)
            if one is _NOTHING:
                return _NOTHING
        if one is not _NOTHING:
            found[field.name] = one
    return kind(**found)  # made, not read: no range is asked for


def _stand_in(field: msgspec.structs.FieldInfo) -> Any:
    """Give what stands for a missing value that has no default; ``_NOTHING`` where nothing can."""
    kind = _bare(field.type)
    if field.name in _NEEDED or field.name.endswith("_id"):
        return _NOTHING
    if type(None) in typing.get_args(kind):
        return None
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _mend_struct({}, kind)
    if kind in _WORDS:
        return _WORDS[kind]
    empty = _EMPTY.get(typing.get_origin(kind) or kind, _NOTHING)
    return type(empty)(empty) if isinstance(empty, (list, dict)) else empty


@cache
def _bare(kind: Any) -> Any:
    """Give a type without the limits beside it."""
    while typing.get_origin(kind) is typing.Annotated:
        kind = typing.get_args(kind)[0]
    return kind
