"""What the long view asks of a hotline: growth, seasons, leavers, recruiting, and what people cost.

Nothing here moves a seat of today's plan: these numbers turn the hours that months ask for into heads,
and heads into hires.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wfm.hotline.parts import Identifier, Misfit, Part, Share, _
from wfm.i18n import say

__all__ = ["AVERAGE_MONTH_H", "WORKING_DAYS_PER_YEAR", "ContractOutlook", "LongView"]

WORKING_DAYS_PER_YEAR = 248
"""365 days − 104 days of rest − 13 statutory holidays (人社部发〔2025〕2号)."""

AVERAGE_MONTH_H = 165.36
"""Working hours of an average month: 20.67 days of 8 h (人社部发〔2025〕2号)."""


class ContractOutlook(Part):
    """How people under one contract come, stay, work and cost."""

    id: Identifier = Field(description=_("identifier of the contract"))
    attrition_per_month: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.02, description=_("share of the people who leave within a month")
    )
    hours_per_month: Annotated[float, Field(gt=0, le=400)] = Field(
        AVERAGE_MONTH_H, description=_("paid hours of a full post in an average month; employees only")
    )
    leave_days_per_year: Annotated[float, Field(ge=0, le=200)] = Field(
        10.0, description=_("paid leave in working days a year; employees only")
    )
    training_h_per_month: Annotated[float, Field(ge=0, le=200)] = Field(
        4.0, description=_("regular training in paid time; employees only")
    )
    sick_share: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.01, description=_("paid time of long illness and maternity, known before rosters are made; employees only")
    )
    taken_share: Annotated[float, Field(gt=0, le=1)] = Field(
        0.8, description=_("share of the contract's limits that people take up on average; contracted people only")
    )
    recruiting_months: Annotated[int, Field(ge=0, le=12)] = Field(
        2, description=_("months from the decision to hire to the first day")
    )
    ramp_up: tuple[Share, ...] = Field(
        (0.6, 0.85), description=_("productivity in the first months of service; full from then on")
    )
    hires_per_month_max: Annotated[int, Field(ge=0, le=10_000)] | None = Field(
        None, description=_("people who can join in one month; empty: no limit")
    )
    cost_per_month: Annotated[float, Field(ge=0)] | None = Field(
        None, description=_("cost of an employee in a month; empty: cost of an hour × paid hours of the month")
    )
    cost_of_hiring: Annotated[float, Field(ge=0)] = Field(
        0.0, description=_("cost of recruiting and training one person")
    )
    short_hour_factor: Annotated[float, Field(ge=0, le=1000)] | None = Field(
        2.0,
        description=_(
            "cost of an hour short (overtime) ÷ cost of an hour; empty: no hour may be short where hiring can avoid it"
        ),
    )

    @model_validator(mode="after")
    def _ramp_is_short(self) -> Self:
        if len(self.ramp_up) > 12:
            raise Misfit(say("holds at most 12 months, found {count}", count=len(self.ramp_up)), "ramp_up")
        return self


class LongView(Part):
    """The next one to three years of a hotline and its people."""

    growth_per_year: Annotated[float, Field(gt=-1, le=5)] = Field(
        0.0, description=_("growth of calls from one year to the next, compounded by month")
    )
    month_factors: tuple[Annotated[float, Field(gt=0, le=10)], ...] = Field(
        (),
        description=_(
            "calls on like days of January … December, only their ratio matters; empty: from records of a year, else equal"
        ),
    )
    induction_h: Annotated[float, Field(ge=0, le=400)] = Field(
        20.0, description=_("training before the first call of a new agent")
    )
    hours_settled_over_months: Literal[1, 3] = Field(
        3,
        description=_(
            "months over which employees' working time is settled (综合计算工时): 1, or 3 with the neighbours"
        ),
    )
    reserve_probability: Annotated[float, Field(ge=0.5, le=0.999)] | None = Field(
        None,
        description=_(
            "hire so that enough people are there with this probability, leavers being chance; empty: enough on average"
        ),
    )
    contracts: tuple[ContractOutlook, ...] = Field((), description=_("outlook of each contract"))

    def outlook(self, contract_id: str) -> ContractOutlook:
        """The outlook of a contract: as given, else the defaults."""
        return next((x for x in self.contracts if x.id == contract_id), ContractOutlook(id=contract_id))

    @model_validator(mode="after")
    def _twelve_months(self) -> Self:
        if self.month_factors and len(self.month_factors) != 12:
            raise Misfit(
                say("needs 12 numbers, one a month, or none; found {count}", count=len(self.month_factors)),
                "month_factors",
            )
        names = [x.id for x in self.contracts]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise Misfit(say("the id {name!r} stands twice", name=name), "contracts", number, "id")
        return self
