"""Who is at the other end: a signed-in identity and what follows from it."""

from __future__ import annotations

import msgspec

from fairserver.domain.states import Role, RoomSide
from fairserver.ledger.sessions import SessionRow
from fairserver.line.line import Actor
from fairserver.web.limits.sockets import Identity
from fairserver.web.permissions import Party, Scope

_SIDES = {Role.CANDIDATE: RoomSide.CANDIDATE, Role.GUEST: RoomSide.GUEST}


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in identity on one fair; ``slot`` is its public name."""

    slot: str
    fair_id: str
    role: Role
    #: ``candidate_id`` or ``staff_id``.
    subject_id: str
    booth_id: str | None
    display_name: str
    #: A machine that was let in at a booth, and no person.
    is_machine: bool = False

    @classmethod
    def of_session(cls, session: SessionRow) -> Principal:
        """Read it from the ledger's session."""
        return cls(
            slot=session.slot,
            fair_id=session.fair_id,
            role=session.role,
            subject_id=session.subject_id,
            booth_id=session.booth_id,
            display_name=session.display_name,
            is_machine=session.is_machine,
        )

    @property
    def party(self) -> Party:
        """As whom the table of permissions knows this identity."""
        return Party.of(self.role, is_machine=self.is_machine)

    @property
    def by(self) -> str:
        """How events and the log name this identity: ``candidate:<id>`` or ``staff:<id>``."""
        kind = "candidate" if self.role is Role.CANDIDATE else "staff"
        return f"{kind}:{self.subject_id}"

    def actor(self, scope: Scope) -> Actor:
        """Give the actor that acts with a permission of this reach."""
        if self.role is Role.GUEST:
            return Actor.guest(self.subject_id)
        if scope is Scope.OWN:
            return Actor.candidate(self.subject_id)
        if scope is Scope.BOOTH:
            return Actor.recruiter(self.subject_id, self.booth_id or "")
        return Actor.staff(self.role, self.subject_id)

    @property
    def identity(self) -> Identity:
        """The person, whatever sign-in this is: what limits by person counts by it."""
        return Identity(self.fair_id, self.role, self.subject_id)

    @property
    def side(self) -> RoomSide:
        """The end of an interview's room at which this identity stands."""
        return _SIDES.get(self.role, RoomSide.DESK)

    def view_subject(self, view: str) -> str:
        """Name whose view of that kind this identity watches; empty for everybody's."""
        own = {"me": self.subject_id, "guest": self.subject_id, "booth": self.booth_id or ""}
        return own.get(view, "")
