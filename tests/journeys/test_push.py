"""Being told of the turn while the page is not in front, in a real browser.

Only the browser maker's own push service is not there: the page subscribes at the tests' one, which
checks and decrypts, and what it decrypted is delivered to the page's own service worker.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page, Worker, expect
from redis.asyncio import Redis

from fairserver.notify.settings import PushSettings
from fairserver.settings import ServerSettings, StoreSettings
from fairserver.web.app import serving
from tests.journeys.eyes import PHONE as EYES
from tests.journeys.eyes import open_eyes
from tests.journeys.people import comes_true, join_lines, register, staff_a_booth
from tests.journeys.support import FAIR_FILE, FAIR_ID, PHONE, RunningFair, open_page
from tests.notify.push_service import Browser as Subscriber
from tests.notify.push_service import PushService

pytestmark = pytest.mark.journey

Until = Callable[[Callable[[], object]], Awaitable[None]]

#: The browser's talk with its maker's service, which no machine of tests can reach.
_SUBSCRIBE = """
([endpoint, p256dh, auth]) => {
  let held = null;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")),
    (letter) => letter.charCodeAt(0)).buffer;
  PushManager.prototype.subscribe = async (options) => {
    window.subscribedWith = options;
    held = {
      options: { applicationServerKey: bytes(options.applicationServerKey) },
      toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
      unsubscribe: async () => { held = null; return true; },
    };
    return held;
  };
  PushManager.prototype.getSubscription = async () => held;
}
"""
_SHOWN = """
async () => (await self.registration.getNotifications())
  .map(({ title, body, tag, lang, silent }) => ({ title, body, tag, lang, silent }))
"""
#: No script may bring a window to the front unless a person has clicked: what it asks for is noted.
_CLICK = """
async () => {
  const asked = [];
  WindowClient.prototype.focus = async function () { asked.push(`focus ${this.url}`); };
  Clients.prototype.openWindow = async (url) => { asked.push(`open ${url}`); };
  const [notification] = await self.registration.getNotifications();
  const event = new NotificationEvent("notificationclick", { notification });
  const done = [];
  event.waitUntil = (promise) => done.push(promise);
  self.dispatchEvent(event);
  await Promise.all(done);
  return asked;
}
"""


@pytest.fixture
async def fair(
    store: Redis, tmp_path: Path, free_port: Callable[[], int], push_service: PushService
) -> AsyncIterator[RunningFair]:
    """The example fair, which may send to the tests' push service."""
    settings = ServerSettings(
        port=free_port(),
        data_folder=str(tmp_path / "data"),
        fairs=[str(FAIR_FILE)],
        store=StoreSettings(address=f"unix://{store.connection_pool.connection_kwargs['path']}"),
        push=PushSettings(own_services=[push_service.origin]),
    )
    async with serving(settings) as node:
        await node.open_fair(FAIR_ID)
        yield RunningFair(node)


@pytest.fixture
async def browser(whole_browser: Browser) -> Browser:
    """The headless shell shows no notices."""
    return whole_browser


async def a_phone(browser: Browser, fair: RunningFair, service: PushService) -> Subscription:
    """A person in a line, on a phone that may show notices."""
    page = await open_page(browser, f"{fair.base_url}/", PHONE)
    await page.context.grant_permissions(["camera", "microphone", "notifications"])
    assert fair.node.pusher is not None
    subscriber = service.subscribe("phone", fair.node.pusher.key.public)
    fields = subscriber.fields
    await page.evaluate(_SUBSCRIBE, [fields["endpoint"], fields["p256dh"], fields["auth"]])
    await register(page)
    await join_lines(page, "01")
    return Subscription(page, subscriber)


