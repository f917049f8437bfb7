"""Days as the forecast sees them coming: rates of a sample path, calls drawn from them, played with given seats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation import DayCalls, centre_of, days_kept, draw_day_calls, play_days
from simulation.seat_duties import seat_duties
from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.forecast import Forecast
from wfm.hotline import Hotline
from wfm.i18n import say
from wfm.standards import Target

__all__ = ["DayGenerator", "GeneratedDays"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

WARM_UP_MIN = 240
"""Calls of four hours before the day fill the centre, and leave the call-backs that wait for the morning."""


class GeneratedDays:
    """D possible courses of one date: their calls, and the path that each has its rates from."""

    def __init__(self, calls: DayCalls, origin: Counts) -> None:
        self.calls = calls
        self.origin = origin

    def complies(self, before: Counts, seats: Counts, targets: list[Target]) -> Flags:
        """Which courses of the day keep every target; ``(D,)``.

        Args:
            before: seats ``(G, W)`` in the hours before the day, at least as many as the calls reach back.
            seats: seats ``(G, T)`` of the day.
            targets: those that decide.
        """
        warm_up = self.calls.intervals - seats.shape[1]
        window = np.concatenate([before[:, before.shape[1] - warm_up :], seats], axis=1)
        return days_kept(play_days(self.calls, window), targets)


class DayGenerator:
    """Draws courses of the days of a forecast."""

    def __init__(
        self,
        hotline: Hotline,
        forecast: Forecast,
        grid: TimeGrid,
        open_mask: Flags,
        seed: int,
    ) -> None:
        """Args: hotline, its forecast on ``grid``, open intervals ``(T,)``, seed of all draws."""
        self.paths = len(forecast.paths)
        if self.paths < 4:
            raise BadInput(say("confidence: a forecast of at least 4 paths is needed, found {found}", found=self.paths))
        one_seat = np.ones((len(hotline.groups), len(grid)), dtype=np.int64)
        roster = seat_duties(one_seat, [g.id for g in hotline.groups], grid)  # not looked at
        nobody = np.zeros((1, len(hotline.lines), len(grid)))
        self.centre = centre_of(hotline, grid, open_mask, nobody, forecast.aht_s, roster)
        self.forecast, self.grid, self.seed = forecast, grid, seed
        self.warm_up = WARM_UP_MIN // grid.interval_min
        dates = np.unique(grid.dates, return_inverse=True)
        self.date_of = dates[1]

    def draw(self, here: Counts, paths: Counts, days: int, first: int) -> GeneratedDays:
        """``days`` courses of the date whose intervals are ``here``, evenly from the given paths.

        ``first`` numbers the first course: other numbers give other luck.
        """
        start = max(int(here[0]) - self.warm_up, 0)
        window = np.arange(start, int(here[-1]) + 1)
        origin = paths[np.arange(days) * len(paths) // days]
        calls = draw_day_calls(
            self.centre,
            self.counts(window, origin, first),
            self.seed,
            first=start,
            counted=window >= here[0],
            replication=first,
        )
        return GeneratedDays(calls, origin)

    def halves(self, here: Counts) -> tuple[Counts, Counts]:
        """The paths of a date in two halves, no path in both, that hold every second of them by the day's calls.

        Halves drawn blindly differ in how many demanding days they happen to hold: an error of its own.
        """
        ranked = np.argsort(self.day_factors(here), kind="stable")
        return ranked[0::2], ranked[1::2]

    def day_factors(self, here: Counts) -> Floats:
        """The day's expected calls of each path ÷ those of the forecast's mean, ``(P,)``."""
        mean = self.forecast.mean[:, here].sum(axis=1)
        if self.forecast.recipe is None:
            totals = self.forecast.paths[:, :, here].sum(axis=(1, 2))
        else:
            totals = self.forecast.recipe.day_factors[:, :, self.date_of[here[0]]] @ mean
        factors: Floats = totals / max(float(mean.sum()), 1e-12)
        return factors

    def counts(self, window: Counts, origin: Counts, first: int) -> Counts:
        """Calls ``(D, L, W)``: rates of the path, with the forecast's dispersion of single intervals."""
        forecast, recipe = self.forecast, self.forecast.recipe
        if recipe is None:
            return np.rint(forecast.paths[origin][:, :, window]).astype(np.int64)
        rng = np.random.default_rng(np.random.SeedSequence([self.seed, first, int(window[-1])]))
        rates = forecast.mean[:, window] * recipe.day_factors[origin][:, :, self.date_of[window]]
        spread = np.maximum(recipe.interval_dispersion[:, window], 1e-9)
        counts: Counts = rng.poisson(rates * rng.standard_gamma(1 / spread, rates.shape) * spread).astype(np.int64)
        return counts
