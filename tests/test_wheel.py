"""What is installed by a plain ``pip install`` is all that a server and a demo need."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the contents of the wheel."""
    pytest.importorskip("hatchling", reason="hatchling is not installed (extra: test)")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def run_installed(installed: Path, code: str) -> str:
    """Run Python with the wheel's packages instead of the checkout's; give what it prints."""
    # -P: the folder we are in is no place to import from.
    command = [
        sys.executable,
        "-P",
        "-c",
        f"import sys; sys.path.insert(0, {str(installed)!r}); {code}",
    ]
    return subprocess.run(
        command, cwd=installed, check=True, capture_output=True, text=True, env={}
    ).stdout.strip()


def test_the_wheel_has_the_example_fair_and_it_is_good(installed: Path) -> None:
    code = (
        "from fairserver import cli, demo; fair = str(demo.EXAMPLE); "
        "print(fair); cli.main(['check-fair', fair])"
    )
    path, said = run_installed(installed, code).splitlines()
    assert Path(path).is_relative_to(installed)
    assert "24 booths" in said


def test_the_wheel_has_the_same_fairs_and_pages_as_the_checkout(installed: Path) -> None:
    for source, packaged in (("config/fairs", "_fairs"), ("static", "_static")):
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", source],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("\0")
        wanted = {str(Path(name).relative_to(source)) for name in listed if name}
        top = installed / "fairserver" / packaged
        found = {str(file.relative_to(top)) for file in top.rglob("*") if file.is_file()}
        assert found == wanted


def test_the_wheel_has_every_file_that_the_code_reads(installed: Path) -> None:
    for pattern in ("*.lua", "*.json", "*.toml"):
        for file in (ROOT / "fairserver").rglob(pattern):
            assert (installed / file.relative_to(ROOT)).is_file(), file
