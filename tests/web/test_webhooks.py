"""Webhooks with a real receiver that fails, is slow, repeats and cuts the line."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from fairserver.notify.settings import WebhookSettings
from tests.notify.webhook_receiver import Receiver
from tests.web.support import Meeting, Reply, Server, Servers
from tests.web.test_after import met
from tests.web.test_employer_api import new_key

Until = Callable[[Callable[[], object]], Awaitable[None]]

#: Quick to try again, patient with a busy machine.
_QUICK = {"answer_s": 20.0, "first_wait_s": 0.02, "longest_wait_s": 0.1, "tries": 50}


@pytest.fixture
async def receiver(free_port: Callable[[], int]) -> AsyncIterator[Receiver]:
    found = Receiver()
    app = web.Application()
    app.router.add_post("/hook", found.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    found.url = f"http://127.0.0.1:{port}/hook"
    yield found
    found.release.set()
    await runner.cleanup()


def own(receiver: Receiver, **changes: Any) -> WebhookSettings:
    origin = receiver.url.removesuffix("/hook")
    return WebhookSettings(own_receivers=[origin], **{**_QUICK, **changes})


async def call(server: Server, key: str, method: str, path: str = "", body: Any = None) -> Reply:
    return await server.request(
        method, f"/api/v1/webhooks{path}", body, token=key, headers={"X-Fair": "", "Origin": ""}
    )


async def listen(server: Server, key: str, receiver: Receiver, **more: Any) -> str:
    """Register the receiver; give the webhook's id."""
    reply = await call(server, key, "POST", "", {"url": receiver.url, **more})
    assert reply.status == 201, reply.body
    webhook_id = str(reply.json["webhook"]["webhook_id"])
    receiver.secrets[webhook_id] = reply.json["secret"]
    return webhook_id


async def deliveries(server: Server, key: str, webhook_id: str, query: str = "") -> list[Any]:
    reply = await call(server, key, "GET", f"/{webhook_id}/deliveries{query}")
    assert reply.status == 200, reply.body
    found: list[Any] = reply.json["deliveries"]
    return found


async def correct(meeting: Meeting, *outcomes: str) -> None:
    for outcome in outcomes:
        await meeting.recruiter.do("record_outcome", outcome=outcome, ticket_id=meeting.ticket_id)


OUTCOMES = ["hired", "shortlisted", "training", "pending", "not_suitable", "hired"]


async def test_what_happens_at_the_booth_is_told_signed_and_without_a_name(
    servers: Servers, receiver: Receiver, until: Until
) -> None:
    server = await servers.start(webhooks=own(receiver))
    key = await new_key(server)
    webhook_id = await listen(server, key, receiver)
    meeting = await met(server, "pending")
    await correct(meeting, "hired")
    await meeting.recruiter.do("publish_result", published=True, ticket_id=meeting.ticket_id)
    choice = {"purpose": "show_profile", "given": False}
    mine = f"{server.fair_url}/my-data/consents"
    await server.post(mine, choice, token=meeting.person.token)
    await until(lambda: len(receiver.taken) == 5)
    assert receiver.wrong == []
    assert receiver.kinds() == [
        "interview_started",
        "interview_finished",
        "outcome_recorded",
        "result_published",
        "profile_changed",
    ]
    assert receiver.taken[2]["data"]["facts"] == {"outcome": "hired", "reason": None}
    assert "Hoà" not in str(receiver.taken)
    assert meeting.person.candidate_id not in str(receiver.taken)
    assert receiver.taken[0]["id"].startswith(webhook_id)

    async def all_delivered() -> bool:
        return {one["state"] for one in await deliveries(server, key, webhook_id)} == {"delivered"}

    while not await all_delivered():  # noqa: ASYNC110 - the answer is on its way to the ledger
        await asyncio.sleep(0.05)


