"""Rotation patterns (轮班模式): cycles of shifts that crews walk through, and pools that take turns."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from wfm.hotline.parts import Identifier, Misfit, Part, Share, _
from wfm.i18n import Text, say

__all__ = ["OFF", "DayPosts", "FirmShare", "PatternCycle", "PatternTurns", "RosterPattern"]

OFF = "off"
"""A day of a cycle without a duty."""

Posts = Annotated[int, Field(ge=0, le=10_000)]


class PatternCycle(Part):
    """Crews that walk through the same cycle of days, one behind the other at even distances.

    With four crews and a cycle of eight days each crew is two days behind the one before it.
    """

    days: tuple[str, ...] = Field(
        min_length=1, max_length=91, description=_("the shift of each day of the cycle, off for a free day")
    )
    crews: Annotated[int, Field(ge=1, le=91)] = Field(
        1, description=_("crews that walk through the cycle, evenly apart")
    )
    people: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description=_("people of each crew; empty: as many as the posts ask for")
    )
    teams: tuple[str, ...] = Field(
        (), description=_("the crews are these teams of agents.csv, in their order; empty: crews are chosen")
    )
    agents: tuple[str, ...] = Field(
        (), description=_("the people, crew by crew; empty: chosen among those able to serve every shift of the cycle")
    )
    group: str = Field("", description=_("the group that is served; empty: where posts are, else the first one able"))
    working_days_only: bool = Field(
        False, description=_("duties on working days alone: holidays are off, a make-up day is worked")
    )
    anchor: date = Field(
        date(2024, 1, 1), description=_("a day on which the first crew begins the cycle; it holds before and after")
    )

    @model_validator(mode="after")
    def _crews_are_even(self) -> Self:
        if len(self.days) % self.crews:
            raise Misfit(
                say(
                    "the {days} days of the cycle cannot be shared evenly by {crews} crews",
                    days=len(self.days),
                    crews=self.crews,
                ),
                "crews",
            )
        if all(day == OFF for day in self.days):
            raise Misfit(say("the cycle has no shift"), "days")
        if self.teams and self.agents:
            raise Misfit(say("give either teams or agents"), "agents")
        if self.teams and len(self.teams) != self.crews:
            raise Misfit(say("names {found} teams for {crews} crews", found=len(self.teams), crews=self.crews), "teams")
        if self.agents and len(self.agents) % self.crews:
            raise Misfit(
                say(
                    "the {people} people cannot be shared evenly by {crews} crews",
                    people=len(self.agents),
                    crews=self.crews,
                ),
                "agents",
            )
        if len(set(self.agents)) < len(self.agents):
            raise Misfit(say("somebody stands twice"), "agents")
        return self


class FirmShare(Part):
    """How much of a pool's duties one firm takes."""

    firm: str = Field(description=_("the firm, as in agents.csv"))
    share: Share = Field(description=_("its share of the duties"))


class DayPosts(Part):
    """Posts of a shift by kind of day."""

    shift: str = Field(description=_("the shift"))
    weekday: Posts = Field(0, description=_("A posts on weekdays and make-up days"))
    weekend: Posts = Field(0, description=_("A posts on weekend days"))
    holiday: Posts = Field(0, description=_("A posts on statutory holidays"))


class PatternTurns(Part):
    """A pool whose people take turns (轮值): each post goes to the firm furthest below its share, there to whoever waits longest."""

    shifts: tuple[str, ...] = Field((), description=_("shifts that the pool fills; empty: all"))
    posts: tuple[DayPosts, ...] = Field(
        (), description=_("posts of the pattern's own, where none are given; empty: none")
    )
    group: str = Field("", description=_("the group of these posts; empty: the first that the shift may serve"))
    duties_per_month_max: Annotated[int, Field(ge=1, le=31)] | None = Field(
        None, description=_("duties of one person in a calendar month at most")
    )
    firm_shares: tuple[FirmShare, ...] = Field(
        (), description=_("shares of the firms; firms not named share the rest by their people")
    )

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        total = sum(item.share for item in self.firm_shares)
        if total > 1 + 1e-9:
            raise Misfit(say("the shares add up to {total:g}; at most 1 is allowed", total=total), "firm_shares")
        names = [item.firm for item in self.firm_shares]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise Misfit(say("the firm {firm} stands twice", firm=name), "firm_shares", number, "firm")
        return self


class RosterPattern(Part):
    """A way to lay out a roster without a search: cycles first, then pools take turns at what is left."""

    id: Identifier = Field(description=_("identifier of the pattern"))
    name: Text = Field(description=_("name of the pattern"))
    cycles: tuple[PatternCycle, ...] = Field((), description=_("crews that walk through cycles of days"))
    turns: tuple[PatternTurns, ...] = Field((), description=_("pools whose people take turns"))
    night_of_day_before: bool = Field(
        True, description=_("in a cycle, a night shift that begins after midnight is the night of the day before")
    )

    @model_validator(mode="after")
    def _has_parts(self) -> Self:
        if not self.cycles and not self.turns:
            raise Misfit(say("a pattern needs cycles or turns"))
        return self

    def named(self) -> list[tuple[str, tuple[str | int, ...]]]:
        """Shifts that the pattern names, each with its key path inside the pattern."""
        found: list[tuple[str, tuple[str | int, ...]]] = []
        for n, cycle in enumerate(self.cycles):
            found += [(day, ("cycles", n, "days", k)) for k, day in enumerate(cycle.days) if day != OFF]
        for n, turns in enumerate(self.turns):
            found += [(shift, ("turns", n, "shifts", k)) for k, shift in enumerate(turns.shifts)]
            found += [(row.shift, ("turns", n, "posts", k, "shift")) for k, row in enumerate(turns.posts)]
        return found

    def groups_named(self) -> list[tuple[str, tuple[str | int, ...]]]:
        """Groups that the pattern names, each with its key path inside the pattern."""
        parts = [*(("cycles", n, c.group) for n, c in enumerate(self.cycles))]
        parts += [("turns", n, t.group) for n, t in enumerate(self.turns)]
        return [(group, (kind, n, "group")) for kind, n, group in parts if group]
