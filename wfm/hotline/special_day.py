"""Special days that a hotline names: a tax deadline, a flood season, the launch of a local policy."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from wfm.calendar import SpecialDays
from wfm.hotline.parts import Identifier, Misfit, Part, _
from wfm.i18n import Text, say

__all__ = ["SpecialDay"]

MonthDay = Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")]
"""A day of every year, ``MM-DD``."""


class SpecialDay(Part):
    """Days that bring other calls for one cause. They change neither what is open nor who works."""

    id: Identifier = Field(description=_("identifier of the cause, the same every year"))
    name: Text = Field(description=_("name to show"))
    dates: tuple[date, ...] = Field((), description=_("single days"))
    first: date | None = Field(None, description=_("first day of a stretch of days"))
    last: date | None = Field(None, description=_("last day of that stretch"))
    yearly: MonthDay | None = Field(None, description=_("day of every year, MM-DD; 02-29 comes in leap years only"))
    yearly_last: MonthDay | None = Field(
        None, description=_("last day, MM-DD, of a stretch that begins every year on the day of yearly")
    )

    @field_validator("yearly", "yearly_last")
    @classmethod
    def _is_a_day(cls, found: str | None) -> str | None:
        if found is not None:
            try:
                date.fromisoformat(f"2000-{found}")
            except ValueError:
                raise Misfit(say("no year has the day {day}; MM-DD is needed, as 05-31", day=found)) from None
        return found

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        if not self.dates and self.first is None and self.last is None and self.yearly is None:
            raise Misfit(
                say("{id}: which days? give dates, first and last, or yearly", id=self.id),
                *(["yearly_last"] if self.yearly_last is not None else []),
            )
        if (self.first is None) != (self.last is None):
            raise Misfit(say("{id}: first and last belong together", id=self.id), "first" if self.first else "last")
        if self.first is not None and self.last is not None and self.last < self.first:
            raise Misfit(
                say("must not come before first ({first}), found {last}", first=self.first, last=self.last), "last"
            )
        if self.yearly_last is not None and self.yearly is None:
            raise Misfit(say("{id}: yearly_last needs yearly, the stretch's first day", id=self.id), "yearly_last")
        return self

    @property
    def days(self) -> SpecialDays:
        """The days as the working calendar keeps them."""
        yearly = None
        if self.yearly is not None:
            yearly = (_month_day(self.yearly), _month_day(self.yearly_last or self.yearly))
        return SpecialDays(self.id, self.name, frozenset(self.dates), self.first, self.last, yearly)

    def when(self) -> str:
        """When it is, in words."""
        words = [day.isoformat() for day in sorted(self.dates)]
        if self.first is not None and self.last is not None:
            words.append(say("{first} to {last}", first=self.first.isoformat(), last=self.last.isoformat()))
        if self.yearly is not None and self.yearly_last is not None:
            words.append(say("every year {first} to {last}", first=self.yearly, last=self.yearly_last))
        elif self.yearly is not None:
            words.append(say("every year {first}", first=self.yearly))
        return ", ".join(words)


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
