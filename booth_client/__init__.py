"""The employer's side in Python: an asyncio client of the fair's socket, and robots.

Imports ``fairserver.protocol`` (the contract) and nothing else of the server.

A recruiter's own program opens a desk and says who is called, until Ctrl-C::

    import asyncio
    import sys

    from booth_client import FairClient, open_session
    from fairserver.protocol.commands import OpenDesk
    from fairserver.protocol.views import DeskCell


    async def main(server: str, token: str, desk_id: str) -> None:
        session = await open_session(server, token)
        async with FairClient(server, session.fair_id, session.session_token) as client:
            await client.send(OpenDesk(id=client.new_id(), desk_id=desk_id))
            async for change in client.changes():
                desk = change.set.get(f"desk/{desk_id}")
                if isinstance(desk, DeskCell):
                    print(desk.state, desk.ticket_id, flush=True)


    asyncio.run(main(*sys.argv[1:]))

The client outlives its sockets: it comes back after any drop, the views go on where they were,
and a command that lost its answer is sent again with the same id and so carried out once.

* ``mirror`` holds the rules without any I/O, ``client`` drives them over a socket,
* ``sign_in`` gets a session over HTTP, ``pairing`` lets a computer in by a one-time code,
  ``errors`` lists what can go wrong,
* ``recording`` sends recordings, over drops and restarts,
* ``media`` holds the interview itself: picture, sound and chat,
* ``robots`` plays candidates and recruiters: ``python -m booth_client.robots --help``.
"""

from booth_client.client import Counters, FairClient
from booth_client.errors import CommandError, ConnectionEnded, FairClientError, SignInError
from booth_client.feed import ChangeFeed
from booth_client.mirror import Change, Mirror
from booth_client.pairing import Device, DeviceFile, pair
from booth_client.sign_in import (
    Consents,
    Registered,
    RegistrationForm,
    Session,
    open_session,
    register,
)

__all__ = [
    "Change",
    "ChangeFeed",
    "CommandError",
    "ConnectionEnded",
    "Consents",
    "Counters",
    "Device",
    "DeviceFile",
    "FairClient",
    "FairClientError",
    "Mirror",
    "Registered",
    "RegistrationForm",
    "Session",
    "SignInError",
    "open_session",
    "pair",
    "register",
]