async def test_a_webhook_is_told_of_the_kinds_it_asked_for_and_of_its_booth_only(
    servers: Servers, receiver: Receiver, until: Until
) -> None:
    server = await servers.start(webhooks=own(receiver))
    await listen(server, await new_key(server, "b2"), receiver)
    await listen(server, await new_key(server), receiver, events=["outcome_recorded"])
    meeting = await met(server, "pending")
    await correct(meeting, "hired", "training")
    await until(lambda: len(receiver.taken) == 2)
    assert receiver.kinds() == ["outcome_recorded"] * 2


async def test_a_receiver_that_fails_is_slow_and_cuts_the_line_gets_each_message_in_order(
    servers: Servers, receiver: Receiver, until: Until
) -> None:
    server = await servers.start(webhooks=own(receiver, answer_s=1.0))
    chance = random.Random(7)
    moods = ["fail", "drop", "slow", "take"]
    receiver.mood = lambda _, times: "take" if times > 2 else chance.choice(moods)
    await listen(server, await new_key(server), receiver)
    meeting = await met(server, "pending")
    await correct(meeting, *OUTCOMES)
    await until(lambda: len(receiver.taken) == 2 + len(OUTCOMES))
    assert receiver.wrong == []
    seqs = receiver.of_ticket(meeting.ticket_id)
    assert seqs == sorted(seqs)
    assert sum(receiver.came.values()) > len(receiver.taken)  # it was told again, as it should be
    assert all(len(bodies) == 1 for bodies in receiver.bodies.values())


async def test_a_message_that_is_given_up_is_shown_and_sent_again_by_hand(
    servers: Servers, receiver: Receiver, until: Until
) -> None:
    server = await servers.start(webhooks=own(receiver, tries=2))
    key = await new_key(server)
    webhook_id = await listen(server, key, receiver, events=["interview_finished"])
    receiver.mood = lambda _, __: "fail"
    await met(server)
    await until(lambda: sum(receiver.came.values()) == 2)
    dead: list[Any] = []
    while not dead:
        dead = await deliveries(server, key, webhook_id, "?state=dead")
    assert (dead[0]["tries"], dead[0]["status"], dead[0]["problem"]) == (2, 500, "refused")
    receiver.mood = lambda _, __: "take"
    path = f"/{webhook_id}/deliveries/{dead[0]['delivery_id']}/redeliver"
    assert (await call(server, key, "POST", path)).status == 202
    await until(lambda: receiver.taken)
    assert receiver.taken[0]["id"] == dead[0]["delivery_id"]
    other = await new_key(server, "b2")
    assert (await call(server, other, "POST", path)).json["code"] == "webhook_unknown"
    missing = await call(server, key, "POST", f"/{webhook_id}/deliveries/x/redeliver")
    assert missing.json["code"] == "delivery_unknown"


async def test_a_receiver_that_is_gone_is_not_asked_again(
    servers: Servers, receiver: Receiver
) -> None:
    server = await servers.start(webhooks=own(receiver))
    key = await new_key(server)
    webhook_id = await listen(server, key, receiver, events=["interview_finished"])
    receiver.mood = lambda _, __: "gone"
    await met(server)
    dead: list[Any] = []
    while not dead:
        dead = await deliveries(server, key, webhook_id, "?state=dead")
    assert (dead[0]["tries"], dead[0]["status"]) == (1, 410)


async def test_one_receiver_that_does_not_answer_holds_up_no_other(
    servers: Servers, receiver: Receiver, until: Until
) -> None:
    server = await servers.start(webhooks=own(receiver))
    key = await new_key(server)
    slow, quick = [await listen(server, key, receiver) for _ in range(2)]
    receiver.mood = lambda name, _: "slow" if name.startswith(slow) else "take"
    meeting = await met(server, "pending")
    await correct(meeting, *OUTCOMES)
    await until(
        lambda: sum(one["id"].startswith(quick) for one in receiver.taken) == 2 + len(OUTCOMES)
    )
    assert sum(one["id"].startswith(slow) for one in receiver.taken) == 1


