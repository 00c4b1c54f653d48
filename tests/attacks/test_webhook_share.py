"""Receivers that never answer take no place from one that does."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from typing import Any

import msgspec
import pytest
from aiohttp import web

from fairserver.notify.settings import WebhookSettings
from fairserver.notify.webhooks import Deliverer

#: Receivers that never answer, and messages for each.
SLOW = 40
EACH = 5


class Message(msgspec.Struct, frozen=True):
    """A message as the deliverer takes it."""

    delivery_id: str
    webhook_id: str
    url: str
    body: str = "{}"
    tries: int = 0


class Heap:
    """Messages of many booths; each is held once."""

    def __init__(self, origin: str) -> None:
        names = [f"slow-{number}" for number in range(SLOW)] + ["quick"]
        self.waiting = {
            name: [
                Message(f"{name}.{n}", name, f"{origin}/{name.partition('-')[0]}")
                for n in range(EACH)
            ]
            for name in names
        }

    def secret(self, _: str) -> bytes:
        return b"secret"

    async def due_webhooks(self, _: Collection[str]) -> list[tuple[str, str]]:
        return [(name, f"booth of {name}") for name, left in self.waiting.items() if left]

    async def hold(self, webhook_id: str, most: int, _: int) -> list[Message]:
        taken, self.waiting[webhook_id] = (
            self.waiting[webhook_id][:most],
            self.waiting[webhook_id][most:],
        )
        return taken

    async def settle(self, held: Any, **_: Any) -> None:
        pass

    async def next_due_ms(self, _: Collection[str]) -> int | None:
        return 0

    async def forget_old(self) -> None:
        pass

    async def positions(self, _: str) -> list[Any]:
        return []


class Receivers:
    """One address that answers at once and one that never does."""

    def __init__(self) -> None:
        self.came: Counter[str] = Counter()
        self.release = asyncio.Event()
        self.news = asyncio.Event()
        self.origin = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.came[request.match_info["kind"]] += 1
        self.news.set()
        if request.match_info["kind"] == "slow":
            await self.release.wait()
        return web.Response(status=204)


@pytest.fixture
async def receivers(free_port: Callable[[], int]) -> AsyncIterator[Receivers]:
    found, port = Receivers(), free_port()
    app = web.Application()
    app.router.add_post("/{kind}", found.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=256).start()
    found.origin = f"http://127.0.0.1:{port}"
    yield found
    found.release.set()
    await runner.cleanup()


async def test_a_quick_receiver_is_told_everything_while_many_do_not_answer(
    receivers: Receivers,
) -> None:
    heap: Any = Heap(receivers.origin)
    settings = WebhookSettings(own_receivers=[receivers.origin], answer_s=60.0)
    no_store: Any = None  # there is no fair to follow
    deliverer = Deliverer(no_store, heap, heap, settings)
    deliverer.start()
    async with asyncio.timeout(60):
        while receivers.came["quick"] < EACH:
            receivers.news.clear()
            await receivers.news.wait()
    assert receivers.came["slow"] > 0
    await deliverer.stop()
