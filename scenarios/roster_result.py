"""A finished roster: who works when, how good it is known to be, and what it was made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd

from wfm.hotline import Hotline
from wfm.i18n import Text

__all__ = ["RosterResult", "RosterStatus", "unfilled_posts"]

RosterStatus = Literal["optimal", "feasible", "partial", "interrupted", "pattern"]
"""``optimal`` is proven; a search that ended with its time is ``feasible`` (all posts filled) or ``partial``.

``interrupted`` holds the best roster found before Ctrl-C; ``pattern`` was laid out by a pattern, without a search.
"""


@dataclass(frozen=True, slots=True)
class RosterResult:
    """Everything ``wfm roster build`` found out.

    Attributes:
        scenario: name or path under which hotline and people were found, as asked for.
        hotline: the hotline that was rostered.
        first: first day of the period.
        days: its length.
        seed: seed of the search.
        version: version of the code.
        reproducible: one worker under a deterministic limit, so that the seed gives the same roster.
        inputs: hash of each input: ``hotline``, ``agents``, ``leave``, ``posts``, ``calendar`` and what else went in.
        status: how the search ended.
        objective: cost of the roster; None where no search was made.
        bound: no roster that fills as many posts costs less; None where no search was made.
        parts: the objective by part.
        legal: what the independent checker says.
        violations: what breaks a rule.
        reasons: what is short and why.
        conflicts: where posts stay open, the rules and people in conflict and the ways out, as plain values (``scenarios.conflict_values``).
        quality: fairness and hours as plain values (``scenarios.roster_quality``).
        pattern: pattern that laid the roster out or began it; empty for none.
        duties: ``tables.DUTIES``.
        posts: posts to fill (``scheduler.POST_COLUMNS``).
    """

    scenario: str
    hotline: Hotline
    first: date
    days: int
    seed: int
    version: str
    reproducible: bool
    inputs: dict[str, str]
    status: RosterStatus
    objective: float | None
    bound: float | None
    legal: bool
    duties: pd.DataFrame
    posts: pd.DataFrame
    parts: dict[str, float] = field(default_factory=dict)
    violations: tuple[Text, ...] = ()
    reasons: tuple[Text, ...] = ()
    quality: dict[str, Any] = field(default_factory=dict)
    pattern: str = ""
    conflicts: tuple[dict[str, Any], ...] = ()

    @property
    def last(self) -> date:
        """Last day of the period."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def gap(self) -> float | None:
        """How far the objective may lie above the best, as a share of it; None where no bound is known."""
        if self.objective is None or self.bound is None:
            return None
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), 1e-9) if self.objective else 0.0

    @property
    def unfilled(self) -> pd.DataFrame:
        """Columns ``date, group, shift, role, missing``."""
        return unfilled_posts(self.posts, self.duties)


def unfilled_posts(posts: pd.DataFrame, duties: pd.DataFrame) -> pd.DataFrame:
    """Posts that no duty fills: columns ``date, group, shift, role, missing``, by date."""
    wanted = pd.concat(
        [
            posts[["date", "group", "shift"]].assign(role=role, posts=posts[column].astype("int64"))
            for role, column in (("A", "posts_a"), ("B", "posts_b"))
        ],
        ignore_index=True,
    )
    keys = ["date", "group", "shift", "role"]
    filled = duties[keys].astype({"date": "datetime64[ns]"}).groupby(keys).size()
    wanted["date"] = pd.to_datetime(wanted["date"]).astype("datetime64[ns]")
    places = pd.MultiIndex.from_frame(wanted[keys])
    wanted["missing"] = wanted["posts"] - filled.reindex(places).fillna(0).astype("int64").to_numpy()
    short = wanted[wanted["missing"] > 0]
    return short[[*keys, "missing"]].sort_values(["date", "group", "shift", "role"], ignore_index=True)
