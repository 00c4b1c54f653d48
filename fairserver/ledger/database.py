"""One SQL engine behind two verbs: ``read`` and ``write``, each one transaction.

SQLite is the default (write-ahead log, every commit on the disk before it is answered);
PostgreSQL is reached by its address. What differs between the two lives in this module.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from fairserver.ledger.groups import Groups, Work, do_all
from fairserver.protocol.types import Millis

_T = TypeVar("_T")

#: Milliseconds a connection waits for another process's write before it gives up.
BUSY_TIMEOUT_MS = 15_000

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
#: The driver of a thread that does a whole transaction by itself.
_SQLITE = "sqlite+pysqlite"


class LedgerError(Exception):
    """The lasting record cannot be used; the sentence says why and what would be right."""


class Database:
    """Transactions on the lasting record, and its clock."""

    def __init__(
        self, engine: AsyncEngine, clock: Callable[[], float], file: Engine | None = None
    ) -> None:
        """Take the engine; for a SQLite file also one for threads, on the same ``file``."""
        #: The pool of connections; close it with ``close``.
        self.engine = engine
        self._file = file
        self._threads = ThreadPoolExecutor(2, "sqlite") if file is not None else None
        self._reads, self._writes = Groups(self._read_all), Groups(self._write_all)
        self._clock = clock
        self._writer = engine.execution_options(fair_begin="BEGIN IMMEDIATE")
        # SQLite admits one writer: standing in line here is fairer than its polling lock.
        self._turn = asyncio.Semaphore(1 if self.is_sqlite else 64)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the record is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    def now(self) -> Millis:
        """Tell the time in milliseconds since 1970-01-01 UTC."""
        return int(self._clock() * 1000)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one state of the record and changes nothing."""
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that is kept when the block ends and undone when it raises."""
        async with self._turn, self._writer.begin() as connection:
            yield connection

    async def read_together(self, work: Work[_T]) -> _T:
        """Do a piece of reading in one transaction with others that come at the same time.

        For what many ask at once: they share one change of threads. Raises as ``work`` does.
        """
        return await self._reads.do(work)

    async def write_together(self, work: Work[_T]) -> _T:
        """Do a piece of writing in one transaction with others that come at the same time.

        It is on the disk when this returns, and all of it is undone when it raises. ``work`` may
        be begun twice: see ``Groups.do``.
        """
        return await self._writes.do(work)

    async def _read_all(self, works: Sequence[Work[Any]]) -> list[Any]:
        if self._file is not None:
            return await self._in_thread(self._file, works)
        async with self.read() as connection:
            return await connection.run_sync(do_all, works)

    async def _write_all(self, works: Sequence[Work[Any]]) -> list[Any]:
        if self._file is not None:
            writer = self._file.execution_options(fair_begin="BEGIN IMMEDIATE")
            async with self._turn:
                return await self._in_thread(writer, works)
        async with self.write() as connection:
            return await connection.run_sync(do_all, works)

    async def _in_thread(self, engine: Engine, works: Sequence[Work[Any]]) -> list[Any]:
        """Do a whole transaction in a thread; a statement each would change threads for each."""

        def transact() -> list[Any]:
            with engine.begin() as connection:
                return do_all(connection, works)

        return await asyncio.get_running_loop().run_in_executor(self._threads, transact)

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Start an insert that can say ``on_conflict_do_nothing`` or ``…_do_update``."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def empty_log(self) -> None:
        """Bring SQLite's write-ahead log into the file, so that it holds nothing older.

        While others still read an older state it stays for the next time; so does PostgreSQL's,
        which is its vacuum's business.
        """
        if not self.is_sqlite:
            return
        async with self._turn, self.engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Close every connection, once what was asked for is done."""
        await self._reads.close()
        await self._writes.close()
        if self._threads is not None:
            self._threads.shutdown()
        if self._file is not None:
            self._file.dispose()
        await self.engine.dispose()


def read_url(address: str) -> URL:
    """Turn an address of the configuration into one with the right driver.

    ``sqlite:///path`` and ``postgresql://…`` are enough. Raises ``LedgerError``.
    """
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise LedgerError(
            f"{address!r} is no database address: write sqlite:///path/to/file.db"
            " or postgresql://user@host/name"
        ) from error
    family = url.get_backend_name()
    if family not in _DRIVERS:
        raise LedgerError(f"{family!r} is not supported: use sqlite or postgresql")
    if family == "sqlite" and not url.database:
        raise LedgerError("the SQLite address names no file: write sqlite:///path/to/file.db")
    return url.set(drivername=_DRIVERS[family])


def create_database(address: str, clock: Callable[[], float]) -> Database:
    """Make the engine for an address; connects to nothing yet. Raises ``LedgerError``."""
    url = read_url(address)
    try:
        engine = create_async_engine(
            url,
            pool_pre_ping=url.get_backend_name() != "sqlite",
            # What a person wrote stands in no message of a failed statement.
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        raise LedgerError(f"the driver {error.name} is not installed") from error
    if engine.dialect.name != "sqlite":
        return Database(engine, clock)
    _prepare_file(Path(str(url.database)))
    file = create_engine(url.set(drivername=_SQLITE), hide_parameters=True)
    for one in (engine.sync_engine, file):
        event.listen(one, "connect", _set_up_sqlite)
        event.listen(one, "begin", _begin_sqlite)
    return Database(engine, clock, file)


async def prove(database: Database) -> None:
    """Connect once, and switch a SQLite file to its write-ahead log.

    Raises ``LedgerError`` when the database does not answer.
    """
    try:
        async with database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (DBAPIError, OSError) as error:
        where = database.engine.url.render_as_string(hide_password=True)
        raise LedgerError(f"the database {where} does not answer: {error}") from error


def _prepare_file(path: Path) -> None:
    """Create the folder, and the file readable by its owner alone: it will hold names."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise LedgerError(f"the file {path} cannot be written: {error.strerror}") from error


def _set_up_sqlite(connection: Any, _record: object) -> None:
    """Give a new SQLite connection its promises; transactions are begun by ``_begin_sqlite``."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What is erased is overwritten, not only let go of.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin as a writer where the engine's option says so.

    A transaction that reads first and writes later would be refused as soon as another process
    wrote in between; asking for the write lock at the start waits instead.
    """
    connection.exec_driver_sql(connection.get_execution_options().get("fair_begin", "BEGIN"))