class Subscription:
    """A phone's page, its worker, and what the push service has for it."""

    def __init__(self, page: Page, subscriber: Subscriber) -> None:
        self.page = page
        self.subscriber = subscriber
        self._session: CDPSession | None = None
        self._registration = ""

    async def turn_on(self) -> None:
        """Tap, and wait until it is on."""
        session = await self.page.context.new_cdp_session(self.page)
        session.on("ServiceWorker.workerRegistrationUpdated", self._note)
        await session.send("ServiceWorker.enable")
        self._session = session
        await self.page.get_by_role("button", name="Báo cho tôi khi đến lượt").click()
        await expect(self.page.get_by_text("Điện thoại này sẽ báo")).to_be_visible(timeout=30_000)
        await self.be_seen("hidden")

    async def be_seen(self, state: str) -> None:
        """Bring the page behind another (``hidden``), or in front again (``visible``)."""
        await self.page.evaluate(_SEEN, state)

    def _note(self, event: dict[str, Any]) -> None:
        for one in event["registrations"]:
            if not one["isDeleted"] and one["scopeURL"].endswith(f"/f/{FAIR_ID}/"):
                self._registration = one["registrationId"]

    @property
    def worker(self) -> Worker:
        [worker] = self.page.context.service_workers
        return worker

    async def deliver(self, message: dict[str, Any]) -> None:
        """Hand the worker what the push service decrypted, as the browser would."""
        assert self._session is not None
        while not self._registration:
            await self.page.wait_for_timeout(20)
        url = self.page.url
        await self._session.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": "/".join(url.split("/")[:3]),
                "registrationId": self._registration,
                "data": json.dumps(message),
            },
        )

    async def shown(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.worker.evaluate(_SHOWN)
        return found

    async def wait_for(self, title: str) -> dict[str, Any]:
        """Wait until one notice is shown, and has this title."""
        while True:
            shown = await self.shown()
            if [one["title"] for one in shown] == [title]:
                return shown[0]
            await self.page.wait_for_timeout(50)


async def test_a_person_who_asked_is_told_of_the_call_by_a_notice_that_leads_to_the_page(
    browser: Browser, fair: RunningFair, push_service: PushService, until: Until
) -> None:
    booth = await staff_a_booth(browser, fair, "b01")
    phone = await a_phone(browser, fair, push_service)
    await phone.turn_on()
    assert await phone.page.evaluate("window.subscribedWith.userVisibleOnly") is True
    await booth.get_by_role("button", name="Sẵn sàng").click()
    await until(lambda: phone.subscriber.messages)
    message = phone.subscriber.messages[0]
    number = message["number"]
    await phone.deliver(message)
    notice = await phone.wait_for(f"Số {number}: mời vào")
    assert notice["body"] == "Gian 01 đang gọi. Chạm để trả lời."
    assert (notice["tag"], notice["lang"]) == ("turn", "vi")
    assert await phone.worker.evaluate(_CLICK) == [f"focus {phone.page.url}"]
    assert await phone.shown() == []


async def test_an_older_or_late_message_shows_nothing(
    browser: Browser, fair: RunningFair, push_service: PushService
) -> None:
    phone = await a_phone(browser, fair, push_service)
    await phone.turn_on()
    now = int(time.time() * 1000)
    soon = {"number": 7, "booth": "01", "at": now, "until": now + 60_000}
    await phone.deliver({"kind": "on_deck", "seq": 10, **soon})
    await phone.wait_for("Số 7: sắp đến lượt")
    await phone.deliver({"kind": "called", "seq": 12, **soon})
    await phone.wait_for("Số 7: mời vào")
    await phone.deliver({"kind": "on_deck", "seq": 11, **soon})
    await phone.deliver({"kind": "missed", "seq": 13, **soon})
    await phone.wait_for("Số 7: chưa kịp vào")
    # In front again the page says it all itself.
    await phone.be_seen("visible")
    while await phone.shown():
        await phone.page.wait_for_timeout(50)
    await phone.be_seen("hidden")
    await phone.deliver({"kind": "missed", "seq": 13, **soon})
    await phone.wait_for("Số 7: chưa kịp vào")
    # Over: not even what stood there before is left.
    await phone.deliver({"kind": "called", "seq": 14, **soon, "until": now - 1})
    while await phone.shown():
        await phone.page.wait_for_timeout(50)


async def test_it_speaks_the_persons_language_and_is_switched_off_again(
    browser: Browser, fair: RunningFair, push_service: PushService, until: Until
) -> None:
    phone = await a_phone(browser, fair, push_service)
    await phone.turn_on()
    page = phone.page
    await page.get_by_role("button", name="English").click()
    left = "async () => (await (await caches.match('push-words', {cacheName: 'fair-push'})).json())"
    await comes_true(page, f"async () => (await ({left})()).lang === 'en'")
    now = int(time.time() * 1000)
    told = {
        "kind": "called",
        "seq": 3,
        "number": 7,
        "booth": "01",
        "at": now,
        "until": now + 60_000,
    }
    await phone.deliver(told)
    await phone.wait_for("Number 7: please come in")
    assert fair.node.pusher is not None
    [ticket] = fair.feed.projection.tickets.values()
    of = fair.node.ledger.push.of
    assert len(await of(ticket.candidate_id, fair.node.pusher.key.key_id)) == 1
    await page.get_by_role("button", name="Stop telling me").click()
    await expect(page.get_by_role("button", name="Tell me when it is my turn")).to_be_visible()
    while await of(ticket.candidate_id, fair.node.pusher.key.key_id):
        await page.wait_for_timeout(50)
    await comes_true(
        page, "async () => (await navigator.serviceWorker.getRegistrations()).length === 0"
    )
    assert await page.evaluate("caches.keys()") == []


#: Without a window nothing is ever behind another: the page is told that it is.
_SEEN = """
async (state) => {
  Object.defineProperty(document, "visibilityState", { configurable: true, value: state });
  document.dispatchEvent(new Event("visibilitychange"));
  // What the page was about to take away while it was in front is gone after this.
  const worker = await navigator.serviceWorker.getRegistration();
  await worker.getNotifications();
}
"""

#: Every way it can stand; what a browser answers is put in its mouth.
_STANDS = """
async (state) => {
  const { standing } = await import("/static/push/subscription.js");
  standing.value = state;
}
"""


async def test_every_state_of_it_is_said_and_accessible(
    browser: Browser, fair: RunningFair, push_service: PushService
) -> None:
    phone = await a_phone(browser, fair, push_service)
    page = phone.page
    eyes = await open_eyes(page, EYES)
    notice = page.get_by_role("region", name="Báo khi đến lượt")
    await expect(notice).to_be_visible()
    for state in ("off", "asking", "on", "blocked", "impossible", "home_screen", "failed"):
        await page.evaluate(_STANDS, state)
        await expect(notice.locator(f".push-state.{state}")).to_be_visible()
        await eyes.look(f"push {state}")
    assert eyes.faults == [], "\n".join(eyes.faults)


async def test_the_worker_keeps_no_page_and_asks_for_nothing(
    browser: Browser, fair: RunningFair, push_service: PushService
) -> None:
    phone = await a_phone(browser, fair, push_service)
    await phone.turn_on()
    answer = await phone.page.request.get(f"{fair.base_url}/static/candidate/sw.js")
    assert answer.headers["service-worker-allowed"] == "/f/"
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "fetch" not in await answer.text()
    reloaded = await phone.page.reload()
    assert reloaded is not None
    assert not reloaded.from_service_worker
