"""The security log: who did what, when and from where, for those who answer for a fair.

A log of its own beside the server's: one JSON object a line. It holds ids, kinds and counts, and
never contents: no name, no telephone number, no code, no token, nothing that somebody wrote.
Imports nothing of ours, so that every layer may write into it.
"""

from __future__ import annotations

import json
import logging
from enum import StrEnum

_log = logging.getLogger("fairserver.security")


class Deed(StrEnum):
    """What is written down; the value is what the log says."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SIGN_IN_REFUSED = "sign_in_refused"
    CODE_WRONG = "code_wrong"
    CODE_LOCKED = "code_locked"
    REGISTERED = "registered"
    NOT_PERMITTED = "not_permitted"
    ID_REUSED = "id_reused"
    TOO_FAST = "too_fast"
    REVOKED = "revoked"
    ROLE_CHANGED = "role_changed"
    CREATED = "created"
    PERSON_READ = "person_read"
    EXPORTED = "exported"
    ERASED = "erased"
    ALARM = "alarm"


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
    or whom it was done to, ``address`` where it came from, ``why`` a stable code.
    """
    said = {"deed": deed.value, "who": who, "of": of, "fair_id": fair_id, "address": address}
    told = {key: value for key, value in {**said, "why": why, **facts}.items() if value != ""}
    _log.info("%s", json.dumps(told, ensure_ascii=True))
