"""The tables in ``docs/protocol.md`` that follow from the code.

``python -m tests.doc_tables`` writes them into the document; ``test_docs.py`` compares.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from fairserver.protocol.commands import Command
from fairserver.protocol.errors import Code
from fairserver.web.permissions import PERMISSIONS, VIEWS, Party
from fairserver.web.words import catalogue

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "protocol.md"

#: Who may sign in, in the order of the tables' columns.
PARTIES = [party for party in Party if party is not Party.KEY]


def commands_table() -> str:
    """Tabulate every command: its fields, how far each party's permission reaches, its purpose."""
    rows = [
        [
            f"`{command.__struct_config__.tag}`",
            _fields(command),
            *(str(scopes.get(party, "–")) for party in PARTIES),
            _first_sentence(command),
        ]
        for command, scopes in PERMISSIONS.items()
    ]
    return _table(["command", "fields", *map(str, PARTIES), "purpose"], rows)


def views_table() -> str:
    """Tabulate the views that each party may watch."""
    rows = [
        [str(party), ", ".join(f"`{view}`" for view in sorted(VIEWS[party]))] for party in PARTIES
    ]
    return _table(["role", "views"], rows)


def errors_table() -> str:
    """Tabulate every error code with its sentence and hint in both languages."""
    vi, en = catalogue("vi"), catalogue("en")
    rows = [
        [
            f"`{code}`",
            f"{en[f'{code}.message']} *{en[f'{code}.hint']}*",
            f"{vi[f'{code}.message']} *{vi[f'{code}.hint']}*",
        ]
        for code in Code
    ]
    return _table(["code", "English", "tiếng Việt"], rows)


TABLES = {"commands": commands_table, "views": views_table, "errors": errors_table}


def with_fresh_tables(text: str) -> str:
    """Return the document with every table between its marks made again."""
    for name, make in TABLES.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        assert text.count(begin) == text.count(end) == 1, name
        before, rest = text.split(begin)
        after = rest.split(end)[1]
        text = f"{before}{begin}\n{make()}\n{end}{after}"
    return text


def _fields(command: type[Command]) -> str:
    named = [field for field in msgspec.structs.fields(command) if field.name != "id"]
    return (
        ", ".join(f"`{field.encode_name}`{'' if field.required else '?'}" for field in named) or "–"
    )


def _first_sentence(command: type[Command]) -> str:
    text = inspect.getdoc(command) or ""
    return re.sub(r"``(.+?)``", r"`\1`", text.split("\n")[0])


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    DOCUMENT.write_text(with_fresh_tables(DOCUMENT.read_text("utf-8")), "utf-8")
