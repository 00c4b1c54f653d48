"""The places of a node's connections, from the first packet on: before anybody has said anything.

A connection counts from the moment it is accepted, so also while it does a TLS handshake, sends its
first header letter by letter, or nothing at all. When there is no place left, the address with the
most connections that have not become a socket loses its oldest: whoever holds many holds up itself.
Where nobody has more than a browser opens, as in the minute in which a hall opens the page, one
goes that asks for nothing just now: its browser opens another, and no page stays half loaded.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from aiohttp import web

from fairserver.line.tasks import ALONE, Minder
from fairserver.settings import ServerSettings
from fairserver.web.limits.addresses import is_in, one_line
from fairserver.web.limits.buckets import Bucket

_log = logging.getLogger(__name__)

#: Connections that have not become a socket: they ask for pages, or are only there. A phone that
#: loads the page has six, each for a quarter of a minute after its last file.
UNSETTLED: Final = 2048
#: So many of one address may be one browser's.
OF_A_BROWSER: Final = 8
#: Seconds for a TLS handshake, and for its goodbye.
HANDSHAKE_S: Final = 10.0
_GOODBYE_S: Final = 2.0
#: Connections taken in a row before others have their turn.
_IN_A_ROW: Final = 32
#: Seconds to wait when the system gives no more files.
_NO_FILES_S: Final = 0.2


class _Counted(socket.socket):
    """A connection that gives its place back when it is closed, by whoever and however."""

    line = ""
    give_back: Callable[[_Counted], None] | None = None
    #: aiohttp's side of it, once it has been handed over.
    handler: Any = None

    @property
    def is_idle(self) -> bool:
        """Whether it asks for nothing just now."""
        return not getattr(self.handler, "_request_in_progress", False)

    def close(self) -> None:
        give_back, self.give_back = self.give_back, None
        if give_back is not None:
            give_back(self)
        super().close()


class Connections:
    """Who has how many connections open to this node."""

    def __init__(self, settings: ServerSettings) -> None:
        self._most_of_one = settings.limits.connections_per_address
        #: Proxies bring everybody; the Centre's own addresses bring a hall.
        self._uncounted = (*settings.proxy_networks, *settings.limits.known_networks)
        self._of_line: Counter[str] = Counter()
        self._told = Bucket(1 / 60, 1)
        #: Those that have not become a socket, the oldest first, by address.
        self._unsettled: defaultdict[str, dict[int, _Counted]] = defaultdict(dict)

    @property
    def unsettled(self) -> int:
        """Connections of counted addresses that have not become a socket."""
        return sum(map(len, self._unsettled.values()))

    def admit(self, accepted: socket.socket, peer: str) -> socket.socket | None:
        """Give an accepted connection a place, or close it and give None."""
        if is_in(peer, self._uncounted):
            return accepted
        line = one_line(peer)
        if self._of_line[line] >= self._most_of_one:
            accepted.close()
            self._tell_of(line)
            return None
        if self.unsettled >= UNSETTLED:
            self._make_room()
        counted = _Counted(fileno=accepted.detach())
        counted.setblocking(False)
        counted.line, counted.give_back = line, self._give_back
        self._of_line[line] += 1
        self._unsettled[line][counted.fileno()] = counted
        return counted

    def _tell_of(self, line: str) -> None:
        """Say once a minute whom there is no place for: it may be a hall that nobody has named."""
        if self._told.take():
            _log.warning(
                "%s has %d connections and gets no more; if it is a hall or an office of the "
                "fair, name it in limits.known_addresses",
                line,
                self._most_of_one,
            )

    def settle(self, transport: asyncio.BaseTransport | None) -> None:
        """Note that a connection has become a socket of somebody who is signed in."""
        found = transport.get_extra_info("socket") if transport is not None else None
        if found is not None:
            number = found.fileno()
            for line in [line for line, some in self._unsettled.items() if number in some]:
                self._forget(line, number)

    def _make_room(self) -> None:
        """Close the oldest connection of whoever has the most, an idle one where there is one."""
        most = max(self._unsettled.values(), key=len)
        some = [most] if len(most) > OF_A_BROWSER else self._unsettled.values()
        idle = (one for few in some for one in few.values() if one.is_idle)
        oldest = next(idle, None) or next(iter(most.values()))
        self._forget(oldest.line, oldest.fileno())
        with contextlib.suppress(OSError):
            oldest.shutdown(socket.SHUT_RDWR)  # its transport hears of that and closes

    def _give_back(self, counted: _Counted) -> None:
        self._forget(counted.line, counted.fileno())
        self._of_line[counted.line] -= 1
        if self._of_line[counted.line] <= 0:
            del self._of_line[counted.line]

    def _forget(self, line: str, number: int) -> None:
        self._unsettled[line].pop(number, None)
        if not self._unsettled[line]:
            del self._unsettled[line]


class GuardedSite(web.BaseSite):
    """Listens on an address as ``web.TCPSite`` does, and lets in whom there is a place for."""

    def __init__(
        self,
        runner: web.BaseRunner,
        connections: Connections,
        host: str,
        port: int,
        *,
        backlog: int,
        ssl_context: ssl.SSLContext | None = None,
        minder: Minder = ALONE,
    ) -> None:
        super().__init__(runner, ssl_context=ssl_context, backlog=backlog)
        self._connections = connections
        self._minder = minder
        self._listeners: list[socket.socket] = []
        self._where = (host, port)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def name(self) -> str:
        """The address, for logs."""
        scheme = "http" if self._ssl_context is None else "https"
        return f"{scheme}://{self._where[0]}:{self._where[1]}"

    async def start(self) -> None:
        """Begin to listen; raises ``OSError`` when the port is taken."""
        await super().start()
        factory: Any = self._runner.server
        loop = asyncio.get_running_loop()
        # It binds and holds the addresses; the connections are accepted here.
        server = await loop.create_server(factory, *self._where, start_serving=False)
        self._server = server
        for bound in server.sockets:
            listener = bound.dup()
            listener.setblocking(False)
            listener.listen(self._backlog)
            self._listeners.append(listener)
            name = f"accepting {self.name} {len(self._listeners)}"
            self._watch(self._minder.keep(name, partial(self._accept, listener)))

    async def stop(self) -> None:
        """Listen no more; open connections are the runner's to close."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for listener in self._listeners:
            listener.close()
        await super().stop()

    def _watch(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listener: socket.socket) -> None:
        loop, count = asyncio.get_running_loop(), 0
        while True:
            try:
                accepted, peer = await loop.sock_accept(listener)
            except OSError as error:
                _log.error("no connection can be accepted: %s", error)
                await asyncio.sleep(_NO_FILES_S)
                continue
            admitted = self._connections.admit(accepted, str(peer[0]))
            if admitted is not None:
                self._watch(self._minder.once("connection", self._connect(admitted)))
            count += 1
            if count % _IN_A_ROW == 0:
                await asyncio.sleep(0)

    async def _connect(self, accepted: socket.socket) -> None:
        """Hand a connection over once its handshake is done, if it is in time."""
        factory: Any = self._runner.server
        is_tls = self._ssl_context is not None
        try:
            _, handler = await asyncio.get_running_loop().connect_accepted_socket(
                factory,
                accepted,
                ssl=self._ssl_context,
                ssl_handshake_timeout=HANDSHAKE_S if is_tls else None,
                ssl_shutdown_timeout=_GOODBYE_S if is_tls else None,
            )
            if isinstance(accepted, _Counted):
                accepted.handler = handler
        except (OSError, asyncio.CancelledError):
            accepted.close()
        except Exception:
            accepted.close()
            raise
