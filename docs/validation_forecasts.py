"""Tables of forecasts beside peers for the validation page, from the scores that ``make bench-forecast`` wrote."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from validation_page import percent, table

SCORES = Path(__file__).resolve().parent / "forecast_scores.csv"
SERIES = {
    "bank30": "North American bank, half-hours",
    "anon30": "Anonymous Bank, half-hours",
    "seattle60": "Seattle 911 in 2019, hours",
    "seattle60_2020": "Seattle 911 in 2020, hours",
}
PEERS = {
    "mean6": "six-week mean",
    "arima_stationary": "ARIMA + Fourier",
    "prophet_flat": "Prophet, flat",
    "prophet": "Prophet",
    "mstl": "MSTL",
    "theta": "Theta",
}
HORIZONS = ("1d", "1w", "4w")
WHOLE = 60
"""Origins that a peer must have to stand in the first table."""


def forecast_tables() -> dict[str, str]:
    """The tables by their marks."""
    scores = pd.read_csv(SCORES)
    errors, bands = [], []
    for name, title in SERIES.items():
        here = scores[scores["series"] == name]
        for horizon in HORIZONS:
            row = here[here["horizon"] == horizon].set_index("forecaster")
            own = row.loc["ours"]
            whole = row[(row["origins"] >= WHOLE) & (row.index != "ours")]
            others = [percent(row.loc[p, "wape"]) + ("" if p in whole.index else " *") for p in PEERS if p in row.index]
            errors.append(
                [f"{title}, {horizon}", f"**{percent(own['wape'])}**", *others, f"{whole['ours_over_wape'].max():.3f}"]
            )
            bands.append(
                [
                    f"{title}, {horizon}",
                    percent(own["cover80"]),
                    percent(own["cover95"]),
                    f"{whole['ours_over_pinball'].max():.3f}",
                    percent(own["day_wape"]),
                    f"{own['cpu_s']:.2f} s",
                ]
            )
    heads = ["series, ahead", "ours", *PEERS.values(), "ours ÷ best"]
    return {
        "forecast-errors": table(heads, errors),
        "forecast-bands": table(
            ["series, ahead", "80 % band", "95 % band", "pinball ÷ best peer's", "WAPE of days", "CPU of one forecast"],
            bands,
        ),
    }
