"""``wfm orders``: how work orders and satisfaction answers keep the standard, what is overdue, who was not called back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    import pandas as pd

    from wfm.hotline import Hotline
    from wfm.records.order_compliance import OrderReview

__all__ = ["register"]

_ITEMS_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "orders",
        help=say("Work orders and satisfaction from the records: deadlines kept, overdue, who was not called back."),
    )
    def orders(
        hotline: Annotated[str, options.scenario()],
        first: Annotated[
            str, typer.Option("--from", help=say("first day, YYYY-MM-DD (default: of the last day's month)"))
        ] = "",
        last: Annotated[
            str, typer.Option("--to", help=say("last day, YYYY-MM-DD (default: the last that records tell of)"))
        ] = "",
        now: Annotated[
            str,
            typer.Option("--now", help=say("the moment that counts as now (default: the last that records tell of)")),
        ] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        _run(hotline, first, last, now, as_json)


def _run(name: str, first_text: str, last_text: str, now_text: str, as_json: bool) -> None:
    import pandas as pd

    from scenarios.scenario import load_scenario
    from wfm.cli.console import print_json
    from wfm.cli.roster_asked import day_asked, moment_asked
    from wfm.errors import BadInput
    from wfm.records import RecordStore
    from wfm.records.items import satisfaction_answers, work_orders
    from wfm.records.order_compliance import review_orders
    from wfm.records.privacy import home_folder

    hotline, home = load_scenario(name).hotline, home_folder()
    first, last = day_asked("--from", first_text), day_asked("--to", last_text)
    moment = pd.Timestamp(moment_asked("--now", now_text, hotline)) if now_text else None
    until = last or date(2200, 12, 31)
    orders = work_orders(home, hotline, None, until)
    answers = satisfaction_answers(home, hotline, None, until)
    if last is None:
        last = _last_day(orders, answers, hotline)
    if first is None:
        first = last.replace(day=1)
    if last < first:
        raise BadInput(say("--to: {last} lies before --from {first}", last=last, first=first))
    store = RecordStore(home, hotline.id)
    recorded = store.labels() == ["recorded"]  # generated calls answer nothing
    calls = store.calls(first, last, time_zone=hotline.time_zone) if recorded else None
    found = review_orders(hotline, orders, answers, first, last, calls=calls, now=moment)
    if as_json:
        print_json(_summary(found, hotline))
    else:
        _print(found, hotline)


def _last_day(orders: pd.DataFrame, answers: pd.DataFrame, hotline: Hotline) -> date:
    import pandas as pd

    from wfm.errors import BadInput

    moments = [orders[n].max() for n in ("received_at", "first_contact_at", "told_at", "closed_at", "follow_up_at")]
    known = [moment for moment in [*moments, answers["asked_at"].max()] if not pd.isna(moment)]
    if not known:
        raise BadInput(
            say(
                "no work orders and no satisfaction answers of {hotline} have been imported; import them with "
                "wfm import-orders and wfm import-satisfaction",
                hotline=hotline.id,
            )
        )
    latest: pd.Timestamp = max(known)
    return latest.date()


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON can hold them: moments as ISO text, what is empty as null."""
    import pandas as pd

    def value(cell: Any) -> Any:
        if cell is None or cell is pd.NaT or cell is pd.NA or (isinstance(cell, float) and cell != cell):
            return None
        return cell.isoformat() if isinstance(cell, pd.Timestamp) else cell

    return [{str(name): value(cell) for name, cell in row.items()} for row in frame.astype(object).to_dict("records")]


def _summary(found: OrderReview, hotline: Hotline) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "hotline": hotline.id,
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "as_of": found.as_of.isoformat(),
        "orders": found.orders,
        "received": found.received,
        "answers": found.answers,
        "rows": [
            asdict(row) | {"name": row.name, "definition": row.definition, "note": row.note} for row in found.rows
        ],
        "by_class": _plain(found.by_class),
        "by_department": _plain(found.by_department),
        "overdue": _plain(found.overdue),
        "due_today": _plain(found.due_today),
        "without_deadline": found.without_deadline,
        "not_called_back": _plain(found.not_called_back),
        "call_back_unknown": found.call_back_unknown,
        "notes": list(found.notes),
    }


def _print(found: OrderReview, hotline: Hotline) -> None:
    from wfm.cli.console import make_console

    console = make_console()
    console.print(
        say(
            "{hotline}: work orders and satisfaction, {first} to {last}, as of {moment:%Y-%m-%d %H:%M}",
            hotline=hotline.name,
            first=found.first,
            last=found.last,
            moment=found.as_of,
        ),
        style="bold",
    )
    console.print(
        say(
            "{received:,} orders received in the period, {answers:,} satisfaction answers",
            received=found.received,
            answers=found.answers,
        )
    )
    console.print(_rates(found))
    for title, column, frame in (
        (say("By class"), "class", found.by_class),
        (say("By department"), "department", found.by_department),
    ):
        if len(frame):
            console.print(_by(title, column, frame, found, hotline))
    console.print(
        say(
            "open orders overdue: {overdue:,}; due later today: {today:,}; without a deadline: {none:,}",
            overdue=len(found.overdue),
            today=len(found.due_today),
            none=found.without_deadline,
        )
    )
    if len(found.overdue):
        console.print(_items(say("Overdue"), found.overdue, ("class", "department", "due_at"), hotline))
    if len(found.due_today):
        console.print(_items(say("Due today"), found.due_today, ("class", "department", "due_at"), hotline))
    console.print(
        say(
            "answered 基本满意 or 不满意 and not called back: {n:,}, of these past the deadline: {late:,}",
            n=len(found.not_called_back),
            late=int(found.not_called_back["overdue"].sum()),
        )
    )
    if found.call_back_unknown:
        console.print(
            say(
                "further such answers of which no import tells whether they were called back: {n:,}",
                n=found.call_back_unknown,
            )
        )
    if len(found.not_called_back):
        columns = ("answer", "department", "call_back_due_at")
        console.print(_items(say("Not called back"), found.not_called_back, columns, hotline))
    for note in found.notes:
        console.print(f"· {note}")


