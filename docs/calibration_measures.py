"""What the calibration page measures: stated probabilities beside days that came.

Generated days are played by the event-driven reference model; real days are a bank's. Everything comes from the
product's public functions; this file only arranges and counts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.confident_seats import SeatFamily
from scenarios.daily_compliance import deciding_targets
from scenarios.generated_days import DayGenerator
from scenarios.preparation import Prepared, forecast_period, prepare
from scenarios.scenario import load_scenario
from simulation import Centre, DayCalls, centre_of, days_kept, draw_day_calls, play_days, simulate, tally
from simulation.seat_duties import seat_duties
from wfm.calendar import DayKind, TimeGrid
from wfm.forecast import Forecast
from wfm.hotline import Hotline, calendar_of, grid_of, open_intervals, targets_of
from wfm.metrics import COUNTS
from wfm.records import aggregate_actuals, import_calls, load_mapping, redial_flags
from wfm.staffing import unreachable_targets
from wfm.staffing.confidence import find_confident_seats
from wfm.standards import Target

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "data" / "anonymous-bank"
RECORDS_FILE = "anonymous_bank_1999_calls_jan_feb.parquet"
SIX_MINUTE_FILE = "anonymous_bank_1999_6min_to_september.parquet"
FIRST = date(2026, 9, 14)
SEED = 1
HISTORY_DAYS = 84
PLACES = 300
"""Seats that the bank may open here, so that places never decide."""


@dataclass(frozen=True)
class Sized:
    """Seats of one date for one confidence, and what is stated of them."""

    day: date
    confidence: float
    seats: Counts
    """``(G, T)`` of the date."""
    stated: float
    half_width: float
    factor: float
    lead: int


def deciding(hotline: Hotline) -> list[Target]:
    """The targets that decide over a day."""
    targets = targets_of(hotline)
    return deciding_targets(targets, [t.id for t, _ in unreachable_targets(hotline, targets)])


def sized_days(
    hotline: Hotline, forecast: Forecast, confidences: tuple[float, ...], days: int, level: str = "day"
) -> Iterator[Sized]:
    """Seats of every date of the forecast at every confidence, as ``seats_with_confidence`` finds them.

    Draws of a date are shared by the confidences; dates on which the hotline is closed are left out.
    """
    grid, calendar = forecast.grid, calendar_of(hotline)
    family = SeatFamily(hotline, forecast.summary(), grid, calendar, targets_of(hotline), level)  # type: ignore[arg-type]
    generator = DayGenerator(hotline, forecast, grid, open_intervals(hotline, grid, calendar), SEED)
    targets = deciding(hotline)
    for lead, day in enumerate(grid.day_list, 1):
        here = np.flatnonzero(grid.dates == np.datetime64(day, "D"))
        if not forecast.mean[:, here].any():
            continue
        before = family.hard[:, : here[0]]
        seen, unseen = generator.halves(here)
        searched = generator.draw(here, seen, days, 0)
        stated = generator.draw(here, unseen, 2 * days, days)
        start = 1.0
        for confidence in confidences:
            found = find_confident_seats(
                lambda factor, here=here: family.at(here, factor).seats,  # type: ignore[misc]
                lambda tried, before=before, days=searched: days.complies(before, tried, targets),  # type: ignore[misc]
                lambda tried, before=before, days=stated: days.complies(before, tried, targets),  # type: ignore[misc]
                confidence,
                start=start,
                least=1.0 if level == "interval" else 0.25,
                origin=stated.origin,
            )
            start = found.demand_factor
            yield Sized(day, confidence, found.seats, found.probability, found.half_width, found.demand_factor, lead)


# Generated days ------------------------------------------------------------------------------------


def prepared(name: str, paths: int) -> Prepared:
    """A shipped hotline on one weekday."""
    with tempfile.TemporaryDirectory() as home:
        return prepare(load_scenario(name), FIRST, 1, seed=SEED, paths=paths, home=Path(home))


def other_forecast(of: Prepared, paths: int, seed: int) -> Forecast:
    """The same forecast, its paths drawn anew."""
    past = of.history
    return forecast_period(of.hotline, past.actuals, past.grid, of.grid, of.calendar, seed=seed, paths=paths)


def played_by_events(of: Prepared, fresh: Forecast, seats: Counts, seed: int) -> NDArray[np.bool_]:
    """Which of the fresh paths' days comply with these seats, each played by the event-driven reference model."""
    hotline = of.hotline
    roster = seat_duties(seats, [g.id for g in hotline.groups], of.grid)
    centre = replace(centre_of(hotline, of.grid, of.open_mask, fresh.paths, fresh.aht_s, roster), absence_share=0.0)
    kept = []
    for path in range(len(fresh.paths)):
        sums = tally(simulate(centre, seed, path), centre)[list(COUNTS)].sum()
        kept.append(days_kept({name: np.array([sums[name]]) for name in COUNTS}, deciding(hotline))[0])
    return np.array(kept)


