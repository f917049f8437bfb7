"""Which changes of a scenario a forecast does not hear, because it learns the same thing from records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scenarios.history import RECORDED_DAYS_MIN
from scenarios.scenario_differences import Change
from wfm.hotline import Hotline
from wfm.i18n import Text, both
from wfm.records import RecordStore

__all__ = ["unheard_changes"]

_VOLUME = ("calls_per_day", "weekend_factor", "holiday_factor", "makeup_factor", "profile", "day_cv")
_TIMES = ("talk_s", "hold_s", "wrap_s", "short_call_share", "short_call_s", "three_way_share", "three_way_s")


def unheard_changes(hotline: Hotline, changes: Sequence[Change], home: Path) -> tuple[Text, ...]:
    """One sentence where a change is of what stored records tell; none while a week of records is not there."""
    if len(RecordStore(home, hotline.id).days()) < RECORDED_DAYS_MIN:
        return ()
    keys = {change.path.rpartition(".")[2] for change in changes if change.path.startswith("lines.")}
    found = []
    if keys & set(_VOLUME):
        found.append(
            both(
                "The hotline has call records, from which the forecast learns how many calls come: to change volume, set "
                "“call volume” (scale) instead."
            )
        )
    if keys & set(_TIMES):
        found.append(
            both(
                "The hotline has call records, from which the forecast learns handling times: a change of talk, hold or "
                "after-call time may not show in the results."
            )
        )
    return tuple(found)
