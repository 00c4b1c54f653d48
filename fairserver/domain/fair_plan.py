"""A whole fair as its organiser writes it: sites, booths, desks and vacancies.

Field comments name the forms of Nghị định 23/2021/NĐ-CP, Phụ lục I that a field comes from:
03 (employer) and 03a (vacancy).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from fairserver.domain import codes
from fairserver.domain.fair_values import (
    Age,
    BoothId,
    Clock,
    Currency,
    DeskId,
    Dong,
    Email,
    FairId,
    IndustryCode,
    InterviewMinutes,
    LongText,
    Number,
    OccupationCode,
    Openings,
    Phone,
    ProvinceCode,
    QuestionId,
    ShortText,
    SiteId,
    VacancyId,
)
from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothKind, BoothMode, ReportKind


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every part of a fair."""


class Text(Entry, frozen=True, kw_only=True):
    """Words in Vietnamese and, where written, in English; an empty ``en`` shows ``vi``."""

    vi: ShortText
    en: Annotated[str, Meta(max_length=200)] = ""


class AnswerChoice(Entry, frozen=True, kw_only=True):
    """One answer that may be chosen; ``vi`` is what is kept of it."""

    vi: Annotated[str, Meta(min_length=1, max_length=80)]
    en: Annotated[str, Meta(max_length=80)] = ""


class Contact(Entry, frozen=True, kw_only=True):
    """A person to reach (forms 03 and 03a, người đại diện, người liên hệ): never public."""

    full_name: ShortText
    position: str = ""
    phone: Phone | None = None
    email: Email | None = None


class CentreEntry(Entry, frozen=True, kw_only=True):
    """Who holds the fair; names of offices change, so they are data."""

    name: Text
    #: The office above the Centre: Sở Nội vụ since 2025.
    authority: Text | None = None
    address: str = ""
    phone: Phone | None = None


class Facets(Entry, frozen=True, kw_only=True):
    """What a fair is besides its one ``report_kind``."""

    modalities: Annotated[list[codes.Modality], Meta(min_length=1)]
    #: Chủ đề: women, discharged soldiers, people with disability, …
    themes: list[Text] = []


class SitePlan(Entry, frozen=True, kw_only=True):
    """A connection point (điểm cầu)."""

    site_id: SiteId
    name: Text
    role: codes.SiteRole
    place: ShortText
    province_code: ProvinceCode


class EmployerEntry(Entry, frozen=True, kw_only=True):
    """Form 03. Starred fields of the form are needed at a booth of kind ``employer``."""

    #: 03: tên doanh nghiệp*.
    name: ShortText
    english_name: Annotated[str, Meta(max_length=200)] = ""
    #: 03: mã số thuế*; not for an individual, whose identity number stays out of the file.
    tax_code: str | None = None
    #: 03: loại hình*.
    ownership: codes.Ownership | None = None
    #: 03: địa chỉ*.
    address: str = ""
    #: 03: khu công nghiệp (KCN).
    industrial_park: str = ""
    #: 03: ngành kinh doanh chính*: a VSIC section, always with its edition.
    industry_code: IndustryCode | None = None
    industry_version: codes.IndustryVersion | None = None
    #: 03: mặt hàng, sản phẩm chính*.
    main_product: str = ""
    #: 03: quy mô lao động*.
    size: codes.EmployerSize | None = None
    #: Doanh nghiệp dịch vụ đưa người lao động đi làm việc ở nước ngoài, and its licence.
    sends_abroad: bool = False
    licence_no: str | None = None
    website: str = ""
    #: 03: người đại diện*; not public.
    contact: Contact | None = None


class DeskEntry(Entry, frozen=True, kw_only=True):
    """One interviewer's place in a booth; ``label`` is what people are told ("Bàn 1")."""

    desk_id: DeskId
    label: ShortText


class Workplace(Entry, frozen=True, kw_only=True):
    """03a: nơi làm việc dự kiến; ``province_code`` only for work in Viet Nam."""

    place: ShortText
    province_code: ProvinceCode | None = None


class WorkConditions(Entry, frozen=True, kw_only=True):
    """03a: điều kiện làm việc, in the words that job seekers answer too."""

    place: codes.WorkPlaceKind | None = None
    lifting: codes.Lifting | None = None
    standing: codes.Standing | None = None
    speech: codes.Speech | None = None
    sight: codes.Sight | None = None
    hand_work: codes.HandWork | None = None
    hands: codes.HandsNeeded | None = None


