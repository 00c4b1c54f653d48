"""The network that the journeys own does what it says: a proof stands on it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from random import Random

import pytest

from tests.journeys.fault_proxy import FaultProxy, Road, mobile, serving_through

Until = Callable[[Callable[[], object]], Awaitable[None]]


class Echo:
    """A server that says back what it hears, and what it has heard."""

    def __init__(self) -> None:
        self.heard = b""
        self.ended = self.broken = 0
        self.port = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while said := await reader.read(65_536):
                self.heard += said
                writer.write(said)
                await writer.drain()
            self.ended += 1
        except ConnectionError:
            self.broken += 1
        writer.close()


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    server = Echo()
    listening = await asyncio.start_server(server.take, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    listening.close()
    await listening.wait_closed()


class Caller:
    """One connection through the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, text: bytes) -> bytes:
        self.writer.write(text)
        return await self.reader.readexactly(len(text))


@contextlib.asynccontextmanager
async def calling(proxy: FaultProxy) -> AsyncIterator[Caller]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    yield Caller(reader, writer)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


# --- the road: by the clock it is given, not by ours --------------------------------------------


def test_a_packet_is_late_by_the_delay_give_or_take_the_jitter() -> None:
    road = Road(0.2, 0.05, random=Random(7))
    late = [road.arrival(10.0, 1400) - 10.0 for _ in range(2000)]
    assert min(late) >= 0.15
    assert max(late) <= 0.25
    # All of the range is used, evenly.
    assert min(late) < 0.16
    assert max(late) > 0.24
    assert sum(late) / len(late) == pytest.approx(0.2, abs=0.003)


def test_a_road_carries_its_rate_and_no_more_whoever_uses_it() -> None:
    up, down = mobile(200, 0, 700)
    for road in (up, down):
        arrivals = [road.arrival(0.0, 1400) for _ in range(100)]
        assert arrivals[-1] - 0.2 == pytest.approx(140_000 * 8 / 700_000)
        gaps = {round(b - a, 9) for a, b in itertools.pairwise(arrivals)}
        assert gaps == {0.016}  # a packet of 1400 bytes at 700 kbit/s


def test_an_idle_road_saves_nothing_up() -> None:
    road = Road(rate=1000)
    assert road.arrival(0.0, 1000) == 1.0
    assert road.arrival(100.0, 1000) == 101.0


# --- the proxy ------------------------------------------------------------------------------------


async def test_every_byte_arrives_in_order_through_jitter_and_a_rate(echo: Echo) -> None:
    sent = Random(3).randbytes(60_000)
    roads = (Road(0.01, 0.01, 4e6, Random(1)), Road(0.01, 0.01, 4e6, Random(2)))
    async with serving_through(echo.port, roads) as proxy, calling(proxy) as caller:
        assert await caller.ask(sent) == sent
        assert echo.heard == sent
        assert proxy.delivered == 2 * len(sent)
        assert proxy.swallowed == 0


async def test_a_round_trip_takes_at_least_both_delays_without_the_jitter(echo: Echo) -> None:
    loop = asyncio.get_running_loop()
    async with serving_through(echo.port, mobile(200, 50, 700)) as proxy, calling(proxy) as caller:
        before = loop.time()
        assert await caller.ask(b"hello") == b"hello"
        assert loop.time() - before >= 0.3


async def test_what_is_held_arrives_later_and_the_connection_goes_on(echo: Echo) -> None:
    async with serving_through(echo.port) as proxy, calling(proxy) as caller:
        await caller.ask(b"before")
        proxy.hold()
        caller.writer.write(b"held")
        async with calling(proxy) as newcomer:
            newcomer.writer.write(b"new")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(caller.reader.read(1), 0.2)
            assert echo.heard == b"before"
            proxy.clear()
            assert await newcomer.reader.readexactly(3) == b"new"
        assert await caller.reader.readexactly(4) == b"held"


async def test_what_is_lost_in_the_dark_is_lost_and_nobody_is_told(
    echo: Echo, until: Until
) -> None:
    async with serving_through(echo.port) as proxy, calling(proxy) as talker:
        await talker.ask(b"before")
        proxy.go_dark()
        talker.writer.write(b"lost")
        await until(lambda: proxy.swallowed == 4)
        proxy.clear()
        talker.writer.write(b"after")
        await until(lambda: proxy.swallowed == 9)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(talker.reader.read(1), 0.2)
        assert echo.heard == b"before"
        assert (echo.ended, echo.broken) == (0, 0)
        # A new connection finds the network as it was before.
        async with calling(proxy) as newcomer:
            assert await newcomer.ask(b"again") == b"again"


async def test_who_says_nothing_in_the_dark_has_lost_nothing(echo: Echo) -> None:
    async with serving_through(echo.port) as proxy, calling(proxy) as quiet:
        await quiet.ask(b"before")
        proxy.go_dark()
        async with calling(proxy) as newcomer:
            newcomer.writer.write(b"lost")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(newcomer.reader.read(1), 0.2)
            proxy.clear()
            # A connection that was begun in the dark is never answered, even after it.
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(newcomer.reader.read(1), 0.2)
        assert await quiet.ask(b"after") == b"after"


async def test_an_end_in_the_dark_does_not_reach_the_other_side(echo: Echo, until: Until) -> None:
    async with serving_through(echo.port) as proxy:
        async with calling(proxy) as caller:
            await caller.ask(b"before")
            proxy.go_dark()
        async with calling(proxy) as marker:
            marker.writer.write(b"dark")
            await until(lambda: proxy.swallowed == 4)
        proxy.clear()
        async with calling(proxy) as other:
            await other.ask(b"light")
        await until(lambda: echo.ended == 1)  # of the last one, and of no other
        assert echo.broken == 0


async def test_a_cut_resets_both_sides(echo: Echo, until: Until) -> None:
    async with serving_through(echo.port) as proxy, calling(proxy) as caller:
        await caller.ask(b"before")
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            await caller.reader.read(1)
        await until(lambda: echo.broken == 1)


async def test_without_a_server_behind_it_a_connection_is_reset(
    free_port: Callable[[], int],
) -> None:
    async with serving_through(free_port()) as proxy, calling(proxy) as caller:
        with pytest.raises(ConnectionResetError):
            await caller.reader.read(1)


async def test_an_end_travels_to_the_other_side(echo: Echo, until: Until) -> None:
    async with serving_through(echo.port, mobile(20, 5, 700)) as proxy:
        async with calling(proxy) as caller:
            await caller.ask(b"all")
            caller.writer.write_eof()
            assert await caller.reader.read() == b""
        await until(lambda: echo.ended == 1)
        assert echo.broken == 0
