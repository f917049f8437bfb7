"""The columns of the month's grid: names, days in runs with their week or holiday, and totals."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard.pages.roster.sheet import Sheet
from dashboard.wording import day_label, weekday_name
from wfm.calendar import DayKind
from wfm.i18n import language, say

__all__ = ["DAY_PX", "sheet_columns"]

DAY_PX = 26
"""Width of a day's column: 31 of them, names and totals stand side by side on 1440 px."""


def sheet_columns(sheet: Sheet, *, may_edit: bool) -> list[dict[str, Any]]:
    """Column definitions: name, firm, days in runs with names, totals."""
    fixed = {"pinned": "left", "lockPinned": True, "suppressMovable": True, "sortable": True}
    names = [
        {
            **fixed,
            "field": "name",
            "headerName": say("Full name"),
            "width": 116,
            "cellClass": "who",
            **_tip("rosterWho"),
        },
        {**fixed, "field": "firm", "headerName": say("Firm"), "width": _firm_px(sheet), "cellClass": "firm"},
    ]
    totals = [
        _total("hours", say("h"), say("Paid hours of the roster; standby hours by the hotline's share")),
        _total("nights", say("Nts"), say("Duties in night shifts")),
        _total("weekends", say("Wkd"), say("Calendar weeks with a duty on a weekend day")),
        _total("holidays", say("Hol"), say("Duties on public holidays")),
    ]
    # A head over every column: a row of heads with nothing in it would be none to a screen reader.
    who = {"headerName": say("People"), "children": names if _firm_px(sheet) else names[:1], "marryChildren": True}
    sums = {"headerName": say("In all"), "children": totals, "marryChildren": True}
    return [who, *_day_groups(sheet, may_edit), sums]


def _firm_px(sheet: Sheet) -> int:
    if not any(a.firm for a in sheet.problem.agents):
        return 0
    left = 1188 - 116 - 4 * 42 - DAY_PX * len(sheet.days)
    return 0 if left < 56 else min(left, 110)


def _total(name: str, head: str, meaning: str) -> dict[str, Any]:
    return {
        "field": name,
        "headerName": head,
        "headerTooltip": meaning,
        "pinned": "right",
        "lockPinned": True,
        "suppressMovable": True,
        "sortable": True,
        "sortingOrder": ["desc", "asc", None],
        "width": 42,
        "cellClass": "total",
        "headerClass": "total",
        "valueFormatter": {"function": "rosterTotal(params)"},
    }


def _day_groups(sheet: Sheet, may_edit: bool) -> list[dict[str, Any]]:
    groups: list[tuple[str, str, list[dict[str, Any]]]] = []
    for n, day in enumerate(sheet.days):
        kind = sheet.problem.kind_of(day)
        holiday = sheet.holiday_name(day) if kind is DayKind.HOLIDAY else ""
        year, week, _ = day.isocalendar()
        key, name = (holiday, holiday) if holiday else (f"{year}-{week}", say("week {n}", n=week))
        if not groups or groups[-1][0] != key:
            groups.append((key, name, []))
        groups[-1][2].append(_day_column(sheet, n, day, kind, may_edit))
    return [
        {
            "headerName": name if len(days) > 2 or name == key else "",
            "headerTooltip": name,
            "headerClass": "holiday" if name == key else "week",
            "children": days,
            "marryChildren": True,
        }
        for key, name, days in groups
    ]


def _day_column(sheet: Sheet, n: int, day: date, kind: DayKind, may_edit: bool) -> dict[str, Any]:
    rest = kind in (DayKind.WEEKEND, DayKind.HOLIDAY)
    short = weekday_name(day)
    mark = say("workday") if kind is DayKind.MAKEUP else short
    short = "班" if kind is DayKind.MAKEUP and language() == "zh" else short[-1] if language() == "zh" else short[:2]
    name = sheet.holiday_name(day) if kind is DayKind.HOLIDAY else ""
    return {
        "field": f"d{n}",
        "headerName": f"{day.day}\n{short}",
        "headerTooltip": " · ".join(
            x for x in (day_label(day), name or (mark if mark != weekday_name(day) else "")) if x
        ),
        "headerClass": "day rest" if rest else "day makeup" if kind is DayKind.MAKEUP else "day",
        "minWidth": DAY_PX,
        "flex": 1,
        "resizable": False,
        "sortable": False,
        "suppressMovable": True,
        "cellDataType": False,
        "editable": {"function": "rosterEditable(params)"} if may_edit else False,
        "cellEditorParams": {"useFormatter": True},
        "valueFormatter": {"function": "rosterText(params)"},
        "valueSetter": {"function": "rosterTyped(params)"},
        "cellClass": {"function": "rosterClass(params)"},
        "suppressKeyboardEvent": {"function": "rosterKey(params)"},
        **_tip("rosterTip"),
    }


def _tip(function: str) -> dict[str, Any]:
    return {"tooltipValueGetter": {"function": f"{function}(params)"}}
