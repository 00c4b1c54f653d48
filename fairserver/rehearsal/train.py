"""Fit the estimator of waits to rehearsed mornings: ``python -m fairserver.rehearsal.train``.

The seeds are far from those that figures are printed for. It takes some minutes.
"""

from __future__ import annotations

import argparse
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec
import numpy as np

from fairserver import events
from fairserver.domain.settings import FairSettings
from fairserver.events.projection import Projection
from fairserver.events.records import Ticket
from fairserver.events.wait_features import NAMES, features, place_of
from fairserver.events.wait_model import FILE
from fairserver.events.waits import working_desks
from fairserver.rehearsal.fit import Samples, fit, join
from fairserver.rehearsal.policy import ours
from fairserver.rehearsal.run import rehearse, scratch_store
from fairserver.rehearsal.scenario import MINUTE, Draws, preset
from fairserver.rehearsal.tally import Tally

#: Preset, the part of its booths and people that comes, mornings, and whether first come is
#: first served there. A part of a big fair teaches as much as the whole.
MORNINGS = (
    ("peak-online", 1 / 3, 2, False),
    ("peak-onsite", 1 / 3, 2, False),
    ("online-15-points", 1 / 3, 2, False),
    ("normal", 1, 8, False),
    ("commune", 1, 8, False),
    ("normal", 1, 2, True),
)
_FIRST_SEED = 1001


class Watcher(Tally):
    """A tally that also keeps the features of what people were told, and when (ms)."""

    def __init__(self, projection: Projection, draws: Draws) -> None:
        super().__init__(projection, draws)
        self.rows: list[list[float]] = []
        self.asked: list[tuple[str, int]] = []
        self._near: set[str] = set()

    def tell(self, moment: str, ticket: Ticket) -> None:
        """Keep the features of a place, once at each moment."""
        booth = self.projection.booths[ticket.booth_id]
        told_already = moment == "near" and ticket.ticket_id in self._near
        if not ticket.is_standing or told_already or working_desks(self.projection, booth) == 0:
            return
        if moment == "near":
            self._near.add(ticket.ticket_id)
        place = place_of(self.projection, booth, ticket)
        self.rows.append(features(self.projection, booth, place))
        self.asked.append((ticket.ticket_id, self.projection.at))


def watch(name: str, part: float, seed: int, in_turn: bool) -> Samples:
    """Play one morning and give what was asked and what came of it."""
    whole = preset(name)
    scenario = msgspec.structs.replace(
        whole, booths=round(whole.booths * part), people=round(whole.people * part)
    )
    settings = FairSettings(none_yet_first_min=0) if in_turn else FairSettings()
    with scratch_store() as store:
        policy = ours(settings, scenario.wishes_to)
        tally = rehearse(store, Draws(scenario, seed), policy, lambda _: None, Watcher)
    assert isinstance(tally, Watcher)
    found = [(tally.outcome_of(ticket_id, at), at) for ticket_id, at in tally.asked]
    return Samples(
        features=np.array(tally.rows),
        waited=np.array([(told.until - at) / MINUTE for told, at in found]),
        called=np.array([told.called for told, _ in found]),
        ever=np.array([ticket_id in tally.called_at for ticket_id, _ in tally.asked]),
        weight=np.ones(len(found)),
    )


def _watch_all(processes: int) -> dict[tuple[str, bool], list[Samples]]:
    context = multiprocessing.get_context("spawn")
    found: dict[tuple[str, bool], list[Samples]] = {}
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        futures = [
            ((name, in_turn), pool.submit(watch, name, part, _FIRST_SEED + n, in_turn))
            for name, part, mornings, in_turn in MORNINGS
            for n in range(mornings)
        ]
        for key, future in futures:
            found.setdefault(key, []).append(future.result())
    return found


def gather(processes: int) -> Samples:
    """Play all mornings; every kind of morning weighs the same."""
    kinds = [join(samples) for samples in _watch_all(processes).values()]
    return join([kind._replace(weight=kind.weight / len(kind.waited)) for kind in kinds])


def main() -> None:
    """Play, fit, and write the model beside the module that reads it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(*events.__path__) / FILE)
    parser.add_argument("--samples", type=Path, help="keep or reuse the samples in this .npz file")
    arguments = parser.parse_args()
    if arguments.samples is not None and arguments.samples.exists():
        samples = Samples(**np.load(arguments.samples))
    else:
        samples = gather(arguments.processes)
        if arguments.samples is not None:
            np.savez_compressed(arguments.samples, **samples._asdict())
    model = fit(samples, list(NAMES), "python -m fairserver.rehearsal.train")
    arguments.out.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=1))


if __name__ == "__main__":
    main()
