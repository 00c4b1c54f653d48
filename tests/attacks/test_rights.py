"""Rights that outlive their end: what somebody made, holds open or has kept, on two nodes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from fairserver.domain.states import Role
from fairserver.ledger.sessions import IDLE_MS
from tests.web.support import Meeting, Person, Reply, Server, Servers, a_form
from tests.web.test_after import soon
from tests.web.test_devices import paired
from tests.web.test_guests import ask_in, talking

HOOK = {"url": "https://example.com/hook"}


@pytest.fixture
async def nodes(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> list[Server]:
    monkeypatch.setattr("fairserver.web.node._RECHECK_S", 0.05)
    often = {"commands_burst": 10_000}
    return [await servers.start(limits=often), await servers.start(limits=often)]


async def subject_of(server: Server, person: Person) -> str:
    found = await server.node.ledger.sessions.find(person.token)
    assert found is not None
    return found.subject_id


async def write(server: Server, statement: str, **values: Any) -> None:
    """Change the record behind everybody's back, as time or another program would."""
    async with server.node.ledger._database.write() as connection:
        await connection.execute(text(statement), values)


async def sign_in(server: Server, token: str, role: Role = Role.RECRUITER) -> Person:
    reply = await server.post("/api/sessions", {"token": token, "bearer": True})
    assert reply.status == 200, reply.body
    return Person(reply.json["session_token"], reply.json["slot"], role, link=token)


async def colleague(server: Server, by: Person) -> Person:
    reply = await server.post(f"{server.fair_url}/colleagues", {"name": "Chị Hai"}, token=by.token)
    assert reply.status == 201, reply.body
    return await sign_in(server, reply.json["link"].partition("#t=")[2])


async def key_of(server: Server, by: Person) -> dict[str, Any]:
    reply = await server.post(f"{server.fair_url}/keys", {"name": "Máy chủ"}, token=by.token)
    assert reply.status == 201, reply.body
    found: dict[str, Any] = reply.json
    return found


async def works(server: Server, key: dict[str, Any]) -> bool:
    return (await server.get("/api/v1/booth", token=key["token"])).status == 200


async def left(server: Server, by: Person) -> dict[str, str]:
    reply = await server.get(f"{server.fair_url}/left-behind", token=by.token)
    assert reply.status == 200, reply.body
    return {one["thing_id"]: one["kind"] for one in reply.json["things"]}


async def hooks(server: Server, key: dict[str, Any]) -> list[str]:
    reply = await server.get("/api/v1/webhooks", token=key["token"])
    return [one["webhook_id"] for one in reply.json["webhooks"]]


# --- what somebody made -------------------------------------------------------------------------


class Estate:
    """A recruiter, a colleague made by them, and all that the colleague made."""

    def __init__(self, first: Person, second: Person, third: Person) -> None:
        self.first, self.second, self.third = first, second, third
        self.device: dict[str, Any] = {}
        self.key: dict[str, Any] = {}
        self.hook = ""


async def estate(server: Server) -> Estate:
    first = await server.recruiter()
    second = await colleague(server, first)
    made = Estate(first, second, await colleague(server, second))
    made.device = await paired(server, second)
    made.key = await key_of(server, second)
    hook = await server.post("/api/v1/webhooks", HOOK, token=made.key["token"])
    assert hook.status == 201, hook.body
    made.hook = hook.json["webhook"]["webhook_id"]
    return made


async def test_all_that_a_revoked_person_made_and_that_made_stops_on_every_node(
    nodes: list[Server],
) -> None:
    here, there = nodes
    made = await estate(here)
    machine = await sign_in(there, made.device["device_key"])
    people = [made.first, made.second, made.third, machine]
    sockets = [await there.socket(person, ["booth"]) for person in people]
    organiser, first_id = await here.organiser(), await subject_of(here, made.first)
    gone = await here.request("DELETE", f"{here.fair_url}/staff/{first_id}", token=organiser.token)
    assert gone.status == 204
    for socket in sockets:
        assert await socket.close_code() == 4401
    for person in people:
        assert (await there.get("/api/session", token=person.token)).status == 401
        again = await there.post("/api/sessions", {"token": person.link, "bearer": True})
        assert again.json["code"] in ("link_unknown", "device_revoked")
    assert not await works(there, made.key)
    assert await there.node.ledger.webhooks.positions(there.fair_id) == []