# Real days -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RealDay:
    """A held-out day: stated, and the share of its replays that complied."""

    sized: Sized
    complied: float
    """With moments and handling times as recorded."""
    complied_as_planned: float
    """With handling times as the plan expects them; where only counts are known, with as many calls as came, spread
    over the day as the forecast spreads them."""
    calls: float
    expected_calls: float
    rank: float
    """Share of the forecast's paths with no more calls than came."""
    kind: DayKind


def bank_hotline() -> Hotline:
    """The bank, with places enough."""
    hotline = load_scenario(FOLDER).hotline
    return hotline.model_copy(update={"seats": hotline.seats.model_copy(update={"built": PLACES, "opened": PLACES})})


def one_line(hotline: Hotline) -> Hotline:
    """All lines as one, with handling and patience of the regular service: for counts that name no line."""
    line = hotline.lines[0]
    group = hotline.groups[0].model_copy(update={"lines": (line.id,)})
    return hotline.model_copy(update={"lines": (line,), "groups": (group,)})


def week_forecast(hotline: Hotline, actuals: pd.DataFrame, past: TimeGrid, first: date, paths: int) -> Forecast:
    """Seven days from ``first``, known on the evening before."""
    grid, calendar = grid_of(hotline, first, 7), calendar_of(hotline)
    return forecast_period(hotline, actuals, past, grid, calendar, seed=SEED, paths=paths)


class RecordedCalls:
    """Call by call, January and February 1999: arrivals, lines and handling times as they were."""

    def __init__(self, data: Path) -> None:
        self.hotline = bank_hotline()
        found = import_calls(
            data / RECORDS_FILE, load_mapping("anonymous-bank"), hotline=self.hotline, key=b"calibration".ljust(32)
        )
        self.calls = found.calls[~redial_flags(found.calls)]
        self.every = found.calls

    def forecast(self, first: date, paths: int) -> Forecast:
        """The week from ``first``."""
        start = max(date(1999, 1, 1), first - timedelta(days=HISTORY_DAYS))
        past = grid_of(self.hotline, start, (first - start).days)
        known = self.every[self.every["arrived_at"] < pd.Timestamp(first, tz=self.hotline.time_zone)]
        actuals = aggregate_actuals(known, past, self.hotline.line_ids, self.hotline.short_abandon_s)
        return week_forecast(self.hotline, actuals, past, first, paths)

    def replay(self, forecast: Forecast, sized: Sized, replays: int, *, own_times: bool) -> tuple[float, float]:
        """Share of replays that comply, and calls of the day within opening hours.

        Moments, lines and fates before the queue are those recorded. Patience is drawn. Handling times are
        the calls' own where they were answered (else those of another call of the line that day), or drawn.
        """
        day = grid_of(self.hotline, sized.day, 1)
        is_open = open_intervals(self.hotline, day, calendar_of(self.hotline))
        at = day.locate(pd.DatetimeIndex(self.calls["arrived_at"]))
        calls = self.calls[at >= 0]
        calls = calls[is_open[at[at >= 0]]]
        asked = calls[calls["outcome"].isin(["answered", "abandoned"])].sort_values("queued_at")
        asked = asked[is_open[np.maximum(day.locate(pd.DatetimeIndex(asked["queued_at"])), 0)]]
        queued = (asked["queued_at"] - day.starts[0]).dt.total_seconds().to_numpy(float)
        line = asked["line"].map({name: k for k, name in enumerate(self.hotline.line_ids)}).to_numpy(np.int64)
        here = np.flatnonzero(forecast.grid.dates == np.datetime64(sized.day, "D"))
        roster = seat_duties(sized.seats, [g.id for g in self.hotline.groups], day)
        shape = (len(self.hotline.lines), len(day))
        centre = centre_of(self.hotline, day, is_open, np.zeros((1, *shape)), forecast.aht_s[:, here], roster)
        rng = np.random.default_rng(np.random.SeedSequence([SEED, sized.day.toordinal()]))
        size = (len(asked), replays)
        patience = np.array([one.patience.mean_s for one in self.hotline.lines])[line]
        answered = (asked["outcome"] == "answered").to_numpy()
        own = asked["talk_s"].to_numpy(float)
        took = (
            _own_times(own, answered, line, size, rng) if own_times else _drawn_times(centre, line, queued, size, rng)
        )
        fates = calls["outcome"].value_counts()
        # Who asked for an agent after closing is left out, as the forecast leaves such calls out.
        offered = float(len(calls) - fates.get("answered", 0) - fates.get("abandoned", 0) + len(asked))
        found = DayCalls(
            centre=centre,
            first=0,
            intervals=len(day),
            queued_s=np.repeat(queued[:, None], replays, axis=1),
            arrived_s=np.repeat(queued[:, None], replays, axis=1),
            line=np.repeat(line[:, None], replays, axis=1),
            patience_s=rng.exponential(1.0, size) * patience[:, None],
            handle_s=took,
            counted=np.ones(size, dtype=bool),
            reached=np.zeros(size, dtype=bool),
            follow_up_s=np.zeros(size),
            counted_intervals=np.ones(len(day), dtype=bool),
            sums={
                "offered": np.full(replays, offered),
                "ivr_answered": np.full(replays, offered),
                "ivr_completed": np.full(replays, float(fates.get("ivr_completed", 0))),
                "ivr_abandoned": np.full(replays, float(fates.get("ivr_abandoned", 0))),
                "closed": np.zeros(replays),
                "called_back": np.zeros(replays),
            },
        )
        kept = days_kept(play_days(found, sized.seats), deciding(self.hotline))
        return float(kept.mean()), offered


