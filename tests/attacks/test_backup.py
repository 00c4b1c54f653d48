"""Whoever reads a backup signs in as nobody with what stands in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from fairserver.domain.states import Role
from tests.web.support import Server, Servers, a_form

#: What is told of everybody on purpose, and opens nothing.
_SHORTEST = 6


def texts(path: Path) -> set[str]:
    """Every text of every column of every table."""
    with sqlite3.connect(path) as connection:
        names = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        rows = [row for name in names for row in connection.execute(f'SELECT * FROM "{name}"')]
    return {str(value) for row in rows for value in row if len(str(value)) >= _SHORTEST}


async def everything(server: Server) -> dict[str, Any]:
    """Let there be one of every secret thing."""
    person = await server.candidate(request_id="the-name-of-a-registration")
    organiser, recruiter = await server.organiser(), await server.recruiter()
    guest = await server.node.ledger.staff.invite(server.fair_id, Role.GUEST, "b1", "Bà Lan")
    wish = {"booth_id": "b1", "name": "Máy 1"}
    key = await server.post(f"{server.fair_url}/keys", wish, token=organiser.token)
    pairing = await server.post(f"{server.fair_url}/devices", wish, token=organiser.token)
    assert (key.status, pairing.status) == (201, 201)
    return {
        "the name of the registration": "the-name-of-a-registration",
        "code": person.code,
        "ticket link": person.ticket_link.partition("#t=")[2],
        "session": person.token,
        "staff links": recruiter.link,
        "guest link": guest.token,
        "key": key.json["token"],
        "pairing code": pairing.json["code"].replace("-", ""),
        "candidate_id": person.candidate_id,
        "number": person.number,
    }


async def test_nothing_that_can_be_read_in_a_backup_signs_anybody_in(servers: Servers) -> None:
    # Not the tries are looked at, but what they would open: nothing slows this attacker.
    server = await servers.start(limits={"api_requests_per_second": 1000})
    secrets = await everything(server)
    found = texts(Path(server.node.settings.database_url.removeprefix("sqlite:///")))
    assert secrets["candidate_id"] in found
    for name in ("the name of the registration", "code", "ticket link", "session", "staff links"):
        assert not any(secrets[name] in text for text in found), name
    for name in ("guest link", "key", "pairing code"):
        assert not any(secrets[name] in text for text in found), name
    ledger = server.node.ledger
    for text in found:
        assert await ledger.staff.by_token(text) is None
        assert await ledger.people.by_link(None, text) is None
        assert await ledger.sessions.find(text) is None
        assert await ledger.api_keys.find(text) is None
    for text in sorted(found):
        if 16 <= len(text) <= 64:
            reply = await server.post(
                f"{server.fair_url}/candidates", a_form(request_id=text, bearer=True)
            )
            same = reply.status == 201 and reply.json["candidate_id"] == secrets["candidate_id"]
            assert not same, text
        reply = await server.post("/api/devices", {"code": text[:64]})
        assert reply.status != 201, text
