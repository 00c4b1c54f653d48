"""The QR code in the terminal is the one of the address, module for module."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import segno

from fairserver.demo import EXAMPLE
from fairserver.line.leash import ends_with_parent
from fairserver.phone import qr_lines

URLS = ["http://192.168.1.5:8081/", "https://hoas-macbook.local:8443/f/tay-ninh-2026-11/"]

#: Upper and lower half of a character, 1 where ink is: light, as the terminal's ground is dark.
_HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


def modules_of(lines: list[str]) -> list[list[int]]:
    """Read the dark modules off a drawing, with the quiet ground around them."""
    rows = []
    for line in lines:
        halves = [_HALVES[sign] for sign in line]
        rows += [[1 - upper for upper, _ in halves], [1 - lower for _, lower in halves]]
    return rows


@pytest.mark.parametrize("url", URLS)
def test_the_drawing_is_the_code_of_the_address_on_quiet_ground(url: str) -> None:
    code = segno.make_qr(url, error="m")
    drawn = modules_of(qr_lines(url, colours=False))
    wanted = [list(row) for row in code.matrix_iter(border=4)]
    assert drawn[: len(wanted)] == wanted
    # An odd number of rows leaves the lower halves of the last line bare.
    assert len(drawn) - len(wanted) in (0, 1)


@pytest.mark.parametrize("url", URLS)
def test_with_colours_it_is_white_on_black_whatever_the_terminals_own(url: str) -> None:
    lines = qr_lines(url, colours=True)
    bare = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in lines]
    assert bare == qr_lines(url, colours=False)
    assert all("48;5;16m" in line and line.endswith("\x1b[0m") for line in lines)


def test_it_fits_a_small_terminal() -> None:
    assert max(len(line) for line in qr_lines(URLS[0], colours=False)) <= 40


def test_serving_says_how_phones_get_in(free_port: Callable[[], int]) -> None:
    with tempfile.TemporaryDirectory(prefix="fs-") as folder:
        config = Path(folder) / "server.toml"
        port, http_port = free_port(), free_port()
        config.write_text(
            f'port = {free_port()}\nfairs = ["{EXAMPLE}"]\n[tls]\nmode = "local"\n'
            f'host = "127.0.0.1"\nport = {port}\nhttp_port = {http_port}\n'
        )
        command = [sys.executable, "-m", "fairserver", "serve", "--config", str(config)]
        process = subprocess.Popen(
            command,
            cwd=EXAMPLE.parent.parent.parent,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=ends_with_parent(signal.SIGTERM),
        )
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "needs step 1 once" in line:
                break
        process.terminate()
        assert process.wait() == 0
    assert f"serves https://127.0.0.1:{port}" in said
    assert f"https://127.0.0.1:{port}/\n" in said
    for drawn in qr_lines(f"http://127.0.0.1:{http_port}/", colours=False):
        assert drawn in said
