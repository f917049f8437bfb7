"""Working hours by law: the Chinese statute for employees, each limit with its article and each a parameter.

Contracted professionals (``Contract.employee`` false) follow their contract. Eleven hours of rest between duties and a cap on
nights are good practice, found in no Chinese statute: they stand in ``rules`` and in the contracts, not here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wfm.hotline.parts import Clock, Part, _

__all__ = ["LabourLaw"]

MONTHS = {"month": 1, "quarter": 3, "year": 12}


class LabourLaw(Part):
    """Limits of the Labour Law of the PRC and of the State Council's Order 146 (as revised in 1995) on working time.

    Under ``standard`` accounting each day and each calendar week is held by itself. Under comprehensive working hours
    (综合计算工时工作制, 劳部发〔1994〕503号), which the labour administration approves, the hours of a whole week, month, quarter or year
    are; a single day may then be longer.
    """

    in_force: bool | None = Field(
        None, description=_("whether these limits hold for employees; empty: where calendar.country is CN")
    )
    accounting: Literal["standard", "week", "month", "quarter", "year"] = Field(
        "standard",
        description=_(
            "standard: by day and week; else comprehensive working hours over the period (Order 146, Art. 5)"
        ),
    )
    hours_per_day: Annotated[float, Field(gt=0, le=24)] = Field(
        8.0, description=_("normal hours a day (Labour Law, Art. 36; Order 146, Art. 3)")
    )
    hours_per_week: Annotated[float, Field(gt=0, le=168)] = Field(
        40.0, description=_("normal hours a week: 40 (Order 146, Art. 3), before 44 (Labour Law, Art. 36)")
    )
    hours_per_month: Annotated[float, Field(gt=0, le=744)] = Field(
        165.36,
        description=_("normal hours a month under comprehensive hours: 20.67 days of 8 h; a quarter has 3, a year 12"),
    )
    rest_days_per_week: Annotated[int, Field(ge=0, le=7)] = Field(
        1, description=_("rest days in each calendar week at least (Labour Law, Art. 38)")
    )
    overtime_h_per_day: Annotated[float, Field(ge=0, le=24)] = Field(
        1.0, description=_("overtime a day at most (Labour Law, Art. 41)")
    )
    overtime_h_per_day_exceptional: Annotated[float, Field(ge=0, le=24)] = Field(
        3.0, description=_("overtime a day at most for special reasons (Labour Law, Art. 41)")
    )
    exceptional: bool = Field(False, description=_("there are special reasons for overtime (Labour Law, Art. 41)"))
    overtime_h_per_month: Annotated[float, Field(ge=0, le=744)] = Field(
        36.0, description=_("overtime a calendar month at most (Labour Law, Art. 41)")
    )
    night_from: Clock = Field(
        "22:00", description=_("begin of night work for those protected from it (Labour Law, Arts. 61 and 63)")
    )
    night_to: Clock = Field("06:00", description=_("end of night work for those protected from it"))
    overtime_factor: Annotated[float, Field(ge=1, le=10)] = Field(
        1.5, description=_("pay of overtime, times the usual (Labour Law, Art. 44)")
    )
    rest_day_factor: Annotated[float, Field(ge=1, le=10)] = Field(
        2.0, description=_("pay of work on rest days without other time off, times the usual (Labour Law, Art. 44)")
    )
    holiday_factor: Annotated[float, Field(ge=1, le=10)] = Field(
        3.0, description=_("pay of work on the statutory holidays alone, times the usual (Labour Law, Art. 44)")
    )

    @property
    def overtime_a_day_h(self) -> float:
        """Overtime that a day may hold."""
        return self.overtime_h_per_day_exceptional if self.exceptional else self.overtime_h_per_day

    @property
    def normal_hours(self) -> float:
        """Normal hours of an accounting period; of a week under ``standard`` accounting."""
        return self.hours_per_month * MONTHS[self.accounting] if self.accounting in MONTHS else self.hours_per_week

    @property
    def overtime_hours(self) -> float:
        """Overtime that an accounting period of a month or longer may hold."""
        return self.overtime_h_per_month * MONTHS.get(self.accounting, 1)
