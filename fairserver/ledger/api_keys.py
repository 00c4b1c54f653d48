"""Keys with which an employer's own system reads what its booth may; only hashes are kept."""

from __future__ import annotations

import msgspec
from sqlalchemy import func, insert, select, update

from fairserver.domain.texts import clean_text
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.endings import check_maker, end_with
from fairserver.ledger.secrecy import new_id, new_token, token_hash
from fairserver.protocol.errors import Code, Refused
from fairserver.protocol.types import Millis

#: Keys of one booth that work at the same time.
MOST_KEYS = 10

#: By which people and programs that look for leaked secrets know a key.
_PREFIX = "fairkey_"
#: ``last_used_at`` is written at most this often, in milliseconds.
_USED_EVERY_MS = 60_000

_keys = tables.api_keys


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key of a booth, without its secret; ``created_by`` is ``staff:<id>``."""

    key_id: str
    fair_id: str
    booth_id: str
    name: str
    created_by: str
    created_at: Millis
    last_used_at: Millis | None
    revoked_at: Millis | None


class NewApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key just made. Only its hash is kept: ``token`` is shown this once."""

    key_id: str
    booth_id: str
    token: str


class ApiKeys:
    """The keys of all booths."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make(self, fair_id: str, booth_id: str, name: str, by: str) -> NewApiKey:
        """Make a key for one booth; it ends with who made it.

        Raises ``Refused``: ``limit_reached``, ``not_signed_in`` when who does it was let go.
        """
        made = NewApiKey(key_id=new_id("k"), booth_id=booth_id, token=_PREFIX + new_token())
        counted = (
            select(func.count())
            .select_from(_keys)
            .where(
                _keys.c.fair_id == fair_id,
                _keys.c.booth_id == booth_id,
                _keys.c.revoked_at.is_(None),
            )
        )
        async with self._database.write() as connection:
            await check_maker(connection, by)
            if (await connection.scalar(counted) or 0) >= MOST_KEYS:
                raise Refused(Code.LIMIT_REACHED, limit=MOST_KEYS)
            await connection.execute(
                insert(_keys).values(
                    key_id=made.key_id,
                    token_hash=token_hash(made.token),
                    fair_id=fair_id,
                    booth_id=booth_id,
                    name=clean_text(name),
                    created_by=by,
                    created_at=self._database.now(),
                )
            )
        return made

    async def find(self, token: str) -> ApiKey | None:
        """Find the key of a token; None when it is unknown or was revoked."""
        asked = select(_keys).where(
            _keys.c.token_hash == token_hash(token), _keys.c.revoked_at.is_(None)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).one_or_none()
        if row is None:
            return None
        now = self._database.now()
        if row.last_used_at is None or now - row.last_used_at >= _USED_EVERY_MS:
            async with self._database.write() as connection:
                used = update(_keys).where(_keys.c.key_id == row.key_id)
                await connection.execute(used.values(last_used_at=now))
        return msgspec.convert(row, ApiKey, from_attributes=True)

    async def of_fair(self, fair_id: str, booth_id: str | None = None) -> list[ApiKey]:
        """List the keys of a fair, or of one booth of it, in the order of their making."""
        asked = select(_keys).where(_keys.c.fair_id == fair_id)
        if booth_id is not None:
            asked = asked.where(_keys.c.booth_id == booth_id)
        asked = asked.order_by(_keys.c.created_at, _keys.c.key_id)
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [msgspec.convert(row, ApiKey, from_attributes=True) for row in rows]

    async def revoke(self, fair_id: str, booth_id: str | None, key_id: str) -> None:
        """Let a key work no more, at once, nor the webhooks made with it; a repeat does nothing.

        ``booth_id`` limits whose; raises ``Refused`` ``key_unknown``.
        """
        which = (_keys.c.fair_id == fair_id) & (_keys.c.key_id == key_id)
        if booth_id is not None:
            which &= _keys.c.booth_id == booth_id
        async with self._database.write() as connection:
            if await connection.scalar(select(_keys.c.key_id).where(which)) is None:
                raise Refused(Code.KEY_UNKNOWN)
            now = self._database.now()
            revoked = update(_keys).where(which, _keys.c.revoked_at.is_(None))
            await connection.execute(revoked.values(revoked_at=now))
            # Also one that had stopped with its maker: nobody takes it over any more.
            await connection.execute(update(_keys).where(which).values(ended_with=None))
            await end_with(connection, f"key:{key_id}", now)
