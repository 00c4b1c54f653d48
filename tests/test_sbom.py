"""The list of what an installation is made of."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

from fairserver.cli import main
from fairserver.sbom import BORROWED
from fairserver.web.pages import STATIC

ROOT = Path(__file__).resolve().parent.parent


def test_every_package_and_every_borrowed_file_is_listed(tmp_path: Path) -> None:
    out = tmp_path / "sbom.json"
    assert main(["sbom", "--out", str(out)]) == 0
    components = json.loads(out.read_text())["components"]
    listed = {one["name"]: one["version"] for one in components}
    assert len(listed) == len(components)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for line in project["dependencies"]:
        name = re.split(r"[\[<>=]", line)[0]
        assert listed[name] == version(name)
    assert {"hiredis", "greenlet", "yarl", "cffi"} <= set(listed), "what those need is missing"
    assert not {"pytest", "ruff", "playwright"} & set(listed)
    assert set(BORROWED) <= set(listed)


def test_what_the_pages_borrow_is_what_their_licences_name() -> None:
    licences = (STATIC / "vendor" / "LICENCES").read_text(encoding="utf-8")
    for name in BORROWED:
        assert name in licences
