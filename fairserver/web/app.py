"""Put the application together and run it as one node."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from fairserver import security
from fairserver.domain.fair_file import FairFileError, read_fair
from fairserver.domain.fair_plan import FairPlan
from fairserver.domain.fair_walk import Fault
from fairserver.ledger import Ledger
from fairserver.line.embedded import EmbeddedValkey
from fairserver.line.store import check_store, open_store
from fairserver.logs import watch_tasks
from fairserver.node.supervisor import Supervisor
from fairserver.protocol.errors import Code, Refused
from fairserver.settings import EMBEDDED, ServerSettings, read_secret
from fairserver.tls.settings import TlsMode
from fairserver.web import http_api, openapi, pages, push, recordings
from fairserver.web.access import is_allowed_origin
from fairserver.web.address import client_address
from fairserver.web.door import make_door
from fairserver.web.faults import code_of
from fairserver.web.gate import check_routes, make_gate
from fairserver.web.https import Https, open_https
from fairserver.web.keys import (
    ALARMS,
    API_DOOR,
    API_KEYS,
    DOOR,
    ECHO_DOOR,
    KNOWN,
    KNOWN_DOOR,
    LOOKUPS,
    NODE,
    OWN_DATA,
    PROXIES,
    RECORDING_DOOR,
    SLOW_LINES,
    VISITORS,
    WRONG_TOKENS,
)
from fairserver.web.limits import AddressBuckets, Buckets, SlowLines
from fairserver.web.limits.connections import GuardedSite
from fairserver.web.node import Node
from fairserver.web.open_files import make_room
from fairserver.web.socket import handle_socket
from fairserver.web.statuses import status_of
from fairserver.web.words import error_message, pick_language

_log = logging.getLogger(__name__)

#: Addresses whose every answer is of the contract, and those for employers' own systems.
_API = "/api/"
_PROGRAMS = "/api/v1/"
_SOCKETS = "/ws/"
_FILES = "/static/"
_SAFE_METHODS = frozenset({"GET", "HEAD"})
#: Seconds that a burst of registrations from one hall's address may come faster.
_DOOR_BURST_S = 60
#: How much more one of the Centre's own addresses may: a hall opens its links when the doors open.
_KNOWN_DOOR = 5
#: Tokens that never were which are counted of one address: so many a second, so many at once.
_WRONG_TOKENS_RATE = 0.1
_WRONG_TOKENS_BURST = 30
#: Alarms of one kind that a node raises in a fair, a second.
_ALARMS_RATE = 1 / 30
#: Requests that go with one registration: what the entry page asks for, and searches.
_VISITORS = 20
#: Searches for a commune that go with one registration: one for each letter or two.
_LOOKUPS = 10
#: Requests a second about what is stored of one person, and how many may come at once.
_OWN_DATA_RATE = 0.5
_OWN_DATA_BURST = 30
#: Tests against the echo that one person may begin: so many a second, so many at once.
_ECHO_RATE = 0.1
_ECHO_BURST = 6
#: Seconds that a burst of one key's requests may come faster, and keys that one address may use.
_API_BURST_S = 10
_API_KEYS_RATE = 10
#: Pieces of a recording that one person may send: so many a second, so many at once.
_RECORDING_RATE = 5
_RECORDING_BURST = 60
#: Bytes of the largest request body: a form, never a file.
_LARGEST_BODY = 64 * 1024
#: Sockets that may wait to be accepted: an opening minute brings thousands.
_BACKLOG = 2048
#: Seconds for the whole header of a request, and for the next request of a connection.
_IDLE_S = 15.0
#: Seconds that open requests may take when the server goes down.
_SHUTDOWN_S = 3.0


@web.middleware
async def _faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals into JSON with a code and a sentence in the reader's language."""
    security.address_now.set(client_address(request))
    try:
        if _may_change(request):
            _check_sender(request)
        return await handler(request)
    except web.HTTPNotFound:
        if request.path.startswith(_FILES):
            raise
        return _fault(request, Code.ADDRESS_UNKNOWN)
    except web.HTTPMethodNotAllowed as error:
        return _wrong_method(request, error)
    except Refused as refused:
        if refused.code is Code.TOO_FAST:
            security.note(security.Deed.TOO_FAST, of=_act(request), why=refused.code)
        return _fault(request, refused.code, **refused.detail)
    except web.HTTPRequestEntityTooLarge:
        size = request.content_length or _LARGEST_BODY
        return _fault(request, Code.TOO_LARGE, size=size, limit=_LARGEST_BODY)
    except web.HTTPException:
        raise
    except Exception as error:
        return _unexpected(request, error)


def _unexpected(request: web.Request, error: Exception) -> web.Response:
    """Answer an outage, or a fault of ours, in the shape of any other refusal."""
    code = code_of(error)
    if code is Code.INTERNAL:
        _log.error("%s %s failed", request.method, _route(request), exc_info=error)
    return _fault(request, code)


