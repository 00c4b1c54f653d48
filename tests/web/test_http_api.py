"""Taking part and signing in over HTTP; whom a ticket links; faults in both languages."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec import structs

from fairserver.domain.states import Role
from tests.line.live import ORGANISER
from tests.web.support import Server, Servers, a_form


async def test_the_fairs_of_a_server_are_listed(server: Server) -> None:
    (fair,) = (await server.get("/api/fairs")).json
    assert fair["fair_id"] == server.fair_id
    assert fair["name"] == {"vi": "Phiên thử", "en": "A fair for tests"}
    assert (fair["date"], fair["state"]) == ("2026-11-25", "preparing")


async def test_a_fairs_plan_is_kept_by_its_etag(server: Server) -> None:
    reply = await server.get(server.fair_url)
    plan = reply.json
    assert [booth["booth_id"] for booth in plan["booths"]] == ["b1", "b2", "b3"]
    assert plan["booths"][0]["desks"][0] == {"desk_id": "b1-1", "label": "Bàn 1"}
    again = await server.get(server.fair_url, headers={"If-None-Match": reply.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


async def test_the_entry_form_needs_but_a_few_facts_of_the_plan(server: Server) -> None:
    facts = (await server.get(f"{server.fair_url}/facts")).json
    plan = (await server.get(server.fair_url)).json
    assert facts == {
        key: plan[key] for key in ("fair_id", "name", "date", "starts", "ends", "place")
    }
    assert (await server.get("/api/fairs/no-such-fair/facts")).status == 404


# --- registration -------------------------------------------------------------------------------


async def test_registration_gives_a_number_a_code_and_a_link_and_a_cookie(server: Server) -> None:
    reply = await server.register()
    assert reply.status == 201
    found = reply.json
    assert found["number"] == 1
    assert found["code"].isdigit()
    assert len(found["code"]) == 8
    assert found["ticket_link"].startswith(f"/f/{server.fair_id}/#t=")
    assert "session_token" not in found
    ((name, cookie),) = reply.cookies.items()
    assert name == f"fs_{found['slot']}"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["max-age"]
    assert not cookie["secure"]


async def test_a_program_gets_its_token_and_no_cookie(server: Server) -> None:
    reply = await server.register(bearer=True)
    assert reply.json["session_token"]
    assert not reply.cookies


async def test_on_https_the_cookie_is_bound_to_the_host(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = servers.settings
    monkeypatch.setattr(
        servers,
        "settings",
        lambda *a: structs.replace(settings(*a), public_url="https://hoi-viec-lam.example"),
    )
    server = await servers.start()
    headers = {"Origin": "https://hoi-viec-lam.example"}
    reply = await server.post(f"{server.fair_url}/candidates", a_form(), headers=headers)
    ((name, cookie),) = reply.cookies.items()
    assert name == f"__Host-fs_{reply.json['slot']}"
    assert cookie["secure"]
    assert not cookie["domain"]
    assert reply.headers["Strict-Transport-Security"]


async def test_a_repeated_registration_gives_the_same_person_and_number(server: Server) -> None:
    form = a_form()
    first, *others = [
        reply.json
        for reply in await asyncio.gather(
            *(server.post(f"{server.fair_url}/candidates", form) for _ in range(4))
        )
    ]
    for other in others:
        for key in ("candidate_id", "number", "code", "ticket_link"):
            assert other[key] == first[key]
    assert (await server.live.news(0)).count("candidate_registered") == 1


async def test_a_registration_whose_node_died_half_way_is_completed_by_the_repeat(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = a_form()

    async def dies(*_: Any, **__: Any) -> int:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(server.node.line, "register", dies)
        reply = await server.post(f"{server.fair_url}/candidates", form)
        assert (reply.status, reply.json["code"]) == (503, "store_away")
    reply = await server.post(f"{server.fair_url}/candidates", form)
    assert (reply.status, reply.json["number"]) == (201, 1)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"consents": {"take_part": False}}, "consent_needed", "consents.take_part"),
        ({"birth_year": 2020}, "too_young", "birth_year"),
        ({"birth_year": 2011}, None, None),
        ({"birth_year": 1800}, "field_wrong", "birth_year"),
        ({"full_name": ""}, "field_wrong", "full_name"),
        ({"full_name": "1234"}, "field_wrong", "full_name"),
        ({"phone": "12345"}, "field_wrong", "phone"),
        ({"phone": None}, None, None),
        ({"sex": "x"}, "field_wrong", "sex"),
        ({"commune": ""}, "field_wrong", "commune"),
        ({"request_id": "short"}, "field_wrong", "request_id"),
    ],
)
async def test_each_field_of_the_form_has_its_rule(
    server: Server, changes: dict[str, Any], code: str | None, field: str | None
) -> None:
    reply = await server.register(**changes)
    if code is None:
        assert reply.status == 201
        return
    assert reply.status == 400
    assert reply.json["code"] == code
    assert reply.json["detail"]["field"] == field
    assert reply.json["message"]
    assert (await server.live.news(0)).count("candidate_registered") == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"request_id": 5}', b'{"a":' * 3000, b"[" * 60_000],
)
async def test_a_body_that_is_no_form_is_malformed(server: Server, body: bytes) -> None:
    for path in (f"{server.fair_url}/candidates", "/api/sessions"):
        reply = await server.post(path, raw=body)
        assert (reply.status, reply.json["code"]) == (400, "malformed")


async def test_a_body_beyond_all_measure_is_too_large(server: Server) -> None:
    reply = await server.post(f"{server.fair_url}/candidates", raw=b" " * 70_000)
    assert (reply.status, reply.json["code"]) == (413, "too_large")
    assert reply.json["detail"]["limit"] == 65_536


async def test_one_address_registers_only_so_fast(servers: Servers) -> None:
    server = await servers.start(limits={"registrations_per_second": 1})
    while (reply := await server.post("/api/sessions", {"token": "wrong"})).status == 401:
        pass
    assert (reply.status, reply.json["code"]) == (429, "too_fast")


async def test_nobody_registers_for_a_closed_fair(server: Server) -> None:
    await server.live.do("close_fair", ORGANISER)
    reply = await server.register()
    assert (reply.status, reply.json["code"]) == (400, "fair_closed")


# --- signing in ---------------------------------------------------------------------------------


async def test_a_candidate_comes_back_by_the_ticket_link_or_by_number_and_code(
    server: Server,
) -> None:
    person = await server.candidate()
    token = person.ticket_link.partition("#t=")[2]
    ways: list[dict[str, Any]] = [
        {"token": token},
        {"fair_id": server.fair_id, "number": person.number, "code": person.code},
    ]
    for way in ways:
        reply = await server.post("/api/sessions", {**way, "bearer": True})
        found = reply.json
        assert reply.status == 200
        assert (found["role"], found["candidate_id"]) == ("candidate", person.candidate_id)
        assert found["number"] == person.number
        person.token = found["session_token"]
        shown = (await server.get("/api/session", token=person.token)).json
        assert shown["candidate_id"] == person.candidate_id
        await (await server.socket(person, ["me"])).do("ping")


async def test_staff_sign_in_with_their_link_as_often_as_they_like(server: Server) -> None:
    invited = await server.node.ledger.staff.invite(server.fair_id, Role.RECRUITER, "b1", "Lan")
    for _ in range(2):
        reply = await server.post("/api/sessions", {"token": invited.token})
        assert reply.status == 200
        assert (reply.json["role"], reply.json["booth_id"]) == ("recruiter", "b1")
        ((name, cookie),) = reply.cookies.items()
        slot = reply.json["slot"]
        shown = await server.get(
            f"/api/session?slot={slot}", headers={"Cookie": f"{name}={cookie.value}"}
        )
        assert shown.json["display_name"] == "Lan"


async def test_several_people_are_signed_in_side_by_side_in_one_browser(server: Server) -> None:
    replies = [await server.register() for _ in range(2)]
    cookies = "; ".join(
        f"{name}={cookie.value}" for reply in replies for name, cookie in reply.cookies.items()
    )
    for reply in replies:
        slot = reply.json["slot"]
        shown = await server.get(f"/api/session?slot={slot}", headers={"Cookie": cookies})
        assert shown.json["candidate_id"] == reply.json["candidate_id"]
    assert (await server.get("/api/session", headers={"Cookie": cookies})).status == 401


@pytest.mark.parametrize("token", ["", "x", "t" * 500, "Ω"])
async def test_a_link_that_is_none_signs_nobody_in(server: Server, token: str) -> None:
    reply = await server.post("/api/sessions", {"token": token})
    assert (reply.status, reply.json["code"]) == (401, "link_unknown")
    assert not reply.cookies


async def test_wrong_codes_lock_a_number_whether_it_exists_or_not(server: Server) -> None:
    person = await server.candidate()
    wrong = "00000000" if person.code != "00000000" else "11111111"
    for number in (person.number, 4711):
        ask = {"fair_id": server.fair_id, "number": number, "code": wrong}
        told = [(await server.post("/api/sessions", ask)).json for _ in range(6)]
        assert [answer["code"] for answer in told] == ["code_wrong"] * 5 + ["code_locked"]
        assert [answer["detail"].get("tries_left") for answer in told[:5]] == [4, 3, 2, 1, 0]
    right = {"fair_id": server.fair_id, "number": person.number, "code": person.code}
    reply = await server.post("/api/sessions", right)
    assert (reply.status, reply.json["code"]) == (429, "code_locked")
    assert "quá nhiều lần" in reply.json["message"]
    assert "sau 10 phút" in reply.json["hint"]
    reply = await server.post("/api/sessions", right, headers={"X-Fair-Language": "en"})
    assert "in 10 minutes" in reply.json["hint"]


@pytest.mark.parametrize("number", [0, -1, 10**30, 1_000_000])
async def test_numbers_that_nobody_can_have_are_wrong(server: Server, number: int) -> None:
    ask = {"fair_id": server.fair_id, "number": number, "code": "12345678"}
    reply = await server.post("/api/sessions", ask)
    assert reply.status in (400, 401)
    assert reply.json["code"] in ("code_wrong", "malformed")


async def test_signing_out_ends_the_cookie_and_the_session(server: Server) -> None:
    reply = await server.register()
    ((name, cookie),) = reply.cookies.items()
    headers = {"Cookie": f"{name}={cookie.value}"}
    path = f"/api/session?slot={reply.json['slot']}"
    out = await server.request("DELETE", path, headers=headers)
    assert out.status == 204
    assert out.cookies[name].value == ""
    assert (await server.get(path, headers=headers)).json["code"] == "not_signed_in"


# --- whom a ticket links ------------------------------------------------------------------------


async def test_a_recruiter_sees_the_person_only_once_a_ticket_brings_them_together(
    server: Server,
) -> None:
    person = await server.candidate(phone="0912 345 678")
    recruiter, other = await server.recruiter("b1"), await server.recruiter("b2")
    organiser, support = await server.organiser(), await server.staff(Role.SUPPORT)
    stranger = await server.candidate()
    await server.live.seen(person.candidate_id)
    ticket_id = await server.live.join(person.candidate_id, "b1")
    feed = server.node.fairs[server.fair_id].feed
    path = f"{server.fair_url}/tickets/{ticket_id}/person"

    async def codes() -> list[Any]:
        await feed.reached(await server.live.seq())
        everybody = (recruiter, other, organiser, support, stranger, person)
        replies = [await server.get(path, token=one.token) for one in everybody]
        return [reply.json.get("code") or reply.json.get("full_name") for reply in replies]

    refused = ["ticket_unknown", *["not_permitted"] * 4]
    assert await codes() == ["ticket_unknown", *refused]
    await server.live.open("b1-1")
    assert await codes() == ["profile_hidden", *refused]
    agreed = {"purpose": "show_profile", "booth_id": "b1", "given": True}
    await server.post(f"{server.fair_url}/my-data/consents", agreed, token=person.token)
    assert await codes() == [None, *refused]
    called = (await server.get(path, token=recruiter.token)).json
    assert {name for name, value in called.items() if value is not None} == {"wish"}
    await server.live.as_owner("accept", ticket_id)
    assert await codes() == ["Nguyễn Thị Hoà", *refused]
    profile = (await server.get(path, token=recruiter.token)).json
    assert set(profile) == {"full_name", "birth_year", "sex", "commune", "wish", "phone"}
    assert profile["phone"] is None
    await server.live.as_booth("finish", ticket_id, outcome="pending")
    assert await codes() == ["Nguyễn Thị Hoà", *refused]
    assert (await server.get(path, token=recruiter.token)).json["phone"] == "+84912345678"
    assert (await server.get(path)).json["code"] == "not_signed_in"


async def test_without_consent_the_telephone_number_is_never_shown(server: Server) -> None:
    person = await server.candidate(consents={"take_part": True})
    recruiter = await server.recruiter("b1")
    await server.live.seen(person.candidate_id)
    ticket_id = await server.live.join(person.candidate_id, "b1")
    await server.live.open("b1-1")
    await server.live.interview(ticket_id)
    await server.node.fairs[server.fair_id].feed.reached(await server.live.seq())
    path = f"{server.fair_url}/tickets/{ticket_id}/person"
    agreed = {"purpose": "show_profile", "booth_id": "b1", "given": True}
    await server.post(f"{server.fair_url}/my-data/consents", agreed, token=person.token)
    assert (await server.get(path, token=recruiter.token)).json["phone"] is None


@pytest.mark.parametrize("state", ["left", "no_show"])
async def test_who_left_or_did_not_come_is_not_shown(server: Server, state: str) -> None:
    person = await server.candidate()
    recruiter = await server.recruiter("b1")
    await server.live.seen(person.candidate_id)
    ticket_id = await server.live.join(person.candidate_id, "b1")
    await server.live.open("b1-1")
    if state == "left":
        await server.live.as_owner("leave", ticket_id)
    else:
        await server.live.store.hset(f"{{{server.fair_id}}}:ticket:{ticket_id}", "misses", 1)
        await server.live.miss(ticket_id)
    await server.node.fairs[server.fair_id].feed.reached(await server.live.seq())
    reply = await server.get(f"{server.fair_url}/tickets/{ticket_id}/person", token=recruiter.token)
    assert (reply.status, reply.json["code"]) == (404, "ticket_unknown")


# --- faults -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "vi"),
        ({"Accept-Language": "en-US,en;q=0.9,vi;q=0.8"}, "en"),
        ({"Accept-Language": "vi-VN"}, "vi"),
        ({"Accept-Language": "fr"}, "vi"),
        ({"Accept-Language": "ko,en;q=0.5"}, "en"),
        ({"Accept-Language": "vi", "X-Fair-Language": "en"}, "en"),
    ],
)
async def test_faults_are_told_in_the_readers_language(
    server: Server, headers: dict[str, str], language: str
) -> None:
    right = {"vi": "Không có phiên này.", "en": "There is no such fair."}
    reply = await server.get("/api/fairs/no-such-fair", headers=headers)
    assert (reply.status, reply.json["code"]) == (404, "fair_unknown")
    assert reply.json["type"] == "error"
    assert reply.json["message"] == right[language]
    assert reply.headers["Cache-Control"] == "no-store"


async def test_a_node_without_its_store_says_so_and_is_not_ready(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await server.get("/readyz")).status == 200
    monkeypatch.setattr(server.node.reader, "store_is_there", False)
    assert (await server.get("/readyz")).status == 503
    assert (await server.get("/livez")).status == 200
