"""The code lists of the forms 01a, 03 and 03a, with the spellings used everywhere.

The Vietnamese words of the forms stand behind each code.
"""

from __future__ import annotations

from enum import StrEnum


class Modality(StrEnum):
    """How people meet at a fair; a hybrid fair has several."""

    ON_SITE = "on_site"  # trực tiếp tại sàn
    MOBILE = "mobile"  # lưu động
    ONLINE = "online"  # trực tuyến


class SiteRole(StrEnum):
    """What a connection point is in a linked fair."""

    HOST = "host"  # điểm cầu chính
    LINKED = "linked"  # điểm cầu thành phần


class Ownership(StrEnum):
    """Form 03, loại hình; the last three are added by the labour-market statistics."""

    STATE = "state"  # doanh nghiệp nhà nước
    PRIVATE = "private"  # doanh nghiệp ngoài nhà nước
    FOREIGN = "foreign"  # doanh nghiệp có vốn đầu tư nước ngoài
    STATE_AGENCY = "state_agency"  # cơ quan, đơn vị sự nghiệp nhà nước
    HOUSEHOLD = "household"  # hộ kinh doanh
    INDIVIDUAL = "individual"  # cá nhân


class IndustryVersion(StrEnum):
    """Which edition of VSIC a section letter is from: the letters changed their meaning."""

    VSIC_2018 = "vsic_2018"  # QĐ 27/2018/QĐ-TTg, sections A-U
    VSIC_2025 = "vsic_2025"  # QĐ 36/2025/QĐ-TTg, sections A-V, from 15 Nov 2025


class EmployerSize(StrEnum):
    """Form 03, quy mô lao động: number of workers."""

    UNDER_10 = "under_10"
    FROM_10 = "10_50"
    FROM_51 = "51_100"
    FROM_101 = "101_200"
    FROM_201 = "201_500"
    FROM_501 = "501_1000"
    FROM_1001 = "1001_3000"
    FROM_3001 = "3001_10000"
    OVER_10000 = "over_10000"


class SexWanted(StrEnum):
    """Form 03a, giới tính."""

    ANY = "any"  # không yêu cầu
    NAM = "nam"  # nam
    NU = "nu"  # nữ


class Position(StrEnum):
    """Form 03a, chức vụ."""

    STAFF = "staff"  # nhân viên
    MANAGER = "manager"  # quản lý
    LEADER = "leader"  # lãnh đạo
    OTHER = "other"  # khác


class EducationLevel(StrEnum):
    """Form 03a, trình độ học vấn."""

    BELOW_PRIMARY = "below_primary"  # chưa tốt nghiệp tiểu học
    PRIMARY = "primary"  # tiểu học
    LOWER_SECONDARY = "lower_secondary"  # trung học cơ sở (THCS)
    UPPER_SECONDARY = "upper_secondary"  # trung học phổ thông (THPT)


class TechnicalLevel(StrEnum):
    """Form 03a, trình độ chuyên môn kỹ thuật (CMKT)."""

    NONE = "none"  # chưa qua đào tạo
    SKILLED_NO_CERT = "skilled_no_cert"  # công nhân kỹ thuật không có bằng
    CERT_UNDER_3M = "cert_under_3m"  # chứng chỉ nghề dưới 3 tháng
    ELEMENTARY = "elementary"  # sơ cấp
    INTERMEDIATE = "intermediate"  # trung cấp
    COLLEGE = "college"  # cao đẳng
    UNIVERSITY = "university"  # đại học
    MASTER = "master"  # thạc sĩ
    DOCTOR = "doctor"  # tiến sĩ


class Experience(StrEnum):
    """Form 03a, kinh nghiệm: years."""

    NONE = "none"  # không yêu cầu
    UNDER_1 = "under_1"  # dưới 1 năm
    FROM_1_TO_2 = "1_2"
    FROM_2_TO_5 = "2_5"
    OVER_5 = "over_5"


class ContractType(StrEnum):
    """Form 03a, loại hợp đồng lao động; ``seasonal`` is from Thông tư 11/2022."""

    INDEFINITE = "indefinite"  # không xác định thời hạn
    UNDER_12M = "under_12m"  # xác định thời hạn dưới 12 tháng
    FROM_12_TO_36M = "12_36m"  # xác định thời hạn 12-36 tháng
    SEASONAL = "seasonal"  # mùa vụ


class Employment(StrEnum):
    """Form 03a, hình thức làm việc."""

    FULL_TIME = "full_time"  # toàn thời gian
    PART_TIME = "part_time"  # bán thời gian


class Purpose(StrEnum):
    """Form 03a, mục đích làm việc."""

    LONG_TERM = "long_term"  # lâu dài
    TEMPORARY = "temporary"  # tạm thời
    EXTRA = "extra"  # làm thêm


