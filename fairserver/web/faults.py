"""What an exception means to who asked: its code, whoever raised it."""

from __future__ import annotations

import errno

from redis.exceptions import OutOfMemoryError, ReadOnlyError, RedisError, ResponseError
from sqlalchemy.exc import SQLAlchemyError

from fairserver.ledger import faults
from fairserver.protocol.errors import Code

#: What a full disk says: no room, none within the quota.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def code_of(error: Exception) -> Code:
    """Give the code of an exception that is no refusal; ``internal`` for a fault of ours.

    Everything else is an outage: the same request may be sent again. (A store that cannot write its
    file says MISCONF, and is away until it can.)
    """
    if isinstance(error, SQLAlchemyError):
        return faults.code_of(error)
    if isinstance(error, OutOfMemoryError):
        return Code.STORE_FULL
    if isinstance(error, RedisError):
        return Code.INTERNAL if _is_a_transitions(error) else Code.STORE_AWAY
    if isinstance(error, OSError):
        return Code.RECORD_FULL if error.errno in _FULL else Code.STORE_AWAY
    return Code.INTERNAL


def _is_a_transitions(error: RedisError) -> bool:
    """Tell a fault of a transition from a store that cannot write now; that one may be retried."""
    if isinstance(error, ReadOnlyError) or str(error).startswith("MISCONF"):
        return False
    return isinstance(error, ResponseError)
