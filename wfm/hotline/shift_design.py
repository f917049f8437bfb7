"""Which shifts may be built, and what they cost: starts, lengths, nights, breaks, limits (班次设计).

The hotline's own ``shifts`` are those that may be rostered; a shift design says which others could be.
"""

from __future__ import annotations

from math import gcd
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wfm.hotline.parts import Clock, Misfit, Part, _, minutes_of
from wfm.i18n import say

__all__ = ["MealBreak", "ShiftDesign", "ShortBreaks"]

Minutes = Annotated[int, Field(ge=0, le=1440)]
Length = Annotated[int, Field(ge=5, le=240)]


def _in_steps(part: Part, step: float, *names: str) -> None:
    """Refuse values that are no whole multiples of the step.

    Raises:
        Misfit: one is none.
    """
    for name in names:
        value = float(getattr(part, name))
        if abs(value / step - round(value / step)) > 1e-9:
            raise Misfit(say("should be a multiple of {step:g}, found {found:g}", step=step, found=value), name)


class MealBreak(Part):
    """The meal inside a shift. It begins within a window after the shift's start."""

    length_min: Length = Field(30, description=_("length of the meal break"))
    paid: bool = Field(False, description=_("the meal break counts as paid time"))
    from_length_h: Annotated[float, Field(ge=0, le=24)] = Field(
        6.0, description=_("shifts of at least this length have a meal break")
    )
    earliest_min: Minutes = Field(180, description=_("earliest start of the meal, from the start of the shift"))
    latest_min: Minutes = Field(
        270, description=_("latest start of the meal, from the start of the shift; earlier where a shift ends soon")
    )

    @model_validator(mode="after")
    def _window(self) -> Self:
        _in_steps(self, 5, "length_min", "earliest_min", "latest_min")
        if self.latest_min < self.earliest_min:
            raise Misfit(
                say(
                    "must not come before earliest_min ({first}), found {last}",
                    first=self.earliest_min,
                    last=self.latest_min,
                ),
                "latest_min",
            )
        return self


