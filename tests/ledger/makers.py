"""What the ledger's tests put in: a clock, a fair, people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

import msgspec

from fairserver.ledger import CandidateForm, ConsentChoices, Ledger
from fairserver.protocol.events import Event

SECRET = b"a secret of the server, 32 bytes or more"
FAIR = "tay-ninh"
FAIR_DAY = dt.date(2026, 11, 25)

OpenLedger = Callable[[], Awaitable[Ledger]]


class Clock:
    """A clock that stands until a test moves it, in seconds."""

    def __init__(self) -> None:
        self.now = 1_795_600_000.0

    def __call__(self) -> float:
        return self.now


def plan_json(fair_id: str = FAIR, employer: str = "May Việt Tiến") -> bytes:
    """A small but complete plan of a fair as its JSON."""
    text = {"vi": "Phiên giao dịch việc làm Tây Ninh", "en": "Tây Ninh job fair"}
    vacancy = {
        "vacancy_id": "b01-v1",
        "title": {"vi": "Công nhân may"},
        "openings": 40,
        "description": "May công nghiệp",
        "education_level": "lower_secondary",
        "technical_level": "none",
        "workplace": {"place": "Tân An"},
        "wage_unit": "month",
        "wage_min": 8_500_000,
    }
    booth = {
        "booth_id": "b01",
        "number": "07",
        "mode": "online",
        "site_id": "tan-an",
        "employer": {"name": employer},
        "desks": [{"desk_id": "b01-1", "label": "Bàn 1"}],
        "vacancies": [vacancy],
    }
    site = {
        "site_id": "tan-an",
        "name": text,
        "role": "host",
        "place": "Tân An",
        "province_code": "80",
    }
    return msgspec.json.encode(
        {
            "fair_id": fair_id,
            "name": text,
            "report_kind": "dinh_ky",
            "facets": {"modalities": ["online"]},
            "centre": {"name": text},
            "province_code": "80",
            "date": FAIR_DAY.isoformat(),
            "starts": "07:30",
            "ends": "11:30",
            "place": "Tân An",
            "sites": [site],
            "booths": [booth],
        }
    )


def form(**changes: object) -> CandidateForm:
    """The form of a person who filled everything in."""
    filled = CandidateForm(
        full_name="Nguyễn Thị Hoà",
        phone="0912 345 678",
        birth_year=1999,
        sex="nu",
        commune="Xã Đức Lập",
        wish="May công nghiệp",
        consents=ConsentChoices(take_part=True, show_profile=True),
    )
    return msgspec.structs.replace(filled, **changes)


def request_id(number: int = 1) -> str:
    """A page's own random name for a registration."""
    return f"registration-{number:06d}"


def stream_event(kind: type[Event], seq: int, **fields: object) -> bytes:
    """An event as the live store's stream holds it."""
    return msgspec.json.encode(kind(seq=seq, at=1_795_600_000_000 + seq, by="system", **fields))
