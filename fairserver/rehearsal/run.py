"""Run a scenario under a policy and judge it."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from redis import Redis
from redis.exceptions import RedisError

from fairserver.events.projection import Projection
from fairserver.line.embedded import valkey_command
from fairserver.line.leash import ends_with_parent
from fairserver.protocol.events import BoothPlan
from fairserver.rehearsal.bound import Bound
from fairserver.rehearsal.cast import Cast
from fairserver.rehearsal.detail import average_rows
from fairserver.rehearsal.policy import Policy
from fairserver.rehearsal.promises import PromiseFigures, average_promises
from fairserver.rehearsal.scenario import MINUTE, Draws
from fairserver.rehearsal.stage import Stage
from fairserver.rehearsal.tally import Tally, mean, p95


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one run, or the average of several, is judged by. Minutes and shares."""

    policy: str
    interviews: float
    people_seen: float
    people_never_seen: float
    seat_use: float
    seat_use_of_bound: float
    coverage: float
    coverage_of_bound: float
    first_wait_mean_min: float
    first_wait_p95_min: float
    first_wait_longest_min: float
    on_deck_mean_min: float
    priority_first_wait_mean_min: float
    promises_kept: float
    promises_late_5min: float
    promise_width_median_min: float
    promises_counted: float
    told_later: float
    double_calls: float
    lost_tickets: float
    overtakes: float
    overtakes_without_reason: float


def rehearse(
    store: Redis,
    draws: Draws,
    policy: Policy,
    progress: Callable[[float], None],
    tally_of: Callable[[Projection, Draws], Tally] = Tally,
) -> Tally:
    """Play a whole morning in ``store``, which is emptied first, and give what came of it."""
    fair_id = f"rehearsal-{policy.name.replace('_', '-')}-{draws.seed}"
    store.flushall()
    stage = Stage(store, fair_id)
    end = draws.end_ms
    ends_at = end if policy.refuses_late else 0
    stage.load(policy.settings, list(_booths(draws)), ends_at)
    tally = tally_of(stage.projection, draws)
    cast = Cast(stage, draws, policy, tally)
    cast.enter()
    stage.play(end, lambda at: progress(at / end))
    stage.run("close_fair")
    return tally


def _booths(draws: Draws) -> Iterator[BoothPlan]:
    for booth_id, scene in draws.scenes.items():
        yield BoothPlan(
            booth_id=booth_id,
            mode=scene.mode,
            minutes=round(scene.length_min),
            desks=[f"{booth_id}-{n}" for n in range(1, scene.desks + 1)],
        )


def judge(policy: Policy, tally: Tally, bound: Bound) -> Result:
    """Work out the figures of one run beside the bound of its seed."""
    people = len(tally.projection.candidates)
    seen = len(tally.first_interview)
    waits, seat_use, coverage = tally.first_waits(), tally.seat_use(), seen / max(1, people)
    overtakes = tally.projection.overtakes
    return Result(
        policy=policy.name,
        interviews=tally.interviews,
        people_seen=seen,
        people_never_seen=people - seen,
        seat_use=seat_use,
        seat_use_of_bound=seat_use / bound.seat_use,
        coverage=coverage,
        coverage_of_bound=coverage / bound.coverage,
        first_wait_mean_min=mean(waits),
        first_wait_p95_min=p95(waits),
        first_wait_longest_min=waits[-1] if waits else 0.0,
        on_deck_mean_min=mean([ms / MINUTE for ms in tally.on_deck_ms]),
        priority_first_wait_mean_min=mean(tally.first_waits(priority=True)),
        **_promised(tally.promise_figures()),
        double_calls=tally.double_calls,
        lost_tickets=tally.lost_tickets(),
        overtakes=overtakes.total(),
        overtakes_without_reason=overtakes["unknown"],
    )


def _promised(figures: Sequence[PromiseFigures]) -> dict[str, float]:
    """Give what was promised on joining, by this program's estimator."""
    ours = figures[0]
    return {
        "promises_kept": ours.kept,
        "promises_late_5min": ours.late_5min,
        "promise_width_median_min": ours.width_median_min,
        "promises_counted": ours.counted,
        "told_later": ours.later,
    }


def average(results: Sequence[Result], promises: Sequence[Sequence[PromiseFigures]]) -> Result:
    """Average several runs, their promises by how many there were."""
    promised = _promised(average_promises(promises))
    return msgspec.structs.replace(average_rows(results), **promised)


@contextmanager
def scratch_store() -> Iterator[Redis]:
    """Start a Valkey for this rehearsal alone, in memory only, and stop it afterwards."""
    with tempfile.TemporaryDirectory(prefix="fs-") as name:
        socket = Path(name) / "valkey.sock"
        command = valkey_command(Path(name), socket, "no")
        process = subprocess.Popen(command, start_new_session=True, preexec_fn=ends_with_parent())
        client = Redis(unix_socket_path=str(socket))
        try:
            _until_it_answers(client, process)
            client.config_set("appendonly", "no")
            yield client
        finally:
            client.close()
            process.kill()
            process.wait()


def _until_it_answers(client: Redis, process: subprocess.Popen[bytes]) -> None:
    while True:
        try:
            client.ping()
            return
        except RedisError:
            if process.poll() is not None:
                raise
            time.sleep(0.02)
