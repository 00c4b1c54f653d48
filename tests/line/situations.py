"""Ways to bring a fresh fair into every state a ticket or a desk can be in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from fairserver.domain.settings import FairSettings
from fairserver.line.line import Actor
from tests.line.live import DESK_PEER, ORGANISER, LiveFair

#: Makes the state and gives the ticket's id; the ticket is c1's at b1, its desk b1-1.
MakeTicket = Callable[[LiveFair], Awaitable[str]]
#: Brings desk b1-1 into the state.
MakeDesk = Callable[[LiveFair], Awaitable[None]]

#: In which words people are asked whether an interview may be recorded.
SHOWN = {"text_version": "1", "language": "vi"}


async def waiting(fair: LiveFair) -> str:
    return await fair.come("c1", "b1")


async def called(fair: LiveFair) -> str:
    ticket_id = await fair.come("c1", "b1")
    await fair.open("b1-1")
    return ticket_id


async def called_again(fair: LiveFair) -> str:
    """Called for the last permitted time."""
    ticket_id = await called(fair)
    await fair.miss(ticket_id)
    await fair.wait(30)
    return ticket_id


async def called_while_closing(fair: LiveFair) -> str:
    ticket_id = await called(fair)
    await fair.do("close_fair", ORGANISER)
    return ticket_id


async def connecting(fair: LiveFair) -> str:
    ticket_id = await called(fair)
    await fair.as_owner("accept", ticket_id)
    return ticket_id


async def connecting_again(fair: LiveFair) -> str:
    ticket_id = await called_again(fair)
    await fair.as_owner("accept", ticket_id)
    return ticket_id


async def connecting_while_closing(fair: LiveFair) -> str:
    ticket_id = await connecting(fair)
    await fair.do("close_fair", ORGANISER)
    return ticket_id


async def in_room(fair: LiveFair) -> str:
    """Connecting, both ends in the room and the candidate's connected."""
    ticket_id = await connecting(fair)
    epoch = await fair.enter(ticket_id)
    await fair.as_owner(
        "report_room", ticket_id, peer="peer-candidate", epoch=epoch, state="connected"
    )
    return ticket_id


async def interviewing(fair: LiveFair) -> str:
    ticket_id = await called(fair)
    await fair.talk(ticket_id)
    return ticket_id


async def guest_invited(fair: LiveFair) -> str:
    ticket_id = await interviewing(fair)
    await fair.as_booth("invite_guest", ticket_id, guest_id="s-guest", role="interpreter")
    return ticket_id


async def guest_agreed(fair: LiveFair) -> str:
    ticket_id = await guest_invited(fair)
    await fair.as_owner("answer_guest", ticket_id, agree=True)
    return ticket_id


async def guest_in_room(fair: LiveFair) -> str:
    """All three are there: the guest's connections with the two others stand."""
    ticket_id = await guest_agreed(fair)
    guest = Actor.guest("s-guest")
    for leg, other in (("desk_guest", fair.as_booth), ("guest_candidate", fair.as_owner)):
        named = {"ticket_id": ticket_id, "leg": leg}
        await fair.do("enter_leg", guest, peer="peer-guest", **named)
        await other("enter_leg", ticket_id, leg=leg, peer=f"peer-{leg}")
        await fair.do("report_leg", guest, peer="peer-guest", state="connected", **named)
        await other("report_leg", ticket_id, leg=leg, peer=f"peer-{leg}", state="connected")
    return ticket_id


async def recording_asked(fair: LiveFair) -> str:
    """The desk has asked whether the interview may be recorded."""
    ticket_id = await interviewing(fair)
    await allow_recording(fair)
    await ask_recording(fair, ticket_id)
    return ticket_id


async def recording_on(fair: LiveFair) -> str:
    ticket_id = await recording_asked(fair)
    await answer_recording(fair, ticket_id, agree=True)
    return ticket_id


async def recording_declined(fair: LiveFair) -> str:
    ticket_id = await recording_asked(fair)
    await answer_recording(fair, ticket_id, agree=False)
    return ticket_id


