"""Fit the estimator of waits to rehearsed mornings: ``python -m fairserver.rehearsal.train``.

The curves are fitted to some mornings; what ranges people are told is chosen on others. The seeds
of both are far from those that figures are printed for. It takes some minutes.
"""

from __future__ import annotations

import argparse
import multiprocessing
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from fairserver import events
from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode, TicketState
from fairserver.events.projection import Projection
from fairserver.events.records import Booth, Ticket
from fairserver.events.turn_times import LONGEST_MIN, Turn
from fairserver.events.wait_features import NAMES, features, place_of
from fairserver.events.wait_model import FILE, TurnRange, WaitModel
from fairserver.events.waits import NEXT, ON_DECK, deck_turn, next_turn, working_desks
from fairserver.rehearsal.choose import Ends, Ranges, choose_ranges, choose_turns, ends_of
from fairserver.rehearsal.fit import Curves, Numbers, Samples, edges_of, fit
from fairserver.rehearsal.policy import ours
from fairserver.rehearsal.run import rehearse, scratch_store
from fairserver.rehearsal.scenario import MINUTE, Draws, Scenario, preset
from fairserver.rehearsal.tally import Tally


class Kind(NamedTuple):
    """A kind of morning: a preset, how many of its booths and people come, and how often.

    A part of a big fair teaches as much as the whole.
    """

    preset: str
    part: float
    #: Mornings to fit the curves to, and mornings to choose the ranges on.
    to_fit: int
    to_choose: int
    #: Whether first come is first served there.
    in_turn: bool = False
    #: Whether its booths are in a hall instead, and people walk to the desk.
    in_hall: bool = False

    def scenario(self) -> Scenario:
        """Give the scenario of such a morning."""
        whole = preset(self.preset)
        scenario = msgspec.structs.replace(
            whole, booths=round(whole.booths * self.part), people=round(whole.people * self.part)
        )
        if not self.in_hall:
            return scenario
        return msgspec.structs.replace(
            scenario, mode=BoothMode.ONSITE, answer_s=_WALK_S, answer_spread=_WALK_SPREAD
        )


#: From a call to the desk of a booth in a hall, as in ``peak-onsite``.
_WALK_S, _WALK_SPREAD = 120, 0.3

KINDS = (
    Kind("peak-online", 1 / 3, 2, 3),
    Kind("peak-onsite", 1 / 3, 2, 3),
    Kind("online-15-points", 1 / 3, 2, 4),
    Kind("normal", 1, 8, 32),
    Kind("commune", 1, 8, 20),
    Kind("normal", 1, 2, 3, in_turn=True),
    Kind("normal", 1, 4, 16, in_hall=True),
)
_FIRST_SEED_TO_FIT, _FIRST_SEED_TO_CHOOSE = 1001, 2001
MADE_BY = "python -m fairserver.rehearsal.train"


class Asked(NamedTuple):
    """Somebody who was told something at a time (ms), and what was known."""

    ticket_id: str
    at: int
    #: Of a place in a line; None for people on deck.
    features: list[float] | None
    #: How those who come next stand, and the chance by minute that their turn has come.
    name: str
    chances: list[float] | None


class Watcher(Tally):
    """A tally that also keeps what was known when people were told something."""

    def __init__(self, projection: Projection, draws: Draws) -> None:
        super().__init__(projection, draws)
        self.asked: list[Asked] = []
        self._told: set[tuple[str, str]] = set()

    def tell(self, moment: str, ticket: Ticket) -> None:
        """Keep what is known of a place, once at each moment."""
        booth = self.projection.booths[ticket.booth_id]
        key = (moment, ticket.ticket_id)
        if key in self._told or working_desks(self.projection, booth) == 0:
            return
        if ticket.state is TicketState.ON_DECK:
            self._told.add(key)
            rounds, turn = deck_turn(self.projection, booth, ticket)
            if rounds == 0:
                self._keep(ticket, None, ON_DECK, turn)
        elif self.projection.is_callable(ticket):
            self._told.add(key)
            self._place(booth, ticket)

    def _place(self, booth: Booth, ticket: Ticket) -> None:
        place = place_of(self.projection, booth, ticket)
        known = features(self.projection, booth, place)
        name, turn = next_turn(self.projection, booth, place) or ("", None)
        self._keep(ticket, known, name, turn)

    def _keep(
        self, ticket: Ticket, known: list[float] | None, name: str, turn: Turn | None
    ) -> None:
        chances = None if turn is None else [turn.chance(m) for m in range(LONGEST_MIN)]
        self.asked.append(Asked(ticket.ticket_id, self.projection.at, known, name, chances))


class Watched(NamedTuple):
    """What mornings taught: places in a line, and those who come next, by how they stand."""

    places: Samples
    next: dict[str, Next]


class Next(NamedTuple):
    """What came of people who come next, and their chances by minute (a row for each)."""

    ends: Ends
    chances: Numbers


