"""What a person is asked on the day, and the rules for each field (the one-minute walk-in set).

Full name, telephone (or none), birth year, sex, commune, what kind of work, consent; nothing
else. Names are kept in NFC as they are written; no field holds an identity number.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TypeVar

import msgspec

from fairserver.domain.texts import clean_text
from fairserver.protocol.errors import Code, Refused

#: The youngest worker (Bộ luật Lao động): 15 in the year of the fair.
YOUNGEST = 15
#: Older birth years are slips of the pen.
OLDEST = 100

NAME_LENGTH = (2, 80)
COMMUNE_LENGTH = (2, 120)
WISH_LENGTH = (0, 200)
#: Of a second interview: an address, or how to take part.
PLACE_LENGTH = (3, 200)

SEXES = ("nam", "nu")
LANGUAGES = ("vi", "en")

#: Version of the consent sentences that the entry page shows, and that of a booth's reading who
#: one is; raised when a sentence changes.
CONSENT_TEXT = "2"

#: The same of the sentence by which a person lets recruiters telephone during a call.
PHONE_CALL_TEXT = "1"

#: Version of the sentences by which people agree to the recording of an interview.
RECORDING_TEXT = "1"

#: Mobile numbers since 2018: 03, 05, 07, 08 and 09 and eight more digits.
_MOBILE = re.compile(r"^(?:\+84|0084|84|0)([35789]\d{8})\Z")
_REQUEST_ID = re.compile(r"^[A-Za-z0-9_-]{16,64}\Z")
_PHONE_FILLERS = re.compile(r"[\s.()-]+")
_NAME_MARKS = str.maketrans("", "", " .'’-")


class ConsentChoices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The boxes of the entry page, each a purpose of its own; all are empty by default."""

    #: Take part in this fair: lines, calls and interviews.
    take_part: bool = False
    #: Show the telephone number too, after an interview, to the booths that the person lets read
    #: who they are: that is asked booth by booth (``ledger/shown.py``).
    show_profile: bool = False
    #: Keep the profile for other jobs after the fair.
    keep_profile: bool = False
    #: Use the answers for help and statistics.
    statistics: bool = False
    #: Send messages (SMS, Zalo, e-mail).
    messages: bool = False


class Answers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person says of themselves, at registration and when it is corrected."""

    full_name: str
    #: As the person writes it; null or empty for "no phone".
    phone: str | None = None
    birth_year: int
    #: ``nam`` or ``nu``.
    sex: str
    #: Xã, phường or đặc khu, in words.
    commune: str
    #: What kind of work, in words; may be empty.
    wish: str = ""


class CandidateForm(Answers, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A candidate's answers as they came; ``checked`` cleans them and names every fault."""

    language: str = "vi"
    consents: ConsentChoices = ConsentChoices()
    consent_text: str = CONSENT_TEXT


