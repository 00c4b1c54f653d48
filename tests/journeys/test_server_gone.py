"""The server is killed and started again under people who wait, are called and talk."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from redis.asyncio import Redis

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import Role
from fairserver.ledger import Ledger
from fairserver.line.line import SYSTEM, Line
from fairserver.settings import read_secret
from tests.faults.support.live import read_stream
from tests.faults.support.nodes import NodeProcess
from tests.journeys.far import both_see
from tests.journeys.people import join_lines, register
from tests.journeys.support import FAIR_FILE, FAIR_ID, LAPTOP, PHONE, open_page

pytestmark = pytest.mark.journey

_CONFIG = """\
port = {port}
data_folder = "data"
log_level = "warning"
fairs = ["{fair}"]
[store]
address = "unix://{socket}"
[limits]
heartbeat_s = 4
"""


_CONNECTION = """
import("/static/candidate/own_room.js").then(({{ ownRoom: {{ value: {{ connection }} }} }}) => {{
  connection.{};
}})
"""


class KilledFair:
    """The example fair on a server that is a process of its own."""

    def __init__(self, node: NodeProcess, store: Redis) -> None:
        self.node = node
        self.store = store
        self.kills = 0

    async def open(self) -> None:
        """Start the server and open its fair, with time enough to answer a call."""
        await asyncio.to_thread(self.node.start)
        line = Line(self.store)
        await line.run(FAIR_ID, "open_fair", SYSTEM)
        settings = FairSettings(accept_online_s=600, presence_s=30)
        settings_json = json.dumps(
            {key: getattr(settings, key) for key in settings.__struct_fields__}
        )
        await line.run(FAIR_ID, "change_settings", SYSTEM, settings_json=settings_json)

    async def kill(self) -> None:
        """End the server at once."""
        await asyncio.to_thread(self.node.kill)
        self.kills += 1

    async def start(self) -> None:
        """Start it again."""
        await asyncio.to_thread(self.node.start)

    async def candidate(self, browser: Browser, name: str, booth_number: str) -> Page:
        """Register and stand in a line."""
        phone = await open_page(browser, f"{self.node.url}/f/{FAIR_ID}/", PHONE)
        await register(phone, name)
        await join_lines(phone, booth_number)
        return phone

    async def desk(self, browser: Browser, booth_id: str) -> Page:
        """Sit down at a booth and be ready."""
        settings = self.node.settings
        async with await Ledger.open(settings.database_url, secret=read_secret(settings)) as ledger:
            invited = await ledger.staff.invite(FAIR_ID, Role.RECRUITER, booth_id, "Nhân viên thử")
        url = f"{self.node.url}/f/{FAIR_ID}/booth#t={invited.token}"
        booth = await open_page(browser, url, LAPTOP)
        await booth.get_by_role("button", name="Vào gian").click()
        await booth.get_by_role("button", name="Vào bàn").click()
        await booth.get_by_role("button", name="Sẵn sàng").click()
        return booth

    async def events(self) -> list[dict[str, Any]]:
        """Read the fair's whole stream."""
        events = [json.loads(raw) for raw in await read_stream(self.store, FAIR_ID)]
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        return events

    async def happened(self, name: str, times: int) -> None:
        """Wait until the stream holds an event of this name so many times."""
        while Counter(e["event"] for e in await self.events())[name] < times:  # noqa: ASYNC110 - the store announces nothing
            await asyncio.sleep(0.05)


@pytest.fixture
def killed_fair(store: Redis, tmp_path: Path, free_port: Callable[[], int]) -> Iterator[KilledFair]:
    """Configure a server; the test starts it."""
    socket = store.connection_pool.connection_kwargs["path"]
    config = tmp_path / "server.toml"
    config.write_text(_CONFIG.format(port=free_port(), fair=FAIR_FILE, socket=socket))
    fair = KilledFair(NodeProcess(config), store)
    yield fair
    fair.node.kill()


async def hears_nothing_for_a_moment(talking: Page) -> None:
    """Let a page think that its call broke, and hear again, while no server can help it."""
    await talking.evaluate(_CONNECTION.format("broken = () => true"))
    await expect(talking.get_by_text("Hai bên cứ nói chuyện tiếp")).to_be_hidden()
    await talking.evaluate(_CONNECTION.format("broken = connection.constructor.prototype.broken"))
    await expect(talking.get_by_text("Hai bên cứ nói chuyện tiếp")).to_be_visible()


@pytest.mark.parametrize("kills", [1, pytest.param(10, marks=pytest.mark.soak)])
async def test_a_killed_server_costs_nobody_the_place_the_call_or_the_interview(
    browser: Browser, killed_fair: KilledFair, kills: int, report: Callable[[str], None]
) -> None:
    await killed_fair.open()
    talking = await killed_fair.candidate(browser, "Người Đang Nói", "01")
    booth = await killed_fair.desk(browser, "b01")
    await talking.get_by_role("button", name="Vào ngay").click()
    await both_see(booth, talking)
    await killed_fair.happened("interview_started", 1)
    called = await killed_fair.candidate(browser, "Người Được Gọi", "02")
    other_booth = await killed_fair.desk(browser, "b02")
    await called.get_by_role("button", name="Vào ngay").wait_for()
    waiting = await killed_fair.candidate(browser, "Người Đang Chờ", "03")

    for _ in range(kills):
        await killed_fair.kill()
        await expect(waiting.get_by_text("Mất kết nối")).to_be_visible()
        await expect(called.get_by_text("Mất kết nối")).to_be_visible()
        await expect(talking.get_by_text("Hai bên cứ nói chuyện tiếp")).to_be_visible()
        await both_see(booth, talking)
        await hears_nothing_for_a_moment(talking)
        if killed_fair.kills == kills:
            # Answered while nobody is there to hear it.
            await called.get_by_role("button", name="Vào ngay").click()
        await killed_fair.start()
        await expect(waiting.get_by_text("Đã giữ chỗ")).to_be_visible()
        await expect(talking.get_by_text("Hai bên cứ")).to_be_hidden()

    await expect(waiting.get_by_role("button", name="Rời hàng này gian 03")).to_be_visible()
    await both_see(booth, talking)
    await booth.get_by_role("button", name="Kết thúc", exact=True).click()
    await both_see(other_booth, called)
    await killed_fair.happened("interview_started", 2)
    await other_booth.get_by_role("button", name="Kết thúc", exact=True).click()
    await killed_fair.happened("interview_finished", 2)
    events = await killed_fair.events()
    counts = Counter(event["event"] for event in events)
    once = ("ticket_issued", "ticket_called", "ticket_accepted", "ticket_missed")
    assert [counts[name] for name in once] == [3, 2, 2, 0]
    assert (counts["interview_started"], counts["interview_finished"]) == (2, 2)
    rooms = Counter(e["ticket_id"] for e in events if e["event"] == "room_entered")
    report(
        f"server killed {killed_fair.kills} times under 1 waiting, 1 called, 1 talking: 3 tickets, "
        f"2 answers, 2 interviews begun and finished, rooms entered {rooms['t1']} and "
        f"{rooms['t2']} times"
    )
