"""Raw rows into call records: each column of the mapping is read, and every row that cannot be used is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.i18n import list_words, say
from wfm.records.cells import localize, read_clock_s, read_hhmm_s, read_seconds, read_times
from wfm.records.chunk_rows import ChunkRows, Flags, read_text, shown_cell
from wfm.records.deriving import DAY_S, MOMENTS, derive_moments, name_calls
from wfm.records.mapping import Mapping
from wfm.records.mapping_parts import SKIP, ChoiceColumn, SecondsColumn, TimeColumn
from wfm.records.privacy import caller_key, hide_numbers
from wfm.records.queue_lines import need_line_column
from wfm.records.reading import Chunk
from wfm.records.rejecting import Rejected
from wfm.tables import CALLS, OUTCOMES

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["ChunkReader", "Converted", "read_clocks", "read_moments", "unit_of_times"]

SATISFACTION = ("satisfied", "basically_satisfied", "not_satisfied")
_DURATIONS = ("ivr_s", "wait_s", "ring_s", "talk_s", "hold_s", "wrap_s")


@dataclass(slots=True)
class Converted:
    """A chunk's accepted calls (with the column ``row``), and the rows turned away."""

    calls: pd.DataFrame
    rejected: list[Rejected]
    left_out: list[Rejected]