class OverseasEntry(Entry, frozen=True, kw_only=True):
    """What a person must know before going abroad to work; every amount is obligatory."""

    #: Thị trường: the country.
    market: Text
    #: Số giấy phép of the sending company.
    licence_no: ShortText
    contract_months: Annotated[int, Meta(ge=1, le=120)]
    #: Tổng chi phí, all that the worker pays until departure, in VND; 0 when the other side pays.
    total_cost: Annotated[int, Meta(ge=0, le=1_000_000_000)]
    #: Tiền ký quỹ in VND; 0 for none.
    deposit: Annotated[int, Meta(ge=0, le=1_000_000_000)]
    #: Basic wage of one month in the money of the market.
    wage_amount: Annotated[int, Meta(ge=1)]
    wage_currency: Currency
    #: "N4", "TOPIK 2", or "không yêu cầu".
    language_level: ShortText
    #: Hỗ trợ vay vốn.
    loan_support: bool = False


class VacancyEntry(Entry, frozen=True, kw_only=True):
    """Form 03a: one vị trí việc làm with its number of openings."""

    vacancy_id: VacancyId
    #: 03a: tên công việc*.
    title: Text
    #: 03a: số lượng tuyển*: persons.
    openings: Openings
    #: 03a: giới tính.
    sex: codes.SexWanted = codes.SexWanted.ANY
    #: 03a: độ tuổi, years.
    age_from: Age | None = None
    age_to: Age | None = None
    #: 03a: mô tả công việc*.
    description: LongText
    #: 03a: mã nghề, tiers 1 to 4, coded by the Centre.
    occupation_code: OccupationCode | None = None
    #: 03a: chức vụ*.
    position: codes.Position = codes.Position.STAFF
    #: 03a: trình độ học vấn*.
    education_level: codes.EducationLevel
    #: 03a: trình độ chuyên môn kỹ thuật*, chuyên ngành.
    technical_level: codes.TechnicalLevel
    training_field: str = ""
    #: 03a: ngoại ngữ, tin học and other skills, in words.
    other_requirements: str = ""
    #: 03a: kinh nghiệm.
    experience: codes.Experience = codes.Experience.NONE
    #: 03a: nơi làm việc dự kiến.
    workplace: Workplace
    #: 03a: loại hợp đồng lao động.
    contract_type: codes.ContractType | None = None
    #: 03a: yêu cầu thêm: làm ca, đi công tác, đi biệt phái.
    shift_required: bool = False
    travel_required: bool = False
    secondment_required: bool = False
    #: 03a: hình thức làm việc*, mục đích.
    employment: codes.Employment = codes.Employment.FULL_TIME
    purpose: codes.Purpose = codes.Purpose.LONG_TERM
    #: 03a: mức lương*: VND for one ``wage_unit``.
    wage_unit: codes.WageUnit
    wage_min: Dong | None = None
    wage_max: Dong | None = None
    #: 03a: chế độ phúc lợi*.
    benefits: list[codes.Benefit] = []
    #: 03a: điều kiện làm việc*.
    work_conditions: WorkConditions = WorkConditions()
    #: 03a: đối tượng ưu tiên: who is especially welcome.
    priority_groups: list[codes.PriorityGroup] = []
    #: 03a: hình thức tuyển dụng*.
    interview_modes: list[codes.InterviewWay] = []
    #: 03a: thời hạn tuyển dụng*; none means until the openings are filled.
    deadline: dt.date | None = None
    overseas: OverseasEntry | None = None
    #: 03a: người liên hệ*; not public.
    contact: Contact | None = None

    @property
    def wage_band(self) -> codes.WageBand | None:
        """The band of a monthly wage as forms 01a and 03a print it; None for other units."""
        if self.wage_unit is not codes.WageUnit.MONTH or self.wage_min is None:
            return None
        return wage_band((self.wage_min + (self.wage_max or self.wage_min)) // 2)


class QuestionEntry(Entry, frozen=True, kw_only=True):
    """A short question of the employer; a person may answer it before the interview."""

    question_id: QuestionId
    kind: codes.QuestionKind = codes.QuestionKind.TEXT
    text: Text
    #: What may be chosen, for kind ``choice``.
    choices: Annotated[list[AnswerChoice], Meta(max_length=6)] = []
    #: The vacancy that it is about; without it the booth as a whole.
    vacancy_id: VacancyId | None = None


class BoothEntry(Entry, frozen=True, kw_only=True):
    """A booth (gian hàng): one employer, the Centre's advisers, a school or a bank."""

    booth_id: BoothId
    #: As people see it on the booth, the ticket and the hall screen.
    number: Number
    kind: BoothKind = BoothKind.EMPLOYER
    mode: BoothMode
    site_id: SiteId
    #: Usual length of one interview.
    minutes: InterviewMinutes = 10
    employer: EmployerEntry
    desks: Annotated[list[DeskEntry], Meta(min_length=1, max_length=20)]
    vacancies: Annotated[list[VacancyEntry], Meta(max_length=100)] = []
    #: At most three about the booth, and three about each vacancy.
    questions: Annotated[list[QuestionEntry], Meta(max_length=12)] = []


class FairPlan(Entry, frozen=True, kw_only=True):
    """A whole fair (phiên giao dịch việc làm) on one day."""

    fair_id: FairId
    name: Text
    #: The one kind under which the fair is counted.
    report_kind: ReportKind
    facets: Facets
    centre: CentreEntry
    province_code: ProvinceCode
    date: dt.date
    starts: Clock
    ends: Clock
    time_zone: str = "Asia/Ho_Chi_Minh"
    place: ShortText
    settings: FairSettings = FairSettings()
    sites: Annotated[list[SitePlan], Meta(min_length=1, max_length=40)]
    booths: Annotated[list[BoothEntry], Meta(min_length=1, max_length=400)]

    @property
    def starts_at(self) -> dt.datetime:
        """The opening, with its time zone."""
        return self._moment(self.starts)

    @property
    def ends_at(self) -> dt.datetime:
        """The planned end, with its time zone."""
        return self._moment(self.ends)

    @property
    def day_over(self) -> dt.datetime:
        """The midnight after the fair, with its time zone."""
        return dt.datetime.combine(
            self.date + dt.timedelta(days=1), dt.time(), ZoneInfo(self.time_zone)
        )

    def _moment(self, clock: str) -> dt.datetime:
        time = dt.time.fromisoformat(clock)
        return dt.datetime.combine(self.date, time, ZoneInfo(self.time_zone))

    def booth(self, booth_id: str) -> BoothEntry:
        """Find a booth by its id; raises KeyError."""
        for booth in self.booths:
            if booth.booth_id == booth_id:
                return booth
        raise KeyError(booth_id)

    def booth_of(self, desk_id: str) -> BoothEntry:
        """Find the booth that a desk belongs to; raises KeyError."""
        for booth in self.booths:
            if any(desk.desk_id == desk_id for desk in booth.desks):
                return booth
        raise KeyError(desk_id)

    def desk_ids(self) -> list[str]:
        """List every desk of the fair, booth by booth."""
        return [desk.desk_id for booth in self.booths for desk in booth.desks]

    def vacancies(self) -> Iterator[VacancyEntry]:
        """Walk over every vacancy, booth by booth."""
        for booth in self.booths:
            yield from booth.vacancies

    def digest(self) -> str:
        """Give a digest of all that the plan says, in hexadecimal.

        What has its default is left out: a release that knows one thing more says the same of a
        file that does not speak of it.
        """
        return hashlib.sha256(msgspec.json.encode(_said(self))).hexdigest()

    def public(self) -> dict[str, Any]:
        """Build what anybody may read, as JSON values: all but the contact persons.

        An English text that was not written repeats the Vietnamese one.
        """
        public: dict[str, Any] = _public(msgspec.to_builtins(self))
        return public

    def public_booth(self, booth_id: str) -> dict[str, Any]:
        """Build what anybody may read of one booth, as JSON values; raises KeyError."""
        public: dict[str, Any] = _public(msgspec.to_builtins(self.booth(booth_id)))
        return public


def _said(value: Any) -> Any:
    if isinstance(value, list):
        return [_said(item) for item in value]
    if not isinstance(value, msgspec.Struct):
        return value
    fields = ((field, getattr(value, field.name)) for field in msgspec.structs.fields(value))
    return {field.name: _said(own) for field, own in fields if own != _default(field)}


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if callable(field.default_factory) else field.default


def wage_band(month_wage: int) -> codes.WageBand:
    """Sort a monthly wage in VND into the bands of the forms (5, 10, 20, 50 million)."""
    limits = (5_000_000, 10_000_000, 20_000_000, 50_000_000)
    return list(codes.WageBand)[sum(month_wage >= limit for limit in limits)]


def _public(value: Any) -> Any:
    if isinstance(value, list):
        return [_public(item) for item in value]
    if not isinstance(value, dict):
        return value
    shown = {key: _public(item) for key, item in value.items() if key != "contact"}
    if shown.get("en") == "" and "vi" in shown:
        shown["en"] = shown["vi"]
    return shown
