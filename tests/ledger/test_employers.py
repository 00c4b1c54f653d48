"""What is kept for employers' own systems: keys, the log, webhooks and their messages."""

from __future__ import annotations

import asyncio

import pytest

from fairserver.domain.states import DeliveryState
from fairserver.events.webhook_news import NewDelivery, WebhookEvent
from fairserver.ledger import Ledger
from fairserver.ledger.deliveries import Held
from fairserver.ledger.disclosures import Form
from fairserver.protocol.errors import Refused
from tests.ledger.makers import FAIR, Clock

#: Milliseconds that a message stays with who took it.
_LONG = 3_600_000


async def a_webhook(ledger: Ledger, position: int = 0) -> str:
    made = await ledger.webhooks.add(
        FAIR, "b01", url="https://ats.example.com/", events=["x"], by="system", position=position
    )
    return made.webhook_id


def messages(webhook_id: str, *turns: tuple[int, str]) -> list[NewDelivery]:
    return [
        NewDelivery(
            delivery_id=f"{webhook_id}.{seq}.{ticket_id}",
            ticket_id=ticket_id,
            seq=seq,
            kind=WebhookEvent.OUTCOME_RECORDED,
            at=1,
            body=f'{{"seq":{seq}}}',
        )
        for seq, ticket_id in turns
    ]


async def held(ledger: Ledger, webhook_id: str) -> list[Held]:
    return await ledger.deliveries.hold(webhook_id, 10, _LONG)


async def told(ledger: Ledger, one: Held) -> None:
    await ledger.deliveries.settle(one, state=DeliveryState.DELIVERED, status=204, problem="")


def seqs(found: list[Held]) -> list[int]:
    return [int(one.delivery_id.split(".")[1]) for one in found]


async def test_of_each_turn_only_the_oldest_message_is_taken(ledger: Ledger) -> None:
    webhook_id = await a_webhook(ledger)
    news = messages(webhook_id, (2, "t1"), (3, "t1"), (4, "t2"))
    await ledger.deliveries.take_in(webhook_id, 4, news)
    assert await ledger.deliveries.due_webhooks([FAIR]) == [(webhook_id, "b01")]
    first = await held(ledger, webhook_id)
    assert seqs(first) == [2, 4]
    assert first[0].url == "https://ats.example.com/"
    assert await held(ledger, webhook_id) == []  # they are in somebody's hands
    await told(ledger, first[0])
    assert seqs(await held(ledger, webhook_id)) == [3]


async def test_what_a_killed_node_held_is_taken_by_another(ledger: Ledger, clock: Clock) -> None:
    webhook_id = await a_webhook(ledger)
    await ledger.deliveries.take_in(webhook_id, 2, messages(webhook_id, (2, "t1")))
    (dead_nodes,) = await held(ledger, webhook_id)
    assert await ledger.deliveries.next_due_ms([FAIR]) == _LONG
    clock.now += _LONG / 1000
    (mine,) = await held(ledger, webhook_id)
    assert mine.delivery_id == dead_nodes.delivery_id
    await told(ledger, dead_nodes)  # it has no say any more
    (seen,) = await ledger.deliveries.of_webhook(webhook_id)
    assert (seen.state, seen.tries) == (DeliveryState.PENDING, 0)


async def test_events_taken_in_twice_make_one_message(ledger: Ledger) -> None:
    webhook_id = await a_webhook(ledger)
    news = messages(webhook_id, (2, "t1"))
    await asyncio.gather(*(ledger.deliveries.take_in(webhook_id, 2, news) for _ in range(2)))
    await ledger.deliveries.take_in(webhook_id, 1, [])
    assert len(await ledger.deliveries.of_webhook(webhook_id)) == 1
    (position,) = await ledger.webhooks.positions(FAIR)
    assert position.position == 2


async def test_a_message_waits_for_its_next_try(ledger: Ledger, clock: Clock) -> None:
    webhook_id = await a_webhook(ledger)
    assert await ledger.deliveries.next_due_ms([FAIR]) is None
    await ledger.deliveries.take_in(webhook_id, 2, messages(webhook_id, (2, "t1")))
    assert await ledger.deliveries.next_due_ms([FAIR]) == 0
    (one,) = await held(ledger, webhook_id)
    await ledger.deliveries.settle(
        one, state=DeliveryState.PENDING, status=500, problem="refused", wait_ms=_LONG
    )
    assert await held(ledger, webhook_id) == []
    assert await ledger.deliveries.next_due_ms([FAIR]) == _LONG
    (seen,) = await ledger.deliveries.of_webhook(webhook_id)
    assert (seen.tries, seen.status, seen.problem) == (1, 500, "refused")
    clock.now += _LONG / 1000
    assert seqs(await held(ledger, webhook_id)) == [2]


