"""What stands in the pages' folder and is for no browser, and other ways to name what is."""

from __future__ import annotations

import json
import os
import re
import ssl
import stat
from pathlib import Path

import pytest

from fairserver.settings import ServerSettings
from fairserver.tls.settings import TlsMode, TlsSettings
from fairserver.web.https import LocalHttps
from fairserver.web.pages import STATIC, _find
from tests.web.support import Server, Servers

#: What pages load, by their own words.
_USED = re.compile(r"""["'(]([./\w-]*/[\w./-]+\.(?:js|css|svg|woff2|png|mp3))["')?#]""")


def served() -> set[str]:
    """Every file of the folder that is served at an address of its own."""
    names = (path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())
    return {name for name in names if _find(name) is not None}


def test_only_what_browsers_ask_for_is_served() -> None:
    found = served()
    assert {Path(name).suffix for name in found} <= {
        *(".js", ".css", ".json", ".svg", ".woff2", ".png", ".mp3")
    }
    for name in found:
        assert "node_modules" not in name
        assert not name.endswith((".d.ts", ".test.js", "config.json", "package.json"))
        assert Path(name).suffix != ".json" or Path(name).parent.name == "words"
    assert {name for name in found if name.startswith("vendor/") and "/fonts/" not in name} == {
        "vendor/ui.js"
    }
    for name in ("package.json", "jsconfig.json", "vendor/build.mjs", "reading/record.py"):
        assert (STATIC / name).is_file()
        assert _find(name) is None
    assert _find("candidate/index.html") is None


def test_everything_that_a_page_or_style_names_is_served() -> None:
    for path in [*STATIC.rglob("*.html"), *STATIC.rglob("*.css")]:
        if "node_modules" in path.parts:
            continue
        for name in _USED.findall(path.read_text(encoding="utf-8")):
            base = STATIC if name.startswith("/static/") else path.parent
            target = (base / name.removeprefix("/static/")).resolve()
            assert _find(target.relative_to(STATIC).as_posix()) is not None, (path, name)


@pytest.mark.parametrize(
    "path",
    [
        *("..%2fpyproject.toml", "%2e%2e/pyproject.toml", "shared/%2e%2e/%2e%2e/pyproject.toml"),
        *("shared//api.js", "/shared/api.js"),
        *("shared/api.js%00", "shared/api.js%00.css", "shared/api.js/", "shared/api.js~"),
        *("shared/api.js.bak", "shared/.api.js.swp", "shared%5capi.js", "SHARED/API.JS"),
        *(".git/config", "shared/", "", "%2fetc/passwd", "shared/api.js%20", "shared/api.js%0a"),
        *("vendor/node_modules/preact/package.json", "vendor/package.json", "a" * 5000 + ".js"),
        *("candidate/index.html", "candidate/app.webmanifest", "words/vi.json", "package.json"),
    ],
)
async def test_no_other_way_leads_to_a_file(server: Server, path: str) -> None:
    assert (await server.get("/static/shared/api.js")).status == 200
    reply = await server.get(f"/static/{path}")
    assert reply.status in (400, 404), reply.body[:80]


async def test_a_page_names_the_one_policy_by_which_it_trusts(server: Server) -> None:
    reply = await server.get(f"/f/{server.fair_id}/")
    policy = reply.headers["Content-Security-Policy"]
    (named,) = re.findall(r"trusted-types ([^;]+)", policy)
    made = set()
    for path in STATIC.rglob("*.js"):
        if "node_modules" not in path.parts:
            made |= set(re.findall(r'createPolicy\(\s*"([^"]+)"', path.read_text("utf-8")))
    assert set(named.split()) == made


async def test_the_data_folder_is_its_owners_alone_whatever_made_it(
    servers: Servers, tmp_path: Path
) -> None:
    os.chmod(tmp_path, 0o755)  # noqa: PTH101 - as somebody did before
    await servers.start()
    assert _mode(tmp_path) == 0o700
    for name in ("secret", "ledger.sqlite", "security.log"):
        if name != "ledger.sqlite":  # the tests copy theirs
            assert _mode(tmp_path / name) & 0o077 == 0, name


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_tls_has_no_cbc_and_no_lasting_key(tmp_path: Path) -> None:
    settings = ServerSettings(data_folder=str(tmp_path), tls=TlsSettings(mode=TlsMode.LOCAL))
    context = LocalHttps(settings).context
    ciphers = context.get_ciphers()
    assert ciphers
    for cipher in ciphers:
        assert cipher["aead"], cipher["name"]
        assert cipher["name"].startswith(("ECDHE-", "TLS_")), cipher["name"]
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


async def test_browsers_insist_on_https_below_the_name_where_that_is_said(
    servers: Servers,
) -> None:
    server = await servers.start(
        public_url="https://fair.example", tls=TlsSettings(hsts_subdomains=True)
    )
    told = (await server.get("/livez")).headers["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains"


async def test_what_is_about_people_is_kept_by_no_cache(server: Server) -> None:
    person, recruiter = await server.candidate(), await server.recruiter()
    asked = {
        "my-data": person,
        "my-data/file": person,
        "own_link": person,
        "recordings": recruiter,
        "disclosures": recruiter,
        "colleagues": recruiter,
    }
    for path, who in asked.items():
        reply = await server.get(f"{server.fair_url}/{path}", token=who.token)
        assert reply.status == 200, (path, reply.body)
        assert reply.headers["Cache-Control"] == "no-store", path
        json.loads(reply.body)
