"""The connection made before the two meet: what it lets out, and that it is the one used."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from fairserver.domain.settings import FairSettings
from fairserver.events.records import Room
from tests.journeys.people import join_lines, sees_the_other, staff_a_booth, take_part
from tests.journeys.support import RunningFair

pytestmark = pytest.mark.journey

Until = Callable[[Callable[[], object]], Awaitable[None]]

#: Keeps every connection of a page and every signal that it sends.
_WATCH = """
window.connections = [];
window.signals = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...settings) {
    super(...settings);
    window.connections.push(this);
  }
};
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) {
  const message = JSON.parse(text);
  if (message.type === "signal") window.signals.push(message);
  return send.call(this, text);
};
"""

#: Packets of picture and sound that a page has sent and got, over all its connections.
_PACKETS = """
async () => {
  let packets = 0;
  for (const connection of window.connections) {
    for (const stat of (await connection.getStats()).values()) {
      packets += (stat.packetsSent || 0) * (stat.type === "outbound-rtp");
      packets += (stat.packetsReceived || 0) * (stat.type === "inbound-rtp");
    }
  }
  return packets;
}
"""
#: Whether a picture of that width is on the page: the other person's, for the own has another.
_WIDTH = """
(width) => [...document.querySelectorAll("video:not(.own-picture)")]
  .some((video) => video.videoWidth === width)
"""
_CONNECTED = "() => window.connections.some((one) => one.connectionState === 'connected')"
_DESCRIBED = (
    "() => window.connections.some("
    "(one) => one.signalingState === 'stable' && one.remoteDescription)"
)


async def watched(page: Page) -> Page:
    """Load a page again, this time under watch."""
    await page.add_init_script(_WATCH)
    await page.reload()
    return page


async def a_watched_booth(browser: Browser, fair: RunningFair) -> Page:
    """Sit down at the first desk of booth 01, under watch."""
    return await watched(await staff_a_booth(browser, fair, "b01"))


async def a_watched_person(browser: Browser, fair: RunningFair, name: str) -> Page:
    """Take part and stand in the line of booth 01, under watch."""
    phone = await watched(await take_part(browser, fair, name))
    await join_lines(phone, "01")
    return phone


def room_of(fair: RunningFair, ticket_id: str) -> Room | None:
    """The room as the node has it."""
    return fair.feed.projection.tickets[ticket_id].room


def both_are_in(fair: RunningFair, ticket_id: str) -> bool:
    """Whether both ends have come in."""
    room = room_of(fair, ticket_id)
    return room is not None and all(room.peers.values())


async def test_before_a_call_is_answered_no_address_leaves_either_page(
    browser: Browser, fair: RunningFair, until: Until
) -> None:
    booth = await a_watched_booth(browser, fair)
    phone = await a_watched_person(browser, fair, "Phạm Thị Kín")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await phone.get_by_role("button", name="Vào ngay").wait_for()
    await until(lambda: both_are_in(fair, "t1"))
    for page in (booth, phone):
        await page.wait_for_function(_DESCRIBED)
        signals: list[dict[str, Any]] = await page.evaluate("() => window.signals")
        assert [one["kind"] for one in signals] in (["offer"], ["answer"])
        assert "a=candidate" not in signals[0]["sdp"]
    room = room_of(fair, "t1")
    assert room is not None
    epoch = room.epoch

    await phone.get_by_role("button", name="Vào ngay").click()
    await sees_the_other(phone)
    await sees_the_other(booth)
    room = room_of(fair, "t1")
    assert room is not None
    assert room.epoch == epoch, "the connection made ahead was not the one used"


async def test_a_ready_person_is_connected_unseen_and_seen_at_the_desk(
    browser: Browser, fair: RunningFair, until: Until
) -> None:
    await fair.change_settings(FairSettings(deck_moment_pct=0))
    booth = await a_watched_booth(browser, fair)
    first = await a_watched_person(browser, fair, "Trần Thị Nhất")
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await first.get_by_role("button", name="Vào ngay").click()
    await sees_the_other(booth)

    second = await a_watched_person(browser, fair, "Lê Văn Nhì")
    await second.get_by_role("button", name="Tôi sẵn sàng").click()
    await until(lambda: both_are_in(fair, "t2"))
    await second.wait_for_function(_CONNECTED)
    assert await second.evaluate(_PACKETS) == 0
    room = room_of(fair, "t2")
    assert room is not None
    epoch = room.epoch

    await booth.get_by_role("button", name="Kết thúc", exact=True).click()
    await booth.get_by_role("button", name="Nhận việc").click()
    await booth.get_by_role("button", name="Lưu kết quả").click()
    await booth.get_by_role("button", name="Người tiếp theo").click()
    await sees_the_other(second)
    await sees_the_other(booth)
    room = room_of(fair, "t2")
    assert room is not None
    assert room.epoch == epoch, "the connection made ahead was not the one used"
    await expect(booth.get_by_role("heading", name="Lê Văn Nhì")).to_be_visible()
    # The first picture is a small one, for it comes sooner; the whole one follows.
    for page, width in ((second, 640), (booth, 480)):
        await page.wait_for_function(_WIDTH, arg=width)
