"""The interface for an employer's own system: keys, the booth, the people met, page by page."""

from __future__ import annotations

from typing import Any

from fairserver.domain.states import Role
from fairserver.ledger.api_keys import MOST_KEYS
from tests.web.support import Reply, Server, Servers
from tests.web.test_after import met


async def new_key(server: Server, booth_id: str = "b1") -> str:
    """Make a key for a booth as its recruiter; give its secret."""
    recruiter = await server.recruiter(booth_id)
    reply = await server.post(f"{server.fair_url}/keys", {"name": "ATS"}, token=recruiter.token)
    assert reply.status == 201, reply.body
    assert reply.json["booth_id"] == booth_id
    return str(reply.json["token"])


async def get(server: Server, path: str, key: str) -> Reply:
    return await server.request("GET", f"/api/v1/{path}", token=key, headers={"X-Fair": ""})


async def page(server: Server, key: str, query: str = "") -> dict[str, Any]:
    reply = await get(server, f"people{query}", key)
    assert reply.status == 200, reply.body
    found: dict[str, Any] = reply.json
    return found


# --- keys ---------------------------------------------------------------------------------------


async def test_a_keys_secret_is_shown_once_and_kept_as_a_hash_only(
    server: Server, tmp_path: Any
) -> None:
    key = await new_key(server)
    token = (await server.recruiter()).token
    reply = await server.get(f"{server.fair_url}/keys", token=token)
    (listed,) = reply.json["keys"]
    assert (listed["name"], listed["booth_id"], listed["revoked_at"]) == ("ATS", "b1", None)
    assert key not in reply.body.decode()
    stored = b"".join(one.read_bytes() for one in tmp_path.glob("ledger.sqlite*"))
    assert key.encode() not in stored
    assert listed["key_id"].encode() in stored


async def test_a_revoked_key_works_no_more_from_that_moment(server: Server) -> None:
    key, organiser = await new_key(server), await server.organiser()
    assert (await get(server, "booth", key)).status == 200
    keys = f"{server.fair_url}/keys"
    key_id = (await server.get(keys, token=organiser.token)).json["keys"][0]["key_id"]
    stranger = (await server.recruiter("b2")).token
    foreign = await server.request("DELETE", f"{keys}/{key_id}", token=stranger)
    assert (foreign.status, foreign.json["code"]) == (404, "key_unknown")
    for _ in range(2):
        reply = await server.request("DELETE", f"{keys}/{key_id}", token=organiser.token)
        assert reply.status == 204
    refused = await get(server, "booth", key)
    assert (refused.status, refused.json["code"]) == (401, "key_wrong")


async def test_the_organiser_names_the_booth_and_a_recruiter_has_only_the_own(
    server: Server,
) -> None:
    organiser, recruiter = (await server.organiser()).token, (await server.recruiter()).token
    keys = f"{server.fair_url}/keys"
    for token, body, code in (
        (organiser, {"name": "ATS"}, "booth_unknown"),
        (organiser, {"name": "ATS", "booth_id": "b99"}, "booth_unknown"),
        (recruiter, {"name": "ATS", "booth_id": "b2"}, "booth_unknown"),
        (recruiter, {"name": ""}, "malformed"),
    ):
        assert (await server.post(keys, body, token=token)).json["code"] == code
    made = await server.post(keys, {"name": "ATS", "booth_id": "b2"}, token=organiser)
    assert made.status == 201
    assert (await get(server, "booth", made.json["token"])).json["booth_id"] == "b2"
    assert (await server.get(keys, token=recruiter)).json == {"keys": []}


async def test_a_booth_has_so_many_keys_at_a_time(server: Server) -> None:
    token = (await server.organiser()).token
    keys, body = f"{server.fair_url}/keys", {"name": "ATS", "booth_id": "b1"}
    replies = [await server.post(keys, body, token=token) for _ in range(MOST_KEYS + 1)]
    assert [reply.status for reply in replies] == [201] * MOST_KEYS + [409]
    assert replies[-1].json["code"] == "limit_reached"


async def test_neither_a_session_nor_nothing_opens_the_interface_and_a_key_opens_no_page(
    server: Server,
) -> None:
    key, recruiter = await new_key(server), await server.recruiter()
    for token in ("", "fairkey_wrong", recruiter.token):
        reply = await get(server, "people", token)
        assert (reply.status, reply.json["code"]) == (401, "key_wrong")
    reply = await server.get(f"{server.fair_url}/people-met", token=key)
    assert (reply.status, reply.json["code"]) == (401, "not_signed_in")
    support = await server.staff(Role.SUPPORT)
    reply = await server.post(f"{server.fair_url}/keys", {"name": "x"}, token=support.token)
    assert reply.json["code"] == "not_permitted"


