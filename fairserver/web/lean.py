"""Scripts, styles and catalogues without what only people read: comments and indentation.

The sources stay as they were written and there is no build step; a page is stripped when it is
first asked for. Nothing is renamed and no line is joined with another, so what arrives can still
be read in a browser's tools.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

_TOKEN = re.compile(
    r"""
    (?P<gap>   (?: \s+ | //[^\n]* | /\*.*?\*/ )+ )
  | (?P<string> "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' )
  | (?P<word>  [\w$]+ )
  | (?P<mark>  . )
    """,
    re.VERBOSE | re.DOTALL,
)
#: A regular expression, from its first slash on; a slash within brackets does not end it.
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
#: A template's text up to its end or to the next ``${``.
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
#: After one of these words a slash begins a pattern; after any other word it divides.
_BEFORE_PATTERN = re.compile(
    r"(await|case|delete|do|else|in|instanceof|new|of|return|throw|typeof|void|yield)?"
)

_STYLE = re.compile(
    r"""
    (?P<kept> "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | url\([^"')]*\) )
  | (?P<gap>  (?: \s+ | /\*.*?\*/ )+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def lean_script(source: str) -> str:
    """Strip a JavaScript module; strings, templates and regular expressions stay as they are.

    A slash after ``)`` or ``}`` is taken for a division.
    """
    return "".join(_script_parts(source)).strip() + "\n"


def _script_parts(source: str) -> Iterator[str]:
    #: Open braces within each ``${`` that is open.
    inside: list[int] = []
    before, at = "", 0
    while at < len(source):
        found = _TOKEN.match(source, at)
        assert found is not None  # a mark is anything
        piece = found[0]
        if found.lastgroup == "gap":
            yield "\n" if "\n" in piece else " "
            at = found.end()
            continue
        if piece == "/" and _may_begin_pattern(before):
            piece = _rest(_PATTERN, source, at)
        elif piece == "`":
            piece = "`" + _rest(_TEMPLATE, source, at + 1)
        elif piece == "}" and inside and inside[-1] == 0:
            inside.pop()
            piece = "}" + _rest(_TEMPLATE, source, at + 1)
        _count_braces(piece, inside)
        yield piece
        before, at = piece, at + len(piece)


def _count_braces(piece: str, inside: list[int]) -> None:
    """Keep the books of a template's expressions, which end where their braces do."""
    if piece[0] in "`}" and piece.endswith("${"):
        inside.append(0)
    elif inside and piece in "{}":
        inside[-1] += 1 if piece == "{" else -1


def _may_begin_pattern(before: str) -> bool:
    """Tell by the piece before it whether a slash begins a regular expression."""
    if _BEFORE_PATTERN.fullmatch(before):
        return True
    last = before[-1]
    return not (last in ")]}\"'`$_" or last.isalnum())


def _rest(pattern: re.Pattern[str], source: str, at: int) -> str:
    """Match where something has begun; a single slash that begins nothing divides after all."""
    found = pattern.match(source, at)
    if found is None:
        if pattern is _PATTERN:
            return "/"
        raise ValueError(f"the template at {at} has no end")
    return found[0]


def lean_style(source: str) -> str:
    """Strip a style sheet; strings and addresses stay as they are."""
    return _STYLE.sub(_style_part, source).strip() + "\n"


def _style_part(found: re.Match[str]) -> str:
    if found["kept"] is not None:
        return found[0]
    space = _COMMENT.sub("", found["gap"])
    if not space:
        return "/**/"  # it stands between two words that must not grow together
    return "\n" if "\n" in space else " "


def lean_catalogue(source: str) -> str:
    """Write a JSON file without its layout."""
    return json.dumps(json.loads(source), ensure_ascii=False, separators=(",", ":"))


#: By the ending of a file's name.
STRIPPERS: dict[str, Callable[[str], str]] = {
    ".js": lean_script,
    ".css": lean_style,
    ".json": lean_catalogue,
}