async def test_two_nodes_tell_everything_and_keep_the_order(
    servers: Servers, receiver: Receiver, until: Until
) -> None:
    server = await servers.start(webhooks=own(receiver))
    await servers.start(webhooks=own(receiver))
    await listen(server, await new_key(server), receiver)
    meeting = await met(server, "pending")
    await correct(meeting, *OUTCOMES)
    await until(lambda: len(receiver.taken) == 2 + len(OUTCOMES))
    seqs = receiver.of_ticket(meeting.ticket_id)
    assert seqs == sorted(seqs)
    assert set(receiver.came.values()) == {1}


async def test_a_removed_webhook_is_told_nothing_more(
    servers: Servers, receiver: Receiver, until: Until
) -> None:
    server = await servers.start(webhooks=own(receiver))
    key = await new_key(server)
    gone, kept = [await listen(server, key, receiver) for _ in range(2)]
    assert (await call(server, key, "DELETE", f"/{gone}")).status == 204
    assert (await call(server, key, "DELETE", f"/{gone}")).json["code"] == "webhook_unknown"
    await met(server)
    await until(lambda: len(receiver.taken) == 2)
    assert all(one["id"].startswith(kept) for one in receiver.taken)
    listed = (await call(server, key, "GET")).json["webhooks"]
    assert [one["webhook_id"] for one in listed] == [kept]


@pytest.mark.parametrize(
    "url",
    [
        "http://ats.example.com/hook",
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://10.0.0.1/hook",
        "https://[::1]/hook",
        "https://ats.example.com:8443/hook",
        "https://user:pass@ats.example.com/hook",
        "https://metadata.internal/",
        "ftp://ats.example.com/",
        "nonsense",
    ],
)
async def test_no_webhook_leads_into_this_network_or_over_plain_http(
    server: Server, url: str
) -> None:
    key = await new_key(server)
    reply = await call(server, key, "POST", "", {"url": url})
    assert (reply.status, reply.json["code"]) == (400, "webhook_refused")


async def test_in_production_only_receivers_that_the_operator_named_are_written_to(
    servers: Servers, receiver: Receiver
) -> None:
    asked: list[tuple[list[str] | None, list[int]]] = [
        (None, [400, 400]),
        (["*.example.com"], [201, 400]),
        (["*"], [201, 201]),
    ]
    for named, answers in asked:
        settings = own(receiver, receivers=named).decided(production=True)
        server = await servers.start(webhooks=settings)
        key = await new_key(server)
        urls = ("https://ats.example.com/hook", "https://example.org/hook")
        replies = [await call(server, key, "POST", "", {"url": url}) for url in urls]
        assert [reply.status for reply in replies] == answers
    await listen(server, key, receiver)  # its whole origin is named, whatever the hosts are


async def test_a_public_name_that_leads_to_a_private_address_is_not_written_to(
    servers: Servers, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await servers.start(webhooks=own(receiver, tries=1))

    async def resolve(*_: Any) -> list[dict[str, Any]]:
        return [{"hostname": "x", "host": "127.0.0.1", "port": 443, "family": 2, "proto": 0}]

    monkeypatch.setattr("aiohttp.resolver.DefaultResolver.resolve", resolve)
    key = await new_key(server)
    reply = await call(server, key, "POST", "", {"url": "https://ats.example.com/hook"})
    webhook_id = reply.json["webhook"]["webhook_id"]
    await met(server)
    dead: list[Any] = []
    while not dead:
        dead = await deliveries(server, key, webhook_id, "?state=dead")
    assert (dead[0]["problem"], dead[0]["status"]) == ("address", None)


async def test_a_booth_has_so_many_webhooks_at_a_time(servers: Servers, receiver: Receiver) -> None:
    server = await servers.start(webhooks=own(receiver))
    key = await new_key(server)
    replies = [await call(server, key, "POST", "", {"url": receiver.url}) for _ in range(6)]
    assert [reply.status for reply in replies] == [201] * 5 + [409]
