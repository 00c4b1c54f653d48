"""How many messages may be on their way to whom: a receiver that is slow holds up nobody else.

A receiver has one place until it has taken a message quickly, and again after it did not; those
that were slow have half of all places together. So whoever answers finds places free, however many
do not.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

#: Messages on their way at the same time: of a node, of these to receivers that were slow, to those
#: of one booth, and to one that was quick.
SENDING: Final = 64
SLOW: Final = 32
PER_BOOTH: Final = 8
PER_WEBHOOK: Final = 4
#: Seconds in which an answer must come to be called quick.
QUICK_S: Final = 1.0


class Whose(NamedTuple):
    """A webhook and the booth that it belongs to."""

    webhook_id: str
    booth_id: str


class Shares:
    """The places of one node and who has them."""

    def __init__(self) -> None:
        self._of_webhook: Counter[Whose] = Counter()
        self._of_booth: Counter[str] = Counter()
        #: Whether a receiver took the last message quickly; one that is new has not been asked.
        self._was_quick: dict[Whose, bool] = {}

    def free(self, whose: Whose) -> int:
        """Tell how many more messages may go out to a receiver now; 0 for none."""
        mine = self._of_webhook[whose]
        free = min(SENDING - self._of_webhook.total(), PER_BOOTH - self._of_booth[whose.booth_id])
        if self._was_quick.get(whose):
            return max(0, min(free, PER_WEBHOOK - mine))
        if whose in self._was_quick:
            slow = sum(
                n for one, n in self._of_webhook.items() if self._was_quick.get(one) is False
            )
            free = min(free, SLOW - slow)
        return max(0, min(free, 1 - mine))

    def _slow(self) -> int:
        counts = self._of_webhook.items()
        return sum(count for whose, count in counts if self._was_quick.get(whose) is False)

    def take(self, whose: Whose) -> None:
        """Note that a message has gone out."""
        self._of_webhook[whose] += 1
        self._of_booth[whose.booth_id] += 1

    def give_back(self, whose: Whose) -> None:
        """Note that it is known what came of a message, or that it was given up."""
        self._of_webhook[whose] -= 1
        self._of_booth[whose.booth_id] -= 1
        if not self._of_webhook[whose]:
            del self._of_webhook[whose]

    def judge(self, whose: Whose, *, taken: bool, after_s: float) -> None:
        """Remember of a receiver whether it took a message, and after how many seconds."""
        self._was_quick[whose] = taken and after_s <= QUICK_S
