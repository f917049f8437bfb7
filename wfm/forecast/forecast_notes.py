"""What a reader should know of a forecast: what was missing in the past, and what was borrowed for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.forecast.history import HOLIDAY, MAKEUP, History
from wfm.i18n import LANGUAGES, Text, both, list_words, use_language

__all__ = ["history_notes", "line_notes"]

SHORT_HISTORY_DAYS = 14
LOW_VOLUME_PER_DAY = 10.0

WEEKDAYS = (
    Text("Mondays", "周一"),
    Text("Tuesdays", "周二"),
    Text("Wednesdays", "周三"),
    Text("Thursdays", "周四"),
    Text("Fridays", "周五"),
    Text("Saturdays", "周六"),
    Text("Sundays", "周日"),
)
HOLIDAYS = Text("holidays", "法定节假日")
MAKEUP_DAYS = Text("make-up working days", "调休上班日")


def history_notes(
    history: History, calendar: WorkingCalendar, grid: TimeGrid, factors: Mapping[DayKind, float]
) -> Iterator[Text]:
    """Notes on the whole history: gaps, shortness, closed days, kinds of day that were never seen."""
    silent = set(history.silent_days)
    recorded = [d for d in history.dates if d not in silent]
    if len(recorded) < SHORT_HISTORY_DAYS:
        yield both(
            "The history holds {days} days; differences between weekdays are hardly known from so few",
            days=len(recorded),
        )
    inside = [d for d in history.silent_days if recorded and recorded[0] < d < recorded[-1]]
    if inside:
        yield both(
            "{count} days without a single call were taken as not recorded: {days}",
            count=len(inside),
            days=_joined([Text(d.isoformat(), d.isoformat()) for d in inside[:10]], more=len(inside) > 10),
        )
    closed = [WEEKDAYS[d] for d in sorted({t % 7 for t in history.closed_types if t < HOLIDAY})]
    closed += [name for number, name in ((HOLIDAY, HOLIDAYS), (MAKEUP, MAKEUP_DAYS)) if number in history.closed_types]
    if closed:
        yield both("No call ever came on {days}: taken as closed", days=_joined(closed, more=False))
    seen = {calendar.kind(d) for d in recorded}
    for kind in (DayKind.WEEKDAY, DayKind.WEEKEND, DayKind.HOLIDAY, DayKind.MAKEUP):
        wanted = [d for d in grid.day_list if calendar.kind(d) is kind]
        if not wanted or kind in seen:
            continue
        if kind is DayKind.WEEKDAY:
            yield both(
                "No weekday in the history: weekdays borrow the profile of the days that were seen and the assumed ratios"
            )
        elif kind is DayKind.MAKEUP:
            yield both(
                "No make-up working day in the history: taken as {factor:.2f} of a weekday, with its profile",
                factor=factors[kind],
            )
        elif kind is DayKind.WEEKEND:
            yield both(
                "No weekend day in the history: taken as {factor:.2f} of a weekday, with its profile",
                factor=factors[kind],
            )
        elif DayKind.WEEKEND in seen:
            yield both(
                "No holiday in the history: taken as {factor:.2f} of a weekend day, with its profile",
                factor=factors[kind] / factors[DayKind.WEEKEND],
            )
        else:
            yield both(
                "No holiday in the history: taken as {factor:.2f} of a weekday, with its profile",
                factor=factors[kind],
            )
    years = sorted({d.year for d in grid.day_list if calendar.provisional(d)})
    if years:
        yield both(
            "The holidays of {years} are not announced yet: days near them are taken as what past notices made of such days, "
            "with wider bands",
            years=", ".join(str(y) for y in years),
        )


def line_notes(line: str, history: History, number: int, *, with_prior: bool) -> Iterator[Text]:
    """Notes on one line: no history, few calls, a late beginning."""
    calls, exposure = history.calls[number], history.exposure[number]
    if calls.sum() <= 0:
        if with_prior:
            yield both(
                "Line {line} has no history: its assumed demand stands in, corrected as that of the other lines turned out, ±30 %",
                line=line,
            )
        else:
            yield both("Line {line} has no call in the history: none is forecast", line=line)
        return
    days = exposure.sum() / exposure.shape[1]
    per_day = calls.sum() / max(days, 1e-9)
    if per_day < LOW_VOLUME_PER_DAY:
        yield both(
            "Line {line} has {calls:.1f} calls a day: its weekdays lean on the line's all-day profile and on the centre's",
            line=line,
            calls=per_day,
        )
    heard = exposure.sum(axis=1) > 0
    centre = history.exposure.sum(axis=(0, 2)) > 0
    begun = history.dates[int(heard.argmax())]
    if begun > history.dates[int(centre.argmax())]:
        yield both("Line {line} begins on {day}: earlier days do not count for it", line=line, day=begun.isoformat())


def _joined(words: list[Text], *, more: bool) -> Text:
    spoken = {}
    for chosen in LANGUAGES:
        with use_language(chosen):
            spoken[chosen] = list_words([w.of() for w in words]) + (" …" if more else "")
    return Text(**spoken)
