"""The pages and their assets, with the headers that keep them safe and quick."""

from __future__ import annotations

import gzip
import hashlib
import html
import re
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import NamedTuple

from aiohttp import web

from fairserver.protocol.errors import Code, Refused
from fairserver.web.keys import NODE
from fairserver.web.lean import STRIPPERS

routes = web.RouteTableDef()

_SOURCE = Path(__file__).resolve().parent.parent.parent / "static"
_PACKAGED = Path(__file__).resolve().parent.parent / "_static"
#: The pages' folder: beside the packages in a checkout, inside the package when installed.
STATIC = _SOURCE if _SOURCE.is_dir() else _PACKAGED

_PAGES = {"": "candidate", "booth": "booth", "control": "organiser", "guest": "guest"}

#: Nothing is served that a page does not use; no script or style stands in a page itself.
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        # The one policy there is: the address of the worker that shows notices.
        "trusted-types push-worker",
    ]
)
SECURITY_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=()",
}
#: For a file that is no page: it may load nothing and stand in no frame. (The long policy on each
#: of a page's twenty files would weigh as much as a font. A worker's script would need its own.)
_FILE_POLICY = "default-src 'none'; frame-ancestors 'none'"
#: Stands behind the fairs' pages though it lies elsewhere. It loads nothing, so that the policy of
#: all files is right for it too; browsers look for a new one by its bytes.
_WORKER = STATIC / "candidate" / "sw.js"
_COMPRESSIBLE = {".html", ".js", ".css", ".json", ".svg", ".webmanifest"}
#: The kinds of files that are served. Said here: the tables of a computer know some otherwise.
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".ico": "image/vnd.microsoft.icon",
    ".txt": "text/plain",
    ".mp3": "audio/mpeg",
}


#: What a page asks for, by its ending; a catalogue of words is the only JSON of them.
_SERVED = frozenset({".js", ".css", ".json", ".svg", ".woff2", ".png", ".mp3"})
#: How the pages' files and folders are called.
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")


class Asset(NamedTuple):
    """One file as it goes out: stripped of comments and layout, and compressed."""

    body: bytes
    gzipped: bytes | None
    content_type: str
    #: Of ``body``; what is compressed is named ``<etag>-gz``.
    etag: str


@lru_cache(maxsize=512)
def _load(path: Path, _modified_ns: int) -> Asset:
    body = path.read_bytes()
    # What is borrowed was made small when it was built.
    if path.suffix in STRIPPERS and "vendor" not in path.relative_to(STATIC).parts:
        body = STRIPPERS[path.suffix](body.decode()).encode()
    etag = hashlib.sha256(body).hexdigest()[:20]
    gzipped = gzip.compress(body, 9, mtime=0) if path.suffix in _COMPRESSIBLE else None
    return Asset(body, gzipped, _TYPES[path.suffix], etag)


def _respond(request: web.Request, path: Path) -> web.Response:
    asset = _load(path, path.stat().st_mtime_ns)
    body, etag = asset.body, asset.etag
    # "no-cache" asks each time with the ETag: a fair's laptop is updated the evening before.
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if path.suffix != ".html":
        headers["Content-Security-Policy"] = _FILE_POLICY
    if path == _WORKER:
        headers["Service-Worker-Allowed"] = "/f/"
    if asset.gzipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, etag = asset.gzipped, f"{asset.etag}-gz"
        headers["Content-Encoding"] = "gzip"
    headers["ETag"] = f'"{etag}"'
    if _holds(request, etag):
        headers.pop("Content-Encoding", None)
        return web.Response(status=304, headers=headers)
    charset = "utf-8" if asset.gzipped is not None else None
    return web.Response(
        body=body, headers=headers, content_type=asset.content_type, charset=charset
    )


def _holds(request: web.Request, etag: str) -> bool:
    """Tell whether the browser has this very file; a proxy may have made its tag a weak one."""
    kept = re.findall(r'"([^"]*)"', request.headers.get("If-None-Match", ""))
    return etag in kept


