"""Breaks at another time of the same duty: out of where people are missing, into where they are missed less."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.intraday_sentences import people_text
from scenarios.intraday_situation import Proposal, Situation, duties_ahead, how_many, shift_name
from wfm.hotline import minutes_of
from wfm.i18n import both

__all__ = ["moved_breaks"]

Floats = NDArray[np.float64]

BREAK_REACH_MIN = 60
"""How far a break is moved that is no meal of the shift design."""


def moved_breaks(situation: Situation) -> Iterator[Proposal]:
    """One proposal for each break still to come that has a better place."""
    for group, shift, part in duties_ahead(situation, "A"):
        number = situation.group_number(group)
        words = str(part["breaks"].iloc[0] or "")
        if not words or words == "<NA>" or not (part["breaks"] == part["breaks"].iloc[0]).all():
            continue
        pauses = words.split(";")
        start = situation.local(part["start"].iloc[0])
        for place, pause in enumerate(pauses):
            first, last = (minutes_of(c) for c in pause.split("-"))
            begin = (first - start.hour * 60 - start.minute) % 1440
            length = (last - first) % 1440
            now_min = (situation.local(situation.now) - start).total_seconds() / 60
            if begin <= now_min:
                continue
            others = [_pause(p, start) for n, p in enumerate(pauses) if n != place]
            best = _best_place(situation, number, part, start, begin, length, others, now_min)
            if best is None:
                continue
            count = how_many(situation, group, _spell(situation, part, start, begin, length), len(part))
            if count == 0:
                continue
            chosen = part.iloc[:count]
            change = situation.presence(_times(chosen, start, begin, length)) - situation.presence(
                _times(chosen, start, best, length)
            )
            new = f"{_minute(start, best)}-{_minute(start, best + length)}"
            changed = ";".join(sorted([*(p for n, p in enumerate(pauses) if n != place), new]))
            duties = situation.duties.copy()
            duties.loc[duties.index.isin(chosen.index), "breaks"] = changed
            names = tuple(chosen["agent"].astype(str))
            yield Proposal(
                "break",
                both(
                    "Move the break of {n} on the shift {shift} ({people}) from {old} to {new}",
                    n=count,
                    shift=shift_name(situation, shift),
                    people=people_text(names),
                    old=pause,
                    new=new,
                ),
                group,
                names,
                (start + pd.Timedelta(minutes=min(begin, best))).to_pydatetime(),
                (start + pd.Timedelta(minutes=max(begin, best) + length)).to_pydatetime(),
                0.0,
                change,
                duties,
                shift=shift,
            )


def _pause(words: str, start: pd.Timestamp) -> tuple[int, int]:
    """Begin and end of a break, minutes after the duty's start."""
    first, last = (minutes_of(c) for c in words.split("-"))
    begin = (first - start.hour * 60 - start.minute) % 1440
    return begin, begin + (last - first) % 1440


def _minute(start: pd.Timestamp, after: int) -> str:
    total = (start.hour * 60 + start.minute + after) % 1440
    return f"{total // 60:02}:{total % 60:02}"


def _times(part: pd.DataFrame, start: pd.Timestamp, begin: int, length: int) -> pd.DataFrame:
    """The rows as presence from ``begin`` minutes after the start on, ``length`` minutes long."""
    first = start + pd.Timedelta(minutes=begin)
    return part.assign(start=first, end=first + pd.Timedelta(minutes=length), breaks="")


def _spell(situation: Situation, part: pd.DataFrame, start: pd.Timestamp, begin: int, length: int) -> Floats:
    return situation.presence(_times(part.iloc[:1], start, begin, length))


def _best_place(
    situation: Situation,
    number: int,
    part: pd.DataFrame,
    start: pd.Timestamp,
    begin: int,
    length: int,
    others: list[tuple[int, int]],
    now_min: float,
) -> int | None:
    """Where the break costs least: minutes after the start, or None where no place is better."""
    design = situation.hotline.shift_design
    whole = int((part["end"].iloc[0] - part["start"].iloc[0]).total_seconds() // 60)
    low, high = begin - BREAK_REACH_MIN, begin + BREAK_REACH_MIN
    meal = design.meal
    if meal is not None and meal.length_min == length and meal.earliest_min <= begin <= meal.latest_min:
        low, high = meal.earliest_min, meal.latest_min
    apart = min(design.apart_min, begin, max(whole - begin - length, 0))
    over = situation.on_duty[number] - situation.heads[number]

    def cost(at: int) -> float:
        lacking = (
            over - (_spell(situation, part, start, at, length) - _spell(situation, part, start, begin, length))[number]
        )
        return float((np.maximum(-lacking, 0.0) ** 2 * situation.ahead).sum())

    best, least = None, cost(begin) - 1e-6
    for at in range(low, high + 1, design.grid_min):
        fits = max(apart, now_min) <= at and at + length <= whole - apart
        fits = fits and all(at + length + apart <= a or b + apart <= at for a, b in others)
        if fits and at != begin and (found := cost(at)) < least:
            best, least = at, found
    return best
