"""Who should stand where: booths that fit, idle ones first, with the reasons; and bad wishes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairserver.domain.states import Role
from tests.web.guidance_fair import caught_up, jobs_server, joined, stranger
from tests.web.support import Person, Server, Servers


@pytest.fixture
async def jobs(servers: Servers, tmp_path: Path, fair_id: str) -> Server:
    return await jobs_server(servers, tmp_path, fair_id)


async def suggestions(server: Server, person: Person, **wish: Any) -> list[dict[str, Any]]:
    """Ask for booths that fit; gives those found."""
    await caught_up(server)
    reply = await server.post(f"{server.fair_url}/suggestions", wish, token=person.token)
    assert reply.status == 200, reply.body
    found: list[dict[str, Any]] = reply.json["found"]
    return found


def booths(found: list[dict[str, Any]]) -> list[str]:
    """Name the suggested booths in their order."""
    return [suggestion["booth_id"] for suggestion in found]


# --- what is found ------------------------------------------------------------------------------


async def test_what_was_said_on_registering_is_looked_for_when_nothing_else_is_said(
    jobs: Server,
) -> None:
    person = await jobs.candidate(wish="lắp ráp")
    reply = await jobs.post(f"{jobs.fair_url}/suggestions", {}, token=person.token)
    assert reply.json["words"] == "lắp ráp"
    assert booths(reply.json["found"]) == ["b3"]
    everything = await suggestions(jobs, person, words="")
    assert sorted(booths(everything)) == ["b1", "b2", "b3"]


async def test_each_suggestion_says_why_it_fits_and_how_long_the_wait_is(jobs: Server) -> None:
    person = await jobs.candidate()
    wish = {"words": "cong nhan may", "province_codes": ["80"], "min_wage": 8_000_000}
    first = (await suggestions(jobs, person, **wish, shift_ok=True))[0]
    assert first["booth_id"] == "b1"
    assert first["vacancy_id"] == "b1-v1"
    assert first["fit"] == 1
    assert first["reasons"] == ["occupation", "place", "wage", "shift"]
    assert first["wait"]["reason"] == "no_recruiter"
    assert (first["is_good"], first["free_now"]) == (True, False)


async def test_an_idle_booth_that_fits_well_comes_before_one_that_fits_better(
    jobs: Server,
) -> None:
    person = await jobs.candidate()
    await jobs.live.open("b2-1")
    wish = {"words": "công nhân may", "min_wage": 9_000_000, "province_codes": ["80"]}
    found = await suggestions(jobs, person, **wish)
    assert booths(found)[:2] == ["b2", "b1"]
    assert [s["free_now"] for s in found[:2]] == [True, False]
    assert found[0]["fit"] < found[1]["fit"]
    assert found[0]["is_good"]


async def test_an_idle_booth_that_fits_badly_does_not_come_first(jobs: Server) -> None:
    person = await jobs.candidate()
    await jobs.live.open("b3-1")
    found = await suggestions(jobs, person, words="may", province_codes=["80"])
    assert booths(found) == ["b1", "b3", "b2"]
    assert [s["is_good"] for s in found] == [True, False, True]


async def test_nobody_is_free_where_the_fair_or_the_booth_pauses(jobs: Server) -> None:
    person = await jobs.candidate()
    await jobs.live.open("b1-1", "b2-1")
    recruiter = await jobs.socket(await jobs.recruiter("b2"))
    await recruiter.do("pause_booth", booth_id="b2")
    free = {s["booth_id"]: s["free_now"] for s in await suggestions(jobs, person, words="may")}
    assert free == {"b1": True, "b2": False}
    organiser = await jobs.socket(await jobs.organiser())
    await organiser.do("pause_fair")
    assert not any(s["free_now"] for s in await suggestions(jobs, person, words="may"))


async def test_booths_where_the_person_stands_or_was_interviewed_are_left_out(
    jobs: Server,
) -> None:
    person, _, ticket_id = await joined(jobs, "b1")
    assert "b1" not in booths(await suggestions(jobs, person, words=""))
    await jobs.live.open("b1-1")
    await jobs.live.interview(ticket_id)
    assert "b1" not in booths(await suggestions(jobs, person, words=""))


async def test_who_left_a_line_is_offered_it_again(jobs: Server) -> None:
    person, socket, ticket_id = await joined(jobs, "b1")
    await socket.do("leave", ticket_id=ticket_id)
    assert "b1" in booths(await suggestions(jobs, person, words=""))


async def test_age_shift_and_conditions_exclude(jobs: Server) -> None:
    older = await jobs.candidate(birth_year=1980)
    assert booths(await suggestions(jobs, older, words="may")) == ["b1"]
    no_shifts = await suggestions(jobs, older, words="may", shift_ok=False)
    assert [(s["booth_id"], s["reasons"], s["is_good"]) for s in no_shifts] == [
        ("b3", ["shift"], False)
    ]
    light = {"lifting": "under_5kg"}
    lifting = await suggestions(jobs, older, words="lắp ráp", conditions=light)
    assert booths(lifting) == ["b1"]


async def test_a_fit_needs_no_group_and_takes_none(jobs: Server) -> None:
    person = await jobs.candidate()
    path = f"{jobs.fair_url}/suggestions"
    reply = await jobs.post(path, {"priority_groups": ["ho_ngheo"]}, token=person.token)
    assert (reply.status, reply.json["code"]) == (400, "malformed")


# --- who may ask --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.RECRUITER, Role.ORGANISER, Role.SUPPORT])
async def test_staff_may_look_for_somebody_and_get_no_persons_wish(
    jobs: Server, role: Role
) -> None:
    await jobs.candidate(wish="Việc kín đáo")
    person = await jobs.staff(role, "b1" if role is Role.RECRUITER else None)
    reply = await jobs.post(f"{jobs.fair_url}/suggestions", {}, token=person.token)
    assert reply.status == 200
    assert reply.json["words"] == ""
    assert len(reply.json["found"]) == 3


async def test_nobody_asks_without_signing_in_or_from_another_fair(jobs: Server) -> None:
    path = f"{jobs.fair_url}/suggestions"
    reply = await jobs.post(path, {})
    assert (reply.status, reply.json["code"]) == (401, "not_signed_in")
    reply = await jobs.post(path, {}, token=await stranger(jobs))
    assert (reply.status, reply.json["code"]) == (403, "not_permitted")
    reply = await jobs.post("/api/fairs/elsewhere/suggestions", {})
    assert (reply.status, reply.json["code"]) == (401, "not_signed_in")


# --- bad wishes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"words": "x" * 201}, "words"),
        ({"words": 5}, "words"),
        ({"min_wage": -1}, "min_wage"),
        ({"min_wage": "many"}, "min_wage"),
        ({"shift_ok": "yes"}, "shift_ok"),
        ({"birth_year": 1799}, "birth_year"),
        ({"province_codes": ["99"]}, "province_codes"),
        ({"province_codes": ["80"] * 11}, "province_codes"),
        ({"conditions": {"lifting": "everything"}}, "conditions.lifting"),
    ],
)
async def test_a_wrong_answer_is_named(jobs: Server, wish: dict[str, Any], field: str) -> None:
    person = await jobs.candidate()
    reply = await jobs.post(f"{jobs.fair_url}/suggestions", wish, token=person.token)
    assert (reply.status, reply.json["code"]) == (400, "field_wrong")
    assert [fault["field"] for fault in reply.json["detail"]["fields"]] == [field]
    assert reply.json["message"]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff", b'{"wage": 5}'])
async def test_what_is_no_wish_is_malformed(jobs: Server, raw: bytes) -> None:
    person = await jobs.candidate()
    reply = await jobs.post(f"{jobs.fair_url}/suggestions", raw=raw, token=person.token)
    assert (reply.status, reply.json["code"]) == (400, "malformed")