def _route(request: web.Request) -> str:
    """Name an address without what stands in the place of its variables: a token may."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "an unknown address"


def _may_change(request: web.Request) -> bool:
    """Tell whether a request may change something by a browser's cookie.

    An employer's own system brings a key, which no browser sends by itself.
    """
    is_known = request.match_info.http_exception is None
    is_program = request.path.startswith(_PROGRAMS)
    return is_known and not is_program and request.method not in _SAFE_METHODS


def _wrong_method(request: web.Request, error: web.HTTPMethodNotAllowed) -> web.Response:
    if not request.path.startswith(_API):
        raise error
    allowed = ", ".join(sorted(error.allowed_methods))
    response = _fault(request, Code.METHOD_UNKNOWN, method=request.method[:20], allowed=allowed)
    response.headers["Allow"] = allowed
    return response


def _check_sender(request: web.Request) -> None:
    """Let only our pages (and programs without cookies) change anything.

    The header cannot be sent across origins without asking first; the origin is checked too.
    """
    if request.headers.get("X-Fair") != "1":
        raise _foreign(request, "header_missing")
    origin_is_fine = is_allowed_origin(request, request.app[NODE].origins)
    if not origin_is_fine and (request.headers.get("Origin") or request.cookies):
        raise _foreign(request, "foreign_origin")


def _foreign(request: web.Request, why: str) -> Refused:
    """Write down that something else than a page of ours wanted to change something."""
    security.note(security.Deed.NOT_PERMITTED, of=_act(request), why=why)
    return Refused(Code.NOT_PERMITTED)


def _act(request: web.Request) -> str:
    """Name what an address does, as the security log names things."""
    return getattr(request.match_info.handler, "__name__", "")


def _fault(request: web.Request, code: Code, **detail: Any) -> web.Response:
    accepted = request.headers.get("X-Fair-Language") or request.headers.get("Accept-Language")
    language = pick_language(accepted or "")
    message = error_message(code, language, **detail)
    if not request.path.startswith((_API, _SOCKETS, _FILES)) and request.method in _SAFE_METHODS:
        return pages.fault_page(language, message.message, message.hint, status_of(code))
    response = http_api.json_response(message, status_of(code))
    if wait_s := detail.get("wait_s"):
        response.headers["Retry-After"] = str(wait_s)
    return response


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = "fairserver"
    for name, value in pages.SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if _wants_https_for_ever(request):
        whole = "; includeSubDomains" if request.app[NODE].settings.tls.hsts_subdomains else ""
        response.headers["Strict-Transport-Security"] = f"max-age=31536000{whole}"


def _wants_https_for_ever(request: web.Request) -> bool:
    """Tell whether a browser shall never again try http here.

    Not by a local authority: a phone that ceases to trust it could not even read why.
    """
    settings = request.app[NODE].settings
    is_local = request.secure and settings.tls.mode is TlsMode.LOCAL
    return settings.has_https_in_front and not is_local


async def _livez(_: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def _readyz(request: web.Request) -> web.Response:
    """Say whether this node serves people now, and what does not go well: names, never a person."""
    node = request.app[NODE]
    reasons = node.why_not_ready()
    lines = ["not ready" if reasons else "ready", *reasons, *node.not_understood()]
    lines += [f"{name}: {count} faults" for name, count in node.supervisor.faults().items()]
    text = "".join(f"{line}\n" for line in lines)
    return web.Response(text=text, status=503 if reasons else 200)


def make_app(node: Node) -> web.Application:
    """Make the application of a node that has loaded its fairs.

    Raises ``Unguarded`` for an address for which nobody has said who may use it.
    """
    public = frozenset({*pages.HANDLERS, handle_socket, _livez, _readyz})
    app = web.Application(middlewares=[_faults, make_gate(public)], client_max_size=_LARGEST_BODY)
    app[NODE] = node
    rate = node.settings.limits.registrations_per_second
    app[DOOR] = Buckets(rate, rate * _DOOR_BURST_S)
    app[KNOWN_DOOR] = Buckets(_KNOWN_DOOR * rate, _KNOWN_DOOR * rate * _DOOR_BURST_S)
    app[WRONG_TOKENS] = Buckets(_WRONG_TOKENS_RATE, _WRONG_TOKENS_BURST)
    app[SLOW_LINES] = SlowLines()
    app[ALARMS] = Buckets(_ALARMS_RATE, 1)
    known = node.settings.limits.known_networks
    app[VISITORS] = AddressBuckets(_VISITORS * rate, _VISITORS * rate * _DOOR_BURST_S, known)
    app[LOOKUPS] = Buckets(rate * _LOOKUPS, rate * _LOOKUPS * _DOOR_BURST_S)
    app[OWN_DATA] = Buckets(_OWN_DATA_RATE, _OWN_DATA_BURST)
    app[ECHO_DOOR] = Buckets(_ECHO_RATE, _ECHO_BURST)
    app[RECORDING_DOOR] = Buckets(_RECORDING_RATE, _RECORDING_BURST)
    api_rate = node.settings.limits.api_requests_per_second
    app[API_DOOR] = Buckets(_API_KEYS_RATE * api_rate, _API_KEYS_RATE * api_rate * _API_BURST_S)
    app[API_KEYS] = Buckets(api_rate, api_rate * _API_BURST_S)
    app[KNOWN] = node.settings.limits.known_networks
    app[PROXIES] = node.settings.proxy_networks
    for table in openapi.TABLES:
        app.add_routes(table)
    app.add_routes(pages.routes)
    app.router.add_get("/ws/{fair_id}", handle_socket)
    app.router.add_get("/livez", _livez)
    app.router.add_get("/readyz", _readyz)
    check_routes(app, public)
    app.on_response_prepare.append(_add_headers)
    app.on_response_prepare.append(recordings.add_tus_headers)
    return app


async def open_node(settings: ServerSettings, stack: AsyncExitStack) -> Node:
    """Open both stores and load the fairs; everything is closed with ``stack``.

    Raises ``FairFileError``, ``StoreUnfit``, ``LedgerError`` or ``SettingsError`` with a
    sentence, before anything listens.
    """
    supervisor = Supervisor()
    plans = [read_fair(Path(name)) for name in settings.fairs]
    secret = read_secret(settings)
    address = settings.store.address
    if address == EMBEDDED:
        address = (
            await stack.enter_async_context(
                EmbeddedValkey(settings.data, memory_mb=settings.store.memory, minder=supervisor)
            )
        ).address
    store = open_store(address)
    stack.push_async_callback(store.aclose)
    facts = await check_store(store, settings.must_be_durable)
    for warning in facts.warnings:
        _log.warning("live store: %s", warning)
    ledger = await stack.enter_async_context(
        await Ledger.open(settings.database_url, secret=secret)
    )
    pusher = push.open_pusher(settings, store, ledger)
    node = Node(settings, store, ledger, pusher, supervisor)
    await node.line.load()
    for name, plan in zip(tuple(settings.fairs), plans, strict=True):
        await _load_fair(node, Path(name), plan)
    return node


async def _load_fair(node: Node, path: Path, plan: FairPlan) -> None:
    try:
        await node.load_fair(plan)
    except Refused as refused:
        if refused.code is not Code.PLAN_DIFFERS:
            raise
        told = error_message(Code.PLAN_DIFFERS, "en")
        raise FairFileError(path, [Fault("fair_id", told.message, told.hint)]) from None


async def _run(app: web.Application, stack: AsyncExitStack) -> web.AppRunner:
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=_SHUTDOWN_S, keepalive_timeout=_IDLE_S
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    return runner


async def _listen(
    runner: web.AppRunner,
    node: Node,
    host: str,
    port: int,
    context: ssl.SSLContext | None = None,
) -> None:
    await GuardedSite(
        runner,
        node.doors,
        host,
        port,
        backlog=_BACKLOG,
        ssl_context=context,
        minder=node.supervisor,
    ).start()


async def _listen_to_others(
    runner: web.AppRunner, node: Node, https: Https, stack: AsyncExitStack
) -> None:
    """Open everything over https, and over http the page that leads there."""
    tls = https.settings.tls
    await _listen(runner, node, tls.host, tls.port, https.context)
    if tls.http_port:
        door = await _run(make_door(https), stack)
        await _listen(door, node, tls.host, tls.http_port)


def _close_to_others(folder: Path) -> None:
    """Leave the data folder to its owner alone, whatever made it; raises ``OSError``."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o700)


