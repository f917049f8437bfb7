"""The posts to fill as CSV or Excel: one row a date, group and shift, with its A and B posts."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pandas as pd

from scheduler import POST_COLUMNS
from scheduler.problem import dialects_in
from wfm.errors import BadInput
from wfm.hotline import Hotline
from wfm.hotline.row_files import Row, RowFile, date_in, read_rows
from wfm.i18n import list_words, say

__all__ = ["POST_HEADINGS", "posts_csv", "read_posts"]

BOM = b"\xef\xbb\xbf"
COST_COLUMNS = ("short_cost", "surplus_cost")

POST_HEADINGS: dict[str, tuple[str, ...]] = {
    "date": ("日期",),
    "group": ("组", "班组", "座席组"),
    "shift": ("班次",),
    "posts_a": ("A岗", "A岗数", "岗位数"),
    "posts_b": ("B岗", "B岗数"),
    "dialects": ("方言", "语言"),
    "short_cost": ("缺岗代价",),
    "surplus_cost": ("多岗代价",),
}
"""Columns of a posts file and the Chinese headings under which they are read too."""


def posts_csv(posts: pd.DataFrame) -> bytes:
    """The posts as CSV, UTF-8 with a byte-order mark; costs only where there are any."""
    extra = [c for c in COST_COLUMNS if c in posts.columns]
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    spoken = ["dialects"] if "dialects" in posts.columns else []
    writer.writerow([*POST_COLUMNS, *spoken, *extra])
    for row in posts.to_dict("records"):
        costs = ["" if pd.isna(row[c]) else f"{float(row[c]):g}" for c in extra]
        day = pd.Timestamp(row["date"]).date().isoformat()
        words = [";".join(dialects_in(row["dialects"])) for _ in spoken]
        writer.writerow([day, row["group"], row["shift"], int(row["posts_a"]), int(row["posts_b"]), *words, *costs])
    return BOM + text.getvalue().encode("utf-8")


def read_posts(path: str | Path, hotline: Hotline, first: date, days: int) -> pd.DataFrame:
    """Posts of a file (``scheduler.POST_COLUMNS``, costs where the file has them), by date.

    Rows before the eve of ``first`` or after the period are refused; without a column ``posts_b`` there are none.

    Raises:
        BadInput: the file cannot be read, a row names an unknown group or shift, stands twice, lies outside the
            period, or a number is none.
    """
    file = read_rows(Path(path), POST_HEADINGS, ("date", "group", "shift", "posts_a"))
    if not file.rows:
        raise BadInput(say("{name}: names no post", name=file.name))
    rows = [_post(file, row, hotline, first, days) for row in file.rows]
    keys = [(r["date"], r["group"], r["shift"]) for r in rows]
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        number = [n for n, key in enumerate(keys) if key == twice[0]][1]
        raise BadInput(
            say(
                "{where}: {date}, {group}, {shift} stands twice; give one row with the number of posts",
                where=file.where(file.rows[number]),
                date=pd.Timestamp(str(twice[0][0])).date(),
                group=twice[0][1],
                shift=twice[0][2],
            )
        )
    extra = [c for c in ("dialects", *COST_COLUMNS) if c in file.columns]
    frame = pd.DataFrame(rows, columns=[*POST_COLUMNS, *extra]).astype({"posts_a": "int64", "posts_b": "int64"})
    frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[ns]")
    return frame.sort_values(["date", "group", "shift"], ignore_index=True)


def _post(file: RowFile, row: Row, hotline: Hotline, first: date, days: int) -> dict[str, object]:
    day = date_in(file, row, "date")
    last = first + timedelta(days=days - 1)
    if not first - timedelta(days=1) <= day <= last:
        raise BadInput(
            say(
                "{where}: {date} lies outside the period {first} to {last}",
                where=file.where(row, "date"),
                date=day,
                first=first,
                last=last,
            )
        )
    found: dict[str, object] = {"date": pd.Timestamp(day)}
    for column, names in (
        ("group", {g.id: (g.name.en, g.name.zh) for g in hotline.groups}),
        ("shift", {s.id: (s.name.en, s.name.zh, s.short.en, s.short.zh) for s in hotline.shifts}),
    ):
        found[column] = _named(file, row, column, names)
    for column in ("posts_a", "posts_b"):
        text = row.text(column) or "0"
        if not text.isdigit() or int(text) > 10_000:
            raise BadInput(
                say(
                    "{where}: must be a whole number from 0 to 10000, found {found!r}",
                    where=file.where(row, column),
                    found=text,
                )
            )
        found[column] = int(text)
    if row.text("dialects"):
        found["dialects"] = ";".join(dialects_in(row.text("dialects")))
    for column in COST_COLUMNS:
        if row.text(column):
            found[column] = _cost(file, row, column)
    return found


def _named(file: RowFile, row: Row, column: str, names: Mapping[str, Sequence[str]]) -> str:
    """The id that stands in the column, or whose name does, where only one has that name."""
    word = row.text(column)
    named = [word] if word in names else [key for key, called in names.items() if word and word in called]
    if len(named) != 1:
        raise BadInput(
            say(
                "{where}: found {found!r}, allowed are {known}",
                where=file.where(row, column),
                found=word,
                known=list_words(list(names)),
            )
        )
    return named[0]


def _cost(file: RowFile, row: Row, column: str) -> float:
    try:
        cost = float(row.text(column))
    except ValueError:
        cost = -1.0
    if not 0 <= cost <= 1e9:
        raise BadInput(
            say(
                "{where}: must be a number from 0, found {found!r}",
                where=file.where(row, column),
                found=row.text(column),
            )
        )
    return cost
