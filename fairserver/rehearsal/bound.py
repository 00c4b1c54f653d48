"""The most that any order of calling could reach: a fluid linear program.

For every person, wished booth and quarter of an hour: the share of that interview held then. A
pair is held at most as often as calls are answered, desks and people have their own minutes,
and among all ways to use the seats best the one that reaches most people is taken.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import highspy
import numpy as np

from fairserver.rehearsal.scenario import MINUTE, Draws

_QUARTER = 15
#: What reaching one more person is worth beside a minute of seat use: it only breaks ties.
_COVERAGE_WEIGHT = 0.01


class Bound(NamedTuple):
    """Shares of the desk-minutes talked and of the people reached at best."""

    seat_use: float
    coverage: float


def upper_bound(draws: Draws) -> Bound:
    """Solve the program for one seed of a scenario.

    Raises ``RuntimeError`` when the solver finds no optimum.
    """
    program = _Program(draws)
    solution = program.solve()
    desk_minutes = draws.desks * draws.scenario.end_min
    talked = float(np.dot(solution[: len(program.minutes)], program.minutes))
    covered = float(solution[len(program.minutes) :].sum())
    return Bound(talked / desk_minutes, covered / draws.scenario.people)


class _Program:
    """The rows and columns; columns first the held shares, then one "reached" per person."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        scenario = draws.scenario
        self._answered = 1 - scenario.absent - scenario.disconnected
        self._quarters = -(-scenario.end_min // _QUARTER)
        #: Minutes of the interview of each held-share column.
        self.minutes: list[float] = []
        #: Columns with their coefficients, by the row that limits them.
        self._pairs: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._desks: defaultdict[tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
        self._own: defaultdict[tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
        self._present: dict[tuple[str, int], float] = {}
        for person in draws.people:
            for quarter in range(self._quarters):
                start = max(person.arrives / MINUTE, quarter * _QUARTER)
                end = min(person.leaves / MINUTE, (quarter + 1) * _QUARTER)
                if end - start > 0.5:
                    self._add(person.candidate_id, person.wishes, quarter, end - start)

    def _add(self, candidate_id: str, wishes: list[str], quarter: int, present: float) -> None:
        self._present[candidate_id, quarter] = present
        for booth_id in wishes:
            column = len(self.minutes)
            # The booth's mean: nobody, and no order, knows beforehand how long a talk will be.
            minutes = self._draws.booth_minutes(booth_id)
            self.minutes.append(minutes)
            self._pairs[candidate_id, booth_id].append(column)
            seat = minutes + self._draws.scenario.change_over_min
            self._desks[booth_id, quarter].append((column, seat))
            self._own[candidate_id, quarter].append((column, minutes))

    def _length(self, quarter: int) -> int:
        """Give a quarter's minutes; the last may be short."""
        return min(_QUARTER, self._draws.scenario.end_min - quarter * _QUARTER)

    def _rows(self) -> list[tuple[float, list[tuple[int, float]]]]:
        """List every row as (upper limit, [(column, coefficient)])."""
        scenes = self._draws.scenes
        held = len(self.minutes)
        rows = [(self._answered, [(c, 1.0) for c in columns]) for columns in self._pairs.values()]
        rows += [
            (float(scenes[booth_id].desks * self._length(quarter)), entries)
            for (booth_id, quarter), entries in self._desks.items()
        ]
        rows += [(self._present[key], entries) for key, entries in self._own.items()]
        reached: defaultdict[str, list[int]] = defaultdict(list)
        for (candidate_id, _), columns in self._pairs.items():
            reached[candidate_id] += columns
        for n, person in enumerate(self._draws.people):
            columns = reached[person.candidate_id]
            rows.append((0.0, [(held + n, 1.0), *((c, -1.0) for c in columns)]))
        return rows

    def solve(self) -> np.ndarray:
        people = len(self._draws.people)
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("solver", "ipm")
        highs.setOptionValue("run_crossover", "off")
        highs.passModel(self._model(people))
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"no bound: the solver says {highs.getModelStatus()}")
        return np.array(highs.getSolution().col_value)

    def _model(self, people: int) -> highspy.HighsLp:
        rows, held = self._rows(), len(self.minutes)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = held + people, len(rows)
        model.col_cost_ = np.array([-m for m in self.minutes] + [-_COVERAGE_WEIGHT] * people)
        model.col_lower_ = np.zeros(held + people)
        model.col_upper_ = np.concatenate([np.full(held, self._answered), np.ones(people)])
        model.row_lower_ = np.full(len(rows), -highspy.kHighsInf)
        model.row_upper_ = np.array([limit for limit, _ in rows])
        starts = np.cumsum([0, *(len(entries) for _, entries in rows)])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = starts
        model.a_matrix_.index_ = np.array([c for _, entries in rows for c, _ in entries])
        model.a_matrix_.value_ = np.array([v for _, entries in rows for _, v in entries])
        return model
