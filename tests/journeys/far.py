"""A fair whose phones come through a network that the test owns, and what its events say."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, WebSocket, expect
from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.events.records import Room, Ticket
from fairserver.settings import LimitSettings, ServerSettings, StoreSettings
from fairserver.web.app import serving
from tests.faults.support.live import read_stream
from tests.journeys.fault_proxy import FaultProxy, Road, serving_through
from tests.journeys.people import sees_the_other, staff_a_booth, take_part
from tests.journeys.support import FAIR_FILE, FAIR_ID, RunningFair

Until = Callable[[Callable[[], object]], Awaitable[None]]

#: What the page says once it has been without the server for a while.
OFFLINE = "Mất kết nối"


@dataclass(frozen=True)
class Pace:
    """How fast things go wrong: as in a hall, or in seconds by the product's own settings."""

    heartbeat_s: int
    presence_s: int
    #: Seconds to answer a call that is to be answered in time, and one that is not.
    accept_s: int
    short_accept_s: int
    missed_rest_s: int
    #: Seconds that a black-out or a sleep lasts at least, besides what it must bring about.
    dark_s: float
    sleep_s: float


QUICK = Pace(4, 10, 90, 8, 5, 0, 15)
REAL = Pace(20, 45, 120, 60, 30, 60, 300)
#: In the soak only, where a journey much like it is taken quickly in every run.
AT_A_HALLS_PACE = pytest.mark.parametrize(
    "far", [pytest.param(REAL, marks=pytest.mark.soak)], ids=["real"], indirect=True
)


class FarFair:
    """The example fair, and the network through which the phones of a test reach it."""

    def __init__(self, near: RunningFair, proxy: FaultProxy, store: Redis, pace: Pace) -> None:
        self.near = near
        self.proxy = proxy
        self.store = store
        self.pace = pace

    @property
    def ticket(self) -> Ticket:
        """The first ticket of the day."""
        return self.near.feed.projection.tickets["t1"]

    @property
    def room(self) -> Room:
        """That ticket's room; only while it has one."""
        assert self.ticket.room is not None
        return self.ticket.room

    @property
    def is_present(self) -> bool:
        """Whether the server takes the ticket's owner to be there."""
        return self.near.feed.projection.candidates[self.ticket.candidate_id].present

    async def set_pace(self, accept_s: int | None = None) -> None:
        """Put the pace into the fair's rules."""
        pace = self.pace
        settings = FairSettings(
            presence_s=pace.presence_s,
            accept_online_s=accept_s or pace.accept_s,
            missed_rest_s=pace.missed_rest_s,
        )
        await self.near.change_settings(settings)

    async def take_part(self, browser: Browser) -> Page:
        """Register on a phone in the far network."""
        return await take_part(browser, self.near, by=self.proxy.url)

    async def staff_a_booth(self, browser: Browser) -> Page:
        """Open booth 01 at its desk, in the hall's own network."""
        return await staff_a_booth(browser, self.near, "b01")

    @contextlib.asynccontextmanager
    async def dark(self, phone: Page) -> AsyncIterator[None]:
        """Black the network out: for as long as the pace says, until the page says so, and more."""
        self.proxy.go_dark()
        await asyncio.sleep(self.pace.dark_s)
        await expect(phone.get_by_text(OFFLINE).locator("visible=true").first).to_be_visible(
            timeout=60_000
        )
        yield
        self.proxy.clear()

    async def events(self) -> list[dict[str, Any]]:
        """Read the fair's whole stream, as the store holds it."""
        events = [json.loads(raw) for raw in await read_stream(self.store, FAIR_ID)]
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        return events

    async def counts(self) -> Counter[str]:
        """Count the fair's events by their names."""
        return Counter(event["event"] for event in await self.events())

    async def happened(
        self, name: str, times: int, unless: Callable[[], bool] = lambda: False
    ) -> None:
        """Wait until the stream holds an event of this name so many times."""
        while not unless() and (await self.counts())[name] < times:  # noqa: ASYNC110 - the store announces nothing
            await asyncio.sleep(0.05)

    async def proof(self, title: str) -> str:
        """Sum up for the proofs: how often what must happen once has happened."""
        counts, proxy = await self.counts(), self.proxy
        names = ("ticket_issued", "ticket_called", "ticket_accepted", "ticket_missed")
        names += ("interview_started", "interview_finished")
        told = ", ".join(f"{counts[name]} {name}" for name in names if counts[name])
        return (
            f"{title}: {told}; {proxy.taken} connections, {proxy.delivered // 1024} KiB carried, "
            f"{proxy.swallowed} bytes lost"
        )


@contextlib.asynccontextmanager
async def far_fair(
    store: Redis,
    folder: Path,
    port: int,
    pace: Pace = QUICK,
    roads: tuple[Road, Road] | None = None,
) -> AsyncIterator[FarFair]:
    """Run a node with the example fair, and a network before it."""
    address = f"unix://{store.connection_pool.connection_kwargs['path']}"
    async with serving_through(port, roads) as proxy:
        settings = ServerSettings(
            port=port,
            allowed_origins=[proxy.url],
            data_folder=str(folder / "data"),
            fairs=[str(FAIR_FILE)],
            store=StoreSettings(address=address),
            limits=LimitSettings(heartbeat_s=pace.heartbeat_s),
        )
        async with serving(settings) as node:
            await node.open_fair(FAIR_ID)
            fair = FarFair(RunningFair(node), proxy, store, pace)
            await fair.set_pace()
            yield fair


class Sent:
    """Every command that a page sends, socket by socket; made before its sockets open."""

    def __init__(self, page: Page) -> None:
        self.sockets: list[list[dict[str, Any]]] = []
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        frames: list[dict[str, Any]] = []
        self.sockets.append(frames)
        socket.on("framesent", lambda frame: frames.append(json.loads(frame)))

    def ids(self, kind: str) -> list[str]:
        """The ids of all commands of a kind, in order, with repeats."""
        return [f["id"] for frames in self.sockets for f in frames if f["type"] == kind]


async def be_called(booth: Page, phone: Page) -> None:
    """Make the desk ready; the phone's page shows the call."""
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await expect(phone.get_by_role("heading", name="Mời vào phỏng vấn")).to_be_visible()


async def answer(booth: Page, phone: Page) -> None:
    """Tap the answer; both come to see each other."""
    await phone.get_by_role("button", name="Vào ngay").click()
    await both_see(booth, phone)


async def both_see(booth: Page, phone: Page) -> None:
    """Wait until each sees moving pictures of the other."""
    await sees_the_other(phone)
    await sees_the_other(booth)


async def finish(booth: Page, phone: Page) -> None:
    """End the interview at the booth; the phone's page says so."""
    await booth.get_by_role("button", name="Kết thúc", exact=True).click()
    await expect(phone.get_by_role("heading", name="Đã phỏng vấn xong ở gian 01")).to_be_visible()


def talked_ms(events: list[dict[str, Any]]) -> int:
    """Add up from the events how long the interview was on with both ends connected; ms."""
    connected: set[str] = set()
    is_on, total, before = False, 0, 0
    for event in events:
        if is_on and len(connected) == 2:
            total += event["at"] - before
        before = event["at"]
        match event["event"]:
            case "room_connected":
                connected.add(event["side"])
            case "room_lost" | "room_left":
                connected.discard(event["side"])
            case "room_entered":
                connected.clear()
            case "interview_started" | "interview_finished" as name:
                is_on = name == "interview_started"
    return total
