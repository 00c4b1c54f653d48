"""What a person may send: all sockets of one person draw on one account.

A frame costs one credit; a view that begins costs more, for it is drawn whole. Bytes and pings have
accounts of their own. What does not get through is answered; who goes on all the same is shown
out.
"""

from __future__ import annotations

from typing import Final

from fairserver.domain.states import Role
from fairserver.settings import LimitSettings
from fairserver.web.limits.buckets import Bucket
from fairserver.web.limits.sockets import Identity

#: Credits of a role, as a part of what the settings give: a control room asks more than a phone.
_PART: Final = {Role.ORGANISER: 2.0}
#: Credits that the snapshot of one view costs beyond its command.
VIEW: Final = 4
#: Bytes of frames that a person may send: so many a second, so many at once. A room's descriptions
#: of a connection have a few kilobytes each.
_BYTES_RATE: Final = 64 * 1024
_BYTES_BURST: Final = 1024 * 1024
#: WebSocket pings and pongs that nobody asked for.
_PINGS_RATE: Final = 1
_PINGS_BURST: Final = 60
#: Sockets that a person may open.
_OPENINGS_RATE: Final = 1
_OPENINGS_BURST: Final = 60
#: Refusals for being too fast before a socket is closed: so many for each command let through.
_PATIENCE: Final = 10
#: HTTP requests that a person may make at once, in seconds of the rate.
_REQUESTS_BURST_S: Final = 12


class Meter:
    """The accounts of one person on one node."""

    __slots__ = ("_bytes", "_commands", "_openings", "_patience", "_pings", "_requests")

    def __init__(self, limits: LimitSettings, role: Role) -> None:
        part = _PART.get(role, 1.0)
        rate, burst = part * limits.commands_per_second, part * limits.commands_burst
        self._commands = Bucket(rate, burst)
        self._patience = Bucket(rate, _PATIENCE * burst)
        self._bytes = Bucket(_BYTES_RATE, max(_BYTES_BURST, 2 * limits.message_bytes))
        self._pings = Bucket(_PINGS_RATE, _PINGS_BURST)
        self._openings = Bucket(_OPENINGS_RATE, _OPENINGS_BURST)
        requests = part * limits.requests_per_second
        self._requests = Bucket(requests, requests * _REQUESTS_BURST_S)

    def frame(self, size: int) -> bool:
        """Pay for a frame of so many bytes; say whether it may be looked at."""
        return self._commands.take() and self._bytes.take(size)

    def views(self, count: int) -> bool:
        """Pay for the snapshots of so many views."""
        return self._commands.take(VIEW * count)

    def ping(self) -> bool:
        """Pay for a ping or a pong of the WebSocket."""
        return self._pings.take()

    def opening(self) -> bool:
        """Pay for a new socket."""
        return self._openings.take()

    def request(self) -> bool:
        """Pay for a request over HTTP."""
        return self._requests.take()

    def has_patience(self) -> bool:
        """Note a refusal; say whether the socket may stay open all the same."""
        return self._patience.take()

    @property
    def is_full(self) -> bool:
        """Whether the person has sent nothing for so long that the accounts may be forgotten."""
        return (
            self._commands.is_full
            and self._patience.is_full
            and self._bytes.is_full
            and self._pings.is_full
            and self._openings.is_full
            and self._requests.is_full
        )


class Meters:
    """The accounts of everybody who is signed in at this node."""

    def __init__(self, limits: LimitSettings) -> None:
        self._limits = limits
        #: When so many are kept, those that are full are forgotten.
        self._look_at = limits.max_connections
        self._meters: dict[Identity, Meter] = {}

    def of(self, who: Identity) -> Meter:
        """Give a person's accounts."""
        meter = self._meters.get(who)
        if meter is None:
            if len(self._meters) >= self._look_at:
                self._meters = {w: m for w, m in self._meters.items() if not m.is_full}
                self._look_at = max(self._limits.max_connections, 2 * len(self._meters))
            meter = self._meters[who] = Meter(self._limits, who.role)
        return meter
