"""Invented people, drawn by seed: nobody real is named."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from booth_client.sign_in import Consents, RegistrationForm

_FAMILY = (
    ["Nguyễn"] * 12
    + ["Trần"] * 5
    + ["Lê"] * 4
    + ["Phạm"] * 3
    + ["Huỳnh"] * 3
    + ["Võ", "Phan", "Trương", "Bùi", "Đặng", "Đỗ", "Ngô", "Hồ", "Dương", "Đinh", "Lâm", "Mai"]
)
_MIDDLE = {
    "nam": ["Văn", "Hữu", "Minh", "Quốc", "Thanh", "Đức", "Công", "Hoàng", "Tấn", "Ngọc"],
    "nu": ["Thị", "Thị Kim", "Thị Ngọc", "Thị Thu", "Thị Mỹ", "Ngọc", "Thanh", "Kim", "Như"],
}
_GIVEN = {
    "nam": [
        *("An", "Bảo", "Cường", "Dũng", "Duy", "Đạt", "Hải", "Hiếu", "Hòa", "Hùng", "Huy"),
        *("Khang", "Khoa", "Kiệt", "Lâm", "Long", "Lộc", "Nam", "Nghĩa", "Nhân", "Phát"),
        *("Phong", "Phúc", "Quân", "Sang", "Sơn", "Tài", "Tâm", "Thắng", "Thiện", "Toàn"),
        *("Trí", "Trung", "Tuấn", "Vinh", "Vũ"),
    ],
    "nu": [
        *("Anh", "Bích", "Chi", "Diễm", "Dung", "Duyên", "Giang", "Hà", "Hạnh", "Hằng"),
        *("Hiền", "Hoa", "Hương", "Lan", "Linh", "Loan", "Ly", "Mai", "My", "Nga", "Ngân"),
        *("Nhi", "Nhung", "Phương", "Quyên", "Tâm", "Thảo", "Thu", "Thúy", "Thư", "Trang"),
        *("Trâm", "Trinh", "Tuyền", "Vân", "Yến"),
    ],
}
#: Communes and wards of Tây Ninh after the merger with Long An (2025).
_COMMUNES = [
    *("Phường Tân Ninh", "Phường Bình Minh", "Phường Long Hoa", "Phường Trảng Bàng"),
    *("Phường Gò Dầu", "Phường Long An", "Phường Tân An", "Phường Khánh Hậu"),
    *("Phường Kiến Tường", "Xã Dương Minh Châu", "Xã Tân Biên", "Xã Tân Châu", "Xã Châu Thành"),
    *("Xã Bến Cầu", "Xã Đức Hòa", "Xã Đức Huệ", "Xã Bến Lức", "Xã Cần Đước", "Xã Cần Giuộc"),
    *("Xã Thủ Thừa", "Xã Tân Trụ", "Xã Tầm Vu", "Xã Thạnh Hóa", "Xã Tân Thạnh", "Xã Mộc Hóa"),
]
_WISHES = [
    *("Công nhân may", "Công nhân giày da", "Lắp ráp điện tử", "Kế toán", "Nhân viên kho"),
    *("Lái xe nâng", "Bảo trì điện", "Cơ khí, hàn", "Nhân viên bán hàng", "Hành chính văn phòng"),
    *("Kỹ thuật viên chất lượng (QC)", "Phiên dịch tiếng Trung", "Phiên dịch tiếng Hàn"),
    *("Đi làm việc ở Nhật Bản", "Học nghề sửa chữa ô tô", "Phục vụ nhà hàng", "Bảo vệ"),
    *("Chăm sóc khách hàng", "Nhân viên vận hành máy", "Thực phẩm, đóng gói"),
]


def invent_person(rng: Random) -> RegistrationForm:
    """Return the form of an invented candidate of 18 to 52 years, without a telephone."""
    sex = rng.choice(["nam", "nu"])
    family, middle = rng.choice(_FAMILY), rng.choice(_MIDDLE[sex])
    # Leaning to the young, as at real sessions.
    age = 18 + int(34 * rng.random() ** 1.7)
    return RegistrationForm(
        full_name=f"{family} {middle} {rng.choice(_GIVEN[sex])}",
        birth_year=datetime.now(UTC).year - age,
        sex=sex,
        commune=rng.choice(_COMMUNES),
        wish=rng.choice(_WISHES),
        consents=Consents(take_part=True, show_profile=True, statistics=rng.random() < 0.8),
    )
