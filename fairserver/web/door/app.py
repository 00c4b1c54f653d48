"""What stands on the HTTP port for others: how to trust this computer, and the way in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from yarl import URL

from fairserver.web import pages
from fairserver.web.door.page import trust_page
from fairserver.web.https import Https, LocalHttps
from fairserver.web.words import LANGUAGES, pick_language

#: Where the authority's certificate is downloaded; the name that the file has on the phone.
CERTIFICATE_PATH: Final = "/local-authority.crt"
#: What Android's and iOS's installers open (RFC 2585 has none for phones; this is what they take).
CERTIFICATE_TYPE: Final = "application/x-x509-ca-cert"
#: The page's own files, and no others of the pages'.
_ASSETS: Final = (
    r"/static/{path:shared/tokens\.css|shared/icon\.svg|door/door\.css|vendor/fonts/[\w-]+\.woff2}"
)
#: Where programs ask. One that speaks http has already told its key to the network: to be led on
#: would hide that.
_PROGRAMS: Final = ("/api/", "/ws/")
#: Nothing runs on a page that came over plain HTTP.
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_door(https: Https) -> web.Application:
    """Make the application of the HTTP port: for a fetched certificate it only leads on."""
    app = web.Application(client_max_size=1024)
    if isinstance(https, LocalHttps):
        app.router.add_get("/", _show_how_to_trust(https))
        app.router.add_get(CERTIFICATE_PATH, _give_certificate(https))
        app.router.add_get(_ASSETS, pages.asset)
        app.router.add_get("/{path:.*}", _lead_to_page)
    else:
        app.router.add_get("/{path:.*}", _lead_to_https(https))
    app.on_response_prepare.append(_add_headers)
    return app


def _show_how_to_trust(https: LocalHttps) -> _Handler:
    async def show(request: web.Request) -> web.Response:
        asked = request.query.get("lang", "")
        accepted = request.headers.get("Accept-Language", "")
        language = asked if asked in LANGUAGES else pick_language(accepted)
        body = trust_page(
            language,
            authority=https.authority,
            open_url=https.url_for(_host_of(request)) + "/",
            agent=request.headers.get("User-Agent", ""),
        )
        return web.Response(
            text=body,
            content_type="text/html",
            headers={"Cache-Control": "no-store", "Content-Language": language},
        )

    return show


def _give_certificate(https: LocalHttps) -> _Handler:
    async def give(_: web.Request) -> web.Response:
        # No Content-Disposition: with one, an iPhone keeps a file instead of offering to install.
        return web.Response(
            body=https.authority.der,
            content_type=CERTIFICATE_TYPE,
            headers={"Cache-Control": "no-store"},
        )

    return give


async def _lead_to_page(_: web.Request) -> web.Response:
    """Lead from any other address to the page: the phone may not trust this computer yet."""
    raise web.HTTPFound("/")


def _lead_to_https(https: Https) -> _Handler:
    async def lead(request: web.Request) -> web.Response:
        if request.path.startswith(_PROGRAMS):
            raise web.HTTPForbidden(text="Only by https.\n")
        # Not as it was sent: "@evil.example" would make our name the user's of another host.
        path = request.rel_url.raw_path_qs.lstrip("/")
        raise web.HTTPPermanentRedirect(f"{https.url_for(_host_of(request))}/{path}")

    return lead


def _host_of(request: web.Request) -> str:
    try:
        return URL(f"http://{request.host}").host or ""
    except ValueError:
        return ""


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = "fairserver"
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
