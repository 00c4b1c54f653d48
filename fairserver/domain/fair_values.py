"""The single values of a fair file: ids, hours, codes and amounts, with their limits.

``Meta(description=…)`` is what an organiser reads when a value is wrong: what would be right.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta


def _id(longest: int, example: str) -> Meta:
    return Meta(
        pattern=rf"^[a-z0-9][a-z0-9-]{{0,{longest - 1}}}\Z",
        description="small letters a-z, digits and '-', beginning with a letter or digit, "
        f"at most {longest} in all",
        examples=[example],
    )


FairId = Annotated[str, _id(40, "tay-ninh")]
SiteId = Annotated[str, _id(24, "tan-an")]
BoothId = Annotated[str, _id(24, "b01")]
DeskId = Annotated[str, _id(32, "b01-1")]
VacancyId = Annotated[str, _id(32, "b01-v1")]
QuestionId = Annotated[str, _id(32, "b01-q1")]
Clock = Annotated[
    str,
    Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z",
        description="local time as hours and minutes, in quotes",
        examples=["07:30"],
    ),
]
#: Checked against the list of provinces by ``fair_rules``, which knows the old names too.
ProvinceCode = Annotated[
    str,
    Meta(
        description="the two-digit code of a province since 1 July 2025, in quotes",
        examples=["80"],
    ),
]
OccupationCode = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,4}\Z",
        description="1 to 4 digits of the occupation list (QĐ 34/2020/QĐ-TTg), in quotes",
        examples=["8153"],
    ),
]
IndustryCode = Annotated[
    str,
    Meta(
        pattern=r"^[A-V]\Z",
        description="the letter of a VSIC section, in quotes",
        examples=["C"],
    ),
]
Phone = Annotated[
    str,
    Meta(
        pattern=r"^\+?[0-9][0-9 .]{6,17}\Z",
        description="a telephone number in quotes",
        examples=["0272 3999 000"],
    ),
]
Email = Annotated[
    str,
    Meta(
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+\Z",
        max_length=200,
        description="an e-mail address in quotes",
        examples=["tuyendung@congty.example"],
    ),
]
Currency = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z]{3}\Z",
        description="three capital letters of a currency, in quotes",
        examples=["JPY"],
    ),
]
ShortText = Annotated[str, Meta(min_length=1, max_length=200)]
LongText = Annotated[str, Meta(min_length=1, max_length=4000)]
#: Only Latin-script labels of a few letters fit on a ticket and the hall screen.
Number = Annotated[
    str,
    Meta(
        pattern=r"^[0-9A-Z]{1,4}\Z",
        description="1 to 4 digits or capital letters, in quotes",
        examples=["07"],
    ),
]
Age = Annotated[int, Meta(ge=15, le=80)]
#: Whole đồng: a wage of "8.5" or "8500" is a slip of the pen, so the floor is an hour's pay.
Dong = Annotated[
    int,
    Meta(
        ge=10_000,
        le=1_000_000_000,
        description="whole đồng, without quotes, from 10_000 to 1_000_000_000",
        examples=[8_500_000],
    ),
]
Openings = Annotated[int, Meta(ge=1, le=100_000)]
InterviewMinutes = Annotated[int, Meta(ge=3, le=60)]
