"""What a candidate's browser keeps: nothing that opens anything, and nothing that was said."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.people import join_lines, register
from tests.journeys.support import FAIR_ID, PHONE, RunningFair, open_page
from tests.web.support import Server, Socket

pytestmark = pytest.mark.journey

_NAME = "Nguyễn Thị Thử"
_CHAT = "Lương tháng bao nhiêu"
#: What an earlier version of the page left.
_LEFT = f"""
localStorage.setItem("fs_card_{FAIR_ID}", '{{"number":7,"code":"0417","ticket_link":"/f/x/#t=y"}}');
localStorage.setItem("fs_wish_{FAIR_ID}_7", '{{"words":"may"}}');
"""
#: Everything that scripts of this origin can read or that lies in this browser for it.
_DUMP = """
async () => {
  const kept = { local: { ...localStorage }, session: { ...sessionStorage },
    cookie: document.cookie,
    history: history.state, address: location.href, name: window.name, caches: {},
    databases: await indexedDB.databases(),
    workers: (await navigator.serviceWorker.getRegistrations()).map((one) => one.scope) };
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      kept.caches[request.url] = await (await cache.match(request)).text();
    }
  }
  return kept;
}
"""


async def kept(page: Page) -> dict[str, Any]:
    """Everything that lies in this browser for the page."""
    found: dict[str, Any] = await page.evaluate(_DUMP)
    return found


async def come_in(page: Page, *, shared: bool) -> list[str]:
    """Register; gives what nobody else may read: the code, the link's token, what was answered."""
    if shared:
        await page.get_by_label("Máy dùng chung").check()
    answer: dict[str, Any] = {}
    async with page.expect_response(lambda one: one.url.endswith("/candidates")) as response:
        await register(page, _NAME)
    answer = await (await response.value).json()
    return [answer["code"], answer["ticket_link"].partition("#t=")[2], _NAME, "1985", "Long An"]


async def talk(phone: Page, server: Server) -> Socket:
    """Be called to booth 01 and write to the recruiter, who is a program here."""
    recruiter = await server.socket(await server.recruiter("b01"), ["booth"])
    await join_lines(phone, "01")
    await recruiter.do("open_desk", desk_id="b01-1")
    await phone.get_by_role("button", name="Vào ngay").click()
    (ticket,) = server.node.fairs[FAIR_ID].feed.projection.tickets.values()
    end = {"ticket_id": ticket.ticket_id, "peer": "p-desk"}
    await recruiter.do("enter_room", **end)
    words = json.dumps({"kind": "chat", "id": "c1", "text": _CHAT})
    await recruiter.until(lambda: ticket.room is not None and all(ticket.room.peers.values()))
    await recruiter.ask(
        "signal", **end, epoch=ticket.room and ticket.room.epoch, kind="talk", text=words
    )
    await expect(phone.locator(".beside-notice, .chat-lines").get_by_text(_CHAT)).to_be_visible()
    return recruiter


def finds(secrets: list[str], where: dict[str, Any]) -> list[str]:
    """Which of these stand anywhere in what a browser keeps."""
    text = json.dumps(where, ensure_ascii=False)
    return [one for one in secrets if one in text]


async def test_a_browser_keeps_nothing_that_opens_anything_nor_what_was_said(
    browser: Browser, fair: RunningFair
) -> None:
    phone = await open_page(browser, f"{fair.base_url}/", PHONE)
    await phone.evaluate(_LEFT)
    await phone.reload()
    secrets = [*await come_in(phone, shared=False), _CHAT]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        server = Server(fair.node, FAIR_ID, http)
        recruiter = await talk(phone, server)
        assert finds(secrets, await kept(phone)) == []
        await recruiter.close()
    held = await kept(phone)
    assert [key for key in held["local"] if not key.startswith("fs_slot_candidate_")] == []
    await phone.reload()  # the slot's name is enough to come back
    await expect(phone.locator("main.interview, .running, .come")).to_be_visible()


async def test_code_and_link_are_shown_again_and_signing_out_leaves_nothing(
    browser: Browser, fair: RunningFair
) -> None:
    phone = await open_page(browser, f"{fair.base_url}/", PHONE)
    code, token, *_ = await come_in(phone, shared=False)
    await phone.evaluate("localStorage.setItem('fs_text', '150')")
    await phone.evaluate("caches.open('fair-push').then((one) => one.put('/x', new Response('x')))")
    await phone.reload()
    await phone.get_by_role("button", name="Số và mã").click()
    link = phone.get_by_label("Đường dẫn vào phiên")
    await expect(link).to_have_value(f"{fair.base_url}/f/{FAIR_ID}/#t={token}")
    await expect(phone.locator(".number-card .code")).to_contain_text(code[-4:])
    await phone.get_by_role("button", name="Thoát trên máy này").click()
    await expect(phone.get_by_label("Họ và tên")).to_be_visible()
    nothing = {"local": {}, "session": {}, "caches": {}, "workers": [], "databases": []}
    held = await kept(phone)
    assert {name: held[name] for name in nothing} == nothing
    assert await phone.context.cookies() == []


async def test_on_a_shared_computer_everything_goes_with_the_browser(
    browser: Browser, fair: RunningFair
) -> None:
    computer = await open_page(browser, f"{fair.base_url}/", PHONE)
    secrets = await come_in(computer, shared=True)
    held = await kept(computer)
    assert held["local"] == {}
    assert finds(secrets, held) == []
    (cookie,) = await computer.context.cookies()
    assert cookie["expires"] == -1, "a cookie of this session of the browser"
    await computer.reload()
    await expect(computer.get_by_role("button", name="Chọn gian")).to_be_visible()
    other = await computer.context.new_page()
    await other.goto(computer.url)
    await expect(other.get_by_label("Họ và tên")).to_be_visible()
