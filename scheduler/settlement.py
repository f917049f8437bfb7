"""Fees: signed-in attendance × rate, by person and firm.

Signed-in time is counted to the second; times that overlap count once, the unpaid breaks of one's duties do not
count. A person's fee is
Σ hours × rate × factor, rounded once, half up, to the cent; a firm's fee is the sum of its people's rounded fees,
so that statements add up to the cent. The rate is ``contract.cost_per_h``. The factor is 1 but in spans that are
paid otherwise (overtime, holidays).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from scheduler.table_rows import rows_of
from wfm.hotline import Agent, Hotline, Shift

__all__ = [
    "CENT",
    "FirmFee",
    "PaidSpan",
    "PersonFee",
    "Presence",
    "Settlement",
    "planned_presence",
    "settle_attendance",
]

CENT = Decimal("0.01")
Span = tuple[float, float]
"""Begin and end in seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody was signed in from ``start`` to ``end`` (times with time zone)."""

    agent: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class PaidSpan:
    """Time that is paid by another factor than 1: 1.5, 2 or 3 (Labour Law, Art. 44)."""

    agent: str
    start: datetime
    end: datetime
    factor: float


@dataclass(frozen=True, slots=True)
class PersonFee:
    """What is owed for one person.

    Attributes:
        agent, name, firm, contract: the person; somebody unknown to the hotline has no contract and no rate.
        duties_a, duties_b: duties rostered.
        rostered_h: paid hours of the A duties rostered.
        signed_in_h: hours signed in, overlaps once.
        off_duty_h: of these, hours outside every duty.
        paid_h: hours paid: those signed in, or only those on duty, less unpaid breaks, each times its factor.
        rate: cost of an hour.
        amount: paid hours × rate, rounded half up to the cent.
        missed: A duties during which the person never was signed in.
    """

    agent: str
    name: str
    firm: str
    contract: str
    duties_a: int
    duties_b: int
    rostered_h: float
    signed_in_h: float
    off_duty_h: float
    paid_h: float
    rate: Decimal
    amount: Decimal
    missed: int


@dataclass(frozen=True, slots=True)
class FirmFee:
    """What is owed to one firm: the sum of its people's amounts. ``firm`` is empty for people without one."""

    firm: str
    people: int
    paid_h: float
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """Fees of a period, by firm and name."""

    people: tuple[PersonFee, ...]
    firms: tuple[FirmFee, ...]

    @property
    def amount(self) -> Decimal:
        """Sum of everybody's amounts, which is the sum of the firms'."""
        return sum((p.amount for p in self.people), Decimal(0))


