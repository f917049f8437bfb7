"""What ``wfm backtest`` prints, as tables or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wfm.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wfm.forecast.backtest import Backtest, Series
    from wfm.forecast.scores import Coverage, Score

__all__ = ["backtest_json", "print_backtest"]


def backtest_json(
    source: str, series: Series, horizons: Mapping[str, int], found: Sequence[Backtest], seed: int
) -> dict[str, Any]:
    """What ``--json`` prints. Shares are of 1; ``null`` where a score is not defined."""
    import hashlib

    import pandas as pd

    from wfm import __version__
    from wfm.records import demand_column

    calls = demand_column(series.actuals).rename("first_attempts")
    rows = pd.util.hash_pandas_object(series.actuals[["line", "interval"]].assign(first_attempts=calls), index=False)
    return {
        "source": source,
        "seed": seed,
        "version": __version__,
        "inputs": hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()[:16],
        "interval_min": series.grid.interval_min,
        "time_zone": series.grid.time_zone,
        "notes": [note.as_dict() for note in series.notes],
        "models": {
            one.model: {
                "origins": [day.isoformat() for day in one.origins],
                "seconds_per_origin": one.seconds_per_origin,
                "lines": {
                    line: {
                        name: _score_json(one.scores[line, days])
                        for name, days in horizons.items()
                        if (line, days) in one.scores
                    }
                    for line in dict.fromkeys(line for line, _ in one.scores)
                },
            }
            for one in found
        },
    }


def _score_json(score: Score) -> dict[str, Any]:
    return {
        "origins": score.origins,
        "intervals": score.cells,
        "wape": score.wape_share,
        "day_wape": score.day_wape_share,
        "mase": score.mase,
        "bias": score.bias_share,
        "pinball": score.pinball,
        "pinball_share": score.pinball_share,
        "coverage_80": _coverage_json(score.cover_80),
        "coverage_95": _coverage_json(score.cover_95),
        "poisson_floor": score.poisson_floor_share,
        "floor": score.floor_share,
        "wape_over_poisson_floor": score.wape_over_poisson_floor,
        "wape_over_floor": score.wape_over_floor,
    }


def _coverage_json(coverage: Coverage) -> dict[str, float]:
    return {"share": coverage.share, "low": coverage.low, "high": coverage.high}


def print_backtest(series: Series, horizons: Mapping[str, int], found: Sequence[Backtest]) -> None:
    """A table a line, how to read it, and which model was best."""
    from wfm.cli.console import make_console, make_table, narrow_heading

    console = make_console()
    lines = list(dict.fromkeys(line for one in found for line, _ in one.scores))
    for line in lines:
        title = say("All lines together") if line == "all" else line
        table = make_table(console, title if len(lines) > 1 else "")
        table.add_column(say("model"))
        for words in (
            say("ahead"),
            say("WAPE"),
            say("of days"),
            say("floor"),
            say("× floor"),
            say("bias"),
            say("MASE"),
            say("pinball"),
            say("80 % band"),
            say("95 % band"),
        ):
            table.add_column(narrow_heading(console, words), justify="right")
        for one in found:
            for name, days in horizons.items():
                score = one.scores.get((line, days))
                if score is not None:
                    table.add_row(one.model, name, *_cells(score))
        console.print(table)
    for one in found:
        console.print(
            say(
                "{model}: {count} origins from {first} to {last}, {seconds:.2f} s of one core each",
                model=one.model,
                count=len(one.origins),
                first=one.origins[0],
                last=one.origins[-1],
                seconds=one.seconds_per_origin,
            )
        )
    console.print(
        say(
            "WAPE: absolute errors of the medians over all calls. Floor: what chance alone makes of it when the rates are known, "
            "overdispersion included; below 1.1 times the floor there is little left to gain. Bands: share of counts inside, with "
            "its 95 % interval."
        )
    )
    for note in series.notes:
        console.print(note.of())
    if len(found) > 1:
        _print_best(console.print, lines, horizons, found)


def _cells(score: Score) -> list[str]:
    def band(coverage: Coverage) -> str:
        return f"{coverage.share * 100:.1f} % ({coverage.low * 100:.0f}–{coverage.high * 100:.0f})"

    return [
        f"{score.wape_share * 100:.1f} %",
        f"{score.day_wape_share * 100:.1f} %",
        f"{score.floor_share * 100:.1f} %",
        "–" if score.wape_over_floor is None else f"{score.wape_over_floor:.2f}",
        f"{score.bias_share * 100:+.1f} %".replace("-", "−"),
        "–" if score.mase is None else f"{score.mase:.2f}",
        f"{score.pinball:.2f}",
        band(score.cover_80),
        band(score.cover_95),
    ]


def _print_best(write: Any, lines: Sequence[str], horizons: Mapping[str, int], found: Sequence[Backtest]) -> None:
    """The model with the least pinball loss per line and horizon: for review only, as the best of the past is luck in part."""
    words = []
    for line in lines:
        for name, days in horizons.items():
            scored = [(one.scores[line, days].pinball, one.model) for one in found if (line, days) in one.scores]
            if scored:
                words.append(f"{line} {name}: {min(scored)[1]}")
    write(say("Least pinball loss, for review only: {best}", best="; ".join(words)))
