"""The security log: who did what, when and from where, for those who answer for a fair.

A log of its own beside the server's: one JSON object a line, in UTC. It holds ids, kinds and
counts, and never contents: no name, no telephone number, no code, no token, nothing that somebody
wrote. What does not look like an id is written as ``?``, so a slip elsewhere tells nothing. A flood
of the same deed costs a few lines a minute and one that counts the rest. Imports nothing of ours,
so that every layer may write into it.
"""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import json
import logging
import logging.handlers
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Network
from pathlib import Path

LOGGER = "fairserver.security"
_log = logging.getLogger(LOGGER)
_server_log = logging.getLogger("fairserver")

#: Of one deed from one place, so many lines a minute are written; the rest is counted.
LINES_A_MINUTE = 20
_MINUTE_S = 60.0
#: Places that are counted one by one; what comes from further ones is counted together.
_MOST_PLACES = 2000
_ID = re.compile(r"[A-Za-z0-9:._/@%*-]{1,100}")
_NUMBER_OF_A_TELEPHONE = re.compile(r"\d{8,}")


class Deed(StrEnum):
    """What is written down; the value is what the log says."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SIGN_IN_REFUSED = "sign_in_refused"
    CODE_WRONG = "code_wrong"
    CODE_LOCKED = "code_locked"
    CODE_GIVEN = "code_given"
    REGISTERED = "registered"
    NOT_PERMITTED = "not_permitted"
    ID_REUSED = "id_reused"
    TOO_FAST = "too_fast"
    SHOWN_OUT = "shown_out"
    REVOKED = "revoked"
    ROLE_CHANGED = "role_changed"
    CREATED = "created"
    PERSON_READ = "person_read"
    EXPORTED = "exported"
    ERASED = "erased"
    ALARM = "alarm"


@dataclass(slots=True)
class _Place:
    """How often one deed came from one place in the minute that ``began`` (monotonic, s)."""

    began: float
    times: int = 0


class _Flood:
    """Lets the first lines of each place and minute through, and counts the rest."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._places: dict[tuple[str, str], _Place] = {}

    def passes(self, deed: str, place: str) -> bool:
        """Count one more; say whether it is written down by itself."""
        with self._lock:
            key = (deed, place)
            if key not in self._places and len(self._places) >= _MOST_PLACES:
                key = (deed, "*")
            found = self._places.setdefault(key, _Place(self._clock()))
            found.times += 1
            return found.times <= LINES_A_MINUTE

    def over(self) -> list[tuple[str, str, int]]:
        """Take out the minutes that are over: deed, place and how many were not written."""
        with self._lock:
            now = self._clock()
            ended = [key for key, one in self._places.items() if now - one.began >= _MINUTE_S]
            taken = [(*key, self._places.pop(key).times - LINES_A_MINUTE) for key in ended]
        return [(deed, place, more) for deed, place, more in taken if more > 0]


_flood = _Flood()

#: Where the request that is being answered came from; "" for the node's own doing.
address_now: contextvars.ContextVar[str] = contextvars.ContextVar("address_now", default="")


def note(
    deed: Deed,
    *,
    who: str = "",
    of: str = "",
    fair_id: str = "",
    address: str = "",
    why: str = "",
    **facts: str | int,
) -> None:
    """Write one deed down.

    ``who`` did it (``candidate:<id>``, ``staff:<id>``, ``key:<id>`` or ``system``), ``of`` is what
    or whom it was done to, ``address`` where it came from (by default the request that is being
    answered), ``why`` a stable code.
    """
    sum_up()
    address = address or address_now.get()
    if _flood.passes(deed.value, _line_of(address) or who):
        said = {"who": who, "of": of, "fair_id": fair_id, "address": address, "why": why}
        _write(deed.value, **said, **facts)


def _line_of(address: str) -> str:
    """Name the line that an address belongs to: whoever has one of IPv6 takes any of its /64."""
    if ":" not in address:
        return address
    try:
        return str(IPv6Network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address


def sum_up() -> None:
    """Write down how much was only counted, of the minutes that are over."""
    for deed, place, more in _flood.over():
        _write(deed, place=place, times=more)


def _write(deed: str, **facts: str | int) -> None:
    at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    told = {key: _fit(value) for key, value in facts.items() if value != ""}
    _log.info("%s", json.dumps({"time": at, "deed": deed, **told}, ensure_ascii=True))


def _fit(value: str | int) -> str | int:
    """Give what may stand in the log: a number, or what looks like an id; ``?`` for the rest."""
    if isinstance(value, int):
        return value
    if _NUMBER_OF_A_TELEPHONE.fullmatch(value) or not _ID.fullmatch(value):
        return "?"
    return str(value)


class _File(logging.handlers.RotatingFileHandler):
    """A file for its owner only; a full disk costs lines and never a request."""

    def _open(self) -> object:  # type: ignore[override]
        def private(name: str, flags: int) -> int:
            return os.open(name, flags, 0o600)

        return open(self.baseFilename, self.mode, encoding="ascii", opener=private)

    def handleError(self, record: logging.LogRecord) -> None:
        """Say in the server's own log that a line is missing here."""
        _server_log.error("a line of the security log could not be written")


@contextlib.contextmanager
def kept_in(path: Path, most_bytes: int, files: int) -> Iterator[None]:
    """Keep the log in a file while the block runs: so many files of so many bytes at most.

    Several nodes of one process share the file. Raises ``OSError`` when it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = _File(path, maxBytes=most_bytes, backupCount=files - 1)
    handler.setFormatter(logging.Formatter("%(message)s"))
    others = [one for one in _log.handlers if isinstance(one, _File)]
    shared = any(one.baseFilename == handler.baseFilename for one in others)
    if shared:  # written once, by the first; it stays as long as this one
        handler.setLevel(logging.CRITICAL)
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    try:
        yield
    finally:
        sum_up()
        _log.removeHandler(handler)
        with contextlib.suppress(OSError):  # its last line found the disk full
            handler.close()
        _hand_on(handler)


def _hand_on(ended: _File) -> None:
    """Let the next node of this process that shares the file write into it."""
    for one in _log.handlers:
        if isinstance(one, _File) and one.baseFilename == ended.baseFilename:
            one.setLevel(logging.NOTSET)
            return
