"""The security log: ids and counts only, bounded, private, and never a forged line."""

from __future__ import annotations

import json
import logging
import stat
from pathlib import Path
from typing import Any

import pytest

from fairserver import security
from fairserver.security import LINES_A_MINUTE, Deed, kept_in, note


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that the test moves, and counters of its own."""
    now = [0.0]
    monkeypatch.setattr(security, "_flood", security._Flood(lambda: now[0]))
    return now


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Everything in a log."""
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.usefixtures("clock")
def test_a_deed_is_one_line_in_a_file_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "security.log"
    with kept_in(path, 10_000, 3):
        note(Deed.SIGNED_IN, who="staff:sA1", fair_id="tay-ninh", address="192.0.2.7", why="link")
    (line,) = lines_of(path)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "deed": "signed_in",
        "who": "staff:sA1",
        "fair_id": "tay-ninh",
        "address": "192.0.2.7",
        "why": "link",
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    "written",
    [
        "Nguyễn Văn Hoà",
        "a\nb",
        'x"}\n{"deed":"signed_in"',
        "\x1b[2J",
        "0912345678",
        "a b",
        "a" * 101,
    ],
)
def test_what_is_no_id_is_not_written(tmp_path: Path, written: str) -> None:
    path = tmp_path / "security.log"
    with kept_in(path, 10_000, 3):
        note(Deed.CODE_WRONG, who=written, of=written, address=written, why=written, more=written)
    (line,) = lines_of(path)
    assert {line[key] for key in ("who", "of", "address", "why", "more")} == {"?"}


def test_a_flood_is_counted_and_summed_up(tmp_path: Path, clock: list[float]) -> None:
    path = tmp_path / "security.log"
    with kept_in(path, 1_000_000, 3):
        for number in range(5000):
            note(Deed.CODE_WRONG, of=f"number:{number}", address="192.0.2.7")
        note(Deed.CODE_WRONG, of="number:1", address="192.0.2.8")
        clock[0] = 61
        note(Deed.CODE_WRONG, of="number:2", address="192.0.2.7")
    lines = lines_of(path)
    assert len(lines) == LINES_A_MINUTE + 1 + 1 + 1
    (summed,) = [line for line in lines if "times" in line]
    assert summed["deed"] == "code_wrong"
    assert (summed["place"], summed["times"]) == ("192.0.2.7", 5000 - LINES_A_MINUTE)


def test_a_flood_from_one_line_of_ipv6_is_one_flood(tmp_path: Path, clock: list[float]) -> None:
    path = tmp_path / "security.log"
    with kept_in(path, 10_000_000, 3):
        for number in range(500):
            note(Deed.CODE_WRONG, address=f"2001:db8:7:7::{number:x}")
        note(Deed.CODE_WRONG, address="2001:db8:7:8::1")
        clock[0] = 61.0
    lines = lines_of(path)
    assert len(lines) == LINES_A_MINUTE + 1 + 1
    assert lines[-2]["address"] == "2001:db8:7:8::1"
    assert (lines[-1]["place"], lines[-1]["times"]) == ("2001:db8:7:7::/64", 480)


@pytest.mark.usefixtures("clock")
def test_a_flood_from_very_many_places_is_counted_together(tmp_path: Path) -> None:
    path = tmp_path / "security.log"
    with kept_in(path, 100_000_000, 3):
        for number in range(security._MOST_PLACES + 500):
            note(Deed.CODE_WRONG, address=f"2001:db8::{number:x}")
    assert len(lines_of(path)) <= security._MOST_PLACES + LINES_A_MINUTE


@pytest.mark.usefixtures("clock")
def test_the_files_are_bounded_and_all_private(tmp_path: Path) -> None:
    path = tmp_path / "security.log"
    with kept_in(path, 2_000, 3):
        for number in range(300):
            note(Deed.SIGNED_IN, who=f"staff:s{number}")
    files = list(tmp_path.iterdir())
    assert len(files) == 3
    assert sum(one.stat().st_size for one in files) <= 3 * 2_000
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}


@pytest.mark.usefixtures("clock")
def test_two_nodes_of_one_process_write_each_deed_once(tmp_path: Path) -> None:
    path = tmp_path / "security.log"
    with kept_in(path, 10_000, 3):
        with kept_in(path, 10_000, 3):
            note(Deed.SIGNED_IN, who="staff:s1")
        note(Deed.SIGNED_IN, who="staff:s2")
    assert [line["who"] for line in lines_of(path)] == ["staff:s1", "staff:s2"]


@pytest.mark.usefixtures("clock")
def test_a_node_that_ends_first_hands_the_file_on(tmp_path: Path) -> None:
    path = tmp_path / "security.log"
    first, second = kept_in(path, 10_000, 3), kept_in(path, 10_000, 3)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    note(Deed.SIGNED_IN, who="staff:s1")
    second.__exit__(None, None, None)
    assert [line["who"] for line in lines_of(path)] == ["staff:s1"]


@pytest.mark.usefixtures("clock")
def test_a_full_disk_costs_a_line_and_no_request(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "security.log"
    with kept_in(path, 10_000, 3):
        (handler,) = [
            one for one in logging.getLogger(security.LOGGER).handlers if hasattr(one, "stream")
        ]
        handler.stream.close()
        handler.stream = Path("/dev/full").open("w")  # noqa: SIM115 - the handler closes it
        note(Deed.SIGNED_IN, who="staff:s1")
    assert "could not be written" in caplog.text
