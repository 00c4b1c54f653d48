"""What a fault of the database means to who waits for it: one stable code for each kind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from fairserver.protocol.errors import Code

#: SQLite's primary result codes: another process writes for too long; the disk is full or broken.
_SQLITE = {
    sqlite3.SQLITE_BUSY: Code.RECORD_BUSY,
    sqlite3.SQLITE_LOCKED: Code.RECORD_BUSY,
    sqlite3.SQLITE_FULL: Code.RECORD_FULL,
    sqlite3.SQLITE_IOERR: Code.RECORD_AWAY,
    sqlite3.SQLITE_CANTOPEN: Code.RECORD_AWAY,
    sqlite3.SQLITE_READONLY: Code.RECORD_AWAY,
    sqlite3.SQLITE_CORRUPT: Code.RECORD_AWAY,
    sqlite3.SQLITE_NOTADB: Code.RECORD_AWAY,
}
#: The beginnings of PostgreSQL's SQLSTATE: the longest one that fits decides.
_POSTGRESQL = {
    "08": Code.RECORD_AWAY,  # connection
    "28": Code.RECORD_AWAY,  # not let in any more
    "57": Code.RECORD_AWAY,  # shut down, cancelled
    "58": Code.RECORD_AWAY,  # system, input and output
    "53": Code.RECORD_BUSY,  # too many connections, out of memory
    "53100": Code.RECORD_FULL,
    "40": Code.RECORD_BUSY,  # deadlock, serialisation
    "55P03": Code.RECORD_BUSY,  # lock not available
    "25006": Code.RECORD_AWAY,  # read only: a standby
}


def code_of(error: SQLAlchemyError) -> Code:
    """Tell an outage of the database (which passes) from a fault of ours (``internal``)."""
    if isinstance(error, PoolTimeout):
        return Code.RECORD_BUSY
    if isinstance(error, DBAPIError):
        for cause in _causes(error):
            if (code := _said(cause)) is not None:
                return code
        if error.connection_invalidated or isinstance(error, InterfaceError):
            return Code.RECORD_AWAY
    return Code.RECORD_AWAY if isinstance(error, DisconnectionError) else Code.INTERNAL


def _causes(error: DBAPIError) -> Iterator[BaseException]:
    """Walk over what the driver raised: a dialect wraps the driver's own exception once more."""
    cause: BaseException | None = error.orig
    while cause is not None:
        yield cause
        cause = cause.__cause__


def _said(cause: BaseException) -> Code | None:
    if (number := getattr(cause, "sqlite_errorcode", None)) is not None:
        return _SQLITE.get(number & 0xFF)
    if (state := getattr(cause, "sqlstate", None)) is not None:
        fits = [begin for begin in _POSTGRESQL if str(state).startswith(begin)]
        return _POSTGRESQL[max(fits, key=len)] if fits else None
    return Code.RECORD_AWAY if isinstance(cause, OSError) else None
