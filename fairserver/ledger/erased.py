"""Nothing more is written about somebody who was erased, whatever a node still believes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.ledger import tables
from fairserver.protocol.errors import Code, Refused

_people = tables.people


async def is_erased(connection: AsyncConnection, candidate_id: str) -> bool:
    """Tell within a transaction whether a person was erased; nobody is until it ends."""
    asked = select(_people.c.erased_at).where(_people.c.candidate_id == candidate_id)
    return await connection.scalar(asked.with_for_update()) is not None


async def check_not_erased(connection: AsyncConnection, candidate_id: str) -> None:
    """Raise ``Refused`` ``profile_hidden`` where something of an erased person would be kept."""
    if await is_erased(connection, candidate_id):
        raise Refused(Code.PROFILE_HIDDEN)
