"""A network that a test owns: a TCP proxy before a server, with the faults of a real one.

What a page sends and gets goes through a ``Road`` in each direction: late, with jitter, and no
faster than its rate, which all connections share as they share a phone's. On top of that a test
makes it ``hold`` (bytes wait and arrive later, as after TCP has sent them again), go ``dark``
(bytes are swallowed, and nobody is told: what has lost a byte stays silent for ever, as a
connection does whose phone got another address), or ``cut`` everything with a reset.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random

#: Bytes taken from a socket at once: about one packet, so that a rate is smooth.
_PACKET = 1400
#: Packets on their way in one direction of one connection; more are not read.
_IN_FLIGHT = 64
#: Closing with this sends a reset.
_RESET = struct.pack("ii", 1, 0)


@dataclass
class Road:
    """One direction: when a packet that sets out now will arrive."""

    #: Seconds that a packet is on its way, and by how many this varies at most.
    delay_s: float = 0.0
    jitter_s: float = 0.0
    #: Bytes a second; 0: as many as come.
    rate: float = 0.0
    random: Random = field(default_factory=lambda: Random(1))
    _free_at: float = 0.0

    def arrival(self, now: float, size: int) -> float:
        """Tell when a packet of ``size`` bytes arrives, which has the road after those before."""
        sent = max(now, self._free_at)
        if self.rate:
            sent += size / self.rate
            self._free_at = sent
        return sent + self.delay_s + self.random.uniform(-self.jitter_s, self.jitter_s)


def mobile(delay_ms: float, jitter_ms: float, kbit_s: float) -> tuple[Road, Road]:
    """Make both directions of a phone's network, up and down."""
    rate = kbit_s * 1000 / 8
    roads = (Road(delay_ms / 1000, jitter_ms / 1000, rate, Random(seed)) for seed in (1, 2))
    up, down = roads
    return up, down


class FaultProxy:
    """The proxy; ``async with serving_through(port)`` runs it."""

    def __init__(self, to_port: int, roads: tuple[Road, Road] | None = None) -> None:
        self.to_port = to_port
        #: From the page to the server, and back.
        self.up, self.down = roads or (Road(), Road())
        #: Nothing arrives any more; what sets out is lost.
        self.is_dark = False
        #: Connections taken, bytes delivered, bytes swallowed.
        self.taken = self.delivered = self.swallowed = 0
        self._moves = asyncio.Event()
        self._moves.set()
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()

    @property
    def port(self) -> int:
        """Where pages connect; only while it runs."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """The address that pages open."""
        return f"http://127.0.0.1:{self.port}"

    def go_dark(self) -> None:
        """Swallow everything from now on, without a word to either side."""
        self.is_dark = True

    def hold(self) -> None:
        """Let nothing arrive for now; it all comes later."""
        self._moves.clear()

    def clear(self) -> None:
        """End ``hold`` and ``go_dark``: connections that have lost nothing go on."""
        self.is_dark = False
        self._moves.set()

    def cut(self) -> None:
        """Reset every connection, on both sides."""
        for connection in tuple(self._connections):
            connection.reset()

    async def start(self, port: int = 0) -> None:
        """Listen on the loopback."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", port, limit=_PACKET)

    async def stop(self) -> None:
        """Reset what is open and stop listening."""
        assert self._server is not None
        self._server.close()
        tasks = [connection.task for connection in self._connections]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        connection = _Connection(self, writer)
        self._connections.add(connection)
        try:
            await connection.run(reader)
        except* (asyncio.CancelledError, OSError):
            connection.reset()  # the end of the test, or one side is gone: so is the other
        self._connections.discard(connection)

    async def moving(self) -> None:
        """Wait while the proxy holds."""
        await self._moves.wait()


class _Connection:
    """One connection of a page, and its own to the server."""

    def __init__(self, proxy: FaultProxy, page: asyncio.StreamWriter) -> None:
        self.proxy = proxy
        #: A byte was lost in the dark: nothing arrives any more, in either direction.
        self.is_dead = False
        task = asyncio.current_task()
        assert task is not None
        self.task = task
        self._ends = [page]

    async def run(self, from_page: asyncio.StreamReader) -> None:
        """Carry bytes both ways until both are at their end; raises ``OSError`` when one breaks."""
        from_server, to_server = await asyncio.open_connection(
            "127.0.0.1", self.proxy.to_port, limit=_PACKET
        )
        self._ends.append(to_server)
        async with asyncio.TaskGroup() as ways:
            for reader, writer, road in (
                (from_page, to_server, self.proxy.up),
                (from_server, self._ends[0], self.proxy.down),
            ):
                way = _Way(self, writer, road)
                ways.create_task(way.fill(reader))
                ways.create_task(way.empty())
        for writer in self._ends:
            writer.close()

    def reset(self) -> None:
        """End both sides at once."""
        for writer in self._ends:
            found: socket.socket = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()


class _Way:
    """One direction of one connection."""

    def __init__(self, connection: _Connection, writer: asyncio.StreamWriter, road: Road) -> None:
        self.connection = connection
        self.proxy = connection.proxy
        self.writer = writer
        self.road = road
        self._packets: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_IN_FLIGHT)

    async def fill(self, reader: asyncio.StreamReader) -> None:
        """Read packets and send them on their way; the end of all is an empty one."""
        loop = asyncio.get_running_loop()
        packet = b"?"
        while packet:
            try:
                packet = await reader.read(_PACKET)
            except ConnectionError:
                packet = b""  # a reset travels like an end: in the dark it does not arrive
            await self._packets.put((self.road.arrival(loop.time(), len(packet)), packet))

    async def empty(self) -> None:
        """Deliver packets when they are due, in their order."""
        loop = asyncio.get_running_loop()
        packet = b"?"
        while packet:
            due, packet = await self._packets.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            await self.proxy.moving()
            await self._deliver(packet)

    async def _deliver(self, packet: bytes) -> None:
        if self.proxy.is_dark or self.connection.is_dead:
            # An end is news as well: the other side does not get it, and waits.
            self.connection.is_dead = True
            self.proxy.swallowed += len(packet)
            return
        self.proxy.delivered += len(packet)
        if packet:
            self.writer.write(packet)
            await self.writer.drain()
        else:
            self.writer.write_eof()


@contextlib.asynccontextmanager
async def serving_through(
    to_port: int, roads: tuple[Road, Road] | None = None, port: int = 0
) -> AsyncIterator[FaultProxy]:
    """Run a proxy before a port of the loopback."""
    proxy = FaultProxy(to_port, roads)
    await proxy.start(port)
    try:
        yield proxy
    finally:
        await proxy.stop()
