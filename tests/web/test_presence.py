"""Signs of life go on by the rules that hold now, not by those that held at the last one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fairserver.web.presence import PresenceKeeper
from tests.web.support import Server, Servers

Until = Callable[[Callable[[], object]], Awaitable[None]]


async def test_a_grace_that_is_shortened_in_between_loses_nobody(
    servers: Servers, until: Until
) -> None:
    server = await servers.start({"presence_s": 3600})  # the next round is in twenty minutes
    signs: list[list[str]] = []

    async def tell(_: str, people: object) -> None:
        signs.append(list(people))  # type: ignore[call-overload]

    keeper = PresenceKeeper(tell, server.node.fairs[server.fair_id].feed)
    keeper.arrive("somebody")
    keeper.start()
    await until(lambda: signs == [["somebody"]])
    await shorten(server)
    await until(lambda: len(signs) > 2)
    assert signs[:3] == [["somebody"]] * 3
    await keeper.stop()


async def shorten(server: Server) -> None:
    organiser = await server.socket(await server.organiser(), ["control"])
    rules = server.node.fairs[server.fair_id].feed.projection.settings
    kept = {name: getattr(rules, name) for name in rules.__struct_fields__}
    await organiser.do("change_settings", settings={**kept, "presence_s": 5})
