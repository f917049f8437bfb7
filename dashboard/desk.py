"""What all pages work with: plans, hotlines, records, the planning store, jobs and the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard.asked import Asked
from dashboard.hotlines import HotlineShelf
from dashboard.jobs import Jobs
from dashboard.shelf import PlanShelf
from scenarios.scenario import Scenario
from wfm.home import home_folder
from wfm.records import RecordStore
from wfm.store import Store, open_store

__all__ = ["Desk"]


def _now() -> datetime:
    return datetime.now(UTC)


class Desk:
    """One desk serves all requests of a process; everything in it may be used by several threads.

    Args:
        plans: folder with finished plans.
        hotlines: folders of hotlines beside the shipped ones.
        home: folder of records and planning store; ``WFM_HOME`` by default.
        clock: the time, with its zone; tests and rehearsals give another one.
    """

    def __init__(
        self,
        plans: Path,
        hotlines: list[Path] | None = None,
        home: Path | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.plans = PlanShelf(plans)
        self.home = home or home_folder()
        self.hotlines = HotlineShelf([*(hotlines or []), self.home / "hotlines"])
        self.clock = clock

    @cached_property
    def store(self) -> Store:
        """The planning store, opened when it is first needed."""
        return open_store()

    @cached_property
    def jobs(self) -> Jobs:
        """Long work, done by processes of its own."""
        return Jobs(self)

    def records(self, hotline: str) -> RecordStore:
        """Call records of a hotline."""
        return RecordStore(self.home, hotline)

    def hotline_of(self, asked: Asked) -> str:
        """Name of the hotline that is asked for: of the address, else of its plan, else of the newest plan, else the first."""
        named = asked.get("hotline")
        known = self.hotlines.places()
        if named:
            return named
        of_plans = self.plans.hotlines()
        if asked.get("plan") in of_plans:
            return of_plans[asked.get("plan")]
        for name in of_plans.values():
            if name in known:
                return name
        return next(iter(known))

    def plans_of(self, hotline: str) -> list[str]:
        """Names of the plans of a hotline, the newest first."""
        return [name for name, of in self.plans.hotlines().items() if of == hotline]

    def scenario(self, asked: Asked) -> Scenario:
        """The hotline that is asked for, with its people.

        Raises:
            BadInput: there is none of this name, or its files hold a mistake.
        """
        return self.hotlines.scenario(self.hotline_of(asked))

    def now(self, asked: Asked) -> datetime:
        """The moment to look from, in the hotline's time zone: ``at`` of the address, else the clock.

        Raises:
            BadInput: as :meth:`scenario`; or ``at`` is no moment.
        """
        zone = ZoneInfo(self.scenario(asked).hotline.time_zone)
        at = asked.moment("at")
        if at is None:
            return self.clock().astimezone(zone)
        return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)
