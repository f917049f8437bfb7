"""What a manager may turn at once and see the seats follow: calls, handling times, patience, limits, confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from wfm.errors import BadInput
from wfm.hotline import Hotline, Patience, targets_of
from wfm.i18n import Text, both, say
from wfm.staffing import sized_targets
from wfm.standards import Target

__all__ = [
    "EXPECTED",
    "Change",
    "Knob",
    "changed_hotline",
    "changed_summary",
    "changed_targets",
    "knobs_of",
    "line_factors",
]

Floats = NDArray[np.float64]

EXPECTED = 50.0
"""Confidence, in per cent, that stands for the expected demand."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be otherwise than in the plan; None and 1.0: as planned."""

    volume: float = 1.0
    """Factor on the expected calls."""
    aht: float = 1.0
    """Factor on the expected handling times."""
    patience: float = 1.0
    """Factor on how long callers wait before giving up."""
    shrinkage: float | None = None
    """Share of rostered time lost unplanned."""
    ivr: float | None = None
    """Share of callers whom the IVR serves."""
    confidence: float | None = None
    """Per cent of days whose demand is covered, from :data:`EXPECTED`."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """Limit of a target, by its identifier, in the target's unit."""


@dataclass(frozen=True, slots=True)
class Knob:
    """One thing that can be turned, with its range; shares and factors in per cent."""

    key: str
    name: Text
    meaning: Text
    unit: str
    """``%`` or ``s``."""
    least: float
    most: float
    step: float
    default: float
    target: str = ""
    """Identifier of the target whose limit it is."""


def knobs_of(hotline: Hotline, confidence: float | None = None) -> tuple[Knob, ...]:
    """What can be turned for this hotline. ``confidence`` is that of the plan, 0 to 1."""
    ivr = 100 * hotline.ivr.self_service_share
    room = 100 * (1 - hotline.ivr.hang_up_share)
    found = [
        Knob(
            "volume", both("Calls"), both("Calls that come, of those expected by the forecast."), "%", 50, 200, 1, 100.0
        ),
        Knob(
            "aht",
            both("Handling time"),
            both("Talk, hold and after-call work together (AHT), of what the forecast expects."),
            "%",
            *(50, 150, 1, 100.0),
        ),
        Knob(
            "shrinkage",
            both("Unplanned absence"),
            both("Rostered time lost to lateness, illness and trouble; scheduled = required ÷ (1 − share)."),
            "%",
            *(0, 40, 0.5, 100 * hotline.shrinkage.unplanned_share),
        ),
        Knob(
            "ivr",
            both("Served by the IVR"),
            both("Callers whom the automatic agent serves without a transfer."),
            "%",
            *(0, float(np.floor(min(room, 80))), 0.5, ivr),
        ),
        Knob(
            "patience",
            both("Callers' patience"),
            both("How long callers wait before giving up, of what the hotline states for its lines."),
            "%",
            *(25, 300, 5, 100.0),
        ),
    ]
    found += [knob for target, _ in sized_targets(hotline, targets_of(hotline)) if (knob := _limit_knob(target))]
    found.append(
        Knob(
            "confidence",
            both("Confidence"),
            both(
                "Share of days whose demand the seats are sized for: 50 % is the expected demand. By formula, from "
                "the forecast's own spread; a plan with a confidence finds its seats by simulation."
            ),
            "%",
            *(EXPECTED, 99, 1, EXPECTED if confidence is None else max(EXPECTED, 100 * confidence)),
        )
    )
    return tuple(found)


def _limit_knob(target: Target) -> Knob | None:
    """The limit of a time or of a share; others have none."""
    if target.limit is None or target.unit not in ("s", "share"):
        return None
    shown = target.limit if target.unit == "s" else 100 * target.limit
    if target.unit == "s":
        span = (min(5.0, shown), max(60.0, 2 * shown), 1.0)
    elif shown >= 50:
        span = (min(70.0, shown), 99.5, 0.5)
    else:
        span = (0.5, max(30.0, 2 * shown), 0.5)
    meaning = both("Limit of the target “{name}” ({clause}).", name=target.name, clause=target.clause)
    return Knob(f"limit-{target.id}", target.name, meaning, "s" if target.unit == "s" else "%", *span, shown, target.id)


