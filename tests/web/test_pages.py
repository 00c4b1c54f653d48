"""Pages and assets: where they lead, their headers, and nothing outside the folder."""

from __future__ import annotations

import asyncio
import gzip
import posixpath
import re

import pytest

from fairserver.web.lean import lean_style
from fairserver.web.pages import STATIC
from tests.web.support import Server


async def test_the_only_fair_is_the_entry(server: Server) -> None:
    for path in ("/", f"/f/{server.fair_id}"):
        reply = await server.get(path)
        assert reply.status == 302
        assert reply.headers["Location"] == f"/f/{server.fair_id}/"


@pytest.mark.parametrize("page", ["", "booth", "booth/prepare", "control"])
async def test_every_page_is_served_with_a_strict_policy(server: Server, page: str) -> None:
    reply = await server.get(f"/f/{server.fair_id}/{page}")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = dict(
        part.strip().split(" ", 1) for part in reply.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    html = reply.body.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=", html)
    for name in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
        assert (await server.get(name)).status == 200, name


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/f/{fair_id}/",
        "/api/fairs",
        "/api/fairs/x",
        "/static/nothing.js",
        "/nowhere",
        "/livez",
    ],
)
async def test_every_answer_carries_the_safe_headers(server: Server, path: str) -> None:
    reply = await server.get(path.format(fair_id=server.fair_id))
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=(self)" in reply.headers["Permissions-Policy"]
    assert reply.headers["Content-Security-Policy"]
    assert reply.headers["Server"] == "fairserver"


async def test_pages_of_a_fair_that_is_none_are_not_there(server: Server) -> None:
    for page in ("", "booth", "control"):
        assert (await server.get(f"/f/no-such-fair/{page}")).status == 404


def imported(module: str) -> set[str]:
    """The modules that one imports before it runs, and theirs."""
    source = (STATIC / module.removeprefix("/static/")).read_text(encoding="utf-8")
    names = re.findall(r'^(?:import|export)\b[^;]*?from "(\.[^"]+)"', source, re.MULTILINE)
    found = {posixpath.normpath(posixpath.join(posixpath.dirname(module), name)) for name in names}
    return found.union(*(imported(name) for name in found))


async def test_the_candidates_page_names_every_module_of_its_first_screen(server: Server) -> None:
    # All are asked for at once: on a slow line each one found out later costs a round trip.
    html = (await server.get(f"/f/{server.fair_id}/")).body.decode()
    named = set(re.findall(r'rel="modulepreload" href="([^"]+)"', html))
    assert named == imported("/static/candidate/app.js")


async def test_assets_are_stripped_compressed_and_kept_by_their_etag(server: Server) -> None:
    path = "/static/candidate/candidate.css"
    plain = await server.get(path, headers={"Accept-Encoding": "identity"})
    source = (STATIC / "candidate" / "candidate.css").read_text(encoding="utf-8")
    assert plain.body.decode() == lean_style(source)
    raw = await raw_get(server, path, "Accept-Encoding: gzip")
    head, _, body = raw.partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in head
    assert gzip.decompress(body) == plain.body
    again = await server.get(
        path,
        headers={"If-None-Match": f'"x", W/{plain.headers["ETag"]}', "Accept-Encoding": "identity"},
    )
    assert (again.status, again.body) == (304, b"")
    assert "Content-Encoding" not in again.headers


async def test_the_compressed_file_has_an_etag_of_its_own(server: Server) -> None:
    path = "/static/candidate/app.js"
    plain = await server.get(path, headers={"Accept-Encoding": "identity"})
    etag = plain.headers["ETag"]
    assert plain.headers["Vary"] == "Accept-Encoding"
    zipped = await server.get(path, headers={"If-None-Match": etag, "Accept-Encoding": "gzip"})
    assert zipped.status == 200
    assert zipped.headers["ETag"] != etag
    kept = {"If-None-Match": zipped.headers["ETag"], "Accept-Encoding": "gzip"}
    assert (await server.get(path, headers=kept)).status == 304


async def test_what_is_borrowed_goes_out_as_it_was_built(server: Server) -> None:
    reply = await server.get("/static/vendor/ui.js", headers={"Accept-Encoding": "identity"})
    assert reply.body == (STATIC / "vendor" / "ui.js").read_bytes()


async def test_a_file_that_is_no_page_may_load_nothing(server: Server) -> None:
    for path in ("/static/candidate/app.js", "/static/shared/icons.svg"):
        policy = (await server.get(path)).headers["Content-Security-Policy"]
        assert policy == "default-src 'none'; frame-ancestors 'none'"


async def raw_get(server: Server, path: str, *headers: str) -> bytes:
    """Ask for a path as it is written: clients tidy paths up before they send them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.node.settings.port)
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pyproject.toml",
        "/static/../fairserver/__init__.py",
        "/static/candidate/../../README.md",
        "/static/%2e%2e/pyproject.toml",
        "/static/..%2fpyproject.toml",
        "/static/..%5c..%5cpyproject.toml",
        "/static/%252e%252e/pyproject.toml",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/candidate/",
        "/static/candidate",
        "/static/.",
        "/static/.hidden/a.js",
        "/static/vendor/build.mjs",
        "/static/candidate/index.html%00.js",
        "/static/%00",
        "/static/" + "a" * 300 + ".js",
        "/static/" + "a/" * 3000 + "b.js",
        "/static/%ff%fe.js",
        "/static/%f0%9f%98%80.js",
    ],
)
async def test_nothing_outside_the_folder_and_no_other_kind_of_file_is_served(
    server: Server, path: str
) -> None:
    answer = await raw_get(server, path)
    assert answer.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 ")), answer[:200]
    assert b"root:" not in answer
    assert b"[project]" not in answer
