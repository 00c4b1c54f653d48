"""What clients of one node are sent: snapshots, deltas, their pace, and resuming."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from msgspec import structs

from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode
from fairserver.events.feed import Feed
from tests.line import situations as s
from tests.line.checker import Client
from tests.line.live import BOOTHS, LiveFair

Until = Callable[[Callable[[], object]], Awaitable[None]]


class Following:
    """A feed and how far it has read."""

    def __init__(self, fair: LiveFair) -> None:
        self.fair = fair
        self.feed = Feed(fair.fair_id)

    async def read(self) -> None:
        """Take all new events in as one batch."""
        if events := await self.fair.events(self.feed.projection.seq):
            self.feed.take(events)


@pytest.fixture
async def following(fair: LiveFair) -> AsyncIterator[Following]:
    following = Following(fair)
    await following.read()
    yield following
    following.feed.close()


class Frames:
    """A sink that keeps what it got."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []

    def __call__(self, frame: bytes) -> None:
        self.raw.append(frame)

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(frame) for frame in self.raw]


async def test_a_new_client_gets_a_snapshot(following: Following) -> None:
    frames = Frames()
    following.feed.watch(("hall", ""), None, frames)
    (snapshot,) = frames.all
    assert snapshot["type"] == "snapshot"
    assert snapshot["seq"] == following.feed.projection.seq
    assert set(snapshot["cells"]) == {"fair", "booth/b1", "booth/b2", "booth/b3"}


async def test_a_client_that_comes_back_gets_only_what_is_newer(
    fair: LiveFair, following: Following
) -> None:
    client, other = Frames(), Frames()
    following.feed.watch(("booth", "b1"), None, client)
    following.feed.watch(("booth", "b1"), None, other)
    since = client.all[-1]["seq"]
    following.feed.unwatch(("booth", "b1"), client)
    await fair.desk("open_desk", "b1-2")
    await following.read()
    following.feed.watch(("booth", "b1"), since, client)
    delta = client.all[-1]
    assert delta["type"] == "delta"
    assert delta["from"] == since
    assert "desk/b1-2" in delta["set"]
    assert "fair" not in delta["set"]


async def test_a_client_that_has_everything_gets_an_empty_delta(following: Following) -> None:
    frames = Frames()
    following.feed.watch(("hall", ""), None, frames)
    following.feed.watch(("hall", ""), frames.all[0]["seq"], frames)
    assert frames.all[1].keys() == {"type", "view", "from", "seq"}


async def test_who_listens_is_told_only_the_fields_that_changed(
    fair: LiveFair, following: Following
) -> None:
    frames = Frames()
    following.feed.watch(("booth", "b1"), None, frames)
    await fair.desk("open_desk", "b1-2")
    await following.read()
    patch = frames.all[-1]["patch"]["desk/b1-2"]
    assert patch["state"] == "ready"
    assert patch.keys() <= {"state", "since"}


@pytest.mark.parametrize("since", [0, -5, 10_000, 10**30])
async def test_an_unknown_or_too_old_number_gets_a_snapshot(
    following: Following, since: int
) -> None:
    frames = Frames()
    following.feed.watch(("hall", ""), since, frames)
    assert frames.all[0]["type"] == "snapshot"


async def test_a_view_that_is_none_is_refused(following: Following) -> None:
    for view_id in (("secret", ""), ("booth", "b9")):
        with pytest.raises(KeyError):
            following.feed.watch(view_id, None, Frames())


async def test_a_call_reaches_the_person_at_once(fair: LiveFair, following: Following) -> None:
    ticket_id = await fair.come("c1", "b1")
    await following.read()
    frames = Frames()
    following.feed.watch(("me", "c1"), None, frames)
    await fair.open("b1-1")
    await following.read()
    cell = frames.all[-1]["patch"][f"ticket/{ticket_id}"]
    assert (cell["state"], cell["desk_id"]) == ("called", "b1-1")