class ChunkReader:
    """Turns chunks of one file into call records.

    Raises:
        BadInput: the mapping names a line, outcome or answer that there is not.
    """

    def __init__(self, mapping: Mapping, hotline: Hotline, key: bytes) -> None:
        self.mapping, self.hotline, self.key = mapping, hotline, key
        self.columns = mapping.columns
        self.zone = mapping.time_zone or hotline.time_zone
        self.unread: Counter[tuple[str, str]] = Counter()
        self._seen: Counter[str] = Counter()
        self._lines = {line.id: line.id for line in hotline.lines}
        for line in hotline.lines:
            self._lines |= {line.name.zh: line.id, line.name.en: line.id}
        self._check_values("line", self.columns.line, hotline.line_ids)
        self._check_values("outcome", self.columns.outcome, [*OUTCOMES, SKIP])
        self._check_values("satisfaction", self.columns.satisfaction, list(SATISFACTION))
        need_line_column(self.columns.line, hotline)

    @staticmethod
    def _check_values(name: str, column: ChoiceColumn | None, known: list[str]) -> None:
        if column is None:
            return
        used = [
            *column.values.values(),
            *(rule.is_ for rule in column.rules),
            *([column.default] * bool(column.default)),
        ]
        for value in used:
            if value not in known and value != SKIP:
                raise BadInput(
                    say(
                        "mapping: columns.{column}: {found!r} is not known; known: {known}",
                        column=name,
                        found=value,
                        known=list_words(known),
                    )
                )

    def convert(self, chunk: Chunk) -> Converted:
        """The chunk's rows as call records."""
        rows = ChunkRows(chunk)
        torn = [Rejected(row, "torn", found=str(found), allowed=str(wanted)) for row, found, wanted in chunk.torn]
        table: dict[str, Any] = {}
        table["line"] = self._line(rows)
        table["outcome"] = self._choice(rows, "outcome", self.columns.outcome, {o: o for o in OUTCOMES})
        moments = self._moments(rows)
        durations = self._durations(rows)
        if self.columns.outcome is None:
            table["outcome"] = np.where(moments["answered_at"].notna(), "answered", "abandoned").astype(object)
        outcome = np.asarray(table["outcome"], dtype=object)
        derive_moments(rows, outcome, moments, durations, self.mapping, self.hotline.time_zone)
        for name in ("agent", "topic", "call"):
            table[name] = read_text(rows, getattr(self.columns, name))
        table["caller_key"] = self._caller_keys(rows)
        answers = self._choice(rows, "satisfaction", self.columns.satisfaction, {s: s for s in SATISFACTION})
        table["satisfaction"] = answers
        table |= {name: series.dt.tz_convert(self.hotline.time_zone) for name, series in moments.items()}
        table |= {name: values for name, values in durations.items() if name != "wait_s"}
        calls = pd.DataFrame({name: table[name] for name in CALLS.column_names}, index=range(rows.size))
        calls["row"] = chunk.rows
        calls = calls[~rows.bad].reset_index(drop=True)
        if self.columns.call is None or calls["call"].isna().any():
            name_calls(calls, self._seen)
        for column in CALLS.columns:
            if column.kind == "text":
                calls[column.name] = calls[column.name].astype("string")  # a tenth of Python's own strings
        rejected = [reason for reason in rows.reasons if reason is not None and reason.code != "left_out"]
        left_out = [reason for reason in rows.reasons if reason is not None and reason.code == "left_out"]
        return Converted(calls, torn + rejected, left_out)

    # Columns ----------------------------------------------------------------------------------

    def _line(self, rows: ChunkRows) -> Any:
        if self.columns.line is None:
            return np.full(rows.size, self.hotline.line_ids[0], dtype=object)
        return self._choice(rows, "line", self.columns.line, self._lines)

    def _choice(self, rows: ChunkRows, ours: str, column: ChoiceColumn | None, known: dict[str, str]) -> Any:
        """Values out of a list; rows with another are rejected, left out or left empty as the mapping says."""
        chosen = np.full(rows.size, None, dtype=object)
        if column is None:
            return chosen
        source = read_text(rows, column)
        names = " / ".join(column.names) or ours
        decided = np.zeros(rows.size, dtype=bool)
        for rule in column.rules:
            fits = rows.holds(rule.when) & ~decided
            chosen[fits] = rule.is_
            decided |= fits
        values = {**known, **column.values}
        mapped = source.map(values).to_numpy(dtype=object)
        listed = ~decided & pd.notna(mapped)
        chosen[listed] = mapped[listed]
        decided |= listed
        policy = column.unknown or ("empty" if ours == "satisfaction" else "reject")
        nothing = ~decided & source.isna().to_numpy()
        if column.default:
            chosen[nothing if policy != "default" else ~decided] = column.default
            decided |= nothing if policy != "default" else True
        wrong = ~decided if policy == "reject" else np.zeros(rows.size, dtype=bool)
        code = {"line": "unknown_line", "outcome": "unknown_outcome"}.get(ours, "unknown_value")
        allowed = list_words(sorted(column.values) or sorted(set(known.values())))
        rows.reject(wrong, code, names, lambda at: shown_cell(source.iloc[at]), allowed)
        if policy == "empty":
            other = ~decided & source.notna().to_numpy() & ~rows.bad
            self.unread.update((names, hide_numbers(value)) for value in source[other])
        skipped = (chosen == SKIP) & ~rows.bad
        rows.reject(skipped, "left_out", names, lambda at: shown_cell(source.iloc[at]))
        return chosen

    def _caller_keys(self, rows: ChunkRows) -> pd.Series:
        """Keyed hashes of the callers; the numbers themselves end here."""
        numbers = read_text(rows, self.columns.caller_key).to_numpy(dtype=object)
        places, callers = pd.factorize(numbers)
        keys = [caller_key(number, self.key, self.hotline.id) for number in callers.tolist()]
        return pd.Series(np.array([*keys, None], dtype=object)[places], dtype=object)

    def _moments(self, rows: ChunkRows) -> dict[str, pd.Series]:
        """The four moments and the call-back in UTC, each not before the one that it follows."""
        found: dict[str, pd.Series] = {}
        before: pd.Series | None = None
        for name in (*MOMENTS, "called_back_at"):
            column: TimeColumn | None = getattr(self.columns, name)
            moments = pd.Series(pd.NaT, index=range(rows.size), dtype="datetime64[ns, UTC]")
            if column is not None:
                moments = self._moment(rows, column, before)
            found[name] = moments
            before = moments if before is None else moments.where(moments.notna(), before)
        return found

    def _moment(self, rows: ChunkRows, column: TimeColumn, before: pd.Series | None) -> pd.Series:
        moments = pd.Series(pd.NaT, index=range(rows.size), dtype="datetime64[ns, UTC]")
        twice = np.zeros(rows.size, dtype=bool)
        apply = rows.holds(column.when)
        sources = [column.date] if column.date else list(column.names)
        for name in sources:
            filled = ~rows.empty(column, name) & apply & moments.isna().to_numpy()
            clock = column.time or column.seconds
            if clock:
                filled &= ~rows.empty(column, clock)
            if not filled.any():
                continue
            read, maybe = read_moments(rows, column, name, filled, self.zone)
            unreadable = filled.copy()
            unreadable[filled] = read.isna().to_numpy()
            both = f"{name} + {clock}" if clock else name
            rows.reject(unreadable, "bad_time", both, rows.shown(clock or name))
            moments.loc[filled] = read.to_numpy()
            twice[filled] = maybe
        if before is not None:
            moments = self._follow(moments, twice, before, bool(column.date))
        return moments

    def _follow(self, moments: pd.Series, twice: Flags, before: pd.Series, date_apart: bool) -> pd.Series:
        """Choose the reading that does not lie before what it follows: the second of an hour that comes twice, the next day."""
        back_s = (before - moments).dt.total_seconds().to_numpy()
        again = twice & (back_s > self.mapping.clock_tolerance_s)
        moments = moments.where(~again, moments + pd.Timedelta(hours=1))
        if self.mapping.past_midnight or date_apart:
            wrong_day = (back_s > DAY_S / 2) & (back_s < DAY_S)
            local = moments.dt.tz_convert(self.zone)
            moments = local.where(~wrong_day, local + pd.DateOffset(days=1)).dt.tz_convert("UTC")
        return moments

    def _durations(self, rows: ChunkRows) -> dict[str, NDArray[np.float64]]:
        found = {}
        for name in _DURATIONS:
            column: SecondsColumn | None = getattr(self.columns, name)
            seconds = np.full(rows.size, np.nan)
            if column is not None:
                apply = rows.holds(column.when)
                for source in column.names:
                    filled = ~rows.empty(column, source) & apply & np.isnan(seconds)
                    if not filled.any():
                        continue
                    read = read_seconds(rows.raw(source).reset_index(drop=True)[filled], column.unit)
                    seconds[filled] = read
                    shown = rows.shown(source)
                    rows.reject(filled & np.isnan(seconds), "bad_duration", source, shown)
                    rows.reject(filled & (seconds < 0), "negative", source, shown)
                    rows.reject(filled & (seconds > DAY_S), "too_long", source, shown)
            found[name] = seconds
        return found


