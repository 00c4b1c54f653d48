"""Ways of writing code through which what somebody sends becomes code: none of the sources has one.

What the sources do not do need not be looked for from outside; a linter holds a part of it too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

MODULES = sorted(
    path for package in ("fairserver", "booth_client") for path in (ROOT / package).rglob("*.py")
)
PAGES = sorted(
    path
    for ending in ("*.js", "*.html")
    for path in (ROOT / "static").rglob(ending)
    if "vendor" not in path.parts
)

#: In a page: markup or code made of text, and messages of other windows.
_MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|document\.write|createContextualFragment"
    r"|\beval\s*\(|new Function\b|setTimeout\(\s*[\"'`]|DOMParser|postMessage|javascript:|srcdoc"
    r"|<script(?![^>]*\bsrc=)|<style|\son[a-z]+=[\"']"
)
#: Modules that read what can carry code, or more than it says.
_UNSAFE_READERS = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "xmlrpc"}
#: Functions of ``re`` whose first argument is a pattern.
_PATTERNS = {"compile", "match", "fullmatch", "search", "findall", "finditer", "split", "sub"}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Walk over the calls of a module with their names, such as ``re.compile``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_page_makes_markup_or_code_of_text(path: Path) -> None:
    source = re.sub(r"/\*.*?\*/|//[^\n]*|<!--.*?-->", "", path.read_text(encoding="utf-8"))
    assert not _MARKUP.findall(source)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_shell_no_foreign_objects_and_no_pattern_of_input(path: Path) -> None:
    assert not _UNSAFE_READERS & set(imports(path))
    for name, call in calls(path):
        assert name not in ("eval", "exec", "os.system", "os.popen", "__import__")
        assert "subprocess_shell" not in name
        assert not any(keyword.arg == "shell" for keyword in call.keywords), name
        if name.startswith("re.") and name.removeprefix("re.") in _PATTERNS:
            assert is_constant(call.args[0]), f"{name}: a pattern that is not written here"


def is_constant(pattern: ast.expr) -> bool:
    """Tell whether a pattern is written out: a text, a constant's name, or several joined."""
    if isinstance(pattern, ast.BinOp):
        return is_constant(pattern.left) and is_constant(pattern.right)
    if isinstance(pattern, ast.Name):
        return pattern.id.strip("_").isupper()
    return isinstance(pattern, ast.Constant)


def test_no_certificate_goes_unchecked() -> None:
    for path in MODULES:
        source = path.read_text(encoding="utf-8")
        for loosened in ("CERT_NONE", "check_hostname", "_create_unverified", "verify_ssl"):
            assert loosened not in source, path
        for name, call in calls(path):
            for keyword in call.keywords:
                is_off = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
                assert not (keyword.arg in ("ssl", "verify") and is_off), (path, name)
