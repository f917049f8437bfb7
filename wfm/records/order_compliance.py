"""How work orders and satisfaction answers keep the standard: scorecard rows, what is overdue, who was not called back."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd

from wfm.hotline import Hotline, calendar_of, targets_of
from wfm.hotline.sources import closest_sources
from wfm.i18n import Text, both
from wfm.records.answers import CALL_BACK, gather_answers
from wfm.records.items import fill_deadlines
from wfm.records.order_rates import RATES, Judged, Window, has_words, judge, rates_by
from wfm.standards import Target
from wfm.tables import SCORECARD, check_table

__all__ = ["MeasuredRow", "OrderReview", "open_orders", "review_orders"]

_CALL_BACK_SHARE = "satisfaction.call_back_share"
"""A setting that some standards ask for; from records it is measured."""


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """One target, or one rate without a limit, as the records show it.

    Attributes:
        target: identifier of the target, or of the hotline's own rule.
        kpi: the rate.
        name: to show.
        value: kept ÷ counted; None without data, which is not zero.
        kept: how many keep it.
        counted: of how many.
        not_told: how many more would count, but their files do not tell.
        operator, limit: empty and None where no limit decides.
        clause, source: where the limit comes from, how surely.
        status: met, missed, reported or unknown (no data).
        definition: the rate in words.
        note: the choice made where the rule is silent.
    """

    target: str
    kpi: str
    name: Text
    value: float | None
    kept: int
    counted: int
    not_told: int
    operator: str
    limit: float | None
    clause: str
    source: str
    status: str
    definition: Text
    note: Text | None = None


@dataclass(frozen=True, eq=False, slots=True)
class OrderReview:
    """What the records of a period show.

    Attributes:
        first, last: the period.
        as_of: moment to which the records reach; what is due later is not judged.
        orders: how many are known that were received by the last day.
        received: of these, received in the period.
        answers: answers given in the period.
        rows: targets of the standard, rules of the hotline's own, then the remaining rates.
        by_class, by_department: group, kpi, kept, counted, value.
        overdue: open orders past their deadline: item, class, department, received_at, due_at.
        due_today: open orders due later on the day of ``as_of``.
        without_deadline: open orders for which nobody told a deadline.
        not_called_back: callers who answered 基本满意 or 不满意 and were not called back: item, source, class, department,
            asked_at, answer, call_back_due_at, overdue.
        call_back_unknown: further such answers of which no import tells whether they were called back.
        notes: choices made, and what the records do not tell.
    """

    first: date
    last: date
    as_of: pd.Timestamp
    orders: int
    received: int
    answers: int
    rows: tuple[MeasuredRow, ...]
    by_class: pd.DataFrame
    by_department: pd.DataFrame
    overdue: pd.DataFrame
    due_today: pd.DataFrame
    without_deadline: int
    not_called_back: pd.DataFrame
    call_back_unknown: int
    notes: tuple[Text, ...] = field(default=())

    def scorecard(self) -> pd.DataFrame:
        """The rows as ``tables.SCORECARD``; measured values have no range over replications."""
        rows = [
            {
                "target": row.target,
                "kpi": row.kpi,
                "value": row.value,
                "operator": row.operator,
                "limit": row.limit,
                "unit": "share",
                "clause": row.clause,
                "source": row.source,
                "status": row.status,
                "definition": row.definition.of(),
            }
            for row in self.rows
        ]
        return check_table(SCORECARD, pd.DataFrame(rows))


def review_orders(
    hotline: Hotline,
    orders: pd.DataFrame,
    answers: pd.DataFrame,
    first: date,
    last: date,
    *,
    calls: pd.DataFrame | None = None,
    now: pd.Timestamp | None = None,
) -> OrderReview:
    """Judge the imported orders and answers of a period.

    Args:
        hotline: its standard, classes, deadlines, survey and calendar.
        orders: ``tables.WORK_ORDERS`` received until ``last``, from as far back as they go.
        answers: ``tables.SATISFACTION``.
        first: first day of the period.
        last: its last day.
        calls: ``tables.CALLS`` of the period, whose answers count too.
        now: the moment that counts as now; None: the last moment of which the orders and answers tell.
    """
    zone = hotline.time_zone
    orders, answers = fill_deadlines(_in_zone(orders, zone), hotline), _in_zone(answers, zone)
    given = gather_answers(orders, answers, calls, hotline)
    start = pd.Timestamp(first.isoformat()).tz_localize(zone)
    end = pd.Timestamp((last + timedelta(days=1)).isoformat()).tz_localize(zone)
    as_of = _reach(orders, answers, end) if now is None else now.tz_convert(zone)
    window = Window(start, end, as_of)
    judged = {kpi: judge(rate, orders, given, window, hotline) for kpi, rate in RATES.items()}
    open_orders = orders[~_done(orders, as_of)]
    late = (open_orders["due_at"] < as_of).to_numpy(dtype=bool)
    today = (open_orders["due_at"].dt.normalize() == as_of.normalize()).to_numpy(dtype=bool) & ~late
    missing, unknown = _not_called_back(given, window)
    return OrderReview(
        first=first,
        last=last,
        as_of=as_of,
        orders=len(orders),
        received=int((orders["received_at"] >= start).sum()),
        answers=int(judged["satisfaction_rate"].counted.sum()),
        rows=_rows(hotline, judged, orders),
        by_class=rates_by("class", RATES.values(), orders, given, window, hotline),
        by_department=rates_by("department", RATES.values(), orders, given, window, hotline),
        overdue=_listed(open_orders[late]),
        due_today=_listed(open_orders[today]),
        without_deadline=int(open_orders["due_at"].isna().sum()),
        not_called_back=missing,
        call_back_unknown=unknown,
        notes=_notes(hotline, orders, given, window),
    )


def open_orders(orders: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The orders (``tables.WORK_ORDERS``) that had been received by a moment and were not done then.

    Done is closed; where the file does not tell of closure, told to the caller.
    """
    came = (orders["received_at"] <= as_of).to_numpy(dtype=bool)
    return orders[came & ~_done(orders, as_of)]


