"""The places of a node's sockets: by person, by address and in all, some of them kept for staff.

A place is a matter of one node: what a socket takes is memory and time of the node that serves it.
What a person can make the store keep is bounded in the store itself.

Who opens more than a person may have loses the oldest: a phone that comes back is let in though
its dead socket has not been noticed yet.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from fairserver.domain.states import Role
from fairserver.settings import LimitSettings
from fairserver.web.limits.addresses import is_in, one_line

#: Of all places, the part that only staff gets: a full house must not lock its own people out.
STAFF_PART: Final = 10
#: Sockets that are being signed in: in all, and of one address.
SIGNING_IN: Final = 512
SIGNING_IN_PER_ADDRESS: Final = 64
#: Who comes in the hundreds or is let in by the day.
_PUBLIC: Final = frozenset({Role.CANDIDATE, Role.GUEST})


class Identity(NamedTuple):
    """A person of one fair, whatever number of sign-ins and sockets."""

    fair_id: str
    role: Role
    subject_id: str

    @property
    def is_staff(self) -> bool:
        """Whether this is somebody of the Centre or of a booth."""
        return self.role not in _PUBLIC


class Full(Exception):
    """There is no place for a socket now; nobody did anything wrong."""


class SocketPlaces:
    """Who has how many sockets open on this node."""

    def __init__(self, limits: LimitSettings) -> None:
        self._limits = limits
        self._known = limits.known_networks
        self._signing_in: Counter[str] = Counter()
        self._of_address: Counter[str] = Counter()
        #: How each socket of a person is closed, the oldest first.
        self._of_person: dict[Identity, deque[Callable[[], None]]] = {}
        self._open = 0

    @property
    def open(self) -> int:
        """Sockets that are signed in."""
        return self._open

    @contextmanager
    def signing_in(self, address: str) -> Iterator[None]:
        """Hold a place at the door while it is found out who comes; raises ``Full``."""
        line = one_line(address)
        if self._open >= self._limits.max_connections or self._signing_in.total() >= SIGNING_IN:
            raise Full
        if not is_in(address, self._known) and (
            self._signing_in[line] >= SIGNING_IN_PER_ADDRESS
            or self._signing_in[line] + self._of_address[line]
            >= self._limits.connections_per_address
        ):
            raise Full
        self._signing_in[line] += 1
        try:
            yield
        finally:
            _let_go(self._signing_in, line)

    @contextmanager
    def hold(self, who: Identity, address: str, close: Callable[[], None]) -> Iterator[None]:
        """Hold a place while a socket is open; raises ``Full``.

        ``close`` ends the socket when the same person has opened too many after it.
        """
        if self._open >= self._most_for(who):
            raise Full
        line = one_line(address)
        others = self._of_person.setdefault(who, deque())
        while len(others) >= self._most_of_one(who):
            others.popleft()()
        others.append(close)
        self._of_address[line] += 1
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
            _let_go(self._of_address, line)
            self._forget(who, close)

    def _forget(self, who: Identity, close: Callable[[], None]) -> None:
        others = self._of_person.get(who, deque())
        if close in others:
            others.remove(close)
        if not others:
            self._of_person.pop(who, None)

    def _most_for(self, who: Identity) -> int:
        most = self._limits.max_connections
        return most if who.is_staff else most - most // STAFF_PART

    def _most_of_one(self, who: Identity) -> int:
        limits = self._limits
        return limits.sockets_per_staff if who.is_staff else limits.sockets_per_person


def _let_go(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
