"""Rows that an import does not use: how many are allowed, what is said of them, and the file that lists them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfm.i18n import say

if TYPE_CHECKING:
    from collections import Counter

    from wfm.records import FeedImport, ImportResult, ItemImport, Rejected

    Imported = ImportResult | FeedImport | ItemImport

__all__ = [
    "SHOWN",
    "check_share",
    "print_rejected",
    "print_unread",
    "refuse_too_many",
    "unread_rows",
    "write_rejects",
]

SHOWN = 5


def check_share(share: float) -> None:
    """Refuse a share that is none.

    Raises:
        BadInput: it lies outside 0 … 1.
    """
    from wfm.errors import BadInput

    if not 0 <= share <= 1:
        raise BadInput(say("--rejected-max: found {found:g}, allowed is a share from 0 to 1", found=share))


def refuse_too_many(result: Imported, file: Path, rejected_max: float) -> None:
    """Refuse a file of which too many rows are rejected.

    Raises:
        BadInput: they are more than the share ``rejected_max`` of the rows read.
    """
    from wfm.errors import BadInput

    if len(result.rejected) <= rejected_max * result.rows_read:
        return
    first = result.rejected[0]
    raise BadInput(
        say(
            "{name}: {count} of {rows} rows rejected, nothing imported; line {line}: {reason} "
            "(--rejected-max {share:.2g} imports the others)",
            name=file.name,
            count=len(result.rejected),
            rows=result.rows_read,
            line=first.row,
            reason=first.reason,
            share=math.ceil(100 * len(result.rejected) / result.rows_read) / 100,
        )
    )


def print_rejected(rejected: list[Rejected]) -> None:
    """Each reason with its rows' number and the first of them."""
    from wfm.records.rejecting import count_by_code, reason_title

    for code, count in count_by_code(rejected).items():
        examples = [r for r in rejected if r.code == code][:SHOWN]
        print(say("{count:,} rejected: {reason}", count=count, reason=reason_title(code)))
        for row in examples:
            print(say("    line {line}: {reason}", line=row.row, reason=row.reason))
        if count > len(examples):
            print(say("    … and {count:,} more (--rejects FILE.csv lists them all)", count=count - len(examples)))


def print_unread(unread: Counter[tuple[str, str]]) -> None:
    """Values that the mapping does not list, the most frequent."""
    for (column, value), rows in unread.most_common(SHOWN):
        print(
            say(
                "{column}: {value!r} is not in the mapping; left empty in {rows:,} rows",
                column=column,
                value=value,
                rows=rows,
            )
        )


def unread_rows(unread: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    """The same for ``--json``, all of them."""
    return [{"column": column, "value": value, "rows": rows} for (column, value), rows in unread.most_common()]


def write_rejects(result: Imported, path: Path) -> None:
    """List every row that was not used: line, kind, reason. No value of a caller's number is in it."""
    import csv

    from wfm.cli.result_file import write_whole

    rows = sorted([*result.rejected, *result.left_out, *result.duplicates], key=lambda r: r.row)

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["line", "code", "reason"])
            writer.writerows([r.row, r.code, r.reason] for r in rows)

    write_whole(path, write)
