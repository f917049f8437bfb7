"""Festivals by a name that stays the same from year to year, and the day of the Chinese New Year."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from wfm.calendar.published import DayKind, published_days, statutory_days
from wfm.i18n import Text

__all__ = ["chinese_new_year", "festival_name", "festivals_named", "festivals_on"]

CHINESE_FESTIVALS = {
    "元旦": "new_year",
    "农历除夕": "spring_festival",
    "春节": "spring_festival",
    "春节延长假期": "spring_festival",
    "清明节": "qingming",
    "劳动节": "labour_day",
    "端午节": "dragon_boat",
    "中秋节": "mid_autumn",
    "国庆节": "national_day",
    "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日": "victory_day",
}
"""Identifiers of the statutory festivals by their Chinese names."""

FESTIVAL_NAMES = {
    "new_year": Text("New Year", "元旦"),
    "spring_festival": Text("the Spring Festival", "春节"),
    "qingming": Text("Qingming", "清明节"),
    "labour_day": Text("Labour Day", "劳动节"),
    "dragon_boat": Text("the Dragon Boat Festival", "端午节"),
    "mid_autumn": Text("the Mid-Autumn Festival", "中秋节"),
    "national_day": Text("National Day", "国庆节"),
    "victory_day": Text("Victory Day", "抗战胜利纪念日"),
    "public_holiday": Text("a public holiday", "公共假日"),
}

MOVED = re.compile(r"\s*\([^)]*\b(?:observed|estimated|substituted|in lieu|additional)\b[^)]*\)", re.IGNORECASE)
"""What a package adds to the name of a festival that was moved or whose date is estimated."""

NAMELESS = frozenset({"Day off", "Public holiday", ""})


@cache
def festivals_on(country: str, day: date) -> tuple[str, ...]:
    """Identifiers of the festivals that fall on ``day`` itself, by which days off are named; empty on other days.

    In China only a festival's statutory days bear it, not those moved beside them. Elsewhere the English name is the
    identifier, without remarks such as "(observed)".

    Raises:
        BadInput: the country is not known.
    """
    if country == "CN":
        name = statutory_days(country, day.year).get(day)
        return () if name is None else festivals_named(country, name)
    published = published_days(country, day.year).get(day)
    if published is None or published.kind is not DayKind.HOLIDAY:
        return ()
    return festivals_named(country, published.name)


def festivals_named(country: str | None, name: Text) -> tuple[str, ...]:
    """Identifiers of the festivals in a holiday's name, in its order; empty where the name tells of none."""
    if country == "CN":
        chinese = [part.strip() for part in re.split(r"[;；、]", name.zh)]
        if all(part in CHINESE_FESTIVALS for part in chinese):
            return tuple(dict.fromkeys(CHINESE_FESTIVALS[part] for part in chinese))
    plain = (MOVED.sub("", part).strip() for part in name.en.split(";"))
    return tuple(dict.fromkeys(part for part in plain if part not in NAMELESS))


def festival_name(festival: str) -> Text:
    """The name of an identifier; outside China the identifier is the English name itself."""
    return FESTIVAL_NAMES.get(festival, Text(festival, festival))


@cache
def chinese_new_year(year: int) -> date | None:
    """The first day of the first lunar month (正月初一); None outside 1950 to 2100, of which the lunar dates are known."""
    return next((day for day, name in sorted(statutory_days("CN", year).items()) if name.zh == "春节"), None)
