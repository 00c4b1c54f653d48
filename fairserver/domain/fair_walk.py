"""Read plain data field by field against a msgspec type, collecting every fault on the way.

``msgspec.convert`` stops at its first error; an organiser wants all of them at once.
"""

from __future__ import annotations

import datetime as dt
import difflib
import enum
import functools
import json
import types
import typing
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec

#: Converted values by field name; a field that could not be read is missing.
Known = dict[str, Any]

_UNREADABLE: Any = object()
_UNKNOWN = "is not a known key"

_NOUNS = {
    str: "text in quotes",
    bool: "true or false, without quotes",
    int: "a whole number, without quotes",
    dt.date: "a date as year-month-day, such as 2026-11-25",
    list: "a list in [ ]",
}


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong in a file: where (``booths[3].mode``), what, and what would be right.

    ``line`` counts from 1 and is 0 where the place in the file is not known.
    """

    key: str
    problem: str
    right: str
    line: int = 0

    def __str__(self) -> str:
        where = f"line {self.line}, " if self.line else ""
        return f"{where}{self.key or 'file'}: {self.problem}; {self.right}"


def read_table(raw: Known, struct: type[msgspec.Struct], faults: list[Fault]) -> Known:
    """Convert a whole file's table to what ``struct`` can take of it, as a dict.

    Every fault is appended to ``faults`` under its key. Defaults are filled in.
    """
    found: list[Fault] = []
    known: Known = _read_struct(raw, struct, "", found)
    top = [field.name for field in _fields(struct)]
    faults.extend(_fallen_below(fault, top) for fault in found)
    return known


def _fallen_below(fault: Fault, top: list[str]) -> Fault:
    """Explain TOML's commonest trap: a key of the file written after a table began."""
    table, _, name = fault.key.rpartition(".")
    if not table or fault.problem != _UNKNOWN or name not in top:
        return fault
    right = f"move it to the top of the file: below [{table}] it belongs to that table"
    return msgspec.structs.replace(fault, right=right)


@functools.cache
def _fields(struct: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Look a struct's fields up once: resolving their annotations is the cost of a reading."""
    return msgspec.structs.fields(struct)


def _read(raw: Any, tp: Any, key: str, faults: list[Fault]) -> Any:
    plain = _without_none(tp)
    bare = _bare(plain)
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        return _read_struct(raw, bare, key, faults)
    if typing.get_origin(bare) is list:
        return _read_list(raw, plain, key, faults)
    return _read_value(raw, plain, key, faults)


def _read_struct(raw: Any, struct: type[msgspec.Struct], key: str, faults: list[Fault]) -> Any:
    if not isinstance(raw, dict):
        names = ", ".join(f.name for f in _fields(struct) if f.required)
        faults.append(Fault(key, _is_not(raw, "a table"), f"write a table {{ }} with {names}"))
        return _UNREADABLE
    fields = {field.name: field for field in _fields(struct)}
    faults.extend(_unknown_keys(raw, fields, key))
    known: Known = {}
    for name, field in fields.items():
        value = _read_field(raw, field, join_key(key, name), faults)
        if value is not _UNREADABLE:
            known[name] = value
    return known


def _read_field(raw: Known, field: msgspec.structs.FieldInfo, key: str, faults: list[Fault]) -> Any:
    if field.name in raw:
        return _read(raw[field.name], field.type, key, faults)
    if field.required:
        faults.append(Fault(key, "is missing", f"write {describe(field.type)}"))
        return _UNREADABLE
    if field.default_factory is not msgspec.NODEFAULT:
        return msgspec.to_builtins(field.default_factory())
    default = field.default
    return msgspec.to_builtins(default) if isinstance(default, msgspec.Struct) else default


def _unknown_keys(raw: Known, fields: Iterable[str], key: str) -> Iterator[Fault]:
    known = list(fields)
    for name in raw:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
            right = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
            yield Fault(join_key(key, name), _UNKNOWN, right)


def _read_list(raw: Any, tp: Any, key: str, faults: list[Fault]) -> Any:
    item_type = typing.get_args(_bare(tp))[0]
    if not isinstance(raw, list):
        faults.append(Fault(key, _is_not(raw, "a list"), f"write {describe(tp)}"))
        return _UNREADABLE
    meta = _meta(tp)
    low, high = meta.min_length or 0, meta.max_length
    if len(raw) < low or (high is not None and len(raw) > high):
        faults.append(Fault(key, f"has {len(raw)} entries", f"write {describe(tp)}"))
    items = [_read(item, item_type, f"{key}[{index}]", faults) for index, item in enumerate(raw)]
    # Places in the list stay what they are in the file, so an unreadable table is an empty one.
    return [{} if item is _UNREADABLE else item for item in items]


def _read_value(raw: Any, tp: Any, key: str, faults: list[Fault]) -> Any:
    try:
        return msgspec.convert(raw, tp)
    except msgspec.ValidationError:
        faults.append(Fault(key, f"{show(raw)} is not right", f"write {_hint(raw, tp)}"))
        return _UNREADABLE


def _hint(raw: Any, tp: Any) -> str:
    bare = _bare(tp)
    if isinstance(raw, str) and isinstance(bare, type) and issubclass(bare, enum.Enum):
        near = difflib.get_close_matches(raw, [str(code) for code in bare], n=1, cutoff=0.5)
        if near:
            return f"{show(near[0])} perhaps, or another {describe(tp)}"
    return describe(tp)


def describe(tp: Any) -> str:
    """Say in words what a value of this type looks like."""
    plain = _without_none(tp)
    bare, meta = _bare(plain), _meta(plain)
    if meta.description:
        example = f", such as {show(meta.examples[0])}" if meta.examples else ""
        return meta.description + example
    if isinstance(bare, type) and issubclass(bare, enum.Enum):
        return "one of " + ", ".join(show(str(code)) for code in bare)
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        names = [f.name for f in _fields(bare) if f.required]
        return f"a table with {', '.join(names) or 'any of its keys'}"
    origin = typing.get_origin(bare) or bare
    return _NOUNS.get(origin, str(origin)) + _limits(meta)


def _limits(meta: msgspec.Meta) -> str:
    if meta.ge is not None:
        return f", from {meta.ge} to {meta.le}" if meta.le is not None else f", {meta.ge} or more"
    low, high = meta.min_length, meta.max_length
    if low is None and high is None:
        return ""
    return f", {low or 0} to {high} long" if high is not None else f", {low} or more"


def show(raw: Any) -> str:
    """Show a value as it stands in the file, shortened."""
    if isinstance(raw, dict):
        return "a table"
    text = json.dumps(raw, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


def join_key(key: str, name: str) -> str:
    """Name a field below ``key``; the root has no name."""
    return f"{key}.{name}" if key else name


def _is_not(raw: Any, noun: str) -> str:
    return f"{show(raw)} is not {noun}" if not isinstance(raw, dict) else f"is not {noun}"


def _without_none(tp: Any) -> Any:
    """Take ``| None`` off: TOML has no null, a missing key stands for it."""
    if typing.get_origin(tp) in (typing.Union, types.UnionType):
        return next(arg for arg in typing.get_args(tp) if arg is not type(None))
    return tp


def _bare(tp: Any) -> Any:
    return typing.get_args(tp)[0] if typing.get_origin(tp) is Annotated else tp


def _meta(tp: Any) -> msgspec.Meta:
    metas = [arg for arg in getattr(tp, "__metadata__", ()) if isinstance(arg, msgspec.Meta)]
    return metas[0] if metas else msgspec.Meta()
