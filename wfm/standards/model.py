"""Standards and their targets, read from the YAML files in ``wfm/standards/data/``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from wfm.errors import BadInput
from wfm.i18n import Text, list_words, say

__all__ = ["Standard", "Target", "load_standard", "standard_ids"]

DATA = Path(__file__).parent / "data"


class Target(BaseModel):
    """One target of a standard: a KPI, how it compares, and its limit.

    ``limit`` empty: the value is reported, no limit decides. ``per_interval`` says that sizing holds
    it in every interval.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: Text
    kpi: str = Field(description="KPI of wfm.metrics, or a work-order or configuration measure")
    measure: Literal["calls", "roster", "work_orders", "satisfaction", "configuration"] = "calls"
    operator: Literal["<", "<=", ">", ">="] | None = None
    limit: float | None = None
    unit: Literal["s", "share", "count", "h", "flag"] = "share"
    clause: str
    quote: Text = Field(description="the rule's own words, and their translation")
    source: Literal["published", "secondary", "assumed"]
    sizing: bool = Field(True, description="seats are sized so that this holds")
    note: Text | None = Field(None, description="the choice made where the rule is silent or contradicts another")

    def met(self, value: float) -> bool:
        """Whether ``value`` keeps the limit. A target without a limit is always kept."""
        if self.limit is None or self.operator is None:
            return True
        tests = {"<": value < self.limit, "<=": value <= self.limit, ">": value > self.limit, ">=": value >= self.limit}
        return tests[self.operator]


class Standard(BaseModel):
    """A published standard."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: Text
    issuer: Text
    applies_to: Text
    year: int | None = Field(None, description="year of issue; empty where the text does not say")
    source: Literal["published", "secondary", "assumed"]
    targets: tuple[Target, ...]
    rules: tuple[Annotated[Text, Field()], ...] = Field((), description="rules that are no targets")

    def target(self, target_id: str) -> Target:
        """The target with this identifier.

        Raises:
            BadInput: the standard has no such target.
        """
        for target in self.targets:
            if target.id == target_id:
                return target
        known = list_words([t.id for t in self.targets])
        raise BadInput(
            say("{standard} has no target {target!r}; known: {known}", standard=self.id, target=target_id, known=known)
        )


@cache
def _files() -> dict[str, Path]:
    return {path.stem.replace("__", "/"): path for path in sorted(DATA.glob("*.yaml"))}


def standard_ids() -> list[str]:
    """Identifiers of the shipped standards, as ``DB330503/T02.3``."""
    return list(_files())


@cache
def load_standard(standard_id: str) -> Standard:
    """The standard with this identifier.

    Raises:
        BadInput: there is no such standard.
    """
    from ruamel.yaml import YAML

    path = _files().get(standard_id)
    if path is None:
        raise BadInput(
            say("no standard {standard!r}; known: {known}", standard=standard_id, known=list_words(standard_ids()))
        )
    return Standard.model_validate(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))