def read_moments(rows: ChunkRows, column: TimeColumn, name: str, filled: Flags, zone: str) -> tuple[pd.Series, Flags]:
    """Moments in UTC of the rows of ``filled``, and which of them could also be an hour later, as ``read_times`` says.

    Args:
        rows: the chunk.
        column: where the moments stand; its date and clock may stand in two columns.
        name: the column of the file with the moment, or with its date.
        filled: (N,) the rows to read; ``NaT`` comes back where one cannot be read.
        zone: time zone of moments that carry none.
    """
    cells = rows.raw(name).reset_index(drop=True)[filled]
    if not column.date:
        return read_times(cells, zone=zone, formats=column.formats, unit=unit_of_times(column))
    days, _ = read_times(cells, zone="UTC", formats=column.formats, unit=unit_of_times(column))
    seconds = read_clocks(column, rows.raw(column.time or column.seconds).reset_index(drop=True)[filled])
    naive = days.dt.tz_localize(None).dt.normalize() + pd.to_timedelta(pd.Series(seconds, index=days.index), unit="s")
    return localize(naive.dt.round("ms").astype("datetime64[ns]"), zone)


def unit_of_times(column: TimeColumn) -> str:
    """What bare numbers of the moment or date count; hhmm is one of the clock beside it."""
    return "" if column.unit == "hhmm" else column.unit


def read_clocks(column: TimeColumn, cells: pd.Series) -> NDArray[np.float64]:
    """Seconds since midnight of the clock that stands apart from its date."""
    if column.unit == "hhmm":
        return read_hhmm_s(cells)
    return read_clock_s(cells) if column.time else read_seconds(cells, "s")
