"""The lasting record in SQL: people, staff, fairs, consents and the archived events.

May import ``domain``, ``protocol``, ``line`` and ``events``.
"""

from fairserver.ledger.codes import CodeLocked, CodeWrong
from fairserver.ledger.consents import Channel, Purpose, Statement
from fairserver.ledger.database import LedgerError
from fairserver.ledger.entry import Registered
from fairserver.ledger.forms import CandidateForm, ConsentChoices
from fairserver.ledger.ledger import Ledger
from fairserver.ledger.people import BoothProfile, Person
from fairserver.ledger.push import PushAddress
from fairserver.ledger.sessions import OpenSession, SessionRow
from fairserver.ledger.staff import Invitation, StaffMember

__all__ = [
    "BoothProfile",
    "CandidateForm",
    "Channel",
    "CodeLocked",
    "CodeWrong",
    "ConsentChoices",
    "Invitation",
    "Ledger",
    "LedgerError",
    "OpenSession",
    "Person",
    "Purpose",
    "PushAddress",
    "Registered",
    "SessionRow",
    "StaffMember",
    "Statement",
]
