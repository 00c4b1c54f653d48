"""A booth's machines over HTTP: who makes codes, who is listed, who is let go by whom."""

from __future__ import annotations

from typing import Any

from fairserver.ledger.devices import MOST_DEVICES
from tests.web.support import Person, Reply, Server


async def offered(server: Server, by: Person, booth_id: str = "b1", name: str = "Máy 1") -> Reply:
    body = {"booth_id": booth_id, "name": name}
    return await server.post(f"{server.fair_url}/devices", body, token=by.token)


async def paired(server: Server, by: Person, booth_id: str = "b1") -> Any:
    code = (await offered(server, by, booth_id)).json["code"]
    reply = await server.post("/api/devices", {"code": code})
    assert reply.status == 201, reply.body
    return reply.json


async def listed(server: Server, by: Person) -> list[dict[str, Any]]:
    reply = await server.get(f"{server.fair_url}/devices", token=by.token)
    assert reply.status == 200, reply.body
    found: list[dict[str, Any]] = reply.json["devices"]
    return found


async def test_a_recruiter_lets_machines_in_at_the_own_booth_only(server: Server) -> None:
    recruiter = await server.recruiter("b1")
    assert (await offered(server, recruiter)).status == 201
    foreign = await offered(server, recruiter, "b2")
    assert (foreign.status, foreign.json["code"]) == (404, "booth_unknown")
    (waiting,) = await listed(server, recruiter)
    assert (waiting["device"]["booth_id"], waiting["device"]["paired_at"]) == ("b1", None)
    assert await listed(server, await server.recruiter("b2")) == []
    assert len(await listed(server, await server.organiser())) == 1


async def test_a_machine_is_listed_by_name_with_when_it_was_seen(server: Server) -> None:
    organiser = await server.organiser()
    device = await paired(server, organiser)
    session = await server.post("/api/sessions", {"token": device["device_key"], "bearer": True})
    (cell,) = await listed(server, organiser)
    assert cell["device"]["staff_id"] == device["staff_id"]
    assert cell["device"]["display_name"] == "Máy 1"
    assert cell["device"]["paired_at"] <= cell["device"]["last_seen_at"]
    assert not cell["connected"]
    assert session.status == 200
    text = (await server.get(f"{server.fair_url}/devices", token=organiser.token)).body.decode()
    assert device["device_key"] not in text


async def test_a_machine_lets_no_other_machine_in_and_none_go(server: Server) -> None:
    organiser = await server.organiser()
    device = await paired(server, organiser)
    session = await server.post("/api/sessions", {"token": device["device_key"], "bearer": True})
    token = session.json["session_token"]
    body = {"booth_id": "b1", "name": "Máy 2"}
    own = f"{server.fair_url}/devices/{device['staff_id']}"
    replies = [
        await server.get(f"{server.fair_url}/devices", token=token),
        await server.post(f"{server.fair_url}/devices", body, token=token),
        await server.request("DELETE", own, token=token),
    ]
    assert [reply.json["code"] for reply in replies] == ["not_permitted"] * 3


async def test_a_machine_is_let_go_by_its_booth_and_by_nobody_elses(server: Server) -> None:
    recruiter, organiser = await server.recruiter("b1"), await server.organiser()
    device = await paired(server, organiser)
    address = f"{server.fair_url}/devices/{device['staff_id']}"
    foreign = await server.request("DELETE", address, token=(await server.recruiter("b2")).token)
    assert (foreign.status, foreign.json["code"]) == (404, "staff_unknown")
    assert (await server.request("DELETE", address, token=recruiter.token)).status == 204
    assert await listed(server, organiser) == []
    again = await server.post("/api/sessions", {"token": device["device_key"], "bearer": True})
    assert again.json["code"] == "device_revoked"


async def test_this_way_no_person_is_let_go(server: Server) -> None:
    organiser, recruiter = await server.organiser(), await server.recruiter("b1")
    members = await server.node.ledger.staff.of_fair(server.fair_id)
    person = next(member for member in members if member.booth_id == "b1")
    reply = await server.request(
        "DELETE", f"{server.fair_url}/devices/{person.staff_id}", token=organiser.token
    )
    assert reply.json["code"] == "staff_unknown"
    assert (await server.get(f"{server.fair_url}/devices", token=recruiter.token)).status == 200


async def test_a_booth_has_so_many_machines_and_no_more(server: Server) -> None:
    ledger = server.node.ledger
    for number in range(MOST_DEVICES):
        await ledger.devices.invite(server.fair_id, "b1", f"Máy {number}")
    organiser = await server.organiser()
    full = await offered(server, organiser)
    assert (full.status, full.json["code"]) == (409, "limit_reached")
    assert (await offered(server, organiser, "b2")).status == 201