async def test_what_stopped_is_listed_to_the_booth_and_taken_over_with_one_tap(
    nodes: list[Server],
) -> None:
    here, there = nodes
    made, heir = await estate(here), await here.recruiter()
    stranger, organiser = await here.recruiter("b2"), await here.organiser()
    await here.node.ledger.staff.revoke(await subject_of(here, made.first))
    second_id = next(one for one, kind in (await left(there, heir)).items() if kind == "colleague")
    device_id, key_id = made.device["staff_id"], made.key["key_id"]
    waiting = await left(there, heir)
    assert waiting[device_id] == "device"
    assert waiting[key_id] == "key"
    assert waiting[made.hook] == "webhook"
    assert list(waiting.values()).count("colleague") == 2
    assert await left(there, organiser) == waiting
    assert await left(there, stranger) == {}

    async def tap(by: Person, thing_id: str, method: str = "POST") -> int:
        path = f"{there.fair_url}/left-behind/{thing_id}"
        return (await there.request(method, path, token=by.token)).status

    assert await tap(stranger, key_id) == 404
    assert await tap(heir, key_id) == 204
    assert await tap(heir, key_id) == 404
    assert await works(here, made.key)
    assert await hooks(here, made.key) == [made.hook]
    assert await tap(organiser, device_id) == 204
    await sign_in(here, made.device["device_key"])
    assert await tap(heir, second_id, "DELETE") == 204
    assert second_id not in await left(here, heir)
    # From now on it ends with the heir.
    await here.node.ledger.staff.revoke(await subject_of(here, heir))
    assert not await works(there, made.key)
    assert key_id in await left(there, organiser)


async def test_a_webhook_made_with_a_key_stops_with_the_key(nodes: list[Server]) -> None:
    here, there = nodes
    made = await estate(here)
    path = f"{here.fair_url}/keys/{made.key['key_id']}"
    assert (await here.request("DELETE", path, token=made.second.token)).status == 204
    assert await there.node.ledger.webhooks.positions(there.fair_id) == []
    assert await left(there, made.first) == {made.hook: "webhook"}


async def test_a_machine_makes_no_link_for_a_guest_but_asks_a_colleague_in(
    nodes: list[Server],
) -> None:
    here, there = nodes
    meeting = await talking(here)
    machine = await sign_in(there, (await paired(here, meeting.recruiter_person))["device_key"])
    socket = await there.socket(machine, ["booth"])
    asked = {"ticket_id": meeting.ticket_id, "role": "interpreter"}
    assert await socket.refused("invite_guest", name="Bà Lan", **asked) == "not_permitted"
    friend = await subject_of(here, await here.recruiter())
    await socket.do("invite_guest", staff_id=friend, **asked)


@pytest.mark.parametrize("what", ["colleagues", "devices", "keys", "slots"])
async def test_a_request_that_takes_its_time_makes_nothing_after_its_maker_was_let_go(
    nodes: list[Server], what: str
) -> None:
    here, _ = nodes
    person = await here.recruiter()
    bodies = {
        "colleagues": {"name": "Chị Hai"},
        "devices": {"booth_id": "b1", "name": "Máy 1"},
        "keys": {"name": "Máy chủ"},
        "slots": {"starts_at": [soon()], "minutes": 30, "place": "Cổng"},
    }
    assert await slow_while_let_go(nodes, person, what, bodies[what]) == 401


