"""The server's own log: readable lines in a terminal, one JSON object per line elsewhere."""

from __future__ import annotations

import datetime as dt
import logging
import sys
from typing import TextIO

import msgspec


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
        if record.exc_info:
            line["fault"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def set_up_logs(level: str, stream: TextIO | None = None) -> None:
    """Send everything from ``level`` upwards to ``stream`` (standard error)."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    if stream.isatty():
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    else:
        handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # Third parties are heard when something is wrong, not about every request.
    for name in ("aiohttp", "aioice", "alembic", "asyncio", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)
