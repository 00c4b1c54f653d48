"""The rules of one fair that an organiser may choose, with their defaults and ranges."""

from __future__ import annotations

from typing import Annotated

import msgspec

Seconds = Annotated[int, msgspec.Meta(ge=5, le=3600)]
Share = Annotated[int, msgspec.Meta(ge=0, le=90)]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=24 * 60)]

#: Minutes of head start per interview not yet had that amount to "none had yet first".
NONE_HAD_YET_FIRST = 24 * 60


class FairSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the line of one fair behaves.

    The numbers are defaults from simulated mornings; ``config/fairs`` shows them in a file.
    """

    #: Lines one candidate may stand in at the same time.
    join_limit: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    #: Times that one candidate may take a turn at one booth; staff may give further ones.
    turns_per_booth: Annotated[int, msgspec.Meta(ge=1, le=100)] = 8
    #: Seconds to accept a call at an online or delegated booth.
    accept_online_s: Seconds = 60
    #: Seconds to reach the desk of a booth in the hall.
    accept_onsite_s: Seconds = 120
    #: Seconds that "one more minute" adds, once per call.
    extend_s: Seconds = 60
    #: Places a ticket is moved back when its owner misses a call.
    missed_back: Annotated[int, msgspec.Meta(ge=1, le=20)] = 3
    #: Missed calls after which a ticket becomes a no-show.
    missed_limit: Annotated[int, msgspec.Meta(ge=1, le=5)] = 2
    #: Seconds after a missed call during which the person is not called there again.
    missed_rest_s: Seconds = 30
    #: Per cent of the time to accept and to come in (20 s at least) for people whom no desk has met
    #: yet and who let calls pass, while others wait.
    doubt_pct: Annotated[int, msgspec.Meta(ge=10, le=100)] = 50
    #: Seconds without a sign of life after which a person is away and not called.
    presence_s: Seconds = 45
    #: People kept on deck for each desk that will soon be free; 0 calls nobody ahead.
    deck_per_desk: Annotated[int, msgspec.Meta(ge=0, le=3)] = 1
    #: Per cent of a booth's mean interview by which the person on deck should be ready.
    deck_moment_pct: Annotated[int, msgspec.Meta(ge=0, le=100)] = 57
    #: Seconds to say "I'm ready" after the heads-up, at an online and at an on-site booth.
    deck_answer_online_s: Seconds = 60
    deck_answer_onsite_s: Seconds = 180
    #: How often one person may say "not now" in one line; each time a few places back.
    not_now_limit: Annotated[int, msgspec.Meta(ge=0, le=10)] = 2
    #: Minutes by which one interview already had puts a person back in every line.
    #: 0 is first come, first served; 1440 is "none had yet first".
    none_yet_first_min: Minutes = NONE_HAD_YET_FIRST
    #: Per cent of each booth's calls kept for people in the hall, at commune points and at home,
    #: so that none of them shuts the others out; 0 keeps nothing. What is kept for people who
    #: are not there goes to the others.
    share_hall_pct: Share = 0
    share_commune_pct: Share = 0
    share_online_pct: Share = 0
    #: Whether interviews may be recorded, when everybody in the room agrees.
    recording: bool = False
    #: Days after which a recording is deleted.
    recording_keep_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30
    #: Minutes of head start of priority people inside a level.
    priority_head_start_min: Annotated[int, msgspec.Meta(ge=0, le=120)] = 20
