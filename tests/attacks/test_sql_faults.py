"""A database that fails: a code and a sentence for who asked, and no contents in any log."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from fairserver.ledger import database
from fairserver.ledger.faults import code_of
from fairserver.logs import JsonLines, _Shield
from fairserver.protocol.errors import Code
from tests.web.support import Reply, Server, Servers, a_form

#: What the form of the tests has, and what must stand in no log.
CONTENTS = ("Nguyễn Thị Hoà", "nguyen thi hoa", "912345678", "912 345 678", "Đức Lập")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process writes, without end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def ledger_file(server: Server) -> Path:
    """The SQLite file of a node."""
    return server.node.settings.data / "ledger.sqlite"


def shape(reply: Reply) -> tuple[int, str]:
    """The status and the code of an answer that has a sentence too."""
    assert reply.headers["Content-Type"].startswith("application/json")
    assert reply.json["message"]
    assert reply.json["hint"]
    return reply.status, reply.json["code"]


def as_logged(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that was logged, as the server's own handler writes it."""
    shield, lines = _Shield(), JsonLines()
    return "\n".join(lines.format(r) for r in caplog.records if shield.filter(r))


async def test_a_statement_that_fails_tells_nothing_of_the_person(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(ledger_file(server))) as other:
        other.execute("ALTER TABLE people RENAME COLUMN full_name TO lost")
    assert shape(await server.register()) == (500, "internal")
    logged = as_logged(caplog)
    assert "people" in logged or "OperationalError" in logged
    for contents in CONTENTS:
        assert contents not in logged
        assert contents not in caplog.text  # hidden in the exception's own words too


async def test_a_database_that_another_process_holds_is_busy_over_http_and_sockets(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 10)
    server = await servers.start()
    meeting = await server.meeting()
    await meeting.talk()
    await meeting.recruiter.do("finish", ticket_id=meeting.ticket_id, outcome="pending")
    with locked(ledger_file(server)):
        assert shape(await server.register()) == (503, "record_busy")
        answer = await meeting.recruiter.ask(
            "record_outcome", ticket_id=meeting.ticket_id, outcome="hired", note="Tay nghề tốt"
        )
    assert (answer["code"], bool(answer["message"])) == ("record_busy", True)
    assert (await server.register()).status == 201


async def test_a_full_disk_is_said_to_be_full(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        with closing(sqlite3.connect(":memory:")) as small:
            small.execute("PRAGMA max_page_count = 1")
            try:
                small.execute("CREATE TABLE a (b)")
            except sqlite3.OperationalError as error:
                raise OperationalError("INSERT …", {}, error) from error

    monkeypatch.setattr(server.node.ledger.people, "register", full)
    assert shape(await server.register()) == (507, "record_full")


async def test_whatever_fails_is_answered_in_the_contracts_shape(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot do with {a_form()['full_name']}")

    monkeypatch.setattr(server.node.ledger.people, "register", fail)
    assert shape(await server.register()) == (500, "internal")
    logged = as_logged(caplog)
    assert "RuntimeError" in logged
    assert "/api/fairs/{fair_id}/candidates" in logged
    assert CONTENTS[0] not in logged


async def test_a_page_that_cannot_be_shown_is_a_page_with_a_sentence(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = await server.get("/f/nowhere/", headers={"Accept-Language": "en"})
    assert unknown.status == 404
    assert unknown.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<h1>" in unknown.body.decode()
    missing = await server.get("/nothing/here<script>")
    assert missing.status == 404
    assert "<script>" not in missing.body.decode()
    with monkeypatch.context() as patch:  # ended before the node is
        patch.setattr(server.node, "fairs", None)
        broken = await server.get(f"/f/{server.fair_id}/")
    assert broken.status == 500
    assert "Máy chủ gặp lỗi ngoài dự kiến." in broken.body.decode()
    assert "TypeError" not in broken.body.decode()


async def test_a_socket_that_opens_while_nobody_can_be_known_is_asked_to_come_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await server.candidate()

    async def away(_: str) -> None:
        raise OperationalError("SELECT …", {}, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(server.node.ledger.sessions, "find", away)
    socket = await server.socket(person, None)
    assert await socket.close_code() == 1012


class _Wrapped(Exception):
    """What a dialect makes of a driver's exception."""


def _fault(cause: BaseException) -> OperationalError:
    wrapped = _Wrapped(str(cause))
    wrapped.__cause__ = cause
    return OperationalError("SELECT …", {}, wrapped)


def _postgresql(state: str) -> BaseException:
    fault = Exception("Key (phone)=(0912345678) already exists")
    fault.sqlstate = state  # type: ignore[attr-defined]
    return fault


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: _fault(_postgresql("08006")), Code.RECORD_AWAY),
        (lambda: _fault(_postgresql("57P01")), Code.RECORD_AWAY),
        (lambda: _fault(_postgresql("25006")), Code.RECORD_AWAY),
        (lambda: _fault(_postgresql("53300")), Code.RECORD_BUSY),
        (lambda: _fault(_postgresql("40P01")), Code.RECORD_BUSY),
        (lambda: _fault(_postgresql("55P03")), Code.RECORD_BUSY),
        (lambda: _fault(_postgresql("53100")), Code.RECORD_FULL),
        (lambda: _fault(_postgresql("23505")), Code.INTERNAL),
        (lambda: _fault(_postgresql("22021")), Code.INTERNAL),
        (lambda: _fault(ConnectionRefusedError(111, "refused")), Code.RECORD_AWAY),
        (lambda: PoolTimeout("no connection within 30 s"), Code.RECORD_BUSY),
        (lambda: DBAPIError("x", {}, Exception(), connection_invalidated=True), Code.RECORD_AWAY),
    ],
)
def test_each_kind_of_fault_has_its_code(make: Callable[[], Any], code: Code) -> None:
    assert code_of(make()) is code