@routes.get("/")
async def entry(request: web.Request) -> web.Response:
    """Lead to the fair when there is only one, otherwise to the list of them."""
    fairs = list(request.app[NODE].fairs)
    if len(fairs) == 1:
        raise web.HTTPFound(f"/f/{fairs[0]}/")
    return _respond(request, STATIC / "candidate" / "fairs.html")


@routes.get("/f/{fair_id}/")
@routes.get("/f/{fair_id}/{page:booth|control|guest}")
async def page(request: web.Request) -> web.Response:
    """Serve one of the pages; which fair it is the page reads from its own address."""
    if request.match_info["fair_id"] not in request.app[NODE].fairs:
        raise Refused(Code.FAIR_UNKNOWN)
    folder = _PAGES[request.match_info.get("page", "")]
    return _respond(request, STATIC / folder / "index.html")


@routes.get("/f/{fair_id}/booth/prepare")
async def prepare_page(request: web.Request) -> web.Response:
    """Serve the page on which a booth is made ready before the fair."""
    if request.match_info["fair_id"] not in request.app[NODE].fairs:
        raise Refused(Code.FAIR_UNKNOWN)
    return _respond(request, STATIC / "booth" / "prepare" / "index.html")


@routes.get("/f/{fair_id}/app.webmanifest")
async def manifest(request: web.Request) -> web.Response:
    """Serve what a home screen needs; its addresses are relative to the fair's own."""
    if request.match_info["fair_id"] not in request.app[NODE].fairs:
        raise Refused(Code.FAIR_UNKNOWN)
    return _respond(request, STATIC / "candidate" / "app.webmanifest")


@routes.get("/f/{fair_id}")
async def without_slash(request: web.Request) -> web.Response:
    """Lead to the address with the slash, which the page's own links need."""
    raise web.HTTPFound(f"/f/{request.match_info['fair_id']}/")


@routes.get("/favicon.ico")
async def favicon(request: web.Request) -> web.Response:
    """Serve the icon that browsers ask for by themselves."""
    return _respond(request, STATIC / "shared" / "icon.svg")


@routes.get("/static/{path:.+}")
async def asset(request: web.Request) -> web.Response:
    """Serve one file of ``static/``; nothing outside it and no other kinds of file."""
    path = _find(request.match_info["path"])
    if path is None:
        raise web.HTTPNotFound
    return _respond(request, path)


def fault_page(language: str, message: str, hint: str, status: int) -> web.Response:
    """Say a refusal on a page of its own, to somebody who opened an address."""
    words = {"language": language, "message": message, "hint": hint}
    text = _fault_template().substitute({key: html.escape(text) for key, text in words.items()})
    return web.Response(
        text=text,
        status=status,
        content_type="text/html",
        headers={"Cache-Control": "no-store", "Content-Language": language},
    )


@cache
def _fault_template() -> Template:
    return Template((files("fairserver.web") / "fault.html").read_text(encoding="utf-8"))


def _find(name: str) -> Path | None:
    """Find a file that may be served; None when there is none of that name."""
    try:
        path = (STATIC / name).resolve()
        is_there = path.is_relative_to(STATIC) and path.is_file()
    except (OSError, ValueError):  # a name that no file can have: too long, or with a NUL
        return None
    # One file has one address: no "..", no second slash, no link that leads elsewhere.
    if not is_there or path.relative_to(STATIC).as_posix() != name:
        return None
    return path if _is_for_browsers(path.relative_to(STATIC)) else None


def _is_for_browsers(path: Path) -> bool:
    """Tell a file of a page from what makes, checks or describes pages.

    Pages themselves are served at their own addresses only.
    """
    if path.suffix not in _SERVED or not all(_NAME.fullmatch(part) for part in path.parts):
        return False
    if path.suffix == ".json":
        return path.parent.name == "words"
    if path.parts[0] == "vendor":
        return path.name == "ui.js" if len(path.parts) == 2 else path.parts[1] == "fonts"
    return len(path.parts) > 1


#: What anybody may have: pages and their files hold nothing of anybody. (The socket asks for
#: itself who comes: a browser's script cannot read the status of a refused upgrade.)
HANDLERS = frozenset({entry, page, prepare_page, manifest, without_slash, favicon, asset})
