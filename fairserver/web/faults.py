"""What an exception means to who asked: its code, whoever raised it."""

from __future__ import annotations

import errno

from redis.exceptions import OutOfMemoryError, RedisError
from sqlalchemy.exc import SQLAlchemyError

from fairserver.ledger import faults
from fairserver.line.store import is_outage
from fairserver.protocol.errors import Code

#: What a full disk says: no room, none within the quota.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def code_of(error: Exception) -> Code:
    """Give the code of an exception that is no refusal; ``internal`` for a fault of ours.

    Everything else is an outage: the same request may be sent again.
    """
    if isinstance(error, SQLAlchemyError):
        return faults.code_of(error)
    if isinstance(error, OutOfMemoryError):
        return Code.STORE_FULL
    if isinstance(error, RedisError):
        return Code.STORE_AWAY if is_outage(error) else Code.INTERNAL
    if isinstance(error, OSError):
        return Code.RECORD_FULL if error.errno in _FULL else Code.STORE_AWAY
    return Code.INTERNAL
