"""Browsers that asked to be told of the turn: one for each sign-in, gone with it."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.secrecy import token_hash
from fairserver.protocol.errors import Code, Refused

#: Browsers of one person; a further one takes the place of the oldest.
MOST_PER_PERSON = 5

_push = tables.push_subscriptions
_sessions = tables.sessions


class PushAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where one browser takes pushes, and its keys (URL-safe base64)."""

    endpoint: str
    p256dh: str
    auth: str


class PushSubscriptions:
    """The subscriptions of all fairs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, slot: str, candidate_id: str, key_id: str, address: PushAddress) -> None:
        """Keep the one subscription of a sign-in, made with our key ``key_id``.

        A browser tells only whoever asked in it last. Raises ``Refused`` ``not_signed_in``
        when the sign-in has ended meanwhile.
        """
        endpoint_hash = token_hash(address.endpoint)
        async with self._database.write() as connection:
            signed_in = select(_sessions.c.slot).where(
                _sessions.c.slot == slot, _sessions.c.ended_at.is_(None)
            )
            if await connection.scalar(signed_in) is None:
                raise Refused(Code.NOT_SIGNED_IN)
            await connection.execute(
                delete(_push).where(
                    (_push.c.slot == slot) | (_push.c.endpoint_hash == endpoint_hash)
                )
            )
            await _make_room(connection, candidate_id)
            await connection.execute(
                insert(_push).values(
                    endpoint_hash=endpoint_hash,
                    slot=slot,
                    candidate_id=candidate_id,
                    key_id=key_id,
                    created_at=self._database.now(),
                    **msgspec.structs.asdict(address),
                )
            )

    async def of(self, candidate_id: str, key_id: str) -> list[PushAddress]:
        """List the browsers of a person who are still signed in, of one key of ours."""
        asked = (
            select(_push.c.endpoint, _push.c.p256dh, _push.c.auth)
            .join(_sessions, _sessions.c.slot == _push.c.slot)
            .where(
                _push.c.candidate_id == candidate_id,
                _push.c.key_id == key_id,
                _sessions.c.ended_at.is_(None),
                _sessions.c.expires_at > self._database.now(),
            )
        )
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [msgspec.convert(row, PushAddress, from_attributes=True) for row in rows]

    async def end_slot(self, slot: str) -> None:
        """Forget the subscription of a sign-in; none is no fault."""
        async with self._database.write() as connection:
            await connection.execute(delete(_push).where(_push.c.slot == slot))

    async def drop(self, endpoint: str) -> None:
        """Forget a subscription that its push service no longer knows."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(_push).where(_push.c.endpoint_hash == token_hash(endpoint))
            )

    async def end_fair(self, fair_id: str) -> None:
        """Forget every subscription of a fair: nobody will be called there any more."""
        people = select(tables.people.c.candidate_id).where(tables.people.c.fair_id == fair_id)
        async with self._database.write() as connection:
            await connection.execute(delete(_push).where(_push.c.candidate_id.in_(people)))


async def _make_room(connection: AsyncConnection, candidate_id: str) -> None:
    """Leave a person one subscription less than there may be: the oldest go."""
    beyond = (
        select(_push.c.endpoint_hash)
        .where(_push.c.candidate_id == candidate_id)
        .order_by(_push.c.created_at.desc(), _push.c.endpoint_hash)
        .offset(MOST_PER_PERSON - 1)
    )
    oldest = [row.endpoint_hash for row in await connection.execute(beyond)]
    await connection.execute(delete(_push).where(_push.c.endpoint_hash.in_(oldest)))
