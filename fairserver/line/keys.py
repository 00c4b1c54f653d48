"""Every key of the live store in one place.

All keys of a fair begin with ``{fair_id}``, so a fair is one slot of a cluster. The Lua side
builds the same names in ``lua/shared/context.lua``; only the ones that Python reads are here.

==========================  ======  ==========================================================
key after ``{fair_id}:``    type    holds, and why
==========================  ======  ==========================================================
``meta``                    hash    ``seq``, ``state``, ``settings``, ``ends_at``, counters, ``t0``,
                                    ``incarnation`` (the stream's id), ``day_over``, and what the
                                    plan says: ``plan_settings``, ``plan_ends_at``
``events``                  stream  the truth: entry ``<seq>-0``, field ``e`` one JSON event
``booths``                  set     booth ids, to walk them all when the fair closes
``booth:<booth_id>``        hash    ``mode``, ``minutes``, the same as planned, ``withdrawn``
``desk:<desk_id>``          hash    ``booth_id``, ``state``, ``since``, ``ticket_id``, ``staff``
``ready:<booth_id>``        zset    desks waiting for a person, the longest ready first
``deck:<booth_id>``         zset    tickets on deck (called ahead), by ``order``
``wants:<booth_id>``        set     desks that will need a person soon: how many to keep on deck
``working:<booth_id>``      set     desks with somebody at them, for the early refusal
``appointment:<id>``        hash    ``candidate_id``, ``booth_id``, ``due_at``
``candidate:<id>``          hash    ``number``, ``present``, ``busy`` (ticket), ``had``, head start
``places:<candidate_id>``   hash    booth id to the candidate's open ticket there
``ticket:<ticket_id>``      hash    one turn and its room
``shown:<candidate_id>``    hash    booth id to 1 or 0: whether the person lets it read who they are
``reads:<desk_id>``         zset    tickets whose person was read before a minute of talk, by time
``line:<booth_id>``         zset    waiting tickets of present people by ``order``
``absent:<booth_id>``       zset    waiting tickets of people who are away, by ``order``
``deadlines``               zset    what is due when: ``call:``, ``answer:`` (of a heads-up),
                                    ``arrive:``, ``connect:``, ``rest:``, ``ahead:`` (time to call
                                    the next person ahead), ``presence:``, ``due:`` (appointments)
``by_hand``                 set     what somebody changed on the day, which no plan takes back
``planned``                 set     desks that the plan loaded last names
``plans``                   hash    by node the digest of the plan that it runs by
``desks_of:<staff_id>``     set     desks that somebody made ready last; without them they pause
``beats``                   hash    by node its clock at the newest beat, and what to add to it
``alarms``                  hash    ``<kind>/<subject>`` to when it was told last, and how much
``alarms_aside``            hash    the same of those that somebody has seen to
``kept:<client>``           hash    command id to the digest of its command and the first answer;
                                    ``#``: the events written this hour; expires after a day
``kept_at:<client>``        zset    the ids by when they came, so that the oldest go first
``turns:<candidate_id>``    hash    booth id to how often the person took a turn there
``pushed:<key>:<seq>``      string  which node sends the pushes of an event; expires soon after
==========================  ======  ==========================================================
"""

from __future__ import annotations


def prefix(fair_id: str) -> str:
    """Give the hash tag that all keys of a fair begin with."""
    return f"{{{fair_id}}}"


def stream_key(fair_id: str) -> str:
    """Name the stream of a fair's events."""
    return f"{prefix(fair_id)}:events"


def meta_key(fair_id: str) -> str:
    """Name the hash with the fair's state, settings and counters."""
    return f"{prefix(fair_id)}:meta"


def deadlines_key(fair_id: str) -> str:
    """Name the sorted set of everything that is due at a time."""
    return f"{prefix(fair_id)}:deadlines"


def signal_channel(fair_id: str) -> str:
    """Name the pub/sub channel that carries signalling between nodes; nothing is stored."""
    return f"{prefix(fair_id)}:signals"


def pushed_key(fair_id: str, key_id: str, seq: int) -> str:
    """Name the claim of one node to send the pushes of an event, to the phones of one key."""
    return f"{prefix(fair_id)}:pushed:{key_id}:{seq}"
