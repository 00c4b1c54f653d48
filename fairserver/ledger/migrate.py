"""Bring a database's tables to the newest revision, safely when several nodes start at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from weakref import WeakKeyDictionary

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

from fairserver.ledger.database import Database, LedgerError

#: Any number that no other program locks in the same PostgreSQL database.
_LOCK_NUMBER = 7_020_113_377

# Alembic keeps its context in module globals: one upgrade at a time in a process.
_one_at_a_time: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def alembic_config(connection: Connection | None = None) -> Config:
    """Describe the revisions in ``migrations`` to Alembic, to be run on ``connection``."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database) -> None:
    """Run the missing revisions in one transaction; the second node waits for the first.

    Raises ``LedgerError`` when the database was made by a newer version of the server.
    """
    lock = _one_at_a_time.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    async with lock, database.write() as connection:
        if not database.is_sqlite:
            await connection.execute(
                text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER}
            )
        try:
            await connection.run_sync(_upgrade)
        except CommandError as error:
            raise LedgerError(
                f"the database was made by a newer version of the server ({error});"
                " install that version or a newer one"
            ) from error


def _upgrade(connection: Connection) -> None:
    command.upgrade(alembic_config(connection), "head")
