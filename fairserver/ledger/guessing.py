"""How much guessing is let through, and the sum that shows that it opens nothing.

A candidate's code has eight digits. What can be tried in a morning is bounded twice, whatever an
attacker does in parallel: by the number that is tried (``NUMBER``), and by the address from which
it is tried (``ADDRESS``; a whole /64 of IPv6 is one address). An attacker with 1,000 addresses who
works through the 3,000 numbers of a fair for the five hours of a morning gets

* by number: 3,000 numbers, 25 tries each: 75,000 tries;
* by address: 1,000 addresses, 639 tries each: 639,000 tries;

the smaller of which, at 100 million codes, opens 0.00075 accounts: one in about 1,300 mornings.
``expected_openings`` is this sum, made by the very rules that the sign-in follows.

A pairing code (eight of 31 letters, 15 minutes) has ``PAIRING``. Everything else that signs
somebody in is a token of 144 bits, which nobody guesses: ``TOKEN`` is there for the alarm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from fairserver.ledger.secrecy import CODE_DIGITS
from fairserver.protocol.types import Millis

_SECOND_MS = 1000
_MINUTE_MS = 60 * _SECOND_MS
_HOUR_MS = 60 * _MINUTE_MS


class Count(NamedTuple):
    """What is remembered of one number, address or fair."""

    #: Wrong tries that are not forgotten.
    tries: int = 0
    #: ``Pauses``: no try before. ``Budget``: when all that was taken will be back.
    until: Millis = 0
    #: Nothing needs to be remembered after.
    forget_at: Millis = 0


class Rule(Protocol):
    """How many wrong tries one number, address or fair has."""

    def wait_ms(self, count: Count, now: Millis) -> Millis:
        """Tell how long until the next try may be taken; 0 is now."""

    def take(self, count: Count, now: Millis) -> Count:
        """Count one more try."""


@dataclass(frozen=True)
class Pauses:
    """So many tries, then a pause; after each pause as many again, and a pause twice as long."""

    tries: int
    first_ms: Millis
    longest_ms: Millis
    #: Without a wrong try for so long, all is forgotten.
    forget_ms: Millis

    def wait_ms(self, count: Count, now: Millis) -> Millis:
        """Tell how long the pause still lasts."""
        return max(0, count.until - now)

    def take(self, count: Count, now: Millis) -> Count:
        """Count a try; the last of its row begins a pause."""
        tries = 1 + (count.tries if count.forget_at > now else 0)
        rows, rest = divmod(tries, self.tries)
        pause = 0 if rest else min(self.longest_ms, self.first_ms << min(rows - 1, 20))
        return Count(tries, now + pause if pause else 0, now + pause + self.forget_ms)

    def left(self, count: Count) -> int:
        """Tell how many tries remain before the next pause."""
        return -count.tries % self.tries


@dataclass(frozen=True)
class Budget:
    """``most`` tries at once, and one more every ``back_ms``: a token bucket in one number."""

    most: int
    back_ms: Millis

    def wait_ms(self, count: Count, now: Millis) -> Millis:
        """Tell how long until the next try is back."""
        return max(0, count.until + self.back_ms - now - self.most * self.back_ms)

    def take(self, count: Count, now: Millis) -> Count:
        """Take one try; never more than all of them at once."""
        full = now + self.most * self.back_ms
        until = min(max(count.until, now) + self.back_ms, max(count.until, full))
        return Count(count.tries + 1 if count.until > now else 1, until, until)


#: Wrong codes for one number of one fair.
NUMBER = Pauses(5, first_ms=10 * _MINUTE_MS, longest_ms=4 * _HOUR_MS, forget_ms=24 * _HOUR_MS)
#: Wrong codes from one address. A hall whose phones share one mistypes 120 times an hour unharmed;
#: a right code costs nothing.
ADDRESS = Budget(40, back_ms=30 * _SECOND_MS)
#: The same from an address that the Centre named as its own.
KNOWN_ADDRESS = Budget(400, back_ms=3 * _SECOND_MS)
#: Wrong codes of a whole fair, 600 an hour, beyond which the control room is alarmed ...
FAIR = Budget(200, back_ms=6 * _SECOND_MS)
#: ... and an address that has failed gets so little. One that has not never notices.
ADDRESS_UNDER_ATTACK = Budget(5, back_ms=5 * _MINUTE_MS)
KNOWN_ADDRESS_UNDER_ATTACK = Budget(50, back_ms=30 * _SECOND_MS)
#: Wrong pairing codes of machines, from one address.
PAIRING = Budget(10, back_ms=_MINUTE_MS)
#: Links, keys and sessions that never were, from one address.
TOKEN = Budget(20, back_ms=_MINUTE_MS)
#: Registrations of a whole fair, 600 a minute, beyond which the control room is alarmed.
FAIR_REGISTRATIONS = Budget(600, back_ms=100)


def most_tries(rule: Rule, span_ms: Millis) -> int:
    """Count the tries of somebody who takes each as soon as the rule lets him."""
    count, now, taken = Count(), 1, 0
    while (now := now + rule.wait_ms(count, now)) < 1 + span_ms:
        count, taken = rule.take(count, now), taken + 1
    return taken


def expected_openings(accounts: int, addresses: int, span_ms: Millis) -> float:
    """Tell how many accounts guessing opens in a span, for an attacker who knows every number."""
    by_number = accounts * most_tries(NUMBER, span_ms)
    by_address = addresses * most_tries(ADDRESS, span_ms)
    return float(min(by_number, by_address) / 10**CODE_DIGITS)