async def test_ranks_move_at_most_once_in_the_pace_of_the_view(
    fair: LiveFair, following: Following
) -> None:
    people = [f"c{number}" for number in range(8)]
    tickets = [await fair.come(candidate_id, "b1") for candidate_id in people]
    await following.read()
    frames = Frames()
    view_id = ("me", people[-1])
    following.feed.watch(view_id, None, frames)
    following.feed.views[view_id].pace_s = 1e9
    for ticket_id in tickets[:5]:
        await fair.as_owner("leave", ticket_id)
        await following.read()
    assert len(frames.all) <= 2, "the first move at once, the others wait for their time"
    following.feed._flush(view_id)
    assert frames.all[-1]["patch"][f"ticket/{tickets[-1]}"]["ahead"] == 2


async def test_what_waits_for_its_pace_goes_out_when_its_time_has_come(
    fair: LiveFair, following: Following, until: Until
) -> None:
    people = [f"c{number}" for number in range(4)]
    tickets = [await fair.come(candidate_id, "b1") for candidate_id in people]
    await following.read()
    frames = Frames()
    following.feed.watch(("me", people[-1]), None, frames)
    following.feed.views["me", people[-1]].pace_s = 0.05
    for ticket_id in tickets[:3]:
        await fair.as_owner("leave", ticket_id)
        await following.read()

    def told() -> int:
        client = Client()
        for frame in frames.raw:
            client.take(frame)
        return int(client.cells[f"ticket/{tickets[-1]}"]["ahead"])

    await until(lambda: told() == 0)


async def test_something_urgent_takes_what_waited_with_it(
    fair: LiveFair, following: Following
) -> None:
    first = await fair.come("c1", "b1")
    second = await fair.come("c2", "b1")
    await following.read()
    frames = Frames()
    following.feed.watch(("me", "c2"), None, frames)
    following.feed.views["me", "c2"].pace_s = 1e9
    following.feed._sent_at["me", "c2"] = asyncio.get_running_loop().time()
    await fair.as_owner("leave", first)
    await following.read()
    assert len(frames.raw) == 1
    await fair.open("b1-1")
    await following.read()
    assert frames.all[-1]["patch"][f"ticket/{second}"]["state"] == "called"


async def test_two_feeds_of_one_stream_agree_however_the_events_came(fair: LiveFair) -> None:
    await s.in_room(fair)
    await fair.come("c2", "b1")
    events = await fair.events()
    one, two = Feed(fair.fair_id), Feed(fair.fair_id)
    view_ids = [("hall", ""), ("control", ""), ("me", "c1"), ("me", "c2"), ("booth", "b1")]
    clients = {view_id: Client() for view_id in view_ids}
    one.take(events)
    two.take(events[:1])
    for view_id in view_ids:
        two.watch(view_id, None, clients[view_id].take)
    for event in events[1:]:
        two.take([event])
    for view_id in view_ids:
        fresh = Client()
        two.views[view_id].flush()
        one.watch(view_id, None, fresh.take)
        assert clients[view_id].cells == fresh.cells, view_id
    one.close()
    two.close()


async def test_an_event_out_of_order_is_never_taken_in(fair: LiveFair) -> None:
    await fair.candidate("c1")
    events = await fair.events()
    feed = Feed(fair.fair_id)
    feed.take(events[:1])
    for wrong in (events[2], events[0]):
        with pytest.raises(ValueError, match="event"):
            feed.take([wrong])
    feed.take(events[1:])
    assert feed.projection.seq == len(events)
    feed.close()


async def test_waiting_for_a_number_ends_when_it_has_come_or_never_does(
    fair: LiveFair, following: Following
) -> None:
    await fair.candidate("c1")
    seq = await fair.seq()
    waiting = asyncio.create_task(following.feed.reached(seq))
    await following.read()
    assert await waiting is True
    assert await following.feed.reached(seq + 1, timeout_s=0.01) is False