class ShortBreaks(Part):
    """Short breaks inside a shift, each within a window of its own."""

    length_min: Length = Field(15, description=_("length of a short break"))
    paid: bool = Field(True, description=_("short breaks count as paid time"))
    every_h: Annotated[float, Field(gt=0, le=24)] = Field(
        4.0, description=_("a shift has one short break for each full so many hours of its length")
    )
    window_min: Minutes = Field(
        60, description=_("minutes between the earliest and the latest start of a short break, where it is laid evenly")
    )
    windows_min: tuple[tuple[Minutes, Minutes], ...] = Field(
        (),
        description=_(
            "earliest and latest start of the first, second … short break, in minutes from the start of the shift; "
            "empty: laid evenly around the meal"
        ),
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _in_steps(self, 5, "length_min", "window_min")
        last = 0
        for number, (first, latest) in enumerate(self.windows_min):
            if not last <= first <= latest:
                raise Misfit(
                    say(
                        "{first}–{latest} must follow the window before it and end after it begins",
                        first=first,
                        latest=latest,
                    ),
                    "windows_min",
                    number,
                )
            last = latest + self.length_min
        return self


class ShiftDesign(Part):
    """Which shifts may be built, and what they cost."""

    grid_min: Literal[5, 10, 15, 20, 30, 60] = Field(
        15, description=_("grid in minutes on which breaks begin and heads are counted")
    )
    start_grid_min: Literal[5, 10, 15, 20, 30, 60, 120, 180, 240] = Field(
        30, description=_("shifts begin at multiples of so many minutes after midnight")
    )
    earliest_start: Clock = Field("00:00", description=_("earliest start of a shift, local time"))
    latest_start: Clock = Field(
        "23:45", description=_("latest start of a shift; before the earliest start: past midnight")
    )
    shortest_h: Annotated[float, Field(ge=1, le=24)] = Field(
        4.0, description=_("length of the shortest shift, breaks included")
    )
    longest_h: Annotated[float, Field(ge=1, le=24)] = Field(
        8.0, description=_("length of the longest shift, breaks included")
    )
    length_step_h: Annotated[float, Field(gt=0, le=12)] = Field(
        0.5, description=_("step between the lengths of shifts")
    )
    nights: bool = Field(True, description=_("shifts that count as nights, or cross midnight, may be built"))
    night_from: Clock = Field("22:00", description=_("start of the night"))
    night_to: Clock = Field("06:00", description=_("end of the night, the next day"))
    night_h: Annotated[float, Field(gt=0, le=24)] = Field(
        3.0, description=_("a shift with at least so many hours in the night counts as a night")
    )
    meal: MealBreak | None = Field(MealBreak(), description=_("meal break; empty: none"))
    short_breaks: ShortBreaks | None = Field(ShortBreaks(), description=_("short breaks; empty: none"))
    apart_min: Minutes = Field(
        30, description=_("work between two breaks, and between a break and the start or end of the shift, at least")
    )
    shifts_max: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None, description=_("distinct shifts (start and length) in use at most; empty: no limit")
    )
    posts_min: Annotated[int, Field(ge=1, le=1000)] = Field(
        1, description=_("posts at least, where a group has a shift on a day")
    )
    posts_max: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description=_("posts of one shift of a group on a day at most; empty: no limit")
    )
    cost_per_h: Annotated[float, Field(gt=0)] = Field(1.0, description=_("cost of a paid hour"))
    night_cost_factor: Annotated[float, Field(gt=0, le=10)] = Field(
        1.0, description=_("factor on the cost of a paid hour in shifts that count as nights")
    )
    cost_per_shift: Annotated[float, Field(ge=0)] = Field(
        0.0, description=_("cost of each distinct shift in use, once over the whole period")
    )
    overstaffing_cost_per_h: Annotated[float, Field(ge=0)] = Field(
        0.0, description=_("cost of an hour of one head beyond the requirement, besides the hour itself")
    )
    understaffing_cost_per_h: Annotated[float, Field(gt=0)] | None = Field(
        None, description=_("cost of an hour of one head short; empty: nobody may be short where any shifts avoid it")
    )
    overstaffing_max: Annotated[int, Field(ge=0, le=10_000)] | None = Field(
        None, description=_("heads beyond the requirement at any moment at most; empty: no limit")
    )

    @property
    def break_grid_min(self) -> int:
        """Grid on which breaks begin: ``grid_min``, finer where shifts begin on a finer one."""
        return gcd(self.grid_min, self.start_grid_min)

    @property
    def lengths_min(self) -> tuple[int, ...]:
        """Lengths of shifts in minutes, shortest first."""
        first, last, step = (round(60 * h) for h in (self.shortest_h, self.longest_h, self.length_step_h))
        return tuple(range(first, last + 1, step))

    @property
    def starts_min(self) -> tuple[int, ...]:
        """Starts of shifts in minutes after midnight."""
        first, last = minutes_of(self.earliest_start), minutes_of(self.latest_start)
        every = range(0, 1440, self.start_grid_min)
        return tuple(m for m in every if (first <= m <= last if first <= last else m >= first or m <= last))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _in_steps(self, 0.25, "shortest_h", "longest_h", "length_step_h")
        _in_steps(self, 5, "apart_min")
        if self.longest_h < self.shortest_h:
            raise Misfit(
                say(
                    "must not be below shortest_h ({least:g}), found {found:g}",
                    least=self.shortest_h,
                    found=self.longest_h,
                ),
                "longest_h",
            )
        if not self.starts_min:
            raise Misfit(
                say(
                    "no multiple of {grid} minutes lies between {first} and {last}",
                    grid=self.start_grid_min,
                    first=self.earliest_start,
                    last=self.latest_start,
                ),
                "start_grid_min",
            )
        if self.posts_max is not None and self.posts_max < self.posts_min:
            raise Misfit(
                say("must not be below posts_min ({least}), found {found}", least=self.posts_min, found=self.posts_max),
                "posts_max",
            )
        return self
