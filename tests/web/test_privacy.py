"""No frame of any view, and no public answer, tells who anybody is."""

from __future__ import annotations

import json

from fairserver.domain.states import Role
from tests.web.support import Server

MARK = {
    "full_name": "Trần Bí Mật",
    "phone": "0987 654 321",
    "commune": "Xã Không Ai Biết",
    "wish": "Việc kín đáo",
}
#: As written, and as it might be kept.
SECRETS = ["Bí Mật", "bi mat", "987654321", "654 321", "Không Ai Biết", "kín đáo"]


def assert_no_secret(text: str, where: str) -> None:
    """Fail when a text holds anything of the marked person."""
    for secret in SECRETS:
        assert secret.lower() not in text.lower(), f"{where} tells {secret}"


async def test_no_frame_of_any_role_holds_a_name_or_a_telephone_number(server: Server) -> None:
    secret = await server.candidate(**MARK)
    own = await server.socket(secret, ["me", "hall"])
    _, stranger = await server.newcomer(["me", "hall"])
    watchers = [
        own,
        stranger,
        await server.socket(await server.recruiter("b1"), ["booth", "hall"]),
        await server.socket(await server.recruiter("b2"), ["booth", "hall"]),
        await server.socket(await server.organiser(), ["control", "hall"]),
        await server.socket(await server.staff(Role.SUPPORT), ["control", "hall"]),
    ]
    recruiter = watchers[2]
    await server.open_fair()
    ticket_id = (await own.do("join", booth_id="b1"))["ticket_id"]
    await own.do("join", booth_id="b2")
    await recruiter.do("open_desk", desk_id="b1-1")
    await own.until(lambda: own.cell("me", f"ticket/{ticket_id}").get("state") == "called")
    await own.do("accept", ticket_id=ticket_id)
    await own.do("enter_room", ticket_id=ticket_id, peer="peer-candidate")
    await recruiter.do("start", ticket_id=ticket_id)
    await recruiter.do("finish", ticket_id=ticket_id, outcome="not_suitable", reason="wage")
    await recruiter.until(
        lambda: recruiter.cell("booth", f"ticket/{ticket_id}").get("state") == "done"
    )
    for number, socket in enumerate(watchers):
        await socket.do("ping")
        assert len(socket.frames) > 3
        assert_no_secret(json.dumps(socket.frames, ensure_ascii=False), f"socket {number}")
    raw = await server.live.store.xrange(f"{{{server.fair_id}}}:events")
    assert_no_secret(b"".join(entry[1][b"e"] for entry in raw).decode(), "the stream")
    for path in ("/api/fairs", server.fair_url, f"/f/{server.fair_id}/", "/readyz"):
        assert_no_secret((await server.get(path)).body.decode(), path)


async def test_a_candidate_sees_nothing_of_other_candidates(server: Server) -> None:
    first = await server.candidate()
    _, watcher = await server.newcomer(["me", "hall"])
    await server.live.seen(first.candidate_id)
    await server.live.join(first.candidate_id, "b1")
    await server.live.open("b1-1")
    await watcher.until(lambda: watcher.cell("hall", "booth/b1").get("desks_working") == 1)
    text = json.dumps(watcher.frames)
    assert first.candidate_id not in text
    assert "t1" not in [key.removeprefix("ticket/") for key in watcher.views["me"].cells]


async def test_a_booth_sees_only_its_own_line(server: Server) -> None:
    person = await server.candidate()
    socket = await server.socket(await server.recruiter("b2"), ["booth"])
    await server.live.join(person.candidate_id, "b1")
    await server.live.join(person.candidate_id, "b2")
    await socket.until(lambda: socket.cell("booth", "ticket/t2"))
    assert "ticket/t1" not in socket.views["booth"].cells
    assert person.candidate_id not in json.dumps(socket.frames)


async def test_the_public_plan_names_no_contact_person(server: Server) -> None:
    text = (await server.get(server.fair_url)).body.decode()
    assert "Người Liên Hệ" not in text
    assert "912345678" not in text
