"""Finding a Python 2.7, and the suite installed in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".make" / "autobahn"

#: The last release, and the last virtualenv that makes environments of Python 2.7.
_SUITE = "autobahntestsuite==25.10.1"
_VIRTUALENV = "virtualenv==20.15.1"


def find_python() -> str | None:
    """Find a Python 2.7 that really runs: a name on the path may be a shim of none."""
    for path in _candidates():
        said = subprocess.run(
            [path, "-c", "import sys; print(sys.version_info[:2] == (2, 7))"],
            capture_output=True,
            text=True,
            check=False,
        )
        if said.stdout.strip() == "True":
            return path
    return None


def _candidates() -> Iterator[str]:
    """List where one may be: named by the environment, on the path, kept by pyenv."""
    named = [os.environ.get("PYTHON27"), shutil.which("python2.7"), shutil.which("python2")]
    yield from filter(None, named)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(pyenv.glob("versions/2.7*/bin/python2.7")))


def install(python: str) -> Path:
    """Install the suite once; give its command. Raises ``CalledProcessError``."""
    command = HOME / "env" / "bin" / "wstest"
    if command.exists():
        return command
    print(f"Installing {_SUITE} for {python} in {HOME} …", flush=True)
    boot = HOME / "boot"
    quiet = ["--quiet", "--disable-pip-version-check"]
    _run([python, "-m", "pip", "install", *quiet, "--target", str(boot), _VIRTUALENV])
    env = {**os.environ, "PYTHONPATH": str(boot)}
    _run([python, "-m", "virtualenv", "--quiet", str(HOME / "env")], env=env)
    pip = HOME / "env" / "bin" / "pip"
    _run([str(pip), "install", *quiet, _SUITE])
    return command


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, env={**(env or os.environ), "PYTHONWARNINGS": "ignore"})