async def test_a_code_is_given_to_nobody_whose_right_ended_while_the_request_came(
    nodes: list[Server],
) -> None:
    here, _ = nodes
    owner = await here.candidate()
    organiser = await here.organiser()
    path = f"numbers/{owner.number}/code"
    assert await slow_while_let_go(nodes, organiser, path, {"sign_out": True}) == 401
    assert (await here.get("/api/session", token=owner.token)).status == 200
    known = {"fair_id": here.fair_id, "number": owner.number, "code": owner.code}
    assert (await here.post("/api/sessions", known)).status == 200


async def slow_while_let_go(nodes: list[Server], person: Person, what: str, asked: Any) -> int:
    """Send a request whose end comes when its sender has been let go; gives the status."""
    here, there = nodes
    body, begun, go = msgspec.json.encode(asked), asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield body[:1]
        begun.set()
        await go.wait()
        yield body[1:]

    async def send() -> int:
        headers = {"X-Fair": "1", "Authorization": f"Bearer {person.token}"}
        url = f"{here.base_url}{here.fair_url}/{what}"
        async with here.http.post(url, data=slowly(), headers=headers) as response:
            return response.status

    sending = asyncio.create_task(send())
    await begun.wait()
    await admitted(here, person)
    await there.node.ledger.staff.revoke(await subject_of(here, person))
    go.set()
    return await sending


async def admitted(server: Server, person: Person) -> None:
    """Wait until the slow request stands behind the gate: its look at the session is over."""
    for _ in range(3):  # each is a whole round through the same server
        assert (await server.get("/api/session", token=person.token)).status == 200


# --- open sockets -------------------------------------------------------------------------------

Ending = Callable[[Server, Person], Awaitable[None]]


async def signs_out(server: Server, person: Person) -> None:
    assert (await server.request("DELETE", "/api/session", token=person.token)).status == 204


async def ends_it_in_the_list(server: Server, person: Person) -> None:
    reply = await server.request("DELETE", f"/api/sessions/{person.slot}", token=person.token)
    assert reply.status == 204


async def expires(server: Server, person: Person) -> None:
    await write(server, "UPDATE sessions SET expires_at = 1 WHERE slot = :s", s=person.slot)


async def is_idle(server: Server, person: Person) -> None:
    """Nothing but pings comes: an open page on a desk is no sign of its owner."""
    for _ in range(20):  # a sign of life that is being written just now comes behind the first
        await write(server, "UPDATE sessions SET last_seen_at = 1 WHERE slot = :s", s=person.slot)
        await asyncio.sleep(0.05)


async def gets_another_role(server: Server, person: Person) -> None:
    await write(server, "UPDATE staff SET role = 'support', booth_id = NULL")


async def gets_another_booth(server: Server, person: Person) -> None:
    await write(server, "UPDATE staff SET booth_id = 'b2' WHERE role = 'recruiter'")


@pytest.mark.parametrize(
    "ending",
    [
        signs_out,
        ends_it_in_the_list,
        expires,
        is_idle,
        gets_another_role,
        gets_another_booth,
    ],
)
async def test_an_open_socket_closes_when_the_right_ends_wherever_that_was(
    nodes: list[Server], ending: Ending
) -> None:
    here, there = nodes
    person, other = await here.recruiter(), await here.organiser()
    socket, stays = await there.socket(person, ["booth"]), await there.socket(other, ["control"])
    while any(one.was_active for one in there.node.connections):
        await socket.do("ping")  # no sign of the owner, but time for a look
    await ending(here, person)
    assert await socket.close_code() == 4401
    assert (await there.get("/api/session", token=person.token)).status == 401
    if ending is not gets_another_role:
        await stays.do("ping")


