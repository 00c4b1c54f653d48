"""The 34 provinces and cities of Viet Nam since 1 July 2025, with the names that they replaced."""

from __future__ import annotations

import unicodedata

import msgspec


class Province(msgspec.Struct, frozen=True):
    """A province or centrally run city: ``code`` is the two-digit administrative code.

    ``former`` are the provinces merged into it, whose names people still say and write.
    """

    code: str
    name: str
    former: tuple[str, ...] = ()


_LIST = (
    Province("01", "Hà Nội"),
    Province("04", "Cao Bằng"),
    Province("08", "Tuyên Quang", ("Hà Giang", "Tuyên Quang")),
    Province("11", "Điện Biên"),
    Province("12", "Lai Châu"),
    Province("14", "Sơn La"),
    Province("15", "Lào Cai", ("Yên Bái", "Lào Cai")),
    Province("19", "Thái Nguyên", ("Bắc Kạn", "Thái Nguyên")),
    Province("20", "Lạng Sơn"),
    Province("22", "Quảng Ninh"),
    Province("24", "Bắc Ninh", ("Bắc Giang", "Bắc Ninh")),
    Province("25", "Phú Thọ", ("Vĩnh Phúc", "Hòa Bình", "Phú Thọ")),
    Province("31", "Hải Phòng", ("Hải Dương", "Hải Phòng")),
    Province("33", "Hưng Yên", ("Thái Bình", "Hưng Yên")),
    Province("37", "Ninh Bình", ("Hà Nam", "Nam Định", "Ninh Bình")),
    Province("38", "Thanh Hóa"),
    Province("40", "Nghệ An"),
    Province("42", "Hà Tĩnh"),
    Province("44", "Quảng Trị", ("Quảng Bình", "Quảng Trị")),
    Province("46", "Huế", ("Thừa Thiên Huế",)),
    Province("48", "Đà Nẵng", ("Quảng Nam", "Đà Nẵng")),
    Province("51", "Quảng Ngãi", ("Kon Tum", "Quảng Ngãi")),
    Province("52", "Gia Lai", ("Bình Định", "Gia Lai")),
    Province("56", "Khánh Hòa", ("Ninh Thuận", "Khánh Hòa")),
    Province("66", "Đắk Lắk", ("Phú Yên", "Đắk Lắk")),
    Province("68", "Lâm Đồng", ("Đắk Nông", "Bình Thuận", "Lâm Đồng")),
    Province("75", "Đồng Nai", ("Bình Phước", "Đồng Nai")),
    Province("79", "Hồ Chí Minh", ("Bà Rịa - Vũng Tàu", "Bình Dương", "Hồ Chí Minh")),
    Province("80", "Tây Ninh", ("Long An", "Tây Ninh")),
    Province("82", "Đồng Tháp", ("Tiền Giang", "Đồng Tháp")),
    Province("86", "Vĩnh Long", ("Bến Tre", "Trà Vinh", "Vĩnh Long")),
    Province("91", "An Giang", ("Kiên Giang", "An Giang")),
    Province("92", "Cần Thơ", ("Sóc Trăng", "Hậu Giang", "Cần Thơ")),
    Province("96", "Cà Mau", ("Bạc Liêu", "Cà Mau")),
)

#: Every province by its code.
PROVINCES: dict[str, Province] = {province.code: province for province in _LIST}


def _plain(text: str) -> str:
    """Fold case, marks, Đ and punctuation, so that ``Hoà Bình`` and ``hòa bình`` are one."""
    spread = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in spread if letter.isalnum())


_BY_NAME = {
    _plain(name): province for province in _LIST for name in (*province.former, province.name)
}


def find_province(text: str) -> Province | None:
    """Find a province by code or by a name of today or before July 2025, marks or not."""
    return PROVINCES.get(text.strip()) or _BY_NAME.get(_plain(text))
