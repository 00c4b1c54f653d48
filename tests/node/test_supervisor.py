"""The supervisor: what fails is logged, counted, begun again, and says when it stays down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from fairserver.line.tasks import end_task
from fairserver.logs import JsonLines
from fairserver.node import supervisor as module
from fairserver.node.supervisor import LONGEST_PAUSE_S, Standing, Supervisor

Until = Callable[[Callable[[], object]], Awaitable[None]]

#: What somebody wrote, in the words of a fault.
PRIVATE = "Nguyễn Thị Hoà 0912345678"


@pytest.fixture
def supervisor() -> Supervisor:
    return Supervisor()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin again without long pauses."""
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.001)


class Keeper:
    """Work that goes on until it is told to fail, and may fail at once when it is begun."""

    def __init__(self, faults_at_first: int = 0) -> None:
        self.begun = 0
        self.left = faults_at_first
        self.fault = asyncio.Event()

    async def run(self) -> None:
        self.begun += 1
        if self.left > 0:
            self.left -= 1
            raise LookupError(PRIVATE)
        self.fault.clear()
        await self.fault.wait()
        raise LookupError(PRIVATE)


async def test_a_keeper_that_fails_is_begun_again_counted_and_its_place_is_known(
    supervisor: Supervisor, until: Until
) -> None:
    keeper = Keeper()
    task = supervisor.keep("digging", keeper.run)
    for number in range(1, 4):
        await until(lambda number=number: keeper.begun == number)
        keeper.fault.set()
        await until(lambda number=number: supervisor.faults() == {"digging": number})
    await until(lambda: keeper.begun == 4)
    await end_task(task)
    assert supervisor.keepers == {}


async def test_the_log_holds_the_place_of_a_fault_and_none_of_its_words(
    supervisor: Supervisor, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    async def dig() -> None:
        supervisor.attempt("inner", int, PRIVATE)
        module.place_of("no fault")  # type: ignore[arg-type]  # fails in a file of ours

    with caplog.at_level(logging.ERROR):
        task = supervisor.keep("digging", dig)
        await until(lambda: supervisor.faults().get("digging"))
        await end_task(task)
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any("digging failed" in line and "supervisor.py" in line for line in lines)
    assert all(PRIVATE not in line for line in lines)
    assert supervisor.standings["digging"].place.startswith("node/supervisor.py:")


async def test_a_fault_that_comes_again_and_again_does_not_fill_the_log(
    supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(1000):
        supervisor.note("views", LookupError("x"))
    assert supervisor.faults() == {"views": 1000}
    assert len(caplog.records) == 1


async def test_what_fails_several_times_in_a_row_is_down_until_it_has_run_well(
    supervisor: Supervisor, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WELL_S", 3600.0)
    well, ill = Keeper(), Keeper(faults_at_first=3)
    tasks = [supervisor.keep("well", well.run), supervisor.keep("ill", ill.run)]
    await until(lambda: ill.begun == 4)
    assert supervisor.down() == ["ill"]  # it runs, but nobody knows yet for how long
    monkeypatch.setattr(module, "WELL_S", 0.0)
    assert supervisor.down() == []
    for task in tasks:
        await end_task(task)


async def test_a_fault_after_a_good_while_is_the_first_again(
    supervisor: Supervisor, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WELL_S", 0.0)
    keeper = Keeper()
    task = supervisor.keep("digging", keeper.run)
    for number in range(1, 6):
        await until(lambda number=number: keeper.begun == number)
        keeper.fault.set()
    await until(lambda: keeper.begun == 6)
    assert supervisor.faults() == {"digging": 5}
    assert supervisor.standings["digging"].in_a_row == 1
    await end_task(task)


def test_pauses_grow_and_never_beyond_what_a_deadline_may_be_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.1)
    supervisor, standing = Supervisor(), Standing(is_kept=True)

    async def pauses() -> list[float]:
        fault = LookupError("x")
        return [supervisor._pause_after("x", standing, fault) for _ in range(2000)]

    said = asyncio.run(pauses())
    assert said[:4] == [0.1, 0.2, 0.4, 0.8]
    assert set(said[4:]) == {LONGEST_PAUSE_S} == {1.0}


async def test_a_keeper_that_ends_by_itself_has_failed_too(
    supervisor: Supervisor, until: Until
) -> None:
    async def ends() -> None:
        return

    task = supervisor.keep("ends", ends)
    await until(lambda: supervisor.down() == ["ends"])
    await end_task(task)
    assert supervisor.down() == []  # nobody wants it any more


async def test_a_cancel_that_was_meant_for_something_else_ends_no_keeper(
    supervisor: Supervisor, until: Until
) -> None:
    inner: list[asyncio.Future[None]] = []

    async def waits() -> None:
        inner.append(asyncio.get_running_loop().create_future())
        await inner[-1]

    task = supervisor.keep("waits", waits)
    await until(lambda: len(inner) == 1)
    inner[0].cancel()
    await until(lambda: len(inner) == 2)
    assert supervisor.faults() == {"waits": 1}
    await end_task(task)
    assert task.cancelled()


async def test_a_keeper_ends_when_it_is_told_to_even_if_it_takes_that_for_something_else(
    supervisor: Supervisor, until: Until
) -> None:
    begun = []

    async def stubborn() -> None:
        begun.append(1)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise TimeoutError from None

    task = supervisor.keep("stubborn", stubborn)
    await until(lambda: begun)
    await end_task(task)
    assert (len(begun), supervisor.faults(), supervisor.keepers) == (1, {}, {})


async def test_a_keeper_ends_in_the_middle_of_a_pause(
    supervisor: Supervisor, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 3600.0)
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 3600.0)
    keeper = Keeper(faults_at_first=1)
    task = supervisor.keep("digging", keeper.run)
    await until(lambda: supervisor.faults() == {"digging": 1})
    await end_task(task)
    assert keeper.begun == 1


async def test_two_keepers_never_have_one_name(supervisor: Supervisor) -> None:
    task = supervisor.keep("digging", Keeper().run)
    with pytest.raises(ValueError, match="digging"):
        supervisor.keep("digging", Keeper().run)
    await end_task(task)
    await end_task(supervisor.keep("digging", Keeper().run))


async def test_what_is_done_once_fails_alone(supervisor: Supervisor) -> None:
    async def fails() -> None:
        raise LookupError(PRIVATE)

    tasks = [supervisor.once("message", fails()) for _ in range(2)]
    await asyncio.wait(tasks)
    await asyncio.sleep(0)
    assert supervisor.faults() == {"message": 2}
    assert supervisor.down() == []
    cut = supervisor.once("message", fails())
    cut.cancel()
    await asyncio.wait([cut])
    assert supervisor.faults() == {"message": 2}


async def test_an_attempt_that_fails_again_and_again_is_down_until_it_goes_well_once(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert supervisor.attempt("reading", int, "1")
    for _ in range(3):
        assert supervisor.down() == []
        assert not supervisor.attempt("reading", int, "no number")
    assert supervisor.down() == ["reading"]
    assert supervisor.attempt("reading", int, "1")
    assert supervisor.down() == []
    for _ in range(3):
        supervisor.attempt("reading", int, "no number")
    monkeypatch.setattr(module, "REMEMBERED_S", 0.0)  # nobody has tried it for long
    assert supervisor.down() == []
    assert supervisor.faults() == {"reading": 6}
