"""Who may read who a person is: the one rule, by which every reader of a profile goes.

A booth may read a person who takes part while the newest word that concerns the booth is a yes. A
yes concerns the one booth that it names; a no concerns the booth that it names, or every booth
when it names none. So nothing is shown by the form alone, a hand-over begins with a no, and one no
in *my data* hides the person from everybody until a booth is given a newer yes.

A ``show_profile`` that names no booth is the box of the form: where it is a yes, a booth that may
read the person sees the telephone number too, after the interview. For a talk by telephone the
number is shown by ``phone_call``, given for that, whatever else is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.ledger import tables
from fairserver.ledger.consents import Purpose

_people = tables.people
_consents = tables.consents

#: Values in one list of a statement: below what any database allows.
_CHUNK = 500


class Word(NamedTuple):
    """One thing that a person said of a purpose, of one booth or of none in particular."""

    purpose: Purpose
    booth_id: str | None
    given: bool


class Shown(NamedTuple):
    """What of a person one booth may read now."""

    #: Name, sex, birth year, commune and wish.
    profile: bool = False
    #: The telephone number beside them, once the interview is over.
    phone: bool = False
    #: The telephone number for a talk by telephone.
    call: bool = False
    #: What the person answered to the booth's own questions, and what the booth wrote down; not
    #: after a yes was taken back.
    own: bool = False


#: Of somebody who takes part no more, is erased or is not known.
NOTHING = Shown()


def shown(said: Iterable[Word], booth_id: str) -> Shown:
    """Apply the rule to everything that a person ever said, the newest last."""
    holds = dict.fromkeys(Purpose, False)
    profile = was_shown = False
    for purpose, named, given in said:
        if named is None:
            holds[purpose] = given
        if purpose is Purpose.SHOW_PROFILE and (named == booth_id or (named is None and not given)):
            profile = given
            was_shown = was_shown or given
    if not holds[Purpose.TAKE_PART]:
        return NOTHING
    return Shown(
        profile=profile,
        phone=profile and holds[Purpose.SHOW_PROFILE],
        call=holds[Purpose.PHONE_CALL],
        own=profile or not was_shown,
    )


async def shown_to(
    connection: AsyncConnection, booth_id: str, candidate_ids: Sequence[str]
) -> dict[str, Shown]:
    """Tell what one booth may read of each of these people, inside a running transaction."""
    said: defaultdict[str, list[Word]] = defaultdict(list)
    for start in range(0, len(candidate_ids), _CHUNK):
        asked = (
            select(
                *(_consents.c.candidate_id, _consents.c.purpose),
                *(_consents.c.booth_id, _consents.c.given),
            )
            .join(_people, _people.c.candidate_id == _consents.c.candidate_id)
            .where(_people.c.erased_at.is_(None))
            .where(_consents.c.candidate_id.in_(candidate_ids[start : start + _CHUNK]))
            .order_by(_consents.c.consent_id)
        )
        for row in await connection.execute(asked):
            said[row.candidate_id].append(Word(Purpose(row.purpose), row.booth_id, row.given))
    return {owner: shown(said[owner], booth_id) for owner in candidate_ids}
