"""Party x every address x object: exactly what the one table says, and nothing that it does not."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from aiohttp import web

from fairserver.domain.states import Role
from fairserver.web import pages, permissions
from fairserver.web.app import make_app
from fairserver.web.contract import CONTRACTS, Contract, Who, contract
from fairserver.web.gate import Unguarded, check_routes, make_gate
from fairserver.web.openapi import api_routes
from fairserver.web.permissions import ACTS, Act, Party, Scope
from tests.web.support import Meeting, Reply, Server, Servers
from tests.web.test_devices import paired
from tests.web.test_guests import ask_in, talking

#: What stands in an address besides the fair and the ticket: nothing that there is.
_MISSING = {
    "booth_id": "b1",
    "slot_id": "z1",
    "staff_id": "s-nobody",
    "recording_id": "r9",
    "file_id": "f9",
    "key_id": "k9",
    "webhook_id": "w9",
    "delivery_id": "d9",
    "candidate_id": "c-nobody",
    "slot": "0123456789ab",
    "thing_id": "k9",
    "number": "999",
}
_BODIES = {"POST", "PUT", "PATCH", "DELETE"}

#: Every address that asks for somebody; who signs out does it last.
GUARDED = sorted(
    (
        (route, CONTRACTS[route.handler])
        for route in api_routes()
        if CONTRACTS[route.handler].who is not Who.ANYBODY
    ),
    key=lambda one: (one[0].method == "DELETE" and one[0].path == "/api/session", one[0].path),
)


def address(route: web.RouteDef, **named: str) -> str:
    values = {**_MISSING, **named}
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: values[found[1]], route.path)


class Walk:
    """One meeting with everybody who has to do with it, and a second fair on the same node."""

    def __init__(self, meeting: Meeting, tokens: dict[Party, str], other_fair: str) -> None:
        self.meeting, self.server = meeting, meeting.server
        self.tokens, self.other_fair = tokens, other_fair

    async def ask(self, route: web.RouteDef, token: str, **named: str) -> Reply:
        named = {"fair_id": self.server.fair_id, "ticket_id": self.meeting.ticket_id, **named}
        body: Any = {} if route.method in _BODIES else None
        return await self.server.request(route.method, address(route, **named), body, token=token)


async def load_other_fair(server: Server) -> str:
    plan = server.node.fairs[server.fair_id].plan
    other = msgspec.structs.replace(plan, fair_id=f"{server.fair_id}-2")
    await server.node.load_fair(other)
    return other.fair_id


@pytest.fixture
async def walk(servers: Servers) -> Walk:
    server = await servers.start(limits={"requests_per_second": 1000})
    other_fair = await load_other_fair(server)
    meeting = await talking(server)
    stranger = await server.candidate()
    await server.live.seen(stranger.candidate_id)
    await server.live.join(stranger.candidate_id, "b2")
    feed = server.node.fairs[server.fair_id].feed
    await meeting.candidate.until(lambda: "t2" in feed.projection.tickets)
    organiser = await server.organiser()
    device = await paired(server, organiser)
    signed = await server.post("/api/sessions", {"token": device["device_key"], "bearer": True})
    key = await server.post(
        f"{server.fair_url}/keys", {"name": "Máy chủ", "booth_id": "b1"}, token=organiser.token
    )
    tokens = {
        Party.CANDIDATE: meeting.person.token,
        Party.RECRUITER: meeting.recruiter_person.token,
        Party.DEVICE: signed.json["session_token"],
        Party.ORGANISER: organiser.token,
        Party.SUPPORT: (await server.staff(Role.SUPPORT)).token,
        Party.GUEST: (await ask_in(meeting)).token,
        Party.KEY: key.json["token"],
    }
    return Walk(meeting, tokens, other_fair)


def code(reply: Reply) -> str:
    """Give the code of a refusal; empty for what was done."""
    if reply.status < 400:
        return ""
    return str(reply.json["code"]) if reply.body else _OF_HEAD.get(reply.status, "other")


#: An answer to HEAD has no body.
_OF_HEAD = {401: "not_signed_in", 403: "not_permitted", 404: "fair_unknown"}
_OUT = {"not_signed_in", "key_wrong"}


@pytest.mark.parametrize("party", Party)
async def test_each_party_reaches_what_the_table_says(walk: Walk, party: Party) -> None:
    token = walk.tokens[party]
    for route, said in GUARDED:
        assert said.act is not None
        name = f"{party} {route.method} {route.path}"
        scope = ACTS[said.act].get(party)
        if "{fair_id}" in route.path:
            foreign = code(await walk.ask(route, token, fair_id=walk.other_fair))
            assert foreign in {"not_permitted", "not_signed_in"}, f"{name}: another fair's"
            missing = code(await walk.ask(route, token, fair_id="nowhere"))
            assert missing in {"fair_unknown", "not_signed_in"}, f"{name}: missing fair"
        if scope is not None and "{ticket_id}" in route.path:
            await check_tickets(walk, route, token, scope, name)
        got = code(await walk.ask(route, token))
        assert (got in {"not_permitted", *_OUT}) == (scope is None), f"{name}: {got}"


async def check_tickets(
    walk: Walk, route: web.RouteDef, token: str, scope: Scope, name: str
) -> None:
    """Another person's turn at another booth, and one that is not there, are the same to all."""
    others = code(await walk.ask(route, token, ticket_id="t2"))
    assert (others == "ticket_unknown") == (scope is not Scope.FAIR), f"{name}: another's"
    missing = code(await walk.ask(route, token, ticket_id="t999"))
    assert missing == "ticket_unknown", f"{name}: missing"