async def test_a_candidate_who_was_erased_or_signed_out_elsewhere_hears_nothing_more(
    nodes: list[Server],
) -> None:
    here, there = nodes
    erased, signed_out = await here.candidate(), await here.candidate()
    sockets = [await there.socket(one, ["me"]) for one in (erased, signed_out)]
    mine, number = f"{here.fair_url}/my-data", {"number": erased.number}
    assert (await here.request("DELETE", mine, number, token=erased.token)).status == 204
    organiser = await here.organiser()
    out = f"{here.fair_url}/candidates/{signed_out.number}/sessions"
    assert (await here.request("DELETE", out, token=organiser.token)).status == 204
    for socket in sockets:
        assert await socket.close_code() == 4401
    link = signed_out.ticket_link.partition("#t=")[2]
    await sign_in(there, link, Role.CANDIDATE)  # the place is kept


async def test_whoever_does_something_is_not_idle(nodes: list[Server]) -> None:
    here, there = nodes
    person = await here.recruiter()
    socket = await there.socket(person, ["booth"])
    nearly = IDLE_MS[Role.RECRUITER] - 60_000
    ago = "UPDATE sessions SET last_seen_at = last_seen_at - :ms WHERE slot = :s"
    await write(here, ago, s=person.slot, ms=nearly)
    await socket.do("open_desk", desk_id="b1-1")

    async def seen() -> int:
        (row,) = await here.node.ledger.sessions.of_subject(await subject_of(here, person))
        return row.last_seen_at - row.created_at

    while await seen() < 0:
        await socket.do("ping")


async def test_a_renewed_link_puts_out_whoever_came_by_the_lost_one(nodes: list[Server]) -> None:
    here, there = nodes
    finder = await here.recruiter()
    socket = await there.socket(finder, ["booth"])
    renewed = await here.node.ledger.staff.renew(await subject_of(here, finder))
    assert await socket.close_code() == 4401
    assert (await there.get("/api/session", token=finder.token)).status == 401
    await sign_in(there, renewed.token)


# --- third persons ------------------------------------------------------------------------------


async def removed(meeting: Meeting) -> None:
    await meeting.recruiter.do("remove_guest", ticket_id=meeting.ticket_id)


async def declined(meeting: Meeting) -> None:
    await meeting.candidate.do("answer_guest", ticket_id=meeting.ticket_id, agree=False)


async def finished(meeting: Meeting) -> None:
    await meeting.recruiter.do("finish", ticket_id=meeting.ticket_id)


async def handed_over(meeting: Meeting) -> None:
    ticket = {"ticket_id": meeting.ticket_id}
    await meeting.recruiter.do("offer_hand_over", to_booth_id="b2", **ticket)
    await meeting.candidate.do("answer_hand_over", agree=True, **ticket)


@pytest.mark.parametrize("over", [removed, declined, finished, handed_over])
async def test_a_third_persons_right_ends_with_the_interview(
    nodes: list[Server], over: Callable[[Meeting], Awaitable[None]]
) -> None:
    here, there = nodes
    meeting = await talking(here)
    guest = await ask_in(meeting)
    sockets = [await node.socket(guest, ["guest"]) for node in nodes]
    own = f"{here.fair_url}/tickets/{meeting.ticket_id}"
    assert (await there.get(f"{own}/guest", token=guest.token)).status == 200
    for more in ("why", "person", "answers", "after"):
        assert (await there.get(f"{own}/{more}", token=guest.token)).status == 403
    await over(meeting)
    for socket in sockets:
        assert await socket.close_code() == 4401
    for path in ("/api/session", f"{own}/guest", f"{own}/why"):
        assert (await there.get(path, token=guest.token)).status == 401
    back = await here.post("/api/sessions", {"token": guest.link, "bearer": True})
    assert back.json["code"] == "link_unknown"


async def test_a_colleague_who_was_the_third_person_stays_signed_in(nodes: list[Server]) -> None:
    here, there = nodes
    meeting, friend = await talking(here), await here.recruiter()
    page = await there.socket(friend, ["booth", "guest"])
    asked = {"ticket_id": meeting.ticket_id, "staff_id": await subject_of(here, friend)}
    await meeting.recruiter.do("invite_guest", role="listener", **asked)
    own = f"guest/{meeting.ticket_id}"
    await page.until(lambda: page.cell("guest", own))
    await removed(meeting)
    await page.until(lambda: not page.cell("guest", own))
    assert (await there.get("/api/session", token=friend.token)).status == 200
    await page.do("ping")