def settle_attendance(
    hotline: Hotline,
    agents: Sequence[Agent],
    duties: pd.DataFrame,
    presence: Iterable[Presence],
    *,
    period: tuple[datetime, datetime] | None = None,
    on_duty_only: bool = False,
    paid_spans: Iterable[PaidSpan] = (),
) -> Settlement:
    """Settle signed-in time.

    Args:
        hotline: contracts with their rates.
        agents: the people.
        duties: ``tables.DUTIES``, what was rostered.
        presence: who was signed in when.
        period: only time within it counts, so that nobody is paid twice at the border of two months.
        on_duty_only: pay only signed-in time that lies within a duty of the person, A or B.
        paid_spans: time paid by another factor; spans of one person must not overlap.

    Returns:
        everybody with a duty or a presence.
    """
    rates = {c.id: Decimal(str(c.cost_per_h)) for c in hotline.contracts}
    people = {a.id: a for a in agents}
    there: dict[str, list[Span]] = defaultdict(list)
    for item in presence:
        there[item.agent].append((item.start.timestamp(), item.end.timestamp()))
    extra: dict[str, list[tuple[Span, Decimal]]] = defaultdict(list)
    for span in paid_spans:
        extra[span.agent].append(((span.start.timestamp(), span.end.timestamp()), Decimal(str(span.factor))))
    shifts = {s.id: s for s in hotline.shifts}
    rostered: dict[str, list[tuple[str, Span]]] = defaultdict(list)
    pauses: dict[str, list[Span]] = defaultdict(list)
    for row in rows_of(duties):
        span_s = (pd.Timestamp(row.start).timestamp(), pd.Timestamp(row.end).timestamp())
        rostered[str(row.agent)].append((str(row.role), span_s))
        pauses[str(row.agent)] += _unpaid(shifts.get(str(row.shift)), span_s)
    fees = []
    for name in there.keys() | rostered.keys():
        person = people.get(name)
        whole = _union(there[name])
        signed_in = whole if period is None else _common(whole, [(period[0].timestamp(), period[1].timestamp())])
        on_duty = _common(signed_in, _union([span for _, span in rostered[name]]))
        paid = _without(on_duty if on_duty_only else signed_in, _union(pauses[name]))
        weighted = _seconds(paid) + sum(
            ((factor - 1) * _seconds(_common(paid, [span])) for span, factor in extra[name]), Decimal(0)
        )
        rate = rates.get(person.contract, Decimal(0)) if person else Decimal(0)
        answering = [span for role, span in rostered[name] if role == "A"]
        fees.append(
            PersonFee(
                agent=name,
                name=person.name if person else "",
                firm=person.firm if person else "",
                contract=person.contract if person else "",
                duties_a=len(answering),
                duties_b=len(rostered[name]) - len(answering),
                rostered_h=float(_seconds(_without(_union(answering), _union(pauses[name]))) / 3600),
                signed_in_h=float(_seconds(signed_in) / 3600),
                off_duty_h=float((_seconds(signed_in) - _seconds(on_duty)) / 3600),
                paid_h=float(weighted / 3600),
                rate=rate,
                amount=(weighted * rate / 3600).quantize(CENT, ROUND_HALF_UP),
                missed=sum(not _common(whole, [span]) for span in answering),
            )
        )
    fees.sort(key=lambda f: (f.firm == "", f.firm, f.agent))
    return Settlement(tuple(fees), _by_firm(fees))


def planned_presence(duties: pd.DataFrame) -> list[Presence]:
    """The presence that a roster foresees: everybody signed in for exactly the A duties."""
    return [
        Presence(str(r.agent), pd.Timestamp(r.start).tz_convert(UTC), pd.Timestamp(r.end).tz_convert(UTC))
        for r in rows_of(duties[duties["role"] == "A"])
    ]


def _by_firm(fees: list[PersonFee]) -> tuple[FirmFee, ...]:
    firms: dict[str, list[PersonFee]] = defaultdict(list)
    for fee in fees:
        firms[fee.firm].append(fee)
    return tuple(
        FirmFee(firm, len(mine), sum(f.paid_h for f in mine), sum((f.amount for f in mine), Decimal(0)))
        for firm, mine in firms.items()
    )


def _union(spans: list[Span]) -> list[Span]:
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _common(first: list[Span], second: list[Span]) -> list[Span]:
    """Where spans of both lists (each without overlaps) coincide."""
    cut = [(max(a, c), min(b, d)) for a, b in first for c, d in second]
    return [(begin, end) for begin, end in cut if begin < end]


def _without(spans: list[Span], gaps: list[Span]) -> list[Span]:
    """The spans with the gaps (both without overlaps, by time) cut out."""
    found = []
    for begin, end in spans:
        for first, last in gaps:
            if first < end and last > begin:
                if begin < first:
                    found.append((begin, first))
                begin = max(begin, last)
        if begin < end:
            found.append((begin, end))
    return found


def _unpaid(shift: Shift | None, duty: Span) -> list[Span]:
    """The unpaid breaks of a duty; on a day on which clocks change, counted from its begin."""
    pauses = [] if shift is None else [b for b in shift.breaks if not b.paid]
    return [(duty[0] + 60 * b.after_min, duty[0] + 60 * (b.after_min + b.length_min)) for b in pauses]


def _seconds(spans: list[Span]) -> Decimal:
    return sum((Decimal(repr(end - begin)) for begin, end in spans), Decimal(0))
