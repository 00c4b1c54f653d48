"""Sign-in over HTTP: cookies, bearers, origins, and who sent a request."""

from __future__ import annotations

from aiohttp import web

from fairserver.ledger import Ledger
from fairserver.ledger.tries import SignInWay
from fairserver.protocol.errors import Code, Refused
from fairserver.settings import ServerSettings
from fairserver.web.keys import NODE, SLOW_LINES
from fairserver.web.principal import Principal
from fairserver.web.tries import source_of, wrong_token

#: Seconds that a sign-in lasts: the evening before, the fair, and the paperwork after.
SESSION_S = 3 * 24 * 3600


def cookie_name(request: web.Request, settings: ServerSettings, slot: str) -> str:
    """Name the cookie of one identity; several may be signed in side by side."""
    return f"__Host-fs_{slot}" if _comes_by_https(request, settings) else f"fs_{slot}"


def set_cookie(
    request: web.Request,
    response: web.StreamResponse,
    settings: ServerSettings,
    slot: str,
    token: str,
    *,
    shared: bool = False,
) -> None:
    """Give the browser its session; scripts never see it.

    On a computer that is ``shared`` it goes with the browser's window.
    """
    response.set_cookie(
        cookie_name(request, settings, slot),
        token,
        max_age=None if shared else SESSION_S,
        httponly=True,
        secure=_comes_by_https(request, settings),
        samesite="Lax",
        path="/",
    )


def drop_cookie(
    request: web.Request, response: web.StreamResponse, settings: ServerSettings, slot: str
) -> None:
    """Take the session from the browser; one of https goes only by a secure answer."""
    secure = _comes_by_https(request, settings)
    response.del_cookie(cookie_name(request, settings, slot), path="/", secure=secure)


def _comes_by_https(request: web.Request, settings: ServerSettings) -> bool:
    return request.secure or settings.has_https_in_front


def agent_of(request: web.Request) -> str:
    """Say in one coarse word what a browser calls itself; no more of it is kept."""
    said = request.headers.get("User-Agent", "")
    if "iPad" in said or "Tablet" in said or ("Android" in said and "Mobi" not in said):
        return "tablet"
    if "Mobi" in said or "iPhone" in said:
        return "phone"
    return "computer" if said.startswith("Mozilla/") else "program"


def is_allowed_origin(request: web.Request, origins: frozenset[str]) -> bool:
    """Say whether the page that sent a request is one of ours.

    Programs send no Origin; they carry a bearer and no cookie, so nobody's browser can be
    made to speak for them.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return bearer(request) is not None
    return origin in origins


def bearer(request: web.Request) -> str | None:
    """Read the token of a program."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind == "Bearer" and token else None


async def find_principal(
    request: web.Request, settings: ServerSettings, ledger: Ledger
) -> Principal:
    """Find who sent a request, by bearer or by the cookie of ``?slot=``.

    Raises ``Refused`` (``not_signed_in``, ``too_fast`` for one who asks too often).
    """
    slot = request.query.get("slot", "")
    token = bearer(request) or request.cookies.get(cookie_name(request, settings, slot))
    if not token:
        raise Refused(Code.NOT_SIGNED_IN)
    async with request.app[SLOW_LINES].turn(source_of(request).network):
        session = await ledger.sessions.find(token)
        if session is None:
            # One that has ended is a page left open, and nothing strange.
            if not await ledger.sessions.was(token):
                await wrong_token(request, SignInWay.SESSION, Code.NOT_SIGNED_IN)
            raise Refused(Code.NOT_SIGNED_IN)
    principal = Principal.of_session(session)
    if not request.app[NODE].meters.of(principal.identity).request():
        raise Refused(Code.TOO_FAST)
    return principal
