"""What a forecast learns from: the history without what accepted marks hide, and a calendar that knows the days they name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from scenarios.history import History
from wfm.calendar import WorkingCalendar
from wfm.hotline import Hotline
from wfm.i18n import both
from wfm.records.cleaning import Mark, hide_marked, observed_mask, special_days

__all__ = ["learned_from"]


def learned_from(
    hotline: Hotline, history: History, calendar: WorkingCalendar, marks: Sequence[Mark]
) -> tuple[History, WorkingCalendar]:
    """The history and the calendar as accepted marks of ``wfm clean`` have them.

    Hidden stretches are empty, which is not zero; special days stand in the calendar under their names, coming ones too. Both
    show in the hash of the history. Without accepted marks both come back as they were.
    """
    accepted = [mark for mark in marks if mark.status == "accepted"]
    special = special_days(accepted, hotline.time_zone)
    hidden = ~observed_mask(accepted, history.grid, hotline.line_ids)
    if hidden.any():
        hours = float(hidden.any(axis=0).sum()) * history.grid.interval_s / 3600
        note = both(
            "Accepted marks hide {hours:,.3g} h of the records from the forecast (wfm clean shows them).", hours=hours
        )
        actuals = hide_marked(history.actuals, history.grid, accepted)
        history = replace(history, actuals=actuals, notes=(*history.notes, note))
    if hidden.any() or special:
        told = "\0".join(
            [history.content_hash, *sorted(mark.id for mark in accepted), *map(str, sorted(special.items()))]
        )
        history = replace(history, content_hash=hashlib.sha256(told.encode()).hexdigest()[:16])
    return history, calendar.with_special(special) if special else calendar
