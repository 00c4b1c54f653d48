"""What happens on a simulated morning: who comes when, wants what, answers how.

Every draw comes from a stream of its own, keyed by seed, person, booth and attempt, so that two
orders of calling meet exactly the same people ("common random numbers").
"""

from __future__ import annotations

import math
import random
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from fairserver.domain.states import BoothMode

MINUTE = 60_000

Share = Annotated[float, Meta(ge=0, le=1)]


class BoothScene(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One booth of a morning: where it stands and how long its interviews usually are."""

    booth_id: str
    mode: BoothMode
    desks: Annotated[int, Meta(ge=1, le=20)]
    length_min: Annotated[float, Meta(gt=0, le=120)]
    #: As in ``Scenario``, for people of this booth.
    answer_s: float
    answer_spread: float
    site_id: str = ""


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of morning. Minutes and seconds as the names say; the rest are shares."""

    name: str
    mode: BoothMode
    booths: Annotated[int, Meta(ge=1, le=500)]
    desks_per_booth: Annotated[int, Meta(ge=1, le=20)]
    people: Annotated[int, Meta(ge=1, le=20_000)]
    minutes: Annotated[int, Meta(ge=30, le=720)]
    #: Booths one person wants, drawn evenly between the two.
    wishes_from: Annotated[int, Meta(ge=1, le=10)] = 1
    wishes_to: Annotated[int, Meta(ge=1, le=10)] = 3
    #: Popularity of booths falls with rank to this power (Zipf).
    popularity: float = 0.7
    #: Arrivals: beta(a, b) over this share of the session.
    arrival_a: float = 1.3
    arrival_b: float = 2.5
    arrival_share: Share = 0.9
    stay_from_min: float = 60
    stay_to_min: float = 180
    #: Interview lengths: lognormal, with booths differing by ``booth_spread``.
    length_min: float = 8
    length_sigma: float = 0.5
    booth_spread: Share = 0.2
    #: Between two interviews at a desk.
    change_over_min: float = 1
    #: Calls missed by people who are connected, and share of time that phones are not.
    absent: Share = 0.05
    disconnected: Share = 0.10
    #: How long one disconnection lasts, mean.
    disconnected_min: float = 4
    #: Seconds until a call is answered (online), or until the person is at the desk (on site).
    answer_s: float = 20
    answer_spread: float = 0.5
    #: Seconds from the answer until both see each other, or from the lobby to the desk.
    connect_s: float = 2
    priority: Share = 0.10
    #: Minutes that the fair stays open after ``minutes``; nobody comes later for them.
    longer_min: Annotated[int, Meta(ge=0, le=240)] = 0
    #: The booths one by one, the most popular first; none given means ``booths`` equal ones.
    scenes: list[BoothScene] = []

    @property
    def end_min(self) -> int:
        """Give the minutes from the opening to the end."""
        return self.minutes + self.longer_min

    def all_scenes(self) -> list[BoothScene]:
        """List the booths, the most popular first."""
        return self.scenes or [
            BoothScene(
                booth_id=f"b{n:03d}",
                mode=self.mode,
                desks=self.desks_per_booth,
                length_min=self.length_min,
                answer_s=self.answer_s,
                answer_spread=self.answer_spread,
            )
            for n in range(1, self.booths + 1)
        ]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One simulated candidate; times in ms from the start."""

    candidate_id: str
    arrives: int
    leaves: int
    wishes: list[str]
    priority: bool
    #: When the phone is not connected, as (from, to).
    gaps: list[tuple[int, int]]

    def is_connected(self, at: int) -> bool:
        """Whether the phone is on the line at a moment."""
        return not any(start <= at < end for start, end in self.gaps)


def read_scenario(path: Path) -> Scenario:
    """Read a scenario file; raises ``msgspec.ValidationError`` naming what is wrong."""
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Scenario)


def preset_names() -> list[str]:
    """List the scenarios that come with the program."""
    folder = files("fairserver.rehearsal") / "presets"
    return sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith("toml"))


def preset(name: str) -> Scenario:
    """Give one of the scenarios that come with the program; raises ``ValueError``."""
    if name not in preset_names():
        raise ValueError(f"no preset {name!r}; there are: {', '.join(preset_names())}")
    text = (files("fairserver.rehearsal") / "presets" / f"{name}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Scenario)


class Draws:
    """The random numbers of one seed of a scenario."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        #: The booths by id, the most popular first.
        self.scenes = {scene.booth_id: scene for scene in scenario.all_scenes()}
        spread = scenario.booth_spread
        self._factor = {
            booth_id: self._stream("booth", booth_id).uniform(1 - spread, 1 + spread)
            for booth_id in self.scenes
        }
        self.people = [self._person(n) for n in range(scenario.people)]

    def _stream(self, *key: object) -> random.Random:
        return random.Random(f"{self.seed}/{'/'.join(map(str, key))}")

    def booth_minutes(self, booth_id: str) -> float:
        """Give a booth's mean interview."""
        return self.scenes[booth_id].length_min * self._factor[booth_id]

    @property
    def desks(self) -> int:
        """Count the desks of all booths."""
        return sum(scene.desks for scene in self.scenes.values())

    @property
    def end_ms(self) -> int:
        """Give the end of the morning."""
        return self.scenario.end_min * MINUTE

    def length_ms(self, candidate_id: str, booth_id: str) -> int:
        """Give the length of the interview of a person at a booth."""
        sigma = self.scenario.length_sigma
        mean = self.booth_minutes(booth_id)
        stream = self._stream("length", candidate_id, booth_id)
        return int(stream.lognormvariate(math.log(mean) - sigma**2 / 2, sigma) * MINUTE)

    def answers(self, candidate_id: str, booth_id: str, attempt: int) -> bool:
        """Say whether a connected person answers this call."""
        draw = self._stream("answer", candidate_id, booth_id, attempt).random()
        return draw >= self.scenario.absent

    def answer_ms(self, candidate_id: str, booth_id: str, attempt: int) -> int:
        """Give the time from a call to its answer."""
        scene = self.scenes[booth_id]
        sigma = scene.answer_spread
        stream = self._stream("delay", candidate_id, booth_id, attempt)
        mean = scene.answer_s * 1000
        return int(stream.lognormvariate(math.log(mean) - sigma**2 / 2, sigma))

    def _person(self, n: int) -> Person:
        scenario = self.scenario
        stream = self._stream("person", n)
        share = stream.betavariate(scenario.arrival_a, scenario.arrival_b)
        arrives = int(share * scenario.arrival_share * scenario.minutes * MINUTE)
        stay = stream.uniform(scenario.stay_from_min, scenario.stay_to_min)
        leaves = min(self.end_ms, arrives + int(stay * MINUTE))
        most = min(scenario.wishes_to, len(self.scenes))
        wishes = stream.randint(min(scenario.wishes_from, most), most)
        return Person(
            candidate_id=f"c{n:05d}",
            arrives=arrives,
            leaves=leaves,
            wishes=self._wishes(stream, wishes),
            priority=stream.random() < scenario.priority,
            gaps=self._gaps(stream, arrives, leaves),
        )

    def _wishes(self, stream: random.Random, count: int) -> list[str]:
        """Draw distinct booths, popular ones more often; the most wanted first."""
        weights = {
            booth_id: rank**-self.scenario.popularity
            for rank, booth_id in enumerate(self.scenes, 1)
        }
        chosen: list[str] = []
        for _ in range(count):
            booth_id = stream.choices(list(weights), list(weights.values()))[0]
            chosen.append(booth_id)
            del weights[booth_id]
        return chosen

    def _gaps(self, stream: random.Random, arrives: int, leaves: int) -> list[tuple[int, int]]:
        """Draw when the phone is off the line, so that it is so for the scenario's share."""
        share, mean = self.scenario.disconnected, self.scenario.disconnected_min * MINUTE
        gaps: list[tuple[int, int]] = []
        at = arrives
        while share > 0:
            start = at + int(stream.expovariate(share / (mean * (1 - share))))
            if start >= leaves:
                break
            at = start + int(stream.expovariate(1 / mean))
            gaps.append((start, min(at, leaves)))
        return gaps