def handling_ratio(source: RecordedCalls, weeks: list[date]) -> float:
    """Recorded ÷ expected handling time over the answered calls of the weeks."""
    took, expected = 0.0, 0.0
    for first in weeks:
        forecast = source.forecast(first, 4)
        calls = source.calls[source.calls["outcome"] == "answered"]
        at = forecast.grid.locate(pd.DatetimeIndex(calls["arrived_at"]))
        calls, at = calls[at >= 0], at[at >= 0]
        line = calls["line"].map({name: k for k, name in enumerate(source.hotline.line_ids)}).to_numpy(np.int64)
        took += float(calls["talk_s"].sum())
        expected += float(forecast.aht_s[line, at].sum())
    return took / expected


def _own_times(
    own: Floats, answered: NDArray[np.bool_], line: Counts, size: tuple[int, int], rng: np.random.Generator
) -> Floats:
    """The handling times that were recorded; of callers who gave up, those of others of their line that day."""
    took = np.repeat(own[:, None], size[1], axis=1)
    for k in np.unique(line[~answered]):
        pool, lost = own[answered & (line == k)], np.flatnonzero(~answered & (line == k))
        took[lost] = rng.choice(pool if len(pool) else own[answered], (len(lost), size[1]))
    return took


def _drawn_times(
    centre: Centre, line: Counts, queued: Floats, size: tuple[int, int], rng: np.random.Generator
) -> Floats:
    """Handling times by the hotline's laws at the forecast's means."""
    at = np.minimum(queued // centre.interval_s, len(centre.interval_date) - 1).astype(np.int64)
    laws = np.array([law[1:3] for law in centre.talk])[line]
    talk = np.exp(laws[:, :1] + laws[:, 1:] * rng.standard_normal(size)) * centre.talk_scale[line, at][:, None]
    short = rng.random(size) < np.array(centre.short_call_share)[line][:, None]
    return np.where(short, np.array(centre.short_call_s)[line][:, None], talk)


def _spread(forecast: Forecast, day: date, calls: int, cells: int, replays: int) -> Counts:
    """``calls`` calls over the cells of a day by the forecast's shares, with its dispersion of intervals."""
    here = np.flatnonzero(forecast.grid.dates == np.datetime64(day, "D"))
    assert forecast.recipe is not None
    rng = np.random.default_rng(np.random.SeedSequence([SEED, day.toordinal(), 2]))
    spread = np.maximum(forecast.recipe.interval_dispersion[0, here], 1e-9)
    weight = forecast.mean[0, here] * rng.standard_gamma(1 / spread, (replays, len(here))) * spread
    fine = np.repeat(weight, cells // len(here), axis=1)
    return rng.multinomial(calls, fine / fine.sum(axis=1, keepdims=True))


class SixMinuteCounts:
    """Calls of all lines per 6 minutes, January to September 1999: only when they came."""

    def __init__(self, data: Path) -> None:
        self.hotline = one_line(bank_hotline())
        self.fine = self.hotline.model_copy(update={"interval_min": 6})
        counts = pd.read_parquet(data / SIX_MINUTE_FILE).set_index("timestamp")["calls"]
        # Clocks change twice; on those two nights nobody calls.
        self.counts = counts.tz_localize(self.hotline.time_zone, ambiguous=True, nonexistent="shift_forward")

    def forecast(self, first: date, paths: int) -> Forecast:
        """The week from ``first``."""
        start = max(date(1999, 1, 1), first - timedelta(days=HISTORY_DAYS))
        past = grid_of(self.hotline, start, (first - start).days)
        at = past.locate(pd.DatetimeIndex(self.counts.index))
        came = np.bincount(at[at >= 0], weights=self.counts.to_numpy()[at >= 0], minlength=len(past))
        zero = np.zeros(len(past))
        actuals = pd.DataFrame(
            {
                "line": self.hotline.line_ids[0],
                "interval": past.starts,
                "first_attempts": np.rint(came),
                "offered": np.rint(came),
                "answered": zero,
                "handle_s": zero,
            }
        )
        return week_forecast(self.hotline, actuals, past, first, paths)

    def replay(self, sized: Sized, replays: int, forecast: Forecast | None = None) -> tuple[float, float]:
        """Share of replays that comply, and calls of the day within opening hours.

        Calls of each six minutes as counted, or as many in all spread as ``forecast`` spreads them; the rest
        of each call is drawn by the hotline's laws.
        """
        day = grid_of(self.fine, sized.day, 1)
        is_open = open_intervals(self.fine, day, calendar_of(self.fine))
        at = day.locate(pd.DatetimeIndex(self.counts.index))
        came = np.rint(np.bincount(at[at >= 0], weights=self.counts.to_numpy()[at >= 0], minlength=len(day)))
        came = (came * is_open).astype(np.int64)
        seats = np.repeat(sized.seats, len(day) // sized.seats.shape[1], axis=1)
        roster = seat_duties(seats, [g.id for g in self.fine.groups], day)
        centre = centre_of(self.fine, day, is_open, np.zeros((1, 1, len(day))), None, roster)
        counts = np.repeat(came[None, None], replays, axis=0)
        if forecast is not None:
            counts[:, 0] = _spread(forecast, sized.day, int(came.sum()), counts.shape[2], replays)
        calls = draw_day_calls(centre, counts, sized.day.toordinal())
        return float(days_kept(play_days(calls, seats), deciding(self.hotline)).mean()), float(came.sum())


def real_days(
    source: RecordedCalls | SixMinuteCounts,
    weeks: list[date],
    confidences: tuple[float, ...],
    *,
    paths: int,
    days: int,
    replays: int,
) -> Iterator[RealDay]:
    """Every open day of the weeks, sized on the evening before its week and then replayed."""
    calendar = calendar_of(source.hotline)
    for first in weeks:
        forecast = source.forecast(first, paths)
        for sized in sized_days(source.hotline, forecast, confidences, days):
            if isinstance(source, RecordedCalls):
                complied, came = source.replay(forecast, sized, replays, own_times=True)
                planned, _ = source.replay(forecast, sized, replays, own_times=False)
            else:
                complied, came = source.replay(sized, replays)
                planned, _ = source.replay(sized, replays, forecast)
            here = forecast.grid.dates == np.datetime64(sized.day, "D")
            expected = float(forecast.mean[:, here].sum())
            totals = forecast.paths[:, :, here].sum(axis=(1, 2))
            rank = float((totals < came).mean() + (totals == came).mean() / 2)
            yield RealDay(sized, complied, planned, came, expected, rank, calendar.kind(sized.day))
