"""Files of the scheduler's month: requests that came in, and who was signed in when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.settlement import Presence
from wfm.errors import BadInput
from wfm.hotline import Agent, Hotline
from wfm.hotline.row_files import Row, RowFile, agent_in, date_in, parse_date, read_rows
from wfm.i18n import list_words, say
from wfm.store import MonthRequest

__all__ = [
    "ATTENDANCE_HEADINGS",
    "REQUEST_HEADINGS",
    "REQUEST_KINDS",
    "read_attendance",
    "read_moment",
    "read_requests",
]

REQUEST_HEADINGS: dict[str, tuple[str, ...]] = {
    "agent": ("工号", "编号", "坐席工号", "座席工号"),
    "kind": ("类别", "类型", "申请类别"),
    "first": ("开始日期", "起始日期", "开始", "自", "日期"),
    "last": ("结束日期", "截止日期", "结束", "至"),
    "shift": ("班次",),
    "reason": ("事由", "原因", "说明"),
    "received": ("收到时间", "提交时间", "申请时间"),
}
"""Columns of a file of requests and the Chinese headings under which they are read too."""

REQUEST_KINDS: dict[str, tuple[str, ...]] = {
    "leave": ("请假", "休假", "年假", "病假", "事假"),
    "busy": ("有事", "开庭", "出庭", "占用"),
    "wish_on": ("想上", "愿意", "希望上班"),
    "wish_off": ("不想上", "希望休息", "愿休"),
}
"""Kinds of request and the Chinese words read for them."""

ATTENDANCE_HEADINGS: dict[str, tuple[str, ...]] = {
    "agent": ("工号", "编号", "坐席工号", "座席工号"),
    "signed_in": ("签到", "签到时间", "签入", "签入时间", "上班"),
    "signed_out": ("签退", "签退时间", "签出", "签出时间", "下班"),
}
"""Columns of an attendance file and the Chinese headings under which they are read too."""

SIGNED_IN_MAX = timedelta(hours=24)
"""Somebody signed in for longer forgot to sign out."""


def read_requests(
    path: Path, hotline: Hotline, agents: list[Agent], received: datetime, late_from: datetime
) -> list[MonthRequest]:
    """Requests of a CSV or Excel file, each with the time at which it came in.

    Args:
        path: the file.
        hotline: its shifts and time zone.
        agents: the people.
        received: when a request came in whose row does not say so.
        late_from: from here on a request is late.

    Raises:
        BadInput: the file cannot be read, or a row names nobody, no day, or an unknown kind or shift.
    """
    file = read_rows(path, REQUEST_HEADINGS, ("agent", "first"))
    return [_request(file, row, hotline, agents, received, late_from) for row in file.rows]


def _request(
    file: RowFile, row: Row, hotline: Hotline, agents: list[Agent], received: datetime, late_from: datetime
) -> MonthRequest:
    kind = _kind(file, row)
    shift = row.text("shift")
    shifts = [s.id for s in hotline.shifts]
    if shift and shift not in shifts:
        raise BadInput(
            say(
                "{where}: found {found!r}, allowed are {known}",
                where=file.where(row, "shift"),
                found=shift,
                known=list_words(shifts),
            )
        )
    at = read_moment(file, row, "received", hotline) if row.text("received") else received
    details: dict[str, object] = {"reason": row.text("reason")}
    if kind == "busy":
        begin = read_moment(file, row, "first", hotline)
        end = read_moment(file, row, "last", hotline, end_of_day=True) if row.text("last") else _day_after(begin)
        if end <= begin:
            raise BadInput(say("{where}: ends before it starts", where=file.where(row, "last")))
        details |= {"start": begin.isoformat(), "end": end.isoformat()}
    else:
        first = date_in(file, row, "first")
        last = date_in(file, row, "last") if row.text("last") else first
        if last < first:
            raise BadInput(say("{where}: ends before it starts", where=file.where(row, "last")))
        details |= {"first": first.isoformat(), "last": last.isoformat()}
        if kind != "leave":
            details["shift"] = shift
    return MonthRequest(kind, agent_in(file, row, [a.id for a in agents]), details, at, at >= late_from)


def _kind(file: RowFile, row: Row) -> str:
    word = row.text("kind").casefold()
    if not word:
        return "leave"
    for kind, others in REQUEST_KINDS.items():
        if word == kind or word in others:
            return kind
    known = list_words([f"{kind} ({'/'.join(words)})" for kind, words in REQUEST_KINDS.items()])
    raise BadInput(
        say(
            "{where}: found {found!r}, allowed are {known}",
            where=file.where(row, "kind"),
            found=row.text("kind"),
            known=known,
        )
    )


def read_attendance(path: Path, hotline: Hotline, agents: list[Agent]) -> list[Presence]:
    """Who was signed in when, of a CSV or Excel file; times without an offset are the hotline's.

    Raises:
        BadInput: the file cannot be read, or a row names nobody, no time, an end before its begin, or more than 24 hours.
    """
    file = read_rows(path, ATTENDANCE_HEADINGS, ("agent", "signed_in", "signed_out"))
    found = []
    for row in file.rows:
        begin, end = (read_moment(file, row, column, hotline) for column in ("signed_in", "signed_out"))
        if not timedelta(0) < end - begin <= SIGNED_IN_MAX:
            raise BadInput(
                say(
                    "{where}: signed in from {begin} to {end}; allowed are more than 0 and at most {most:g} h",
                    where=file.where(row),
                    begin=f"{begin:%Y-%m-%d %H:%M}",
                    end=f"{end:%Y-%m-%d %H:%M}",
                    most=SIGNED_IN_MAX.total_seconds() / 3600,
                )
            )
        found.append(Presence(agent_in(file, row, [a.id for a in agents]), begin, end))
    return found


def read_moment(file: RowFile, row: Row, column: str, hotline: Hotline, *, end_of_day: bool = False) -> datetime:
    """A time of a cell, with the hotline's time zone unless it has an offset of its own.

    Args:
        file: the file, for messages.
        row: the row.
        column: the column.
        hotline: its time zone.
        end_of_day: a bare date means the end of that day instead of its begin.

    Raises:
        BadInput: the cell holds no time.
    """
    zone = ZoneInfo(hotline.time_zone)
    value = row.cells.get(column)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    text = row.text(column).replace("\uff1a", ":")
    head, _, clock = text.replace("T", " ").partition(" ")
    day = parse_date(value if isinstance(value, date) else head)
    if day is not None and clock.strip():
        padded = f"0{clock.strip()}" if clock.strip()[1:2] == ":" else clock.strip()
        try:
            moment = datetime.fromisoformat(f"{day.isoformat()}T{padded}")
        except ValueError:
            day = None
        else:
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if day is not None and column in ("first", "last"):
        return datetime.combine(day + timedelta(days=end_of_day), time(), tzinfo=zone)
    raise BadInput(
        say(
            "{where}: must be a time such as 2026-09-14 08:00, found {found!r}",
            where=file.where(row, column),
            found=row.text(column),
        )
    )


def _day_after(begin: datetime) -> datetime:
    return datetime.combine(begin.date() + timedelta(days=1), time(), tzinfo=begin.tzinfo or UTC)