async def allow_recording(fair: LiveFair, *, allowed: bool = True) -> None:
    settings = msgspec.json.encode(FairSettings(recording=allowed)).decode()
    await fair.do("change_settings", ORGANISER, settings_json=settings)


async def ask_recording(fair: LiveFair, ticket_id: str) -> None:
    await fair.as_booth("ask_recording", ticket_id, peer=DESK_PEER, **SHOWN)


async def answer_recording(
    fair: LiveFair, ticket_id: str, *, agree: bool, guest: bool = False
) -> None:
    recording_id = (await fair.record("ticket", ticket_id))["recording_id"]
    says = {"recording_id": recording_id, "agree": agree, **SHOWN}
    if guest:
        await fair.do("answer_recording", Actor.guest("s-guest"), ticket_id=ticket_id, **says)
    else:
        await fair.as_owner("answer_recording", ticket_id, **says)


async def done(fair: LiveFair) -> str:
    ticket_id = await interviewing(fair)
    await fair.as_booth("finish", ticket_id, outcome="pending")
    return ticket_id


async def on_deck(fair: LiveFair) -> str:
    """The desk is in wrap-up after another person."""
    ticket_id = await fair.join(await fair.candidate("c1", present=False), "b1")
    await fair.open("b1-1")
    await fair.interview(await fair.come("c9", "b1"), minutes=1)
    await fair.seen("c1")
    return ticket_id


async def on_deck_ready(fair: LiveFair) -> str:
    ticket_id = await on_deck(fair)
    await fair.as_owner("ready", ticket_id)
    return ticket_id


async def on_deck_again(fair: LiveFair) -> str:
    """On deck for the last permitted time; the first heads-up was not answered."""
    ticket_id = await on_deck(fair)
    for seconds in (40, 20, 30):
        await fair.seen("c1")
        await fair.wait(seconds)
    await fair.seen("c1")
    return ticket_id


async def hand_over_offered(fair: LiveFair) -> str:
    ticket_id = await interviewing(fair)
    await fair.as_booth("offer_hand_over", ticket_id, to_booth_id="b2")
    return ticket_id


async def handed_over(fair: LiveFair) -> str:
    ticket_id = await hand_over_offered(fair)
    await fair.as_owner("answer_hand_over", ticket_id, agree=True)
    return ticket_id


async def left(fair: LiveFair) -> str:
    ticket_id = await waiting(fair)
    await fair.as_owner("leave", ticket_id)
    return ticket_id


async def no_show(fair: LiveFair) -> str:
    ticket_id = await called_again(fair)
    await fair.miss(ticket_id)
    return ticket_id


async def closed(fair: LiveFair) -> str:
    ticket_id = await waiting(fair)
    await fair.do("close_fair", ORGANISER)
    return ticket_id


TICKETS: dict[str, MakeTicket] = {
    make.__name__: make
    for make in (
        waiting,
        on_deck,
        on_deck_ready,
        on_deck_again,
        called,
        called_again,
        called_while_closing,
        connecting,
        connecting_again,
        connecting_while_closing,
        in_room,
        interviewing,
        guest_invited,
        guest_in_room,
        recording_on,
        hand_over_offered,
        handed_over,
        done,
        left,
        no_show,
        closed,
    )
}


async def _closed_desk(fair: LiveFair) -> None:
    await fair.open()


async def _ready_desk(fair: LiveFair) -> None:
    await fair.open("b1-1")


async def _paused_desk(fair: LiveFair) -> None:
    await fair.open("b1-1")
    await fair.desk("pause_desk", "b1-1")


async def _with(make: MakeTicket, fair: LiveFair) -> None:
    await make(fair)


DESKS: dict[str, MakeDesk] = {
    "closed": _closed_desk,
    "ready": _ready_desk,
    "calling": lambda fair: _with(called, fair),
    "connecting": lambda fair: _with(connecting, fair),
    "interviewing": lambda fair: _with(interviewing, fair),
    "wrap_up": lambda fair: _with(done, fair),
    "paused": _paused_desk,
}