async def test_nobody_reaches_anything_who_is_not_signed_in_or_no_longer(walk: Walk) -> None:
    ledger, server = walk.server.node.ledger, walk.server
    sessions = [await ledger.sessions.find(walk.tokens[p]) for p in Party if p is not Party.KEY]
    for session in sessions:
        assert session is not None
        if session.role is Role.CANDIDATE:
            await ledger.sessions.end_subject(session.subject_id)
        else:
            await ledger.staff.revoke(session.subject_id)
    for route, _ in GUARDED:
        for token in ("", "nobody", *walk.tokens.values()):
            got = code(await walk.ask(route, token))
            assert got in {*_OUT, "not_permitted"}, (route.method, route.path, got)
    assert server.node.fairs


def test_every_address_names_an_act_of_the_table_and_every_act_has_a_row() -> None:
    assert set(ACTS) == set(Act)
    assert all(ACTS.values())
    used = {said.act for _, said in GUARDED}
    #: Asked where a command has its effect, and by no address.
    assert set(Act) - used == {Act.GUEST_LINK}
    anybody = {r.path for r in api_routes() if CONTRACTS[r.handler].who is Who.ANYBODY}
    assert anybody == {
        "/api/v1/openapi.json",
        "/api/fairs",
        "/api/fairs/{fair_id}",
        "/api/fairs/{fair_id}/facts",
        "/api/fairs/{fair_id}/candidates",
        "/api/fairs/{fair_id}/communes",
        "/api/fairs/{fair_id}/recordings/{recording_id}/files",
        "/api/sessions",
        "/api/devices",
        "/api/push",
    }


@pytest.mark.parametrize("less", [Who.SESSION, Who.KEY, "people"])
def test_a_contract_says_an_act_or_openly_that_anybody_may(less: Any) -> None:
    with pytest.raises(ValueError, match="no act"):
        contract(less)


def test_an_act_that_the_table_gives_to_nobody_cannot_be_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(permissions.ACTS, Act.PERSON, {})
    with pytest.raises(ValueError, match="no act"):
        contract(Act.PERSON)


async def _forgotten(_: web.Request) -> web.Response:
    return web.Response(text="everything")


def test_a_node_does_not_start_with_an_address_that_says_nothing(server: Server) -> None:
    app, of_pages = make_app(server.node), pages.HANDLERS
    public = {route.handler for route in app.router.routes()} - set(CONTRACTS)
    assert of_pages < public
    assert {handler.__name__ for handler in public - of_pages} == {
        "handle_socket",
        "_livez",
        "_readyz",
    }
    app.router.add_get("/api/forgotten", _forgotten)
    with pytest.raises(Unguarded, match="/api/forgotten"):
        check_routes(app, public)


async def test_the_gate_itself_lets_nobody_through_to_such_an_address(servers: Servers) -> None:
    gate = make_gate(frozenset())
    assert Contract(who=Who.ANYBODY).act is None

    async def handle(_: Any) -> web.Response:
        raise AssertionError("it was let through")

    class Match:
        http_exception = None
        handler = staticmethod(_forgotten)

    class Request:
        match_info = Match()

    with pytest.raises(Exception, match="not_permitted"):
        await gate(Request(), handle)
