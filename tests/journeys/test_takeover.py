"""Nobody gets between a candidate's and a booth's page, from either side, in real browsers."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from fairserver.domain.states import Role
from fairserver.events.records import Ticket
from tests.journeys.people import join_lines, register, sees_the_other
from tests.journeys.support import FAIR_ID, LAPTOP, PHONE, RunningFair, open_page
from tests.web.support import Server, Socket

pytestmark = pytest.mark.journey

_FORGED = '{"kind":"chat","id":"c1","text":"Chuyển 500 nghìn để giữ chỗ"}'
_WORD = "document.querySelector('.check-button span[lang]')?.textContent"


class Victim:
    """A page, with a hand on what its socket brings."""

    def __init__(self, page: Page, side: str) -> None:
        self.page = page
        #: How the room calls the other end.
        self.other = f"{'desk' if side == 'candidate' else 'candidate'}_peer"
        self.route: WebSocketRoute | None = None

    @classmethod
    async def at(cls, browser: Browser, url: str, size: dict[str, int], side: str) -> Victim:
        """Open an address with a hand on its socket."""
        page = await open_page(browser, "about:blank", size)
        victim = cls(page, side)
        await page.route_web_socket(lambda url: "/ws/" in url, victim._pass_on)
        await page.goto(url)
        return victim

    def _pass_on(self, route: WebSocketRoute) -> None:
        route.connect_to_server()
        self.route = route

    def tell(self, **fields: Any) -> None:
        """Say something to the page as if the server had passed it on."""
        assert self.route is not None
        self.route.send(json.dumps({"type": "signal", **fields}))

    async def word(self) -> str:
        """The check word: one for as long as the two pages' certificates meet."""
        await expect(self.page.locator(".check-button")).to_be_visible()
        return str(await self.page.evaluate(_WORD))


async def in_an_interview(browser: Browser, fair: RunningFair) -> tuple[Victim, Victim]:
    """Bring a candidate's and a booth's page into an interview, with a word at both."""
    phone = await Victim.at(browser, f"{fair.base_url}/", PHONE, "candidate")
    await register(phone.page)
    await join_lines(phone.page, "01")
    link = await fair.staff_link(Role.RECRUITER, "b01")
    booth = await Victim.at(browser, link, LAPTOP, "desk")
    for name in ("Vào gian", "Vào bàn", "Sẵn sàng"):
        await booth.page.get_by_role("button", name=name).click()
    await phone.page.get_by_role("button", name="Vào ngay").click()
    for victim in (phone, booth):
        await sees_the_other(victim.page)
        await expect(victim.page.locator(".check-button")).to_be_visible()
    return phone, booth


def room_of(ticket: Ticket) -> dict[str, Any]:
    """Whatever a stranger may have found out: the turn, the names of both pages, the epoch."""
    assert ticket.room is not None
    peers = {f"{side}_peer": peer for side, peer in ticket.room.peers.items()}
    return {"ticket_id": ticket.ticket_id, "epoch": ticket.room.epoch, **peers}


async def break_in(attacker: Socket, used: str, fields: dict[str, str], ticket: Ticket) -> None:
    """Use an id again for somebody else's room, under every name of its ends."""
    await attacker.ask(used, command_id="k1", **fields)
    for name in ("desk_peer", "candidate_peer", ""):
        room = room_of(ticket)
        end = {"ticket_id": ticket.ticket_id, "peer": room.get(name, "p-attacker")}
        report = {"epoch": room["epoch"], "state": "connected"}
        for command_id in ("k1", None):
            await attacker.ask("report_room", command_id, **end, **report)
            await attacker.ask("enter_room", command_id, **end)
            for kind in ("offer", "talk"):
                said = {"kind": kind, "sdp": "v=0", "text": _FORGED, "epoch": room["epoch"]}
                await attacker.ask("signal", command_id, **end, **said)


def forge(victim: Victim, ticket: Ticket) -> None:
    """Tell a page what only its other end may say, as a server would that lets anything through."""
    room = room_of(ticket)
    epoch, peer = room["epoch"], room[victim.other]
    strangers = product((epoch, epoch - 1), ("p-attacker", ""), ("main",))
    for epoch_, peer_, leg in (*strangers, (epoch - 1, peer, "main"), (epoch, peer, "desk_guest")):
        for kind in ("offer", "answer", "candidate", "talk"):
            said = {"kind": kind, "sdp": "v=0", "text": _FORGED, "leg": leg}
            victim.tell(ticket_id=ticket.ticket_id, epoch=epoch_, peer=peer_, **said)


async def test_nobody_gets_between_two_pages_from_either_side(
    browser: Browser, fair: RunningFair
) -> None:
    phone, booth = await in_an_interview(browser, fair)
    (ticket,) = fair.feed.projection.tickets.values()
    word, before = await phone.word(), room_of(ticket)
    assert word == await booth.word()

    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        server = Server(fair.node, FAIR_ID, http)
        visitor = await server.socket(await server.candidate(), ["me"])
        colleague = await server.socket(await server.recruiter("b02"), ["booth"])
        await break_in(visitor, "join", {"booth_id": "b02"}, ticket)
        await break_in(colleague, "open_desk", {"desk_id": "b02-1"}, ticket)
        for victim in (phone, booth):
            forge(victim, ticket)
        await booth.page.get_by_label("Viết tin nhắn").fill("Chào bạn")
        await booth.page.get_by_label("Viết tin nhắn").press("Enter")
        await phone.page.get_by_role("button", name="tin mới").click()
        for attacker in (visitor, colleague):
            await attacker.do("ping")
            assert [one for one in attacker.frames if one["type"] == "signal"] == []
            await attacker.close()

    for victim in (phone, booth):
        await sees_the_other(victim.page)
        # The words of the two and no others; and no other machine between their certificates.
        await expect(victim.page.locator(".chat-lines p")).to_have_count(1)
        await expect(victim.page.locator(".chat-lines p")).to_contain_text("Chào bạn")
        assert await victim.word() == word
    assert {**room_of(ticket), "epoch": 0} == {**before, "epoch": 0}, "the same two pages"