class WageUnit(StrEnum):
    """Form 03a, mức lương: what the wage numbers are for, or how else it is paid."""

    MONTH = "month"  # theo tháng
    DAY = "day"  # theo ngày
    HOUR = "hour"  # theo giờ
    NEGOTIABLE = "negotiable"  # thỏa thuận khi phỏng vấn
    COMMISSION = "commission"  # hoa hồng theo doanh thu, sản phẩm


class WageBand(StrEnum):
    """The month bands that forms 01a and 03a print, in million VND; derived, never typed in."""

    UNDER_5 = "under_5"
    FROM_5 = "5_10"
    FROM_10 = "10_20"
    FROM_20 = "20_50"
    OVER_50 = "over_50"


class Benefit(StrEnum):
    """Form 03a, chế độ phúc lợi."""

    MEALS_1 = "meals_1"  # hỗ trợ ăn 1 bữa
    MEALS_2 = "meals_2"  # 2 bữa
    MEALS_3 = "meals_3"  # 3 bữa
    MEALS_CASH = "meals_cash"  # bằng tiền
    INSURANCE = "insurance"  # BHXH, BHYT, BHTN
    LIFE_INSURANCE = "life_insurance"  # bảo hiểm nhân thọ
    SEVERANCE = "severance"  # trợ cấp thôi việc
    NURSERY = "nursery"  # nhà trẻ
    SHUTTLE = "shuttle"  # xe đưa đón
    TRAVEL_SUPPORT = "travel_support"  # hỗ trợ đi lại
    DORMITORY = "dormitory"  # ký túc xá
    HOUSING_SUPPORT = "housing_support"  # hỗ trợ nhà ở
    TRAINING = "training"  # đào tạo
    ACCESSIBLE = "accessible"  # lối đi, thiết bị hỗ trợ người khuyết tật
    PROMOTION = "promotion"  # cơ hội thăng tiến
    OTHER = "other"  # khác


class InterviewWay(StrEnum):
    """Form 03a, hình thức tuyển dụng."""

    IN_PERSON = "in_person"  # trực tiếp
    PHONE = "phone"  # qua điện thoại
    ONLINE = "online"  # phỏng vấn online
    CV = "cv"  # nộp CV


class PriorityGroup(StrEnum):
    """Forms 01 and 03a, đối tượng ưu tiên. On a vacancy: who is especially welcome."""

    KHUYET_TAT = "khuyet_tat"  # người khuyết tật
    DAN_TOC_THIEU_SO = "dan_toc_thieu_so"  # người dân tộc thiểu số
    HO_NGHEO = "ho_ngheo"  # hộ nghèo
    HO_CAN_NGHEO = "ho_can_ngheo"  # hộ cận nghèo
    BO_DOI_XUAT_NGU = "bo_doi_xuat_ngu"  # bộ đội xuất ngũ
    THU_HOI_DAT = "thu_hoi_dat"  # hộ bị thu hồi đất
    THAN_NHAN_NGUOI_CO_CONG = "than_nhan_nguoi_co_cong"  # thân nhân người có công
    KHAC = "khac"  # khác


class WorkPlaceKind(StrEnum):
    """Working conditions, nơi làm việc."""

    INDOOR = "indoor"  # trong nhà
    OUTDOOR = "outdoor"  # ngoài trời
    MIXED = "mixed"  # hỗn hợp


class Lifting(StrEnum):
    """Working conditions, trọng lượng nâng."""

    UNDER_5KG = "under_5kg"
    FROM_5_TO_20KG = "5_20kg"
    OVER_20KG = "over_20kg"


class Standing(StrEnum):
    """Working conditions, đứng, đi lại."""

    HARDLY = "hardly"  # hầu như không
    MEDIUM = "medium"  # trung bình
    MUCH = "much"  # nhiều


class Speech(StrEnum):
    """Working conditions, nghe nói."""

    NOT_NEEDED = "not_needed"  # không cần
    BASIC = "basic"  # cơ bản
    IMPORTANT = "important"  # quan trọng


class Sight(StrEnum):
    """Working conditions, thị lực."""

    NORMAL = "normal"  # bình thường
    SMALL_OBJECTS = "small_objects"  # nhìn được vật nhỏ


class HandWork(StrEnum):
    """Working conditions, thao tác tay: the parts that are put together."""

    LARGE = "large"  # lắp vật lớn
    SMALL = "small"  # vật nhỏ
    TINY = "tiny"  # vật rất nhỏ


class QuestionKind(StrEnum):
    """How a question of the employer is answered."""

    TEXT = "text"  # in words
    YES_NO = "yes_no"
    CHOICE = "choice"  # one of a few


class HandsNeeded(StrEnum):
    """Working conditions, dùng 2 tay."""

    BOTH = "both"  # cần 2 tay
    SOMETIMES_BOTH = "sometimes_both"  # đôi khi cần 2 tay
    ONE = "one"  # chỉ cần 1 tay
    LEFT = "left"  # chỉ cần tay trái
    RIGHT = "right"  # chỉ cần tay phải