class FieldFault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field that is not right.

    ``problem``: needed, too_short, too_long, letters_only, not_a_mobile, out_of_range,
    not_a_choice, under_15, not_given or not_an_id. ``low`` and ``high`` are the limits.
    """

    field: str
    code: Code
    problem: str
    low: int | None = None
    high: int | None = None


def checked(form: CandidateForm, fair_date: dt.date, request_id: str) -> CandidateForm:
    """Clean a form: NFC, single spaces, the telephone in E.164.

    Raises ``Refused`` with all faults at once in ``detail['fields']``; ``detail['field']`` and
    ``detail['problem']`` are those of the first. The code is the faults' own when they share
    one, and ``field_wrong`` otherwise.
    """
    clean = cleaned(form)
    faults = [
        *answer_faults(clean, fair_date),
        *_choice_faults("language", clean.language, LANGUAGES),
        *_consent_faults(clean.consents),
        *_request_faults(request_id),
    ]
    if faults:
        raise refusal(faults)
    return clean


def checked_answers(answers: Answers, fair_date: dt.date) -> Answers:
    """Clean corrected answers by the rules of registration; raises ``Refused`` as ``checked``."""
    clean = cleaned(answers)
    if faults := answer_faults(clean, fair_date):
        raise refusal(faults)
    return clean


def checked_phone(phone: str | None) -> str | None:
    """Clean a telephone number alone; raises ``Refused`` (``field_wrong``) as ``checked`` does."""
    clean = clean_phone(phone)
    if faults := _phone_faults(clean):
        raise refusal(faults)
    return clean


_Answers = TypeVar("_Answers", bound=Answers)


def cleaned(answers: _Answers) -> _Answers:
    """Bring answers to NFC, single spaces, and the telephone to E.164."""
    return msgspec.structs.replace(
        answers,
        full_name=clean_text(answers.full_name),
        phone=clean_phone(answers.phone),
        commune=clean_text(answers.commune),
        wish=clean_text(answers.wish),
    )


def answer_faults(clean: Answers, fair_date: dt.date) -> list[FieldFault]:
    """List everything that is wrong with cleaned answers."""
    return [
        *_name_faults(clean.full_name),
        *_phone_faults(clean.phone),
        *_age_faults(clean.birth_year, fair_date.year),
        *_choice_faults("sex", clean.sex, SEXES),
        *_length_faults("commune", clean.commune, COMMUNE_LENGTH),
        *_length_faults("wish", clean.wish, WISH_LENGTH),
    ]


def phone_needed() -> Refused:
    """Make the refusal for a person without a telephone number."""
    return refusal([_wrong("phone", "needed")])


def refusal(faults: list[FieldFault]) -> Refused:
    """Put all faults of a form into one refusal."""
    fields = msgspec.to_builtins(faults)
    first = {key: value for key, value in fields[0].items() if key != "code"}
    shared = {fault.code for fault in faults}
    code = shared.pop() if len(shared) == 1 else Code.FIELD_WRONG
    return Refused(code, **first, fields=fields)


def clean_phone(phone: str | None) -> str | None:
    """Turn a Vietnamese mobile number into E.164; other text comes back for ``checked``."""
    bare = _PHONE_FILLERS.sub("", clean_text(phone or ""))
    if not bare:
        return None
    match = _MOBILE.match(bare)
    return f"+84{match[1]}" if match else bare


def plain(text: str) -> str:
    """Strip marks and case for search: ``Đỗ Thị Hoà`` and ``do thi hòa`` both ``do thi hoa``."""
    decomposed = unicodedata.normalize("NFD", clean_text(text).casefold().replace("đ", "d"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _name_faults(name: str) -> list[FieldFault]:
    if faults := _length_faults("full_name", name, NAME_LENGTH):
        return faults
    letters = sum(char.isalpha() for char in name)
    strange = any(unicodedata.category(char)[0] not in "LM" for char in name.translate(_NAME_MARKS))
    if letters < NAME_LENGTH[0] or strange:
        return [_wrong("full_name", "letters_only")]
    return []


def _phone_faults(phone: str | None) -> list[FieldFault]:
    if phone is None or (_MOBILE.match(phone) and phone.isascii()):
        return []
    return [_wrong("phone", "not_a_mobile")]


def _age_faults(birth_year: int, fair_year: int) -> list[FieldFault]:
    low, high = fair_year - OLDEST, fair_year - YOUNGEST
    if high < birth_year <= fair_year:
        return [FieldFault(field="birth_year", code=Code.TOO_YOUNG, problem="under_15", high=high)]
    if not low <= birth_year <= high:
        return [_wrong("birth_year", "out_of_range", low, high)]
    return []


def _choice_faults(field: str, value: str, choices: tuple[str, ...]) -> list[FieldFault]:
    return [] if value in choices else [_wrong(field, "not_a_choice")]


def _length_faults(field: str, text: str, length: tuple[int, int]) -> list[FieldFault]:
    low, high = length
    if low <= len(text) <= high:
        return []
    problem = "too_long" if len(text) > high else "too_short" if text else "needed"
    return [_wrong(field, problem, low, high)]


def _consent_faults(choices: ConsentChoices) -> list[FieldFault]:
    if choices.take_part:
        return []
    field = "consents.take_part"
    return [FieldFault(field=field, code=Code.CONSENT_NEEDED, problem="not_given")]


def _request_faults(request_id: str) -> list[FieldFault]:
    # Whoever knows it is given the person's link again: it must not be guessable.
    return [] if _REQUEST_ID.match(request_id) else [_wrong("request_id", "not_an_id", 16, 64)]


def _wrong(field: str, problem: str, low: int | None = None, high: int | None = None) -> FieldFault:
    return FieldFault(field=field, code=Code.FIELD_WRONG, problem=problem, low=low, high=high)
