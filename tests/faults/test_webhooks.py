"""``kill -9`` of the node that tells an employer's own system: every message comes all the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from booth_client import FairClient, Session, open_session
from fairserver.domain.states import Outcome, Role, TicketState
from fairserver.protocol import commands as c
from fairserver.protocol.views import OwnTicketCell
from tests.conftest import TestValkey
from tests.faults.support.fair import FairShape
from tests.faults.support.nodes import Nodes, free_port
from tests.faults.support.people import invite_organiser, register_people
from tests.notify.webhook_receiver import Receiver

pytestmark = pytest.mark.xdist_group("kills")

_CONFIG = """
[webhooks]
own_receivers = ["{origin}"]
answer_s = 2.0
first_wait_s = 0.05
longest_wait_s = 0.2
tries = 50
"""
_OUTCOMES = [Outcome.HIRED, Outcome.SHORTLISTED, Outcome.TRAINING] * 5


async def _register(nodes: Nodes, receiver: Receiver) -> None:
    """Make a key for the booth and register the receiver with it, over HTTP."""
    async with await nodes.open_ledger() as ledger:
        key = await ledger.api_keys.make(nodes.shape.fair_id, "b1", "ATS", "system")
    headers = {"Authorization": f"Bearer {key.token}"}
    url = f"{nodes.nodes[0].url}/api/v1/webhooks"
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, json={"url": receiver.url}, headers=headers) as reply,
    ):
        made = await reply.json()
    receiver.secrets[made["webhook"]["webhook_id"]] = made["secret"]


async def _recruiter(nodes: Nodes) -> Session:
    async with await nodes.open_ledger() as ledger:
        invited = await ledger.staff.invite(nodes.shape.fair_id, Role.RECRUITER, "b1", "Bàn 1")
    return await open_session(nodes.nodes[0].url, invited.token)


async def test_a_killed_node_tells_everything_when_it_is_back(
    tmp_path: Path,
    valkey_durable: Callable[..., TestValkey],
    until: Callable[[Callable[[], object]], Awaitable[None]],
) -> None:
    receiver, port = Receiver(), free_port()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    receiver.url = f"http://127.0.0.1:{port}/hook"
    shape = FairShape(fair_id="kill-hooks", booths=1, desks=1)
    nodes = Nodes(tmp_path, shape, valkey_durable().address, count=1)
    (node,) = nodes.nodes
    with node.config.open("a", encoding="utf-8") as config:
        config.write(_CONFIG.format(origin=f"http://127.0.0.1:{port}"))
    nodes.start()
    try:
        await _register(nodes, receiver)
        receiver.mood = lambda _, __: "slow" if sum(receiver.came.values()) == 1 else "take"
        ticket_id = await _meet(nodes)
        # It has begun to tell, and nothing was taken as told.
        await until(lambda: receiver.came)
        node.kill()
        node.start()
        await until(lambda: len(receiver.taken) == 2 + len(_OUTCOMES))
    finally:
        nodes.stop()
        receiver.release.set()
        await runner.cleanup()
    seqs = receiver.of_ticket(ticket_id)
    assert seqs == sorted(seqs)
    assert receiver.wrong == []


async def _meet(nodes: Nodes) -> str:
    """Bring a person to a desk, end the interview, and change its outcome again and again."""
    url, fair_id = nodes.nodes[0].url, nodes.shape.fair_id
    (person,) = await register_people(nodes, 1)
    staff = await invite_organiser(nodes), await _recruiter(nodes)
    async with (
        FairClient(url, fair_id, staff[0].session_token, views=["control"]) as control,
        FairClient(url, fair_id, person.session_token, views=["me"]) as own,
        FairClient(url, fair_id, staff[1].session_token, views=["booth"]) as desk,
    ):
        await control.send(c.OpenFair(id=control.new_id()))
        joined = await own.send(c.Join(id=own.new_id(), booth_id="b1"))
        ticket_id = str(joined.result["ticket_id"])
        await desk.send(c.OpenDesk(id=desk.new_id(), desk_id="b1-1"))
        await own.wait_for(
            lambda client: any(
                ticket.state is TicketState.CALLED
                for ticket in client.cells_of("me", OwnTicketCell)
            )
        )
        await own.send(c.Accept(id=own.new_id(), ticket_id=ticket_id))
        await desk.send(c.Start(id=desk.new_id(), ticket_id=ticket_id))
        await desk.send(c.Finish(id=desk.new_id(), ticket_id=ticket_id))
        for outcome in _OUTCOMES:
            await desk.send(c.RecordOutcome(id=desk.new_id(), ticket_id=ticket_id, outcome=outcome))
    return ticket_id
