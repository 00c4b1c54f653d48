"""What is left out on the way to the browser changes nothing: read by a parser of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from fairserver.web.lean import STRIPPERS, lean_catalogue, lean_script, lean_style
from fairserver.web.pages import STATIC

_PARSER = Path(__file__).parent / "lean.mjs"
_OWN = sorted(
    path
    for path in STATIC.rglob("*")
    if path.suffix in (".js", ".css") and "vendor" not in path.parts
)
#: Sources in which comments look like something else, or something else like a comment.
_TRICKS = {
    "string.js": "export const a = \"// no /* comment */\", b = 'it\\'s // none'; // one",
    "template.js": "export const a = (b) => `// kept\n  /* kept */ ${ b /* gone */ + `x ${ { c: 1 }"
    ".c // gone\n }` }  // kept`;",
    "braces.js": "export const f = (x) => `a ${ (() => { if (x) { return `{${x}}`; } "
    "return '}'; })() } /* b */`;",
    "dollar.js": "export const a = `$ $$ \\${ \\` // ${1}$`; // gone",
    "pattern.js": 'export const a = "x".replace(/[/"`]\\/*/g, "").split(/\\/\\//); // gone\n'
    "export const b = (x) => { return /'/.test(x); };",
    "division.js": "export const a = (b, c) => b / c / 2; /* / */ export const d = [1][0] / 2; //",
    "lines.js": "export let a = 1 /* one\n two */\nlet b = a\n/* three */ ++b\nexport { b }",
    "arrow.js": "export const a = () => /x/u; export const b = { c: /[`]/ }; // `",
    "private.js": "export class A { #b = 1; get c() { return this.#b / 2 } /** gone */ }",
    "style.css": "@import '/* a */.css';/* gone */ .a/**/.b > c { background: url(a/*b*/c.png) }\n"
    '.d::before { content: "/* kept */" } @media /* x */ (min-width:/**/1px) { e { f: g } }',
}


def means_the_same(sources: dict[str, str]) -> list[str]:
    """Name the sources that mean something else once they are stripped."""
    node = shutil.which("node")
    if node is None or not (STATIC / "vendor" / "node_modules" / "esbuild").is_dir():
        pytest.skip("the pages' checks are not installed: run make check")
    told = [
        {"name": name, "source": source, "lean": STRIPPERS[Path(name).suffix](source)}
        for name, source in sources.items()
    ]
    answer = subprocess.run(
        [node, str(_PARSER)], input=json.dumps(told), capture_output=True, text=True, check=True
    )
    print(answer.stderr)
    wrong: list[str] = json.loads(answer.stdout)
    return wrong


def test_every_script_and_style_of_the_pages_means_the_same_when_stripped() -> None:
    sources = {path.relative_to(STATIC).as_posix(): path.read_text("utf-8") for path in _OWN}
    assert len(sources) > 50
    assert means_the_same(sources) == []


def test_what_only_looks_like_a_comment_stays() -> None:
    assert means_the_same(_TRICKS) == []


def test_comments_and_indentation_are_gone_and_lines_stay_lines() -> None:
    source = "// one\nexport function f() { // two\n  /** three */\n  return `  // four`;\n}\n"
    assert lean_script(source) == "export function f() {\nreturn `  // four`;\n}\n"
    assert lean_style("/* one */\n.a {\n  color: red; /* two */\n}\n") == ".a {\ncolor: red;\n}\n"
    assert lean_catalogue('{\n  "a": "Có  //"\n}\n') == '{"a":"Có  //"}'


def test_a_template_without_an_end_is_no_script() -> None:
    with pytest.raises(ValueError, match="no end"):
        lean_script("export const a = `b ${1}")


@pytest.mark.parametrize("path", _OWN, ids=lambda path: path.name)
def test_stripping_twice_is_stripping_once(path: Path) -> None:
    strip = STRIPPERS[path.suffix]
    once = strip(path.read_text("utf-8"))
    assert strip(once) == once
