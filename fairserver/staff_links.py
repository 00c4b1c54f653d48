"""The commands for the personal links of staff: make one, list them, replace one, end one.

They need the lasting record only, so they work while the server runs, and without it.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from fairserver import security
from fairserver.domain.fair_file import read_fair
from fairserver.domain.fair_plan import FairPlan
from fairserver.domain.states import Role
from fairserver.domain.tolerant import read_json
from fairserver.ledger import Ledger
from fairserver.ledger.devices import PAIRING_MINUTES
from fairserver.ledger.staff import STAFF_ROLES, StaffMember
from fairserver.links import staff_link
from fairserver.security import Deed
from fairserver.settings import ServerSettings, read_secret


async def invite(
    settings: ServerSettings, fair_id: str, role: Role, booth_id: str | None, name: str
) -> str:
    """Invite a person and give the personal link.

    Raises ``ValueError`` with a sentence for an unknown fair or booth, and as ``Staff.invite``.
    """
    async with _open_ledger(settings) as ledger:
        plan = await _find_plan(settings, ledger, fair_id)
        booth_ids = [booth.booth_id for booth in plan.booths]
        if booth_id is not None and booth_id not in booth_ids:
            raise ValueError(f"no booth {booth_id!r}; there are: {', '.join(booth_ids)}")
        invited = await ledger.staff.invite(plan.fair_id, role, booth_id, name)
        _note(Deed.CREATED, invited.staff_id, fair_id, role.value)
    return staff_link(settings.base_url, plan.fair_id, role, invited.token)


async def pair(settings: ServerSettings, fair_id: str, booth_id: str, name: str) -> str:
    """Take a booth's machine on and say the code with which it is paired.

    Raises ``ValueError`` with a sentence for an unknown fair or booth, or an empty name.
    """
    async with _open_ledger(settings) as ledger:
        plan = await _find_plan(settings, ledger, fair_id)
        booth_ids = [booth.booth_id for booth in plan.booths]
        if booth_id not in booth_ids:
            raise ValueError(f"no booth {booth_id!r}; there are: {', '.join(booth_ids)}")
        offered = await ledger.devices.invite(plan.fair_id, booth_id, name)
        _note(Deed.CREATED, booth_id, fair_id, "pairing_code")
    return (
        f"{offered.code}  works once, for {PAIRING_MINUTES} minutes; on the machine: "
        f"booth-client --server {settings.base_url}"
    )


async def list_staff(settings: ServerSettings, fair_id: str) -> list[str]:
    """Describe everybody who was ever invited to a fair, a line each, without any link.

    Raises ``ValueError`` for an unknown fair.
    """
    async with _open_ledger(settings) as ledger:
        members = await ledger.staff.of_fair((await _find_plan(settings, ledger, fair_id)).fair_id)
    return [
        f"{member.staff_id}  {'revoked' if member.revoked else 'valid':<7}  "
        f"{member.role.value:<9}  {member.booth_id or '-':<6}  {member.display_name}"
        for member in members
    ]


async def renew(settings: ServerSettings, fair_id: str, staff_id: str) -> str:
    """Give a new personal link for a lost one, which lets nobody in any more, nor keeps in.

    Raises ``ValueError`` with a sentence for nobody of the fair, for a machine, a third person of
    an interview and for somebody who was let go.
    """
    async with _open_ledger(settings) as ledger:
        member = await _find_member(ledger, fair_id, staff_id)
        if member.revoked:
            raise ValueError(f"{member.display_name} was let go; `fairserver invite` asks in anew")
        if member.role not in STAFF_ROLES or await ledger.devices.is_device(staff_id):
            raise ValueError(f"{member.display_name} has no personal link that could be renewed")
        renewed = await ledger.staff.renew(staff_id)
        _note(Deed.REVOKED, staff_id, fair_id, "link_renewed")
    return staff_link(settings.base_url, fair_id, member.role, renewed.token)


async def revoke(settings: ServerSettings, fair_id: str, staff_id: str) -> str:
    """End a person's links and sign-ins for good, and say whose they were.

    Running servers close the person's sockets at their next look. Raises ``ValueError`` when
    nobody with this id was invited to the fair.
    """
    async with _open_ledger(settings) as ledger:
        member = await _find_member(ledger, fair_id, staff_id)
        await ledger.staff.revoke(staff_id)
        _note(Deed.REVOKED, staff_id, fair_id, member.role.value)
    return f"{member.display_name}: link revoked, signed out everywhere"


async def _find_member(ledger: Ledger, fair_id: str, staff_id: str) -> StaffMember:
    for member in await ledger.staff.of_fair(fair_id):
        if member.staff_id == staff_id:
            return member
    raise ValueError(
        f"nobody with id {staff_id!r} works at {fair_id!r}; "
        "`fairserver staff` lists all with their ids"
    )


@asynccontextmanager
async def _open_ledger(settings: ServerSettings) -> AsyncIterator[Ledger]:
    """Open the record, and the security log: what is done here stands in it too."""
    logs = settings.logs
    secret = read_secret(settings)
    with security.kept_in(settings.security_log, logs.security_bytes, logs.security_files):
        async with await Ledger.open(settings.database_url, secret=secret) as ledger:
            yield ledger


def _note(deed: Deed, of: str, fair_id: str, why: str) -> None:
    security.note(deed, who="command_line", of=of, fair_id=fair_id, why=why)


async def _find_plan(settings: ServerSettings, ledger: Ledger, fair_id: str) -> FairPlan:
    """Find a fair in the record, or put it there from the settings' fair files."""
    kept = dict(await ledger.fairs.plans())
    if fair_id in kept:
        return read_json(kept[fair_id], FairPlan)
    plans = {plan.fair_id: plan for plan in map(read_fair, map(Path, settings.fairs))}
    if fair_id not in plans:
        known = ", ".join(sorted({*kept, *plans})) or "none"
        raise ValueError(f"no fair {fair_id!r}; there are: {known}")
    plan_json = msgspec.json.encode(plans[fair_id])
    await ledger.fairs.put(fair_id, plan_json, hashlib.sha256(plan_json).hexdigest())
    return plans[fair_id]