def _in_zone(items: pd.DataFrame, zone: str) -> pd.DataFrame:
    """The table with its moments in the hotline's time zone, whose days count."""
    moments = [str(name) for name in items if isinstance(items[name].dtype, pd.DatetimeTZDtype)]
    return items.assign(**{name: items[name].dt.tz_convert(zone) for name in moments})


def _reach(orders: pd.DataFrame, answers: pd.DataFrame, end: pd.Timestamp) -> pd.Timestamp:
    """The last moment that orders and answers tell of; the period's end where they tell nothing."""
    stages = ("received_at", "first_contact_at", "told_at", "closed_at", "follow_up_at", "called_back_at")
    moments = [orders[name].max() for name in stages] + [answers[n].max() for n in ("asked_at", "called_back_at")]
    known = [moment.tz_convert(end.tz) for moment in moments if not pd.isna(moment)]
    return max(known) if known else end


def _done(orders: pd.DataFrame, as_of: pd.Timestamp) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Closed by then; where the file does not tell of closure, told to the caller."""
    closes = has_words(orders["told_of"], "closed_at")
    closed = (orders["closed_at"] <= as_of).to_numpy(dtype=bool)
    told = (orders["told_at"] <= as_of).to_numpy(dtype=bool)
    return np.where(closes, closed, told)


def _listed(orders: pd.DataFrame) -> pd.DataFrame:
    columns = ["item", "class", "department", "received_at", "due_at"]
    return orders.sort_values(["due_at", "item"])[columns].reset_index(drop=True)


def _not_called_back(given: pd.DataFrame, window: Window) -> tuple[pd.DataFrame, int]:
    inside = ((given["asked_at"] >= window.start) & (given["asked_at"] < window.end)).to_numpy(dtype=bool)
    asked = given[inside & given["answer"].isin(CALL_BACK).to_numpy(dtype=bool)]
    told = asked["told"].to_numpy(dtype=bool)
    missing = asked[told & asked["called_back_at"].isna().to_numpy()]
    found = missing.assign(overdue=(missing["call_back_due_at"] <= window.as_of).to_numpy(dtype=bool))
    columns = ["item", "source", "class", "department", "asked_at", "answer", "call_back_due_at", "overdue"]
    return found.sort_values(["asked_at", "item"])[columns].reset_index(drop=True), int((~told).sum())


def _rows(hotline: Hotline, judged: dict[str, Judged], orders: pd.DataFrame) -> tuple[MeasuredRow, ...]:
    rows = [_of_target(t, judged) for t in targets_of(hotline) if t.measure in ("work_orders", "satisfaction")]
    asked = [t for t in targets_of(hotline) if t.kpi == _CALL_BACK_SHARE]
    rows += [_of_target(t.model_copy(update={"kpi": "call_back_rate"}), judged) for t in asked]
    rows += _own_rules(hotline, judged, orders)
    shown = {row.kpi for row in rows if not row.target.startswith("own-")}
    shown |= {row.kpi for row in rows if row.target in ("own-call-backs", "own-timely-call-backs")}
    for kpi, rate in RATES.items():
        if kpi not in shown:
            rows.append(_row(kpi, kpi, rate.name, judged[kpi], definition=rate.definition))
    return tuple(rows)


def _of_target(target: Target, judged: dict[str, Judged]) -> MeasuredRow:
    rate = RATES.get(target.kpi)
    nothing = np.zeros(0, dtype=bool)
    return _row(
        target.id,
        target.kpi,
        target.name,
        judged.get(target.kpi, Judged(nothing, nothing, nothing)),
        operator=target.operator or "",
        limit=target.limit,
        origin=(target.clause, target.source),
        definition=rate.definition if rate is not None else both("imported records do not tell of it"),
        note=target.note,
    )


def _own_rules(hotline: Hotline, judged: dict[str, Judged], orders: pd.DataFrame) -> list[MeasuredRow]:
    """What the hotline itself asks of each class, and of call-backs."""
    rows = []
    words = orders["class"].fillna("").to_numpy(dtype=object)
    for at, order in enumerate(hotline.work_orders):
        rules = [("timely_closure", "on-time", "on_time_share_min", order.on_time_share_min)]
        if order.first_contact_working_days is not None:
            rules.append(("timely_response", "first-contact", "first_contact_share_min", order.first_contact_share_min))
        for kpi, suffix, key, limit in rules:
            mine = words == order.id
            part = judged[kpi]
            rows.append(
                _row(
                    f"own-{order.id}-{suffix}",
                    kpi,
                    both("{name}: {rate}", name=order.name, rate=RATES[kpi].name),
                    Judged(part.counted & mine, part.kept & mine, part.not_told & mine),
                    operator=">=",
                    limit=limit,
                    origin=_origin(hotline, ("work_orders",), (str(at), order.id), (key,)),
                    definition=RATES[kpi].definition,
                )
            )
    survey = hotline.satisfaction
    if survey.call_back_share == 0:
        return rows
    for target, kpi, key, limit in (
        ("own-call-backs", "call_back_rate", "call_back_share", survey.call_back_share),
        ("own-timely-call-backs", "timely_call_back", "on_time_share_min", survey.on_time_share_min),
    ):
        rows.append(
            _row(
                target,
                kpi,
                RATES[kpi].name,
                judged[kpi],
                operator=">=",
                limit=limit,
                origin=_origin(hotline, ("satisfaction",), (key,)),
                definition=RATES[kpi].definition,
            )
        )
    return rows


def _origin(hotline: Hotline, *steps: tuple[str, ...]) -> tuple[str, str]:
    """The clause, or else the key that sets the limit, and how surely it is known."""
    closest = closest_sources(hotline.sources, steps)
    key = ".".join(step[-1] for step in steps)
    return (closest[0].clause or key, closest[0].kind) if closest else (key, "assumed")


def _row(
    target: str,
    kpi: str,
    name: Text,
    judged: Judged,
    *,
    definition: Text,
    operator: str = "",
    limit: float | None = None,
    origin: tuple[str, str] = ("", "assumed"),
    note: Text | None = None,
) -> MeasuredRow:
    value = judged.value
    known = math.isfinite(value)
    status = "unknown" if not known else "reported" if limit is None else "met" if value >= limit else "missed"
    return MeasuredRow(
        target,
        kpi,
        name,
        value if known else None,
        int(judged.kept.sum()),
        int(judged.counted.sum()),
        int(judged.not_told.sum()),
        operator,
        limit,
        *origin,
        status,
        definition,
        note,
    )


def _notes(hotline: Hotline, orders: pd.DataFrame, given: pd.DataFrame, window: Window) -> tuple[Text, ...]:
    notes = []
    if orders.empty:
        notes.append(both("no work orders of {hotline} have been imported", hotline=hotline.name))
    if given.empty:
        notes.append(both("no satisfaction answers of {hotline} have been imported", hotline=hotline.name))
    own = {order.id for order in hotline.work_orders}
    other = orders[~orders["class"].isin(own) & orders["due_at"].isna()]
    if len(other):
        words = sorted({str(word) for word in other["class"].dropna()})[:8]
        notes.append(
            both(
                "orders without a deadline: {n}; their class is none of the hotline's, and the file tells none ({classes})",
                n=len(other),
                classes=" / ".join(words) or "–",
            )
        )
    by_order = given[given["source"] == "order"] if len(given) else given
    if len(by_order) and not has_words(orders["told_of"], "called_back_at").any():
        notes.append(both("work orders tell no call-back of their own: the follow-up call counts as one"))
    years = sorted({moment.year for name in ("due_at", "first_contact_due_at") for moment in orders[name].dropna()})
    calendar = calendar_of(hotline)
    unannounced = [str(year) for year in years if calendar.provisional(date(year, 1, 1))]
    if unannounced:
        notes.append(
            both(
                "the days off of {years} are not announced: deadlines there count the statutory ones alone",
                years=", ".join(unannounced),
            )
        )
    if window.as_of < window.end:
        notes.append(
            both("the records reach to {moment:%Y-%m-%d %H:%M}; what is due later is not judged", moment=window.as_of)
        )
    return tuple(notes)
