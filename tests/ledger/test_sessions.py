"""Signed-in identities."""

from __future__ import annotations

from fairserver.domain.states import Role
from fairserver.ledger import Ledger, OpenSession
from tests.ledger.makers import FAIR, Clock


async def _candidate(ledger: Ledger, ttl_s: int = 3600) -> OpenSession:
    return await ledger.sessions.open(FAIR, Role.CANDIDATE, "c1", None, "Nguyễn Thị Hoà", ttl_s)


async def _organiser(ledger: Ledger) -> OpenSession:
    made = await ledger.staff.invite(FAIR, Role.ORGANISER, None, "Anh Minh")
    return await ledger.sessions.open(FAIR, Role.ORGANISER, made.staff_id, None, "Anh Minh", 3600)


async def test_a_token_tells_who_is_signed_in(ledger: Ledger) -> None:
    opened = await _candidate(ledger)
    found = await ledger.sessions.find(opened.token)
    assert found is not None
    assert (found.slot, found.role, found.candidate_id) == (opened.slot, Role.CANDIDATE, "c1")
    assert (found.by, found.display_name) == ("candidate:c1", "Nguyễn Thị Hoà")


async def test_events_name_staff_by_their_id(ledger: Ledger) -> None:
    found = await ledger.sessions.find((await _organiser(ledger)).token)
    assert found is not None
    assert found.candidate_id is None
    assert found.by == f"staff:{found.subject_id}"


async def test_the_slot_alone_opens_nothing(ledger: Ledger) -> None:
    opened = await _candidate(ledger)
    assert await ledger.sessions.find(opened.slot) is None
    assert len(opened.token) >= 22


async def test_a_session_ends_after_its_time_and_not_before(ledger: Ledger, clock: Clock) -> None:
    opened = await _candidate(ledger, ttl_s=600)
    clock.now += 599
    assert await ledger.sessions.find(opened.token) is not None
    clock.now += 1
    assert await ledger.sessions.find(opened.token) is None


async def test_signing_out_ends_one_session_and_leaves_the_others(ledger: Ledger) -> None:
    first, second, third = [await _candidate(ledger) for _ in range(3)]
    await ledger.sessions.end(first.token)
    await ledger.sessions.end_slot(second.slot)
    assert await ledger.sessions.find(first.token) is None
    assert await ledger.sessions.find(second.token) is None
    assert await ledger.sessions.find(third.token) is not None


async def test_a_person_can_be_signed_out_everywhere(ledger: Ledger) -> None:
    sessions = [await _candidate(ledger) for _ in range(2)]
    other = await _organiser(ledger)
    await ledger.sessions.end_subject("c1")
    assert [await ledger.sessions.find(session.token) for session in sessions] == [None, None]
    assert await ledger.sessions.find(other.token) is not None


async def test_a_staff_session_without_its_member_of_staff_is_none(ledger: Ledger) -> None:
    opened = await ledger.sessions.open(FAIR, Role.ORGANISER, "snobody", None, "?", 60)
    assert await ledger.sessions.find(opened.token) is None
