"""Recruiters' notes."""

from __future__ import annotations

import pytest

from fairserver.domain.states import Role
from fairserver.ledger import Ledger
from tests.ledger.makers import FAIR, Clock


@pytest.fixture
async def staff_id(ledger: Ledger) -> str:
    return (await ledger.staff.invite(FAIR, Role.RECRUITER, "b01", "Chị Lan")).staff_id


async def test_notes_on_a_turn_come_back_oldest_first(
    ledger: Ledger, clock: Clock, staff_id: str
) -> None:
    await ledger.notes.add(FAIR, "t1", staff_id, "Tay nghề tốt")
    clock.now += 1
    await ledger.notes.add(FAIR, "t1", staff_id, "Hẹn thứ Hai")
    await ledger.notes.add(FAIR, "t2", staff_id, "Khác")
    notes = await ledger.notes.of_ticket(FAIR, "t1")
    assert [note.text for note in notes] == ["Tay nghề tốt", "Hẹn thứ Hai"]
    assert notes[1].at - notes[0].at == 1000


async def test_a_repeated_command_adds_its_note_once(ledger: Ledger, staff_id: str) -> None:
    for _ in range(2):
        await ledger.notes.add(FAIR, "t1", staff_id, "Tay nghề tốt", command_id="k1")
    assert len(await ledger.notes.of_ticket(FAIR, "t1")) == 1


async def test_an_empty_note_is_not_kept(ledger: Ledger, staff_id: str) -> None:
    assert not await ledger.notes.add(FAIR, "t1", staff_id, "  \n")
    assert await ledger.notes.of_ticket(FAIR, "t1") == []
