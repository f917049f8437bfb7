"""Nobody is alone at night, where the hotline asks for company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise

from scheduler.checker.view import Duty, RosterView
from scheduler.checker.violation import Violation
from wfm.i18n import both

__all__ = ["night_people"]


def night_people(view: RosterView) -> Iterator[Violation]:
    """Through every night ``night_people_min`` people are on A duty, or as B at the centre (good practice, not statute).

    Moments before the roster's first day and after its last are not judged: others may be there.
    """
    problem = view.problem
    least = problem.hotline.rules.night_people_min
    if least == 1:
        return
    begin = datetime.combine(problem.first, time(), problem.zone)
    end = datetime.combine(problem.last + timedelta(days=1), time(), problem.zone)
    everyone = [d for mine in view.by_agent.values() for d in mine if d.end > begin and _is_there(view, d)]
    nights = {(d.start, d.end): d for d in view.duties if view.is_night(d)}
    for (start, stop), night in sorted(nights.items(), key=lambda item: item[0]):
        low, high = max(start, begin), min(stop, end)
        beside = [d for d in everyone if d.start < stop and start < d.end]
        cuts = {low, high, *(t for d in beside for t in (d.start, d.end) if low < t < high)}
        for one, other in pairwise(sorted(cuts)):
            there = {d.agent for d in beside if d.start <= one and other <= d.end}
            if len(there) < least:
                text = both(
                    "{shift} of {date}: {people} people are on duty from {one:%H:%M} to {other:%H:%M}; {least} are needed",
                    shift=night.shift,
                    date=night.date,
                    people=len(there),
                    one=one,
                    other=other,
                    least=least,
                )
                yield Violation("night_people", "", night.date, text)
                break


def _is_there(view: RosterView, duty: Duty) -> bool:
    return duty.role == "A" or not (duty.remote or view.problem.hotline.rules.standby_remote)
