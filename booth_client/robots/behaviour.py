"""How robots behave: probabilities and delays, in a TOML file or by these defaults."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from random import Random
from typing import Annotated

import msgspec

from fairserver.domain.states import Outcome

Chance = Annotated[float, msgspec.Meta(ge=0, le=1)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10)]


class Delay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lognormal delay in seconds, cut to ``low_s`` … ``high_s``.

    Human delays lean to the short side with a long tail; ``sigma`` is that of the logarithm.
    """

    median_s: Seconds
    low_s: Seconds
    high_s: Seconds
    sigma: Seconds = 0.5

    def draw(self, rng: Random) -> float:
        """Return one delay in seconds."""
        drawn = self.median_s * math.exp(rng.gauss(0, self.sigma))
        return min(self.high_s, max(self.low_s, drawn))


class CandidateBehaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What candidates do."""

    #: Seconds over which the first candidates arrive.
    arrive_over_s: Seconds = 150.0
    #: Looking at the booths before joining a line.
    look_around: Delay = Delay(6, 1, 25)
    #: Fewest and most lines to stand in at a time.
    lines: tuple[Count, Count] = (1, 3)
    #: Fewest and most interviews that a candidate came for.
    interviews: tuple[Count, Count] = (1, 3)
    #: From the heads-up to "I'm ready".
    get_ready: Delay = Delay(7, 1, 40, 0.6)
    #: Chance not to notice a heads-up, and to answer it with "not now".
    miss_heads_up: Chance = 0.06
    not_now: Chance = 0.03
    #: From the offer of a hand-over to the answer, and the chance to agree.
    consider: Delay = Delay(4, 1, 12)
    agree: Chance = 0.8
    #: From the call to the tap.
    accept: Delay = Delay(5, 1, 25, 0.6)
    #: Chance not to notice a call.
    miss_call: Chance = 0.06
    #: From both ends in the room to the first picture.
    connect: Delay = Delay(1.2, 0.4, 4, 0.4)
    #: How long a candidate stays at the fair at most.
    stay: Delay = Delay(1500, 300, 5400)
    #: Between two whims: cutting the connection, or giving up one line.
    whim: Delay = Delay(240, 20, 1200, 0.8)
    #: Share of whims that give up a line; the rest cut the connection.
    whim_leaves: Chance = 0.15
    #: How long a cut connection stays away.
    away: Delay = Delay(5, 0.5, 60, 0.9)
    #: Share of cut connections that come back as a freshly loaded page.
    reload: Chance = 0.5
    #: From one candidate's leaving to the arrival of the next.
    replaced_after: Delay = Delay(8, 1, 40)


#: How interviews end, as weights; roughly what the Centres' session sheets add up to.
USUAL_OUTCOMES = {
    Outcome.HIRED: 0.14,
    Outcome.SECOND_INTERVIEW: 0.24,
    Outcome.SHORTLISTED: 0.22,
    Outcome.NOT_SUITABLE: 0.25,
    Outcome.OVERSEAS_REGISTERED: 0.03,
    Outcome.TRAINING: 0.04,
    Outcome.PENDING: 0.08,
}


class RecruiterBehaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What recruiters do."""

    #: From their own arrival to opening the desk.
    open_desk: Delay = Delay(12, 1, 60, 0.8)
    #: From "accepted" to shaking hands in the hall.
    walk: Delay = Delay(6, 2, 20)
    #: From both ends in the room to the first picture.
    connect: Delay = Delay(1.2, 0.4, 4, 0.4)
    #: Longest wait for a person who accepted but does not appear.
    patience: Delay = Delay(75, 60, 120, 0.2)
    #: Length of an interview.
    interview: Delay = Delay(45, 20, 90, 0.45)
    #: Chance to offer a hand-over at the end of an interview, and the wait for the answer.
    hand_over: Chance = 0.06
    hand_over_wait: Delay = Delay(15, 10, 25, 0.2)
    #: From finishing to asking for the next person.
    wrap_up: Delay = Delay(7, 2, 30, 0.6)
    #: Chance of a break after an interview, and its length.
    pause: Chance = 0.04
    pause_for: Delay = Delay(60, 20, 180)
    #: Weight of each outcome; outcomes left out do not happen.
    outcomes: dict[Outcome, Seconds] = msgspec.field(default_factory=lambda: dict(USUAL_OUTCOMES))

    def draw_outcome(self, rng: Random) -> Outcome:
        """Return how one interview ends."""
        return rng.choices(list(self.outcomes), list(self.outcomes.values()))[0]


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything about how the robots behave.

    ``time_factor`` stretches every delay: 1 is real time, 0.01 a hundred times faster.
    ``starts_per_s`` bounds how many candidates start (sign in and connect) in a real second,
    whatever the delays say: 1 to 1000. ``media`` is the share of candidates who answer online
    calls with a real picture and sound, ``media_at_most`` how many interviews are held so at a
    time; each takes about half a core, and 0 needs no ``aiortc``.
    """

    time_factor: Annotated[float, msgspec.Meta(gt=0, le=100)] = 1.0
    starts_per_s: Annotated[float, msgspec.Meta(ge=1, le=1000)] = 50.0
    media: Chance = 1.0
    media_at_most: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    candidate: CandidateBehaviour = CandidateBehaviour()
    recruiter: RecruiterBehaviour = RecruiterBehaviour()

    def seconds(self, seconds: float) -> float:
        """Return real seconds for a robot's seconds."""
        return seconds * self.time_factor

    async def sleep(self, seconds: float) -> None:
        """Sleep a robot's seconds."""
        await asyncio.sleep(self.seconds(seconds))


def load_behaviour(path: Path) -> Behaviour:
    """Read a behaviour from a TOML file; what it leaves out keeps its default.

    Raises ``ValueError`` naming the file and the key when something in it is wrong.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Behaviour)
    except msgspec.DecodeError as wrong:
        raise ValueError(f"{path}: {wrong}") from wrong