def _rates(found: OrderReview) -> Any:
    from rich.table import Table

    from scenarios.findings import limit_text, value_text
    from wfm.cli.console import STATUS_ICON, STATUS_STYLE, status_word
    from wfm.cli.scorecard_shown import source_word

    table = Table(title=say("Scorecard from the records"), title_justify="left")
    headings = (say("Target"), say("Value"), say("Kept of"), say("Limit"), say("Status"), say("Definition and source"))
    for at, heading in enumerate(headings):
        table.add_column(heading, justify="right" if 0 < at < 4 else "left", overflow="fold")
    told: set[str] = set()
    for row in found.rows:
        if row.target.startswith("own-") and not row.counted and not row.not_told:
            continue  # a class of which nothing fell due
        counted = f"{row.kept:,} / {row.counted:,}" if row.counted else "–"
        if row.not_told:
            counted += "\n" + say("{n:,} not told", n=row.not_told)
        words = [] if row.definition.en in told else [row.definition.of()]
        told.add(row.definition.en)
        if row.clause:
            source = source_word(row.source, default=False)
            words.append(say("{clause} ({source})", clause=row.clause, source=source))
        table.add_row(
            row.name.of(),
            value_text(row.value, "share").of(),
            counted,
            "–" if row.limit is None else limit_text(row.operator, row.limit, "share").of(),
            f"[{STATUS_STYLE[row.status]}]{STATUS_ICON[row.status]} {status_word(row.status)}[/]",
            "\n".join(words),
        )
    return table


def _by(title: str, column: str, frame: pd.DataFrame, found: OrderReview, hotline: Hotline) -> Any:
    """Rates side by side for each class or department, with what is overdue and due today."""
    from rich.table import Table

    from scenarios.findings import percent
    from wfm.records.order_rates import RATES

    kpis = [
        kpi for kpi in RATES if kpi in set(frame["kpi"]) and kpi not in ("complaints_handled", "fully_satisfied_rate")
    ]
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for kpi in kpis:
        table.add_column(RATES[kpi].name.of(), justify="right", overflow="fold")
    for heading in (say("Overdue"), say("Due today")):
        table.add_column(heading, justify="right")
    values = {
        (group, kpi): (int(kept), int(counted))
        for group, kpi, kept, counted in zip(*(frame[n] for n in ("group", "kpi", "kept", "counted")), strict=True)
    }
    late, today = (
        part[column].astype(object).where(part[column].notna(), "").value_counts()
        for part in (found.overdue, found.due_today)
    )
    for group in sorted({*frame["group"], *late.index, *today.index}):
        cells = []
        for kpi in kpis:
            kept, counted = values.get((group, kpi), (0, 0))
            cells.append(f"{percent(kept / counted, 1)}\n{kept:,} / {counted:,}" if counted else "–")
        name = _class_name(group, hotline) if column == "class" else group
        table.add_row(name or say("not told"), *cells, f"{late.get(group, 0):,}", f"{today.get(group, 0):,}")
    return table


def _class_name(group: Any, hotline: Hotline) -> str:
    return next((order.name.of() for order in hotline.work_orders if order.id == group), str(group))


def _items(title: str, frame: pd.DataFrame, columns: tuple[str, ...], hotline: Hotline) -> Any:
    import pandas as pd
    from rich.table import Table

    headings = {
        "class": say("Class"),
        "department": say("Department"),
        "due_at": say("Due"),
        "answer": say("Answer"),
        "call_back_due_at": say("Call-back due"),
    }
    answers = {"basically_satisfied": say("basically satisfied"), "not_satisfied": say("not satisfied")}
    more = len(frame) - _ITEMS_SHOWN
    shown = (
        title
        if more <= 0
        else say("{title}: the first {shown} of {all:,} (all: --json)", title=title, shown=_ITEMS_SHOWN, all=len(frame))
    )
    table = Table(title=shown, title_justify="left")
    table.add_column(say("Item"))
    for column in columns:
        table.add_column(headings[column])
    for row in frame.head(_ITEMS_SHOWN).to_dict("records"):
        cells = []
        for column in columns:
            cell = row[column]
            if cell is None or pd.isna(cell):
                cells.append("–")
            elif isinstance(cell, pd.Timestamp):
                cells.append(f"{cell:%Y-%m-%d %H:%M}")
            elif column == "class":
                cells.append(_class_name(cell, hotline))
            else:
                cells.append(answers.get(str(cell), str(cell)))
        table.add_row(str(row["item"]), *cells)
    return table