def _security_log(settings: ServerSettings) -> AbstractContextManager[None]:
    logs = settings.logs
    return security.kept_in(settings.security_log, logs.security_bytes, logs.security_files)


@asynccontextmanager
async def serving(settings: ServerSettings) -> AsyncIterator[Node]:
    """Run a node that listens, until the block ends; then close everything in good order.

    Sockets are closed with "restart". Raises as ``open_node`` and ``open_https`` do, and
    ``OSError`` when a port is taken.
    """
    async with AsyncExitStack() as stack:
        if warning := make_room(settings.limits.max_connections):
            _log.warning("%s", warning)
        _close_to_others(settings.data)
        stack.enter_context(_security_log(settings))
        https = open_https(settings)
        node = await open_node(settings, stack)
        node.https = https
        runner = await _run(make_app(node), stack)
        await _listen(runner, node, settings.host, settings.port)
        if https is not None:
            await _listen_to_others(runner, node, https, stack)
        node.start()
        stack.push_async_callback(node.stop)
        yield node


async def run_node(
    settings: ServerSettings, *, ready: Callable[[Node], Awaitable[None]] | None = None
) -> None:
    """Serve until SIGINT or SIGTERM; ``ready`` is awaited once the node listens.

    Raises as ``serving`` does.
    """
    watch_tasks()  # from the start; the node itself counts what it hears
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with serving(settings) as node:
        watch_tasks(node.supervisor.note)
        if ready is not None:
            await ready(node)
        await stop.wait()
