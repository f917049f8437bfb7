"""The kinds of long work, by key. Each is loaded only where it is done or shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from dashboard.jobs.work import JobWork
from dashboard.rights import Right
from wfm.errors import BadInput
from wfm.i18n import Text, list_words, say
from wfm.store import JobRecord

__all__ = ["KINDS", "JobKind", "kind_of"]

KINDS: dict[str, str] = {
    "plan": "dashboard.jobs.plan_job:PLAN",
    "verify": "dashboard.pages.plan.verify:VERIFY",
    "hire": "dashboard.pages.plan.hire_job:HIRE",
    "intraday": "dashboard.jobs.intraday_job:INTRADAY",
    "import": "dashboard.jobs.import_job:IMPORT",
    "review": "dashboard.jobs.review_job:REVIEW",
    "roster": "dashboard.jobs.roster_job:ROSTER",
    "repair": "dashboard.jobs.repair_job:REPAIR",
    "scenario-run": "dashboard.pages.scenarios.jobs:SCENARIO_RUN",
    "sweep": "dashboard.pages.scenarios.jobs:SWEEP",
}
"""Where each kind is found: ``module:ATTRIBUTE``."""


def _nowhere(job: JobRecord) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of long work."""

    key: str
    name: Text
    right: Right
    """What a person must be allowed to do to ask for it, call it off or repeat it."""
    run: Callable[[JobWork], Mapping[str, Any]]
    """Does it, and returns plain values that the store keeps. Bad input that it raises becomes the job's error."""
    stages: Mapping[str, Text] = field(default_factory=dict)
    """Names of the stages that it tells of, by the key it calls them with."""
    opens: Callable[[JobRecord], str] = _nowhere
    """Address on the dashboard where the result of a finished job is seen; empty if there is none."""


def kind_of(key: str) -> JobKind:
    """The kind of this key.

    Raises:
        BadInput: there is none.
    """
    if key not in KINDS:
        raise BadInput(say("There is no work of kind “{key}”; known: {known}.", key=key, known=list_words(list(KINDS))))
    module, _, name = KINDS[key].partition(":")
    kind: JobKind = getattr(import_module(module), name)
    return kind
