"""Robots that hold an interview with a real picture and sound, against the real server."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from booth_client.robots.behaviour import Behaviour, CandidateBehaviour, Delay, RecruiterBehaviour
from booth_client.robots.candidate import CandidateRobot
from booth_client.robots.on_camera import Cameras, OnCamera
from booth_client.robots.recruiter import DeskRobot
from booth_client.robots.tally import Tally
from fairserver.domain.states import RoomSide
from tests.booth_client.real import PATIENCE_S, RealServer, Role

pytestmark = pytest.mark.filterwarnings("ignore:.*deleted before being closed:ResourceWarning")

_NOW = Delay(0, 0, 0)
_NEVER = Delay(1e6, 1e6, 1e6)


def on_camera(at_most: int) -> Behaviour:
    """One interview without delays, which lasts until the test has seen enough of it."""
    return Behaviour(
        media_at_most=at_most,
        candidate=CandidateBehaviour(
            look_around=_NOW, accept=_NOW, miss_call=0, lines=(1, 1), interviews=(1, 1), whim=_NEVER
        ),
        recruiter=RecruiterBehaviour(
            open_desk=_NOW, interview=_NEVER, patience=_NEVER, wrap_up=_NOW, pause=1, hand_over=0
        ),
    )


async def test_a_pair_of_robots_sees_each_other_until_the_interview_ends(
    server: RealServer,
) -> None:
    behaviour, tally = on_camera(1), Tally()
    here, there = Cameras(1), Cameras(1)
    laptop = await server.client(await server.invite(Role.RECRUITER, "b1"), "booth")
    phone = await server.candidate("Nguyễn Văn Thử")
    async with laptop, phone:
        desk = DeskRobot(laptop, behaviour, Random(1), tally, "b1-1", cameras=here)
        person = CandidateRobot(phone, behaviour, Random(2), tally, {"b1": 1.0}, there)
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
            staffed = group.create_task(desk.live())
            visit = group.create_task(person.live())
            while not tally.started or tally.seen < 2:  # noqa: ASYNC110 - nothing announces a picture
                await asyncio.sleep(0.05)
            assert not here.take()
            # What the alarm does when the interview has lasted long enough.
            await desk.alarm_rings()
            await visit
            staffed.cancel()
    assert (tally.finished, tally.failed) == (1, 0)
    assert here.take()
    assert there.take()


async def test_without_a_free_camera_an_interview_is_held_without(server: RealServer) -> None:
    cameras = Cameras(0)
    async with await server.candidate("Nguyễn Văn Thử") as phone:
        camera = OnCamera(phone, RoomSide.CANDIDATE, cameras, Tally())
        assert not camera.holds("t1")
        cameras.give_back()
        assert not camera.holds("t1"), "decided once"
        await camera.close()
    assert cameras.take()