def changed_targets(hotline: Hotline, change: Change) -> tuple[Target, ...]:
    """The hotline's targets with the limits of the change.

    Raises:
        BadInput: the change names a target that the hotline does not have.
    """
    targets = targets_of(hotline)
    strange = set(change.limits) - {target.id for target in targets}
    if strange:
        raise BadInput(say("there is no target “{name}”", name=min(strange)))
    return tuple(
        target.model_copy(update={"limit": change.limits[target.id]}) if target.id in change.limits else target
        for target in targets
    )


def changed_hotline(hotline: Hotline, change: Change) -> Hotline:
    """The hotline as the change has it. Calls, handling times and confidence are the forecast's, not the hotline's.

    Raises:
        BadInput: a share leaves nothing, or a factor is not above zero.
    """
    if not (0 <= change.volume <= 10 and 0.05 <= change.aht <= 10 and 0.01 <= change.patience <= 100):
        raise BadInput(say("a factor on calls, handling time or patience is out of range"))
    update: dict[str, Any] = {}
    if change.shrinkage is not None:
        if not 0 <= change.shrinkage < 1:
            raise BadInput(say("unplanned absence: found {found:g}, allowed are 0 to below 1", found=change.shrinkage))
        update["shrinkage"] = hotline.shrinkage.model_copy(update={"unplanned_share": change.shrinkage})
    if change.ivr is not None:
        if not 0 <= change.ivr <= 1 - hotline.ivr.hang_up_share:
            raise BadInput(
                say(
                    "served by the IVR: found {found:.1%}, allowed are 0 to {most:.1%}, as the others hang up there",
                    found=change.ivr,
                    most=1 - hotline.ivr.hang_up_share,
                )
            )
        update["ivr"] = hotline.ivr.model_copy(update={"self_service_share": change.ivr})
    if change.patience != 1:
        update["lines"] = tuple(
            line.model_copy(update={"patience": _longer(line.patience, change.patience)}) for line in hotline.lines
        )
    return hotline.model_copy(update=update) if update else hotline


def _longer(patience: Patience, factor: float) -> Patience:
    if patience.stated_mean_s is not None:
        return patience.model_copy(update={"stated_mean_s": patience.stated_mean_s * factor})
    points = tuple(
        point if point.s is None else point.model_copy(update={"s": point.s * factor}) for point in patience.quantiles
    )
    return patience.model_copy(update={"quantiles": points})


def line_factors(summary: pd.DataFrame, confidence: float | None) -> dict[str, float]:
    """By how much each line's expected calls are raised for a confidence in per cent; 1 for the expected demand.

    The spread of a line's rate is what its forecast's 80 % bands are wider than the luck of calls by themselves:
    variance = mean + (cv · mean)², over all intervals together. The rate is taken as gamma distributed with that
    coefficient of variation, the same on all intervals of a day.

    Args:
        summary: line, mean, p10, p90.
        confidence: per cent; None or :data:`EXPECTED` for the expected demand.

    Raises:
        BadInput: the confidence is not between 50 and 99.9.
    """
    lines = [str(line) for line in summary["line"].unique()]
    if confidence is None or confidence == EXPECTED:
        return dict.fromkeys(lines, 1.0)
    if not EXPECTED <= confidence <= 99.9:
        raise BadInput(say("confidence: found {found:g} %, allowed are 50 to 99.9 %", found=confidence))
    width = float(special.ndtri(0.9) - special.ndtri(0.1))
    found = {}
    for line in lines:
        rows = summary[summary["line"].astype(str) == line]
        mean = rows["mean"].to_numpy(dtype=np.float64)
        deviation = (rows["p90"] - rows["p10"]).to_numpy(dtype=np.float64) / width
        squares = float((mean**2).sum())
        cv2 = max(float((deviation**2 - mean).sum()) / squares, 0.0) if squares > 0 else 0.0
        raised = float(special.gammaincinv(1 / cv2, confidence / 100) * cv2) if cv2 > 1e-9 else 1.0
        found[line] = max(raised, 1.0)
    return found


def changed_summary(summary: pd.DataFrame, change: Change) -> pd.DataFrame:
    """The forecast's line, interval, mean and aht_s with the calls, handling times and confidence of the change."""
    raised = line_factors(summary, change.confidence)
    factor = summary["line"].astype(str).map(raised).to_numpy(dtype=np.float64) * change.volume
    return pd.DataFrame(
        {
            "line": summary["line"],
            "interval": summary["interval"],
            "mean": summary["mean"].to_numpy(dtype=np.float64) * factor,
            "aht_s": summary["aht_s"].to_numpy(dtype=np.float64) * change.aht,
        }
    )