async def test_one_key_may_ask_so_many_times_a_second_only(servers: Servers) -> None:
    server = await servers.start(limits={"api_requests_per_second": 1})
    busy, calm = await new_key(server), await new_key(server, "b2")
    replies = [await get(server, "booth", busy) for _ in range(20)]
    assert [reply.status for reply in replies[:10]] == [200] * 10
    assert {reply.json["code"] for reply in replies if reply.status == 429} == {"too_fast"}
    assert (await get(server, "booth", calm)).status == 200


# --- what it shows ------------------------------------------------------------------------------


async def test_the_booth_and_its_vacancies_are_those_of_the_key(server: Server) -> None:
    key = await new_key(server)
    booth = (await get(server, "booth", key)).json
    assert (booth["fair_id"], booth["booth_id"], booth["state"]) == (
        server.fair_id,
        "b1",
        "preparing",
    )
    assert (await get(server, "vacancies", key)).json == {"vacancies": []}


async def test_people_come_page_by_page_and_the_cursor_waits_for_the_next(server: Server) -> None:
    key = await new_key(server)
    assert await page(server, key) == {"people": [], "cursor": None, "has_more": False}
    first = await met(server, "hired")
    one = await page(server, key, "?limit=1")
    assert [person["ticket_id"] for person in one["people"]] == [first.ticket_id]
    assert one["people"][0]["person"]["phone"] == "+84912345678"
    assert not one["has_more"]
    rest = await page(server, key, f"?cursor={one['cursor']}")
    assert rest == {"people": [], "cursor": one["cursor"], "has_more": False}

    tickets = [first.ticket_id]
    for _ in range(2):
        _, candidate = await server.newcomer()
        ticket_id = (await candidate.do("join", booth_id="b1", show_profile=True))["ticket_id"]
        await first.recruiter.do("call_next", desk_id="b1-1")
        await candidate.until(
            lambda candidate=candidate, key=f"ticket/{ticket_id}": (
                candidate.cell("me", key).get("state") == "called"
            )
        )
        await candidate.do("accept", ticket_id=ticket_id)
        await first.recruiter.do("start", ticket_id=ticket_id)
        await first.recruiter.do("finish", ticket_id=ticket_id, outcome="hired")
        tickets.append(ticket_id)
    feed = server.node.fairs[server.fair_id].feed
    await candidate.until(lambda: feed.projection.tickets[ticket_id].state == "done")
    found, query = [], "?limit=2"
    while (some := await page(server, key, query))["people"]:
        found += [person["ticket_id"] for person in some["people"]]
        query = f"?limit=2&cursor={some['cursor']}"
    assert found == tickets


async def test_each_reading_is_in_the_log_with_its_key(server: Server) -> None:
    key, meeting = await new_key(server), await met(server)
    await page(server, key)
    reply = await get(server, f"people/{meeting.ticket_id}", key)
    assert (reply.status, reply.json["number"]) == (200, meeting.person.number)
    token = meeting.recruiter_person.token
    log = (await server.get(f"{server.fair_url}/disclosures", token=token)).json["disclosures"]
    assert [(row["form"], row["people"], row["by"][:5]) for row in log] == [("api", 1, "key:k")] * 2


async def test_a_key_of_another_booth_finds_nobody(server: Server) -> None:
    meeting, other = await met(server), await new_key(server, "b2")
    assert (await page(server, other))["people"] == []
    for ticket_id in (meeting.ticket_id, "t999", "x"):
        reply = await get(server, f"people/{ticket_id}", other)
        assert (reply.status, reply.json["code"]) == (404, "ticket_unknown")


async def test_a_cursor_or_limit_that_is_none_is_refused_with_its_name(server: Server) -> None:
    key = await new_key(server)
    for query in (
        "?limit=0",
        "?limit=101",
        "?limit=x",
        "?cursor=",
        "?cursor=1",
        "?limit=1&limit=2",
    ):
        reply = await get(server, f"people{query}", key)
        assert (reply.status, reply.json["code"]) == (400, "malformed"), query
    assert "limit" in (await get(server, "people?limit=0", key)).json["detail"]["problem"]