# --- who one is ---------------------------------------------------------------------------------


async def test_sign_ins_are_seen_and_ended_by_their_owner_only(nodes: list[Server]) -> None:
    here, there = nodes
    person, stranger = await here.candidate(), await here.candidate()
    link = person.ticket_link.partition("#t=")[2]
    phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile"}
    reply = await there.post("/api/sessions", {"token": link, "bearer": True}, headers=phone)
    second = Person(reply.json["session_token"], reply.json["slot"], Role.CANDIDATE)
    open_there = await there.socket(second, ["me"])

    async def listed(by: Person) -> dict[str, tuple[str, bool]]:
        found = await here.get("/api/sessions", token=by.token)
        return {one["slot"]: (one["agent"], one["is_this"]) for one in found.json["sign_ins"]}

    assert await listed(person) == {
        person.slot: ("program", True),
        second.slot: ("phone", False),
    }
    for by, slot in ((stranger, second.slot), (person, "0" * 12)):
        reply = await here.request("DELETE", f"/api/sessions/{slot}", token=by.token)
        assert reply.json["code"] == "session_unknown"
    assert (await here.request("DELETE", "/api/sessions", token=person.token)).status == 204
    assert await open_there.close_code() == 4401
    assert list(await listed(person)) == [person.slot]
    assert (await there.get("/api/session", token=stranger.token)).status == 200


async def test_a_slot_names_a_cookie_and_opens_nothing(nodes: list[Server]) -> None:
    here, _ = nodes
    mine, other = await here.candidate(), await here.candidate()

    async def who(query: str, cookies: dict[str, str], token: str = "") -> Reply:
        said = "; ".join(f"fs_{slot}={value}" for slot, value in cookies.items())
        headers = {"Cookie": said} if said else {}
        return await here.get(f"/api/session{query}", headers=headers, token=token)

    own = {mine.slot: mine.token}
    assert (await who(f"?slot={mine.slot}", own)).json["number"] == mine.number
    for query in ("", f"?slot={other.slot}", f"?slot={mine.slot};{other.slot}", "?slot=*"):
        assert (await who(query, own)).status == 401
    # One's own token under another's slot is still one's own; a bearer goes before any cookie.
    renamed = await who(f"?slot={other.slot}", {other.slot: mine.token})
    assert renamed.json["number"] == mine.number
    both = await who(f"?slot={mine.slot}", own, token=other.token)
    assert both.json["number"] == other.number
    assert (await who(f"?slot={mine.slot}", own, token="nobody")).status == 401


# --- a phone that was lost, a person who was erased -----------------------------------------------


async def test_a_lost_phone_does_not_come_back_by_repeating_its_registration(
    nodes: list[Server],
) -> None:
    here, there = nodes
    form = a_form(bearer=True)
    first = (await here.post(f"{here.fair_url}/candidates", form)).json
    organiser = await here.organiser()
    path = f"{here.fair_url}/numbers/{first['number']}/code"
    given = await here.post(path, {"sign_out": True}, token=organiser.token)
    assert given.status == 201
    again = (await there.post(f"{there.fair_url}/candidates", form)).json
    assert again["candidate_id"] != first["candidate_id"]
    assert again["code"] != given.json["code"]


