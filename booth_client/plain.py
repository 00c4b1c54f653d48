"""Text from elsewhere as it may be shown: no orders to a terminal, nothing that turns its order."""

from __future__ import annotations

import re

#: Control characters but the line's end, and those that change the direction of reading.
_ORDERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Leave out what is no letter, sign or line's end."""
    return _ORDERS.sub("", text)
