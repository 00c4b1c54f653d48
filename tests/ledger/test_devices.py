"""Machines of booths: a code works once and not for long, a key until it is revoked."""

from __future__ import annotations

import pytest

from fairserver.domain.states import Role
from fairserver.ledger import Ledger
from fairserver.ledger.devices import PAIRING_MINUTES
from fairserver.protocol.errors import Refused
from tests.ledger.makers import FAIR, Clock


async def refused(ledger: Ledger, code: str) -> str:
    with pytest.raises(Refused) as refusal:
        await ledger.devices.pair(code)
    return refusal.value.code


async def test_a_code_lets_a_machine_in_once_however_it_is_typed(ledger: Ledger) -> None:
    offered = await ledger.devices.invite(FAIR, "b01", " Máy bàn 1 ")
    assert len(offered.code) == 9
    paired = await ledger.devices.pair(offered.code.lower().replace("-", " "))
    assert (paired.member.role, paired.member.booth_id) == (Role.RECRUITER, "b01")
    assert paired.member.display_name == "Máy bàn 1"
    member = await ledger.staff.by_token(paired.device_key)
    assert member == paired.member
    assert await refused(ledger, offered.code) == "pairing_used"
    # The code itself signs nobody in.
    assert await ledger.staff.by_token(offered.code) is None


async def test_a_wrong_and_an_old_code_let_nobody_in(ledger: Ledger, clock: Clock) -> None:
    offered = await ledger.devices.invite(FAIR, "b01", "Máy bàn 1")
    assert await refused(ledger, "AAAA-AAAA") == "pairing_unknown"
    assert await refused(ledger, "") == "pairing_unknown"
    clock.now += PAIRING_MINUTES * 60
    assert await refused(ledger, offered.code) == "pairing_expired"


async def test_a_machine_let_go_is_known_as_one(ledger: Ledger) -> None:
    early = await ledger.devices.invite(FAIR, "b01", "Máy bàn 1")
    await ledger.staff.revoke(early.staff_id)
    assert await refused(ledger, early.code) == "device_revoked"
    offered = await ledger.devices.invite(FAIR, "b01", "Máy bàn 2")
    paired = await ledger.devices.pair(offered.code)
    assert not await ledger.devices.is_revoked(paired.device_key)
    await ledger.staff.revoke(paired.member.staff_id)
    assert await ledger.devices.is_revoked(paired.device_key)
    assert await ledger.staff.by_token(paired.device_key) is None
    person = await ledger.staff.invite(FAIR, Role.RECRUITER, "b01", "Chị Hoa")
    await ledger.staff.revoke(person.staff_id)
    assert not await ledger.devices.is_revoked(person.token)


async def test_a_machine_has_a_name(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="name"):
        await ledger.devices.invite(FAIR, "b01", "  ")


async def test_the_list_holds_machines_that_are_in_or_awaited(ledger: Ledger, clock: Clock) -> None:
    await ledger.staff.invite(FAIR, Role.RECRUITER, "b01", "Chị Hoa")
    first = await ledger.devices.invite(FAIR, "b01", "Máy 1")
    await ledger.devices.pair(first.code)
    clock.now += 1
    await ledger.devices.invite(FAIR, "b02", "Máy 2")
    names = [device.display_name for device in await ledger.devices.of_fair(FAIR)]
    assert names == ["Máy 1", "Máy 2"]
    clock.now += PAIRING_MINUTES * 60
    (paired,) = await ledger.devices.of_fair(FAIR)
    assert paired.paired_at is not None
    assert paired.last_seen_at is None
    assert await ledger.devices.is_device(paired.staff_id)
    assert await ledger.devices.of_fair(FAIR, "b02") == []
    await ledger.staff.revoke(paired.staff_id)
    assert await ledger.devices.of_fair(FAIR) == []
