"""The command line: every command, and a sentence for everything that a person can mend."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from fairserver import __version__
from fairserver.cli import main, make_parser
from fairserver.domain.states import Role
from fairserver.ledger import Ledger
from fairserver.settings import read_secret, read_settings

ROOT = Path(__file__).resolve().parent.parent
MINIMAL = ROOT / "config" / "fairs" / "minimal.toml"
EXAMPLE = ROOT / "config" / "fairs" / "tay-ninh-2026-11.toml"
COMMANDS = (
    *("serve", "demo", "check-fair", "check-config", "invite", "staff", "revoke"),
    *("local-authority", "asyncapi", "rehearse", "version"),
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "server.toml"
    path.write_text(f'fairs = ["{EXAMPLE}"]\n', encoding="utf-8")
    return path


def test_the_help_names_every_command_with_a_sentence() -> None:
    lines = " ".join(make_parser().format_help().split())
    for command in COMMANDS:
        assert f"{command} " in lines
    assert lines.count(".") >= len(COMMANDS)


def test_version_prints_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out == f"fairserver {__version__}\n"


def test_good_fairs_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-fair", str(MINIMAL), str(EXAMPLE)]) == 0
    assert "24 booths" in capsys.readouterr().out


def test_a_bad_fair_names_every_fault_and_the_next_file_is_still_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('fair_id = "Not Good"\ndate = 5\n', encoding="utf-8")
    assert main(["check-fair", str(bad), str(MINIMAL)]) == 1
    said = capsys.readouterr()
    assert f"{bad}: line 1, fair_id" in said.err
    assert f"{bad}: line 2, date" in said.err
    assert str(MINIMAL) in said.out


def test_good_settings_are_said_to_be_good(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-config", str(config)]) == 0
    assert "good; serves http://localhost:8080" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["check-config"], ["serve", "--config"]])
def test_bad_settings_are_named_and_nothing_starts(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "server.toml"
    path.write_text('port = "high"\nhots = 1\n', encoding="utf-8")
    assert main([*command, str(path)]) == 1
    said = capsys.readouterr().err
    assert "line 1, port" in said
    assert "line 2, hots" in said
    assert not (tmp_path / "data").exists()


def test_an_unreachable_store_is_named_at_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "server.toml"
    path.write_text('[store]\naddress = "unix:///nowhere/valkey.sock"\n', encoding="utf-8")
    assert main(["serve", "--config", str(path)]) == 1
    assert "the live store is unreachable" in capsys.readouterr().err


def test_a_port_that_is_none_is_refused(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--config", str(config), "--port", "70000"])
    assert "'70000' is no port" in capsys.readouterr().err


async def signed_in_by(config: Path, link: str) -> tuple[Role, str | None, str]:
    """Find out whose personal link this is."""
    settings = read_settings(config)
    async with await Ledger.open(settings.database_url, secret=read_secret(settings)) as ledger:
        member = await ledger.staff.by_token(link.rpartition("#t=")[2])
    assert member is not None
    return member.role, member.booth_id, member.display_name


def test_an_invitation_prints_a_link_that_works(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["invite", "--config", str(config), "tay-ninh", "recruiter", "--booth", "b02"]
    assert main([*words, "--name", "Chị Hoa"]) == 0
    link = capsys.readouterr().out.strip()
    assert link.startswith("http://localhost:8080/f/tay-ninh/booth#t=")
    assert asyncio.run(signed_in_by(config, link)) == (Role.RECRUITER, "b02", "Chị Hoa")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere", "organiser"], "no fair 'nowhere'; there are: tay-ninh"),
        (["tay-ninh", "recruiter", "--booth", "b99"], "no booth 'b99'; there are: b01"),
        (["tay-ninh", "recruiter"], "a recruiter or a guest, and nobody else, belongs to a booth"),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused(
    words: list[str], sentence: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["invite", "--config", str(config), *words, "--name", "A"]) == 1
    assert sentence in capsys.readouterr().err


def test_staff_are_listed_without_their_links(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--config", str(config), "tay-ninh"]
    main(["invite", *words, "recruiter", "--booth", "b02", "--name", "Chị Hoa"])
    token = capsys.readouterr().out.strip().rpartition("#t=")[2]
    assert main(["staff", *words]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split()[1:] == ["valid", "recruiter", "b02", "Chị", "Hoa"]
    assert token not in line
    assert main(["revoke", *words, line.split()[0]]) == 0
    assert "Chị Hoa: link revoked" in capsys.readouterr().out
    assert main(["staff", *words]) == 0
    assert capsys.readouterr().out.split()[1] == "revoked"


def test_a_lost_link_is_replaced_and_lets_nobody_in_any_more(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str) -> str:
        assert main([words[0], "--config", str(config), "tay-ninh", *words[1:]]) == 0
        return capsys.readouterr().out.strip()

    lost = run("invite", "organiser", "--name", "Chị Hoa")
    staff_id = run("staff").split()[0]
    found = run("renew", staff_id)
    assert asyncio.run(signed_in_by(config, found)) == (Role.ORGANISER, None, "Chị Hoa")
    with pytest.raises(AssertionError):
        asyncio.run(signed_in_by(config, lost))
    run("revoke", staff_id)
    for nobody, sentence in (("s0", "nobody with id 's0'"), (staff_id, "Chị Hoa was let go")):
        assert main(["renew", "--config", str(config), "tay-ninh", nobody]) == 1
        assert sentence in capsys.readouterr().err


def test_revoking_an_id_that_nobody_has_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["revoke", "--config", str(config), "tay-ninh", "s0"]) == 1
    assert "nobody with id 's0' works at 'tay-ninh'" in capsys.readouterr().err


def test_the_contract_is_printed_or_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["asyncapi"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed)["asyncapi"] == "3.0.0"
    assert main(["asyncapi", "--out", str(tmp_path / "a.json")]) == 0
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == printed


def test_the_local_authority_is_shown_made_once_and_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, out = tmp_path / "server.toml", tmp_path / "authority.crt"
    config.write_text('[tls]\nmode = "local"\n', encoding="utf-8")
    assert main(["local-authority", "--config", str(config), "--out", str(out)]) == 0
    first = capsys.readouterr().out
    assert "made just now" in first
    certificate = x509.load_pem_x509_certificate(out.read_bytes())
    assert certificate.fingerprint(hashes.SHA256()).hex() in "".join(first.split()).lower()
    assert b"PRIVATE" not in out.read_bytes()
    assert main(["local-authority", "--folder", str(tmp_path / "data" / "tls")]) == 0
    again = capsys.readouterr().out
    assert again.splitlines()[:4] == first.splitlines()[:4]
    assert "made just now" not in again


def test_an_authority_that_cannot_be_used_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "authority.pem").write_text("nothing")
    (tmp_path / "authority.pem").chmod(0o600)
    assert main(["local-authority", "--folder", str(tmp_path)]) == 1
    assert "authority.pem: is damaged" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "lan"),
    [
        ([], (False, None)),
        (["--lan"], (True, None)),
        (["--lan", "1"], (True, None)),
        (["--lan", "0"], (False, None)),
        (["--lan", "192.168.1.5"], (True, "192.168.1.5")),
    ],
)
def test_the_demo_takes_phones_when_told_to(words: list[str], lan: tuple[bool, str | None]) -> None:
    assert make_parser().parse_args(["demo", *words]).lan == lan


def test_a_lan_address_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["demo", "--lan", "wifi"])
    assert "'wifi' is no address; right would be 1, 0 or an address" in capsys.readouterr().err


def test_serving_everything_over_http_beside_https_is_refused_on_the_command_line_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "server.toml"
    config.write_text('[tls]\nmode = "local"\n', encoding="utf-8")
    assert main(["serve", "--config", str(config), "--host", "0.0.0.0"]) == 1
    assert "host: " in capsys.readouterr().err
    assert not (tmp_path / "data").exists()
