"""Forecasts with the moment up to which each knew the past. None is ever overwritten."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Engine, select

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store.audit import write_audit
from wfm.store.connection import reading, writing
from wfm.store.models import ForecastRow, PlanRow
from wfm.store.records import ForecastRecord
from wfm.store.rows import insert_row, read_row

__all__ = ["ForecastStore"]


class ForecastStore:
    """The forecasts of one store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(
        self,
        *,
        hotline: str,
        origin: datetime,
        model: str,
        seed: int,
        summary: pd.DataFrame,
        plan_id: int | None = None,
        who: str = "",
    ) -> int:
        """Keep a forecast beside all earlier ones; none is ever overwritten. Returns its number.

        Args:
            hotline: identifier of the hotline.
            origin: moment up to which the past was known, with time zone.
            model: name of the model.
            seed: seed of its paths.
            summary: ``Forecast.summary()``.
            plan_id: number of the plan it belongs to.
            who: who made it.

        Raises:
            BadInput: the summary is empty, or there is no such plan.
        """
        starts = pd.DatetimeIndex(summary["interval"].unique()).sort_values()
        if len(starts) < 2:
            raise BadInput(
                say("planning store: a forecast needs at least two intervals, found {found}", found=len(starts))
            )
        buffer = BytesIO()
        summary.to_parquet(buffer, index=False, compression="zstd")
        values: dict[str, Any] = {
            "hotline": hotline,
            "origin": origin,
            "first": starts[0].date(),
            "days": len(starts.normalize().unique()),
            "interval_min": round((starts[1] - starts[0]).total_seconds() / 60),
            "model": model,
            "seed": seed,
            "plan_id": plan_id,
            "summary": buffer.getvalue(),
            "created_at": datetime.now(UTC),
        }
        with writing(self._engine) as connection:
            if plan_id is not None:
                read_row(connection, PlanRow, plan_id)
            number = insert_row(connection, ForecastRow, values)
            write_audit(connection, who, "save forecast", f"forecast {number}", {"hotline": hotline, "model": model})
        return number

    def records(self, hotline: str | None = None) -> list[ForecastRecord]:
        """Forecasts, the latest made first."""
        columns = [c for c in ForecastRow.__table__.columns if c.name != "summary"]
        query = select(*columns).order_by(ForecastRow.id.desc())
        if hotline is not None:
            query = query.where(ForecastRow.hotline == hotline)
        with reading(self._engine) as connection:
            return [ForecastRecord(**row) for row in connection.execute(query).mappings()]

    def summary(self, forecast: int) -> pd.DataFrame:
        """The summary as it was saved.

        Raises:
            BadInput: there is no such forecast.
        """
        with reading(self._engine) as connection:
            return pd.read_parquet(BytesIO(read_row(connection, ForecastRow, forecast)["summary"]))

    def standing_at(
        self, hotline: str, day: date, lead_days: int = 0, *, time_zone: str = "Asia/Shanghai"
    ) -> ForecastRecord | None:
        """The forecast of ``day`` that stood ``lead_days`` days ahead: the last word that knew nothing later.

        Of the forecasts that hold the day, the one with the latest origin not after the local midnight that begins
        the day ``lead_days`` before; of several with that origin, the one made last. None where there is none.

        Args:
            hotline: identifier of the hotline.
            day: the local date forecast.
            lead_days: 0: made from the evening before; 7: known a week earlier.
            time_zone: of the hotline.

        Raises:
            BadInput: the lead is negative.
        """
        if lead_days < 0:
            raise BadInput(say("a forecast's lead is 0 days or more, found {found}", found=lead_days))
        known_until = datetime.combine(day - timedelta(days=lead_days), time(), tzinfo=ZoneInfo(time_zone))
        held = [
            f
            for f in self.records(hotline)
            if f.first <= day < f.first + timedelta(days=f.days) and f.origin <= known_until
        ]
        return max(held, key=lambda f: (f.origin, f.id), default=None)
