"""The personal links of staff: the token stands in the fragment, which no server ever sees."""

from __future__ import annotations

from fairserver.domain.states import Role

_PAGES = {
    Role.RECRUITER: "booth",
    Role.ORGANISER: "control",
    Role.SUPPORT: "control",
    Role.GUEST: "guest",
}


def staff_link(base_url: str, fair_id: str, role: Role, token: str) -> str:
    """Build the link with which a person of this role signs in."""
    return f"{base_url}/f/{fair_id}/{_PAGES[role]}#t={token}"