async def test_a_wiped_store_starts_everybody_over_with_a_snapshot(
    fair: LiveFair, following: Following
) -> None:
    frames = Frames()
    following.feed.watch(("hall", ""), None, frames)
    following.feed.restart()
    assert frames.all[-1]["type"] == "snapshot"
    assert frames.all[-1]["seq"] == 0
    await following.read()
    client = Client()
    for frame in frames.raw[1:]:
        client.take(frame)
    following.feed.views["hall", ""].flush()
    assert set(client.cells) <= {"fair", "booth/b1", "booth/b2", "booth/b3"}


async def load_again(following: Following) -> LiveFair:
    """Wipe the store under the feed and load the fair anew."""
    fair = following.fair
    await fair.store.flushdb()
    following.feed.restart()
    await fair.load()
    return fair


async def test_a_booths_people_keep_their_view_when_a_wiped_store_has_the_fair_again(
    fair: LiveFair, following: Following
) -> None:
    watching, coming, going = Frames(), Frames(), Frames()
    following.feed.watch(("booth", "b1"), None, watching)
    following.feed.watch(("booth", "b1"), None, going)
    fair = await load_again(following)
    following.feed.watch(("booth", "b1"), 5, coming)
    following.feed.unwatch(("booth", "b1"), going)
    assert len(watching.raw) == 1
    assert not coming.raw
    await following.read()
    assert [frame["type"] for frame in watching.all] == ["snapshot"] * 2
    assert coming.raw == watching.raw[1:]
    assert "desk/b1-1" in coming.all[0]["cells"]
    await fair.desk("open_desk", "b1-1")
    await following.read()
    assert watching.all[-1]["type"] == coming.all[-1]["type"] == "delta"
    assert len(going.raw) == 1


async def test_a_number_of_a_stream_that_is_gone_gets_a_snapshot(
    fair: LiveFair, following: Following
) -> None:
    client = Frames()
    following.feed.watch(("hall", ""), None, client)
    since = client.all[-1]["seq"]
    following.feed.unwatch(("hall", ""), client)
    fair = await load_again(following)
    await following.read()
    following.feed.watch(("hall", ""), None, Frames())  # the view is there and grows
    while await fair.seq() <= since + 1:
        await fair.come(f"c{await fair.seq()}", "b1")
    await following.read()
    following.feed.watch(("hall", ""), since, client)
    assert client.all[-1]["type"] == "snapshot"
    following.feed.watch(("hall", ""), client.all[-1]["seq"], client)
    assert client.all[-1]["type"] == "delta"


async def test_a_booth_that_is_none_is_refused_even_after_a_wipe(following: Following) -> None:
    await load_again(following)
    await following.read()
    with pytest.raises(KeyError):
        following.feed.watch(("booth", "b99"), None, Frames())


async def test_a_fair_file_changed_in_mid_morning_leads_every_view_to_the_same_cells(
    fair: LiveFair,
) -> None:
    """A desk no longer named goes, and who was called to it goes back; a booth changes its mode."""
    await s.called(fair)
    one, two = Feed(fair.fair_id), Feed(fair.fair_id)
    view_ids = [("hall", ""), ("control", ""), ("me", "c1"), ("booth", "b1")]
    clients = {view_id: Client() for view_id in view_ids}
    two.take(await fair.events())
    for view_id in view_ids:
        two.watch(view_id, None, clients[view_id].take)
    changed = structs.replace(BOOTHS[0], desks=["b1-2", "b1-3"], mode=BoothMode.ONSITE)
    await fair.load(FairSettings(join_limit=1), [changed, *BOOTHS[1:]])
    two.take(await fair.events(two.projection.seq))
    one.take(await fair.events())
    for view_id in view_ids:
        fresh = Client()
        two.views[view_id].flush()
        one.watch(view_id, None, fresh.take)
        assert clients[view_id].cells == fresh.cells, view_id
    desks = {key for key in clients["booth", "b1"].cells if key.startswith("desk/")}
    assert desks == {"desk/b1-2", "desk/b1-3"}
    one.close()
    two.close()
