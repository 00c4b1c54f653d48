"""Staff and their personal links."""

from __future__ import annotations

import pytest

from fairserver.domain.states import Role
from fairserver.ledger import Ledger
from tests.ledger.makers import FAIR


async def _recruiter(ledger: Ledger) -> tuple[str, str]:
    made = await ledger.staff.invite(FAIR, Role.RECRUITER, "b01", "Chị Lan")
    return made.staff_id, made.token


async def test_a_personal_link_signs_the_same_person_in_again_and_again(ledger: Ledger) -> None:
    staff_id, token = await _recruiter(ledger)
    for _ in range(3):
        member = await ledger.staff.by_token(token)
        assert member is not None
        assert (member.staff_id, member.role, member.booth_id) == (staff_id, Role.RECRUITER, "b01")
        assert (member.display_name, member.fair_id) == ("Chị Lan", FAIR)


async def test_an_unknown_link_signs_nobody_in(ledger: Ledger) -> None:
    await _recruiter(ledger)
    assert await ledger.staff.by_token("x" * 24) is None
    assert await ledger.staff.by_token("\udc80") is None


async def test_a_person_let_go_cannot_come_in_and_every_session_ends(ledger: Ledger) -> None:
    staff_id, token = await _recruiter(ledger)
    opened = await ledger.sessions.open(FAIR, Role.RECRUITER, staff_id, "b01", "Chị Lan", 60)
    await ledger.staff.revoke(staff_id)
    assert await ledger.staff.by_token(token) is None
    assert await ledger.sessions.find(opened.token) is None
    assert (await ledger.staff.get(staff_id)).revoked


async def test_a_renewed_link_replaces_the_lost_one(ledger: Ledger) -> None:
    staff_id, lost = await _recruiter(ledger)
    renewed = await ledger.staff.renew(staff_id)
    assert await ledger.staff.by_token(lost) is None
    member = await ledger.staff.by_token(renewed.token)
    assert member is not None
    assert member.staff_id == staff_id


async def test_the_staff_of_a_fair_are_listed(ledger: Ledger) -> None:
    await ledger.staff.invite(FAIR, Role.ORGANISER, None, "Anh Minh")
    await _recruiter(ledger)
    names = {member.display_name for member in await ledger.staff.of_fair(FAIR)}
    assert names == {"Anh Minh", "Chị Lan"}
    assert await ledger.staff.of_fair("elsewhere") == []


@pytest.mark.parametrize(
    ("role", "booth_id", "name"),
    [
        (Role.CANDIDATE, None, "An"),
        (Role.SYSTEM, None, "An"),
        (Role.RECRUITER, None, "An"),
        (Role.ORGANISER, "b01", "An"),
        (Role.ORGANISER, None, "  "),
    ],
)
async def test_an_invitation_that_makes_no_sense_is_refused(
    ledger: Ledger, role: Role, booth_id: str | None, name: str
) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        await ledger.staff.invite(FAIR, role, booth_id, name)


async def test_nobody_renews_or_reads_what_does_not_exist(ledger: Ledger) -> None:
    for ask in (ledger.staff.renew, ledger.staff.get):
        with pytest.raises(KeyError):
            await ask("snobody")
