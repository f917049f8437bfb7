"""Days at either end of a file that it does not hold whole: an export begun at noon is no quiet morning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.hotline.parts import minutes_of
from wfm.records.profiles import hourly_weights

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["MISSED_CALLS_MIN", "PartialDay", "find_partial_days"]

MISSED_CALLS_MIN = 8.0
"""Calls to be expected before the first record, or after the last, for the day to count as cut off (chance e⁻⁸)."""
DAY_MIN = 1440


@dataclass(frozen=True, slots=True)
class PartialDay:
    """A local day that the records hold only from one moment to another."""

    day: date
    known_from: datetime
    known_to: datetime

    def as_dict(self) -> dict[str, str]:
        """As JSON keeps it."""
        return {"day": self.day.isoformat(), "from": self.known_from.isoformat(), "to": self.known_to.isoformat()}

    @property
    def clock_span(self) -> tuple[str, str]:
        """From when to when it is known, as ``HH:MM``; ``24:00`` is the day's end."""
        end = f"{self.known_to:%H:%M}" if self.known_to.date() == self.day else "24:00"
        return f"{self.known_from:%H:%M}", end

    @classmethod
    def from_dict(cls, kept: dict[str, str]) -> PartialDay:
        """As :meth:`as_dict` wrote it."""
        return cls(
            date.fromisoformat(kept["day"]), datetime.fromisoformat(kept["from"]), datetime.fromisoformat(kept["to"])
        )


def find_partial_days(
    moments: pd.Series,
    hotline: Hotline,
    *,
    calls: NDArray[np.float64] | None = None,
    length_min: int = 0,
    lines: Iterable[str] = (),
) -> tuple[PartialDay, ...]:
    """The first and last local day of the records where so many calls are missing that chance cannot explain it.

    How many were to be expected before the first moment, or after the last, is the mean of the days of the same weekday
    between the two, of all days between where there is none, and by the lines' demand settings where no day lies between.

    Args:
        moments: times of calls, or starts of intervals; with time zone.
        hotline: the centre: its time zone, and its lines' demand by hour.
        calls: (N,) calls at each moment; one each when absent.
        length_min: minutes that a moment's record lasts: 0 for calls, the interval's for feeds.
        lines: the lines that the records tell of; all when empty.
    """
    if moments.empty:
        return ()
    weights = np.ones(len(moments)) if calls is None else np.nan_to_num(calls)
    local = moments.dt.tz_convert(hotline.time_zone)
    naive = local.dt.tz_localize(None)
    day = naive.dt.normalize()
    minute = ((naive - day).dt.total_seconds() / 60).to_numpy()
    number = ((day - day.min()).dt.days).to_numpy(dtype=np.int64)
    last = int(number.max())
    first_day: date = day.min().date()
    per_hour = np.zeros((last + 1, 24))
    np.add.at(per_hour, (number, (minute // 60).astype(np.int64)), weights)
    shares = _shares(hotline, set(lines))
    first_minute = float(minute[local.to_numpy().argmin()])
    last_minute = min(float(minute[local.to_numpy().argmax()]) + length_min, DAY_MIN)
    before = _expected(per_hour, 0, first_day, shares, 0.0, first_minute)
    after = _expected(per_hour, last, first_day, shares, last_minute, DAY_MIN)
    known_from = local.min().to_pydatetime()
    known_to = (local.max() + pd.Timedelta(minutes=length_min)).to_pydatetime()
    found: dict[date, PartialDay] = {}
    if before >= MISSED_CALLS_MIN:
        found[first_day] = PartialDay(first_day, known_from, _midnight(first_day + timedelta(days=1), hotline))
    if after >= MISSED_CALLS_MIN:
        final = first_day + timedelta(days=last)
        start = found[final].known_from if final in found else _midnight(final, hotline)
        found[final] = PartialDay(final, start, known_to)
    return tuple(found[day] for day in sorted(found))


def _midnight(day: date, hotline: Hotline) -> datetime:
    midnight: datetime = pd.Timestamp(day).tz_localize(hotline.time_zone, nonexistent="shift_forward").to_pydatetime()
    return midnight


def _shares(hotline: Hotline, lines: set[str]) -> NDArray[np.float64]:
    """(24,) share of a day's calls by hour, as the demand settings of the lines say, within hours open on any day."""
    total = np.full(24, 1e-9)
    for line in hotline.lines:
        if not lines or line.id in lines:
            total += line.demand.calls_per_day * hourly_weights(line.demand.profile)
    opening = hotline.opening
    spans = [opening.weekday, opening.weekend, opening.holiday, *opening.by_weekday.values()]
    opens = min((minutes_of(span[0]) for span in spans if span), default=0)
    closes = max((minutes_of(span[1]) for span in spans if span), default=DAY_MIN)
    hours = np.arange(24)
    total *= np.clip(np.minimum(closes, 60 * hours + 60) - np.maximum(opens, 60 * hours), 1e-9, 60) / 60
    shares: NDArray[np.float64] = total / total.sum()
    return shares


def _expected(
    per_hour: NDArray[np.float64],
    number: int,
    first_day: date,
    shares: NDArray[np.float64],
    begin_min: float,
    end_min: float,
) -> float:
    """Calls to be expected on the day ``number`` between two clock times at which it holds none."""
    hours = np.clip(np.minimum(end_min, 60 * np.arange(1, 25)) - np.maximum(begin_min, 60 * np.arange(24)), 0, 60) / 60
    between = np.arange(1, len(per_hour) - 1)
    same = between[(between - number) % 7 == 0]
    days = same if len(same) else between
    if len(days):
        return float((per_hour[days].mean(axis=0) * hours).sum())
    missing = float((shares * hours).sum())
    return float(per_hour[number].sum() * missing / max(1 - missing, 1e-9))
