"""From an event of the line to the words that a browser decrypts: over a real push service."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from fairserver.notify.settings import PushSettings
from fairserver.protocol.events import TicketCalled
from tests.line.live import ORGANISER
from tests.notify.push_service import Behaviour, Browser, PushService
from tests.web.support import PATIENT, Meeting, Server, Servers, Socket

Until = Callable[[Callable[[], object]], Awaitable[None]]


async def a_node(servers: Servers, service: PushService, **rules: int) -> Server:
    push = PushSettings(own_services=[service.origin], contact="mailto:ban-to-chuc@example.vn")
    return await servers.start({**PATIENT, **rules}, push=push)


async def subscribe(
    server: Server, socket: Socket, service: PushService, name: str = "phone"
) -> Browser:
    """Do what the page does after the tap: read the key, subscribe, tell the server."""
    key = (await server.get("/api/push")).json["public_key"]
    browser = service.subscribe(name, key)
    await socket.do("push_subscribe", **browser.fields)
    return browser


async def called(server: Server, service: PushService) -> tuple[Meeting, Browser]:
    """A person who asked to be told is called."""
    person, candidate = await server.newcomer()
    browser = await subscribe(server, candidate, service)
    recruiter_person = await server.recruiter()
    recruiter = await server.socket(recruiter_person, ["booth"])
    await server.open_fair()
    ticket_id = (await candidate.do("join", booth_id="b1"))["ticket_id"]
    await recruiter.do("open_desk", desk_id="b1-1")
    meeting = Meeting(server, ticket_id, person, candidate, recruiter_person, recruiter)
    await meeting.sees("called")
    return meeting, browser


async def test_a_call_reaches_the_browser_encrypted_signed_and_without_a_name(
    servers: Servers, push_service: PushService, until: Until
) -> None:
    server = await a_node(servers, push_service)
    meeting, browser = await called(server, push_service)
    await until(lambda: browser.messages)
    [message] = browser.messages
    cell = meeting.candidate.cell("me", meeting.key)
    plan = server.node.fairs[server.fair_id].plan
    number = next(booth.number for booth in plan.booths if booth.booth_id == "b1")
    assert (message["kind"], message["number"], message["booth"]) == (
        "called",
        meeting.person.number,
        number,
    )
    assert message["until"] == cell["deadline"]
    assert set(message) == {"kind", "number", "booth", "seq", "at", "until"}
    assert server.node.pusher is not None
    await until(lambda: server.node.pusher.counts["sent"] == 1)
    # The same length whatever it says, and nothing readable in it.
    assert "called" not in str(browser.bodies[0])


async def test_what_comes_next_is_told_too_each_with_the_same_length(
    servers: Servers, push_service: PushService, until: Until
) -> None:
    server = await a_node(servers, push_service)
    meeting, browser = await called(server, push_service)
    await until(lambda: len(browser.messages) == 1)
    await meeting.enter()
    await meeting.recruiter.do("start", ticket_id=meeting.ticket_id)
    await meeting.recruiter.do("offer_hand_over", ticket_id=meeting.ticket_id, to_booth_id="b2")
    await until(lambda: len(browser.messages) == 2)
    assert [message["kind"] for message in browser.messages] == ["called", "hand_over"]
    assert len({len(body) for body in browser.bodies}) == 1


async def test_a_missed_call_replaces_the_call_in_the_phones_tray(
    servers: Servers, push_service: PushService, until: Until
) -> None:
    server = await a_node(servers, push_service)
    meeting, browser = await called(server, push_service)
    await until(lambda: len(browser.messages) == 1)
    await meeting.server.live.miss(meeting.ticket_id)
    await until(lambda: len(browser.messages) == 2)
    assert browser.messages[1]["kind"] == "missed"
    assert browser.messages[1]["seq"] > browser.messages[0]["seq"]


async def test_of_two_nodes_exactly_one_sends(
    servers: Servers, push_service: PushService, until: Until
) -> None:
    nodes = [await a_node(servers, push_service) for _ in range(2)]
    keys = {(await node.get("/api/push")).json["public_key"] for node in nodes}
    assert len(keys) == 1  # the data folder's key is both's
    heard = []
    for node in nodes:
        node.node.fairs[node.fair_id].feed.listeners.append(heard.extend)
    meeting, browser = await called(nodes[0], push_service)
    await until(lambda: browser.messages)
    await meeting.server.live.miss(meeting.ticket_id)
    await until(lambda: len(browser.messages) == 2)
    # Both nodes have heard of both, and have nothing left to do.
    await until(lambda: len([e for e in heard if isinstance(e, TicketCalled)]) == 2)
    pushers = [node.node.pusher for node in nodes]
    await until(lambda: sum(p.counts["sent"] for p in pushers if p) == 2)
    await until(lambda: all(p._queue.empty() for p in pushers if p))
    assert [message["kind"] for message in browser.messages] == ["called", "missed"]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten(
    servers: Servers, push_service: PushService, until: Until, status: int
) -> None:
    server = await a_node(servers, push_service)
    push_service.next.append(Behaviour(status))
    meeting, browser = await called(server, push_service)
    pusher = server.node.pusher
    assert pusher is not None
    await until(lambda: pusher.counts["gone"] == 1)
    addresses = server.node.ledger.push
    assert await _becomes_empty(addresses.of, meeting.person.candidate_id, pusher.key.key_id)
    assert browser.messages == []


async def _becomes_empty(of: Callable[..., Awaitable[list[object]]], *args: str) -> bool:
    while await of(*args):  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0.01)
    return True


@pytest.mark.parametrize(
    "first",
    [Behaviour(429, {"Retry-After": "1"}), Behaviour(503), Behaviour(500, {"Retry-After": "soon"})],
    ids=["429", "503", "500"],
)
async def test_a_service_that_is_busy_is_asked_again(
    servers: Servers, push_service: PushService, until: Until, first: Behaviour
) -> None:
    server = await a_node(servers, push_service)
    push_service.next.append(first)
    _, browser = await called(server, push_service)
    await until(lambda: browser.messages)
    assert len(browser.tries) == 2
    assert int(browser.tries[1]["TTL"]) <= int(browser.tries[0]["TTL"])
    assert server.node.pusher is not None
    assert server.node.pusher.counts["again"] == 1


async def test_a_service_that_wants_a_long_rest_is_let_alone(
    servers: Servers, push_service: PushService, until: Until
) -> None:
    server = await a_node(servers, push_service)
    push_service.next.append(Behaviour(429, {"Retry-After": "86400"}))
    _, browser = await called(server, push_service)
    assert server.node.pusher is not None
    await until(lambda: server.node.pusher.counts["late"] == 1)
    assert len(browser.tries) == 1


async def test_a_redirect_is_not_followed_and_a_refusal_not_repeated(
    servers: Servers, push_service: PushService, until: Until
) -> None:
    server = await a_node(servers, push_service)
    push_service.next.append(Behaviour(307, {"Location": f"{push_service.origin}/elsewhere"}))
    _, browser = await called(server, push_service)
    assert server.node.pusher is not None
    await until(lambda: server.node.pusher.counts["refused"] == 1)
    assert len(browser.tries) == 1


async def test_a_service_that_hangs_delays_no_call_and_nobody_else(
    servers: Servers, push_service: PushService, until: Until
) -> None:
    server = await a_node(servers, push_service)
    push_service.next.append(Behaviour(hangs=True))
    meeting, browser = await called(server, push_service)
    await until(lambda: browser.tries)
    # The first message hangs; the line and the next person's message go on.
    _, second = await server.newcomer()
    other = await subscribe(server, second, push_service, "other")
    await second.do("join", booth_id="b1")
    await meeting.recruiter.do("open_desk", desk_id="b1-2")
    await until(lambda: other.messages)
    assert browser.messages == []


async def test_news_that_is_overtaken_while_it_waits_is_not_sent(
    servers: Servers, push_service: PushService, until: Until
) -> None:
    server = await a_node(servers, push_service)
    push_service.next.append(Behaviour(503))
    meeting, browser = await called(server, push_service)
    await until(lambda: browser.tries)
    await meeting.candidate.do("accept", ticket_id=meeting.ticket_id)
    assert server.node.pusher is not None
    await until(lambda: server.node.pusher.counts["late"] == 1)
    assert browser.messages == []


async def test_signing_out_and_switching_off_forget_the_browser(
    servers: Servers, push_service: PushService, until: Until
) -> None:
    server = await a_node(servers, push_service)
    assert server.node.pusher is not None
    key_id = server.node.pusher.key.key_id
    addresses = server.node.ledger.push
    person, socket = await server.newcomer()
    await subscribe(server, socket, push_service)
    assert len(await addresses.of(person.candidate_id, key_id)) == 1
    await socket.do("push_unsubscribe")
    assert await addresses.of(person.candidate_id, key_id) == []
    await subscribe(server, socket, push_service)
    await server.request("DELETE", f"/api/session?slot={person.slot}", token=person.token)
    assert await addresses.of(person.candidate_id, key_id) == []


async def test_the_end_of_the_fair_forgets_every_browser(
    servers: Servers, push_service: PushService
) -> None:
    server = await a_node(servers, push_service)
    assert server.node.pusher is not None
    key_id = server.node.pusher.key.key_id
    person, socket = await server.newcomer()
    await subscribe(server, socket, push_service)
    await server.open_fair()
    await server.node.line.run(server.fair_id, "close_fair", ORGANISER)
    assert await _becomes_empty(server.node.ledger.push.of, person.candidate_id, key_id)


async def test_the_key_is_made_once_for_the_server_alone(
    servers: Servers, push_service: PushService, tmp_path: Path
) -> None:
    server = await a_node(servers, push_service)
    assert stat.S_IMODE((tmp_path / "push-key.pem").stat().st_mode) == 0o600
    key = (await server.get("/api/push")).json["public_key"]
    again = await a_node(servers, push_service)
    assert (await again.get("/api/push")).json["public_key"] == key


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "http://127.0.0.1:1/push"},
        {"endpoint": "https://127.0.0.1/push"},
        {"endpoint": "https://push.internal/x"},
        {"endpoint": "https://push.example.com/x"},
        {"p256dh": "A" * 87},
    ],
    ids=[
        "another port of this computer",
        "this computer",
        "this network",
        "somebody else",
        "no point of the curve",
    ],
)
async def test_what_is_no_push_service_of_a_browser_is_refused(
    servers: Servers, push_service: PushService, changed: dict[str, str]
) -> None:
    server = await a_node(servers, push_service)
    _, socket = await server.newcomer()
    browser = push_service.subscribe("phone", "")
    assert await socket.refused("push_subscribe", **{**browser.fields, **changed}) == "push_refused"


async def test_a_server_without_pushes_says_so(servers: Servers) -> None:
    server = await servers.start(push=PushSettings(enabled=False))
    assert (await server.get("/api/push")).json == {"public_key": None}
    _, socket = await server.newcomer()
    fields = PushService(1).subscribe("phone", "").fields
    assert await socket.refused("push_subscribe", **fields) == "push_off"