def watch(kind: int, seed: int) -> Watched:
    """Play one morning and give what was asked and what came of it."""
    scenario = KINDS[kind].scenario()
    settings = FairSettings(none_yet_first_min=0) if KINDS[kind].in_turn else FairSettings()
    with scratch_store() as store:
        policy = ours(settings, scenario.wishes_to)
        tally = rehearse(store, Draws(scenario, seed), policy, lambda _: None, Watcher)
    assert isinstance(tally, Watcher)
    return _watched(tally, kind)


def _watched(tally: Watcher, kind: int) -> Watched:
    """Put together what was asked; those who come next are no sample for the curves."""
    come_next = {name: [one for one in tally.asked if one.name == name] for name in NEXT}
    in_line = [one for one in tally.asked if not one.name]
    ends = _ends(tally, in_line, kind)
    return Watched(
        Samples(
            features=np.array([one.features for one in in_line]).reshape(-1, len(NAMES)),
            ever=np.array(
                [tally.next_call(one.ticket_id, one.at) is not None for one in in_line], bool
            ),
            **ends._asdict(),
        ),
        {
            name: Next(
                _ends(tally, asked, kind),
                np.array([one.chances for one in asked]).reshape(-1, LONGEST_MIN),
            )
            for name, asked in come_next.items()
        },
    )


def _ends(tally: Watcher, asked: list[Asked], kind: int) -> Ends:
    found = [(tally.outcome_of(one.ticket_id, one.at), one.at) for one in asked]
    return Ends(
        waited=np.array([(told.until - at) / MINUTE for told, at in found], float),
        called=np.array([told.called for told, _ in found], bool),
        kind=np.full(len(found), kind),
    )


def _join(parts: list[Watched]) -> Watched:
    return Watched(
        Samples(*map(np.concatenate, zip(*(part.places for part in parts), strict=True))),
        {
            name: Next(
                Ends(*map(np.concatenate, zip(*(p.next[name].ends for p in parts), strict=True))),
                np.concatenate([part.next[name].chances for part in parts]),
            )
            for name in NEXT
        },
    )


def gather(processes: int) -> tuple[Watched, Watched]:
    """Play all mornings: those to fit to, and those to choose on."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:

        def play(mornings: list[int], first_seed: int) -> list[Future[Watched]]:
            return [
                pool.submit(watch, kind, first_seed + n)
                for kind, count in enumerate(mornings)
                for n in range(count)
            ]

        to_fit = play([kind.to_fit for kind in KINDS], _FIRST_SEED_TO_FIT)
        to_choose = play([kind.to_choose for kind in KINDS], _FIRST_SEED_TO_CHOOSE)
        return _join([f.result() for f in to_fit]), _join([f.result() for f in to_choose])


def make_model(to_fit: Watched, to_choose: Watched) -> WaitModel:
    """Fit the curves to the first mornings and choose the ranges on the second ones."""
    curves = fit(to_fit.places)
    edges = edges_of(curves.of(to_fit.places.features))
    return WaitModel(
        made_by=MADE_BY,
        names=list(NAMES),
        centre=curves.centre.tolist(),
        spread=curves.spread.tolist(),
        called=curves.called.tolist(),
        spread_from=curves.spread_from,
        spread_to=curves.spread_to,
        centre_edges=edges[0],
        spread_edges=edges[1],
        called_edges=edges[2],
        ranges=[
            [_ranges(curves, edges, to_choose.places, hall, stands) for stands in (False, True)]
            for hall in (False, True)
        ],
        turns=[
            {name: _turns(to_choose.next[name], hall, name) for name in NEXT}
            for hall in (False, True)
        ],
    )


def _ranges(
    curves: Curves, edges: list[list[float]], places: Samples, hall: bool, stands: bool
) -> Ranges:
    """Choose for booths on line or in a hall, and for who has just joined or stands already."""
    chosen = (places.features[:, NAMES.index("onsite")] > 0) == hall
    chosen &= (places.features[:, NAMES.index("waited")] > 0) == stands
    values = curves.of(places.features[chosen])
    return choose_ranges(ends_of(places).only(chosen), values, edges)


def _turns(come_next: Next, hall: bool, name: str) -> TurnRange | None:
    """Choose for those who come next at booths on line or in a hall."""
    in_hall = np.array([kind.scenario().mode is BoothMode.ONSITE for kind in KINDS])
    chosen = in_hall[come_next.ends.kind] == hall
    ends, chances = come_next.ends.only(chosen), come_next.chances[chosen]
    return choose_turns(ends, chances, always=name == ON_DECK)


def main() -> None:
    """Play, fit, choose, and write the model beside the module that reads it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(*events.__path__) / FILE)
    arguments = parser.parse_args()
    model = make_model(*gather(arguments.processes))
    arguments.out.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=1))


if __name__ == "__main__":
    main()
