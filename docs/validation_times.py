"""Handling time and patience of the validation page: what the hotline says beside what the records say."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import validation_measures as measured
import validation_pictures as pictures
from scipy import stats
from validation_measures import HELD_OUT, Bank, Week
from validation_page import percent, table

__all__ = ["time_tables"]


def time_tables(bank: Bank, week: Week, folder: Path) -> dict[str, str]:
    """Handling time and patience: what the hotline says, what records before the week and of the week say.

    Draws ``validation-times.svg`` into ``folder``.
    """
    hotline, calls = bank.scenario.hotline, bank.calls
    day = calls["arrived_at"].dt.date
    spans = {"before": calls[day < HELD_OUT], "week": calls[(day >= HELD_OUT) & (day < HELD_OUT + timedelta(days=7))]}
    rows = []
    for n, line in enumerate(hotline.lines):
        before, then = (measured.time_figures(span[span["line"] == line.id]) for span in spans.values())
        expected = np.average(week.forecast.aht_s[n], weights=week.forecast.mean[n])
        handling = [line.handling.mean_s, expected, before["aht_s"], then["aht_s"]]
        patience = [line.patience.mean_s, before["patience_s"], then["patience_s"]]
        rows.append([line.name.of("en"), *(f"{v:.0f}" for v in handling), *(f"{v:.0f}" for v in patience)])
    head = ["line", "handling: hotline.yaml", "forecast", "before", "that week"]
    head += ["patience: hotline.yaml", "before", "that week"]
    times = np.arange(0.0, 1201.0, 10.0)
    answered = calls[calls["outcome"] == "answered"]
    talk = np.sort(answered["talk_s"].to_numpy(float))
    talk_found = 1 - np.searchsorted(talk, times, side="right") / len(talk)
    wait_s, gave_up = measured.queue_waits(calls)
    waited, alive = measured.survival(wait_s, gave_up)
    patient = np.concatenate([[1.0], alive])[np.searchsorted(waited, times, side="right")]
    talk_used, patient_used = np.zeros(len(times)), np.zeros(len(times))
    asked = calls[calls["outcome"].isin(["answered", "abandoned"])]
    for line in hotline.lines:
        h = line.handling
        sigma = np.sqrt(np.log1p(h.talk_cv**2))
        law = stats.lognorm(sigma, scale=h.talk_s * np.exp(-(sigma**2) / 2))
        weight = (answered["line"] == line.id).mean()
        talk_used += weight * (h.short_call_share * (times < h.short_call_s) + (1 - h.short_call_share) * law.sf(times))
        patient_used += (asked["line"] == line.id).mean() * np.exp(-times / line.patience.mean_s)
    pictures.times_picture(
        folder / "validation-times.svg", (times, talk_found, talk_used), (times, patient, patient_used)
    )
    kept = times <= 900
    figures = {name: measured.time_figures(span) for name, span in spans.items()}
    return {
        "time-table": table(head, rows),
        "talk-distance": percent(float(np.abs(talk_found - talk_used).max())),
        "patience-distance": percent(float(np.abs(patient - patient_used)[kept].max())),
        "aht-before": f"{figures['before']['aht_s']:.0f}",
        "aht-week": f"{figures['week']['aht_s']:.0f}",
        "median-patience": f"{measured.time_figures(calls)['median_patience_s']:.0f}",
        "hang-up-before": percent(figures["before"]["hang_up"]),
        "hang-up-week": percent(figures["week"]["hang_up"]),
    }