async def test_nothing_is_written_about_a_person_whose_erasing_was_not_told_to_the_line(
    nodes: list[Server],
) -> None:
    here, there = nodes
    meeting = await talking(here)
    person, ticket = meeting.person.candidate_id, {"ticket_id": meeting.ticket_id}
    await meeting.recruiter.do("finish", **ticket)
    await meeting.sees("done")
    # As if the node had died in the middle, or another one had not heard of it yet.
    await here.node.ledger.own_data.erase(here.fair_id, person, [meeting.ticket_id])
    organiser = await there.socket(await there.organiser(), ["control"])
    recruiter = await there.socket(meeting.recruiter_person, ["booth"])
    await recruiter.until(lambda: recruiter.cell("booth", meeting.key).get("state") == "done")
    called = {"way": "phone", "agree": True, "phone": "0912 345 678", "candidate_id": person}
    assert await organiser.refused("choose_way", **called) == "profile_hidden"
    await recruiter.do("record_outcome", **ticket, outcome="hired", note="Chị Hoà, nhà số 3")
    date = {"starts_at": soon(), "minutes": 30, "place": "Nhà chị Hoà"}
    assert await recruiter.refused("offer_second_interview", **ticket, **date) == "profile_hidden"
    async with here.node.ledger.people._database.read() as connection:
        assert (await connection.scalars(text("SELECT text FROM notes"))).all() == []
        assert (await connection.scalars(text("SELECT place FROM second_interviews"))).all() == []
        phone = text("SELECT phone FROM people WHERE candidate_id = :person")
        assert await connection.scalar(phone, {"person": person}) is None


async def test_a_key_that_had_stopped_with_its_maker_is_ended_by_hand_for_good(
    nodes: list[Server],
) -> None:
    here, there = nodes
    first, heir, organiser = await here.recruiter(), await here.recruiter(), await here.organiser()
    key = await key_of(here, first)
    await here.node.ledger.staff.revoke(await subject_of(here, first))
    assert key["key_id"] in await left(there, heir)
    path = f"{here.fair_url}/keys/{key['key_id']}"
    assert (await here.request("DELETE", path, token=organiser.token)).status == 204
    assert await left(there, heir) == {}
    taken = await there.post(f"{there.fair_url}/left-behind/{key['key_id']}", token=heir.token)
    assert taken.status == 404
    assert not await works(there, key)


async def test_what_is_ended_by_hand_stands_in_the_security_log(
    nodes: list[Server], caplog: pytest.LogCaptureFixture
) -> None:
    here, _ = nodes
    caplog.set_level("INFO", "fairserver.security")
    first, heir = await here.recruiter(), await here.recruiter()
    key, kept = await key_of(here, first), await key_of(here, heir)
    await here.node.ledger.staff.revoke(await subject_of(here, first))
    hook = await here.post("/api/v1/webhooks", HOOK, token=kept["token"])
    hook_id = hook.json["webhook"]["webhook_id"]
    ended = {
        f"{here.fair_url}/left-behind/{key['key_id']}": heir.token,
        f"/api/v1/webhooks/{hook_id}": kept["token"],
    }
    for path, token in ended.items():
        assert (await here.request("DELETE", path, token=token)).status == 204
    lines = [msgspec.json.decode(line) for line in caplog.messages if '"revoked"' in line]
    said = [(line["who"].partition(":")[0], line["of"]) for line in lines]
    assert said == [("staff", key["key_id"]), ("key", f"webhook:{hook_id}")]


async def test_a_link_that_ends_while_somebody_signs_in_by_it_opens_nothing(
    nodes: list[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = nodes
    staff, person = await here.recruiter(), await here.candidate()
    staff_id, link = await subject_of(here, staff), person.ticket_link.partition("#t=")[2]
    ends = {
        staff.link: lambda: here.node.ledger.staff.renew(staff_id),
        link: lambda: here.node.ledger.people.renew_link(person.candidate_id),
    }
    sessions = there.node.ledger.sessions
    opening = sessions.open

    async def open_after(*who: Any, link: str, **more: Any) -> Any:
        await ends[link]()
        return await opening(*who, link=link, **more)

    monkeypatch.setattr(sessions, "open", open_after)
    for token in ends:
        late = await there.post("/api/sessions", {"token": token, "bearer": True})
        assert (late.status, late.json["code"]) == (401, "link_unknown")
