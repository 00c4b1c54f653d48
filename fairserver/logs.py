"""The server's own log: readable lines in a terminal, one JSON object per line elsewhere.

No line holds what somebody wrote. An exception of somebody else's carries it easily (a database
quotes the row that it refuses, a reader the text that it cannot read), so an exception is never
written in its own words here, wherever and however it is logged: see ``told``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any, TextIO

import msgspec

from fairserver import security

_log = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """Write each record as one JSON object; line breaks in a message cannot forge a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Give ``time`` (UTC), ``level``, ``logger``, ``event`` and, after a fault, ``fault``."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = trace(record.exc_info[1])
        return msgspec.json.encode(line).decode()


class Lines(logging.Formatter):
    """Write records for somebody who looks on, with the same care for what is in them."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: Any) -> str:
        """Give where a fault came from, without its words."""
        return trace(ei[1]) if ei[1] is not None else ""


class _Shield(logging.Filter):
    """Puts ``told`` in the place of every exception that is an argument of a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                told(one) if isinstance(one, BaseException) else one for one in record.args
            )
        return True


def told(error: BaseException) -> str:
    """Say what may be said of an exception: its kind, and what cannot hold anybody's words.

    Our own exceptions are sentences about settings and files; of a refusal only the code is told.
    """
    kind, package = type(error).__name__, type(error).__module__.partition(".")[0]
    if package in ("fairserver", "booth_client"):
        return f"{kind}: {getattr(error, 'code', None) or error}"
    if package == "redis":  # the live store holds no names; it may quote a call all the same
        return f"{kind}: {str(error).partition(', with args')[0][:300]}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{kind}: {os.strerror(error.errno)}"
    if (original := getattr(error, "orig", None)) is not None:
        state = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None)
        return f"{kind}: {type(original).__name__} {state or ''}".rstrip()
    return kind


def trace(error: BaseException) -> str:
    """Give the places that a fault went through, and those of what led to it."""
    return "\n".join(line for one in _chain(error) for line in _places(one))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Walk from a fault to its causes, and into the faults of a group."""
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo.append(one.__cause__ or (None if one.__suppress_context__ else one.__context__))
        todo += one.exceptions if isinstance(one, BaseExceptionGroup) else []


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [told(error), *(f"  {f.filename}:{f.lineno} {f.name}" for f in frames)]


def set_up_logs(level: str, stream: TextIO | None = None, *, security_too: bool = True) -> None:
    """Send everything from ``level`` upwards to ``stream`` (standard error).

    ``security_too`` says whether what touches security stands there as well as in its own file.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines() if stream.isatty() else JsonLines())
    handler.addFilter(_Shield())
    if not security_too:
        handler.addFilter(lambda record: record.name != security.LOGGER)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # Third parties are heard when something is wrong, not about every request.
    for name in ("aiohttp", "aioice", "alembic", "asyncio", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)


def watch_tasks(note: Callable[[str, Exception], None] | None = None) -> None:
    """Let the running loop tell of a fault that nobody waited for by its kind and place only.

    By itself asyncio writes out the task, and with it the exception's own words. ``note`` hears of
    it instead of the log, as of a fault of ``the loop``.
    """

    def tell(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if note is not None and isinstance(error, Exception):
            note("the loop", error)
        else:
            _log.error("%s", context.get("message", "a fault in the loop"), exc_info=error)

    asyncio.get_running_loop().set_exception_handler(tell)
