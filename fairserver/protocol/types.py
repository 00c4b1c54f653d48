"""Bounded scalar types shared by every message."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

#: Chosen by the client, unique per client for a day; a repeat gets the first answer.
CommandId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,40}\Z")]
#: A question of an employer, as its booth names it.
QuestionId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z")]
#: Identifiers of a fair and its parts: letters, digits, ``-`` and ``_``.
FairId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]
BoothId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,23}\Z")]
DeskId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z")]
TicketId = Annotated[str, Meta(pattern=r"^t[0-9]{1,9}\Z")]
CandidateId = Annotated[str, Meta(pattern=r"^c[A-Za-z0-9]{1,23}\Z")]
#: Random name of one loaded page (one media end); new at every load of the page.
PeerId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{6,40}\Z")]
#: A member of staff, or a guest of one interview.
StaffId = Annotated[str, Meta(pattern=r"^s[A-Za-z0-9]{1,23}\Z")]
#: Name of a view: ``me``, ``hall``, ``control``, ``booth`` or ``guest``.
ViewName = Annotated[str, Meta(pattern=r"^(me|hall|control|booth|guest)\Z")]
#: Milliseconds since 1970-01-01 UTC, by the live store's clock (or a rehearsal's own).
Millis = int
#: The same, when a client says it.
Moment = Annotated[int, Meta(ge=0, le=10**14)]
#: Number of an event within its fair: 1, 2, 3 … without gaps.
Seq = Annotated[int, Meta(ge=0)]
#: Count of rebuilds of one interview's connection, from 1.
Epoch = Annotated[int, Meta(ge=0, le=1_000_000)]
#: A free time that a booth has listed for second interviews.
SlotId = Annotated[str, Meta(pattern=r"^s[A-Za-z0-9]{1,23}\Z")]
#: One asking to record an interview, and what came of it.
RecordingId = Annotated[str, Meta(pattern=r"^r[0-9]{1,9}\Z")]
Language = Annotated[str, Meta(pattern=r"^(vi|en)\Z")]