async def test_a_message_given_up_lets_the_next_pass_and_is_sent_again_by_hand(
    ledger: Ledger,
) -> None:
    webhook_id = await a_webhook(ledger)
    await ledger.deliveries.take_in(webhook_id, 3, messages(webhook_id, (2, "t1"), (3, "t1")))
    (one,) = await held(ledger, webhook_id)
    with pytest.raises(Refused, match="delivery_wrong_state"):
        await ledger.deliveries.send_again(webhook_id, one.delivery_id)
    await ledger.deliveries.settle(one, state=DeliveryState.DEAD, status=None, problem="timeout")
    (dead,) = await ledger.deliveries.of_webhook(webhook_id, DeliveryState.DEAD)
    assert dead.problem == "timeout"
    (following,) = await held(ledger, webhook_id)
    await told(ledger, following)
    again = await ledger.deliveries.send_again(webhook_id, dead.delivery_id)
    assert (again.state, again.tries) == (DeliveryState.PENDING, 0)
    assert seqs(await held(ledger, webhook_id)) == [2]
    with pytest.raises(Refused, match="delivery_unknown"):
        await ledger.deliveries.send_again(webhook_id, "w.9.t9")


async def test_a_removed_webhook_takes_its_messages_along(ledger: Ledger) -> None:
    webhook_id = await a_webhook(ledger)
    await ledger.deliveries.take_in(webhook_id, 2, messages(webhook_id, (2, "t1")))
    await ledger.webhooks.remove(FAIR, "b01", webhook_id)
    assert await ledger.deliveries.due_webhooks([FAIR]) == []
    assert await ledger.webhooks.positions(FAIR) == []
    with pytest.raises(Refused, match="webhook_unknown"):
        await ledger.webhooks.get(FAIR, "b01", webhook_id)


async def test_old_messages_are_forgotten_only_once_told(ledger: Ledger, clock: Clock) -> None:
    webhook_id = await a_webhook(ledger)
    await ledger.deliveries.take_in(webhook_id, 3, messages(webhook_id, (2, "t1"), (3, "t2")))
    first, second = await held(ledger, webhook_id)
    await told(ledger, first)
    await ledger.deliveries.settle(second, state=DeliveryState.DEAD, status=410, problem="refused")
    await ledger.deliveries.forget_old()
    assert len(await ledger.deliveries.of_webhook(webhook_id)) == 2
    clock.now += 31 * 24 * 3600
    await ledger.deliveries.forget_old()
    (left,) = await ledger.deliveries.of_webhook(webhook_id)
    assert left.state is DeliveryState.DEAD


async def test_the_log_of_what_was_taken_along_is_kept_by_booth(ledger: Ledger) -> None:
    for booth_id, form in (("b01", Form.CSV), ("b02", Form.API)):
        await ledger.disclosures.add(FAIR, booth_id, "staff:s1", form, ["number", "phone"], 3)
    everything = await ledger.disclosures.of_fair(FAIR)
    assert [row.form for row in everything] == [Form.API, Form.CSV]
    (own,) = await ledger.disclosures.of_fair(FAIR, "b01")
    assert (own.fields, own.people, own.by) == (["number", "phone"], 3, "staff:s1")


async def test_a_key_is_found_by_its_secret_until_it_is_revoked(ledger: Ledger) -> None:
    made = await ledger.api_keys.make(FAIR, "b01", "ATS", "system")
    found = await ledger.api_keys.find(made.token)
    assert found is not None
    assert (found.booth_id, found.name) == ("b01", "ATS")
    with pytest.raises(Refused, match="key_unknown"):
        await ledger.api_keys.revoke(FAIR, "b02", made.key_id)
    await ledger.api_keys.revoke(FAIR, None, made.key_id)
    assert await ledger.api_keys.find(made.token) is None


async def test_a_proof_is_of_its_parts_and_purpose_only(ledger: Ledger) -> None:
    proof = ledger.secrecy.proof("file", "a", "b")
    assert ledger.secrecy.proves(proof, "file", "a", "b")
    assert not ledger.secrecy.proves(proof, "file", "a", "c")
    assert not ledger.secrecy.proves(proof, "other", "a", "b")
    assert not ledger.secrecy.proves("", "file", "a", "b")
    assert not ledger.secrecy.proves("ä", "file", "a", "b")
