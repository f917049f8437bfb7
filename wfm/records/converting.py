"""Raw rows into call records: columns are read, what follows from them is derived, contradictions are rejected.

What is derived, in this order, where the mapping names no source or the cell is empty:

* ``queued_at`` of a call that asked for an agent: ``arrived_at`` + ``ivr_s`` (0 where unknown);
* ``arrived_at``: ``queued_at`` − ``ivr_s``, else ``answered_at``;
* ``answered_at`` of an answered call: ``queued_at`` + ``wait_s``, else ``ended_at`` − ``talk_s`` − ``hold_s``;
* ``ended_at``: ``answered_at`` + ``talk_s`` + ``hold_s``; ``queued_at`` + ``wait_s``; ``arrived_at`` + ``ivr_s``;
* ``talk_s``: from pick-up to end, less ``hold_s``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.i18n import list_words, say
from wfm.records.cells import localize, read_clock_s, read_seconds, read_text_cells, read_times
from wfm.records.mapping import SKIP, ChoiceColumn, Mapping, SecondsColumn, TextColumn, TimeColumn
from wfm.records.privacy import caller_key, hide_numbers
from wfm.records.reading import Chunk
from wfm.records.rejecting import Rejected
from wfm.tables import CALLS, OUTCOMES

if TYPE_CHECKING:
    from wfm.hotline import Hotline
    from wfm.records.mapping import Condition

__all__ = ["ChunkReader", "Converted"]

SATISFACTION = ("satisfied", "basically_satisfied", "not_satisfied")
_MOMENTS = ("arrived_at", "queued_at", "answered_at", "ended_at")
_DURATIONS = ("ivr_s", "wait_s", "ring_s", "talk_s", "hold_s", "wrap_s")
_DAY_S = 86_400.0

Flags = NDArray[np.bool_]


@dataclass(slots=True)
class Converted:
    """A chunk's accepted calls (with the column ``row``), and the rows turned away."""

    calls: pd.DataFrame
    rejected: list[Rejected]
    left_out: list[Rejected]


def _shown(value: object) -> str:
    """A cell as a message may show it."""
    text = hide_numbers("" if value is None else str(value))
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _seconds_shown(seconds: object) -> str:
    return f"{seconds:g} s"


class _Rows:
    """The state of one chunk while it is read: texts of its columns, and the first reason against each row."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.size = len(chunk.rows)
        self.reasons: list[Rejected | None] = [None] * self.size
        self.bad = np.zeros(self.size, dtype=bool)
        self.skipped: list[Rejected] = []
        self._texts: dict[str, pd.Series] = {}
        self._filled: dict[str, Flags] = {}

    def raw(self, name: str) -> pd.Series:
        return self.chunk.columns[name]

    def text(self, name: str) -> pd.Series:
        if name not in self._texts:
            self._texts[name] = read_text_cells(self.raw(name)).reset_index(drop=True)
        return self._texts[name]

    def filled(self, name: str) -> Flags:
        """Rows in which the file's column is not empty."""
        if name not in self._filled:
            raw = self.raw(name)
            # Numbers and moments need not be written out to see whether they are there.
            known = raw.notna() if raw.dtype.kind in "iufMmb" else self.text(name).notna()
            self._filled[name] = known.to_numpy(dtype=bool)
        return self._filled[name]

    def shown(self, name: str) -> Callable[[int], str]:
        """Writes the cell of a row as a message may show it."""
        return lambda at: _shown(read_text_cells(self.raw(name).iloc[[at]]).iloc[0])

    def reject(self, where: Flags, code: str, column: str = "", found: Any = None, allowed: Any = "") -> None:
        """Turn away the rows of ``where`` that stand so far; ``found`` and ``allowed`` give a text by row."""
        for at in np.flatnonzero(where & ~self.bad):
            shown = found(at) if callable(found) else found or ""
            limit = allowed(at) if callable(allowed) else allowed
            self.reasons[at] = Rejected(int(self.chunk.rows[at]), code, column, shown, limit)
        self.bad |= where

    def holds(self, condition: Condition) -> Flags:
        """Rows in which every named column has (one of) its values."""
        fits = np.ones(self.size, dtype=bool)
        for name, wanted in condition.items():
            allowed = wanted if isinstance(wanted, list) else [wanted]
            one = np.zeros(self.size, dtype=bool)
            for value in allowed:
                if value is None:
                    one |= ~self.filled(name)
                elif value == "*":
                    one |= self.filled(name)
                else:
                    one |= (self.text(name) == _cell_text(value)).to_numpy(dtype=bool)
            fits &= one
        return fits

    def empty(self, column: TextColumn | ChoiceColumn | TimeColumn | SecondsColumn, name: str) -> Flags:
        """Rows in which the file's column counts as empty for this purpose."""
        if not column.empty:
            return ~self.filled(name)
        return ~self.filled(name) | self.text(name).isin([_cell_text(v) for v in column.empty]).to_numpy(dtype=bool)


def _cell_text(value: object) -> str:
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


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
        if self.columns.line is None and len(hotline.lines) > 1:
            raise BadInput(
                say(
                    "mapping: columns.line is missing; {hotline} has several lines: {known}",
                    hotline=hotline.id,
                    known=list_words(hotline.line_ids),
                )
            )

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
        rows = _Rows(chunk)
        torn = [Rejected(row, "torn", found=str(found), allowed=str(wanted)) for row, found, wanted in chunk.torn]
        table: dict[str, Any] = {}
        table["line"] = self._line(rows)
        table["outcome"] = self._choice(rows, "outcome", self.columns.outcome, {o: o for o in OUTCOMES})
        moments = self._moments(rows)
        durations = self._durations(rows)
        if self.columns.outcome is None:
            table["outcome"] = np.where(moments["answered_at"].notna(), "answered", "abandoned").astype(object)
        outcome = np.asarray(table["outcome"], dtype=object)
        self._derive(rows, outcome, moments, durations)
        for name in ("agent", "topic", "call"):
            table[name] = self._text(rows, getattr(self.columns, name))
        table["caller_key"] = self._caller_keys(rows)
        answers = self._choice(rows, "satisfaction", self.columns.satisfaction, {s: s for s in SATISFACTION})
        table["satisfaction"] = answers
        table |= {name: series.dt.tz_convert(self.hotline.time_zone) for name, series in moments.items()}
        table |= {name: values for name, values in durations.items() if name != "wait_s"}
        calls = pd.DataFrame({name: table[name] for name in CALLS.column_names}, index=range(rows.size))
        calls["row"] = chunk.rows
        calls = calls[~rows.bad].reset_index(drop=True)
        if self.columns.call is None or calls["call"].isna().any():
            self._name_calls(calls)
        rejected = [reason for reason in rows.reasons if reason is not None and reason.code != "left_out"]
        left_out = [reason for reason in rows.reasons if reason is not None and reason.code == "left_out"]
        return Converted(calls, torn + rejected, left_out)

    # Columns ----------------------------------------------------------------------------------

    def _text(self, rows: _Rows, column: TextColumn | ChoiceColumn | None) -> pd.Series:
        """Texts of the first filled source of each row, ``None`` where there is none."""
        found = pd.Series([None] * rows.size, dtype=object)
        if column is None:
            return found
        for name in column.names:
            usable = ~rows.empty(column, name) & found.isna().to_numpy()
            found = found.where(~usable, rows.text(name))
        return found.where(rows.holds(column.when), None) if column.when else found

    def _line(self, rows: _Rows) -> Any:
        if self.columns.line is None:
            return np.full(rows.size, self.hotline.line_ids[0], dtype=object)
        return self._choice(rows, "line", self.columns.line, self._lines)

    def _choice(self, rows: _Rows, ours: str, column: ChoiceColumn | None, known: dict[str, str]) -> Any:
        """Values out of a list; rows with another are rejected, left out or left empty as the mapping says."""
        chosen = np.full(rows.size, None, dtype=object)
        if column is None:
            return chosen
        source = self._text(rows, column)
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
        rows.reject(wrong, code, names, lambda at: _shown(source.iloc[at]), allowed)
        if policy == "empty":
            other = ~decided & source.notna().to_numpy() & ~rows.bad
            self.unread.update((names, hide_numbers(value)) for value in source[other])
        skipped = (chosen == SKIP) & ~rows.bad
        rows.reject(skipped, "left_out", names, lambda at: _shown(source.iloc[at]))
        return chosen

    def _caller_keys(self, rows: _Rows) -> pd.Series:
        """Keyed hashes of the callers; the numbers themselves end here."""
        numbers = self._text(rows, self.columns.caller_key).to_numpy(dtype=object)
        places, callers = pd.factorize(numbers)
        keys = [caller_key(number, self.key, self.hotline.id) for number in callers.tolist()]
        return pd.Series(np.array([*keys, None], dtype=object)[places], dtype=object)

    def _moments(self, rows: _Rows) -> dict[str, pd.Series]:
        """The four moments and the call-back in UTC, each not before the one that it follows."""
        found: dict[str, pd.Series] = {}
        before: pd.Series | None = None
        for name in (*_MOMENTS, "called_back_at"):
            column: TimeColumn | None = getattr(self.columns, name)
            moments = pd.Series(pd.NaT, index=range(rows.size), dtype="datetime64[ns, UTC]")
            if column is not None:
                moments = self._moment(rows, column, before)
            found[name] = moments
            before = moments if before is None else moments.where(moments.notna(), before)
        return found

    def _moment(self, rows: _Rows, column: TimeColumn, before: pd.Series | None) -> pd.Series:
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
            read, maybe = self._read(rows, column, name, filled)
            unreadable = filled.copy()
            unreadable[filled] = read.isna().to_numpy()
            both = f"{name} + {clock}" if clock else name
            rows.reject(unreadable, "bad_time", both, rows.shown(clock or name))
            moments.loc[filled] = read.to_numpy()
            twice[filled] = maybe
        if before is not None:
            moments = self._follow(moments, twice, before, bool(column.date))
        return moments

    def _read(self, rows: _Rows, column: TimeColumn, name: str, filled: Flags) -> tuple[pd.Series, Flags]:
        cells = rows.raw(name).reset_index(drop=True)[filled]
        if not column.date:
            return read_times(cells, zone=self.zone, formats=column.formats, unit=column.unit)
        days, _ = read_times(cells, zone="UTC", formats=column.formats, unit=column.unit)
        clock_cells = rows.raw(column.time or column.seconds).reset_index(drop=True)[filled]
        seconds = read_clock_s(clock_cells) if column.time else read_seconds(clock_cells, "s")
        naive = days.dt.tz_localize(None).dt.normalize() + pd.to_timedelta(
            pd.Series(seconds, index=days.index), unit="s"
        )
        return localize(naive.dt.round("ms").astype("datetime64[ns]"), self.zone)

    def _follow(self, moments: pd.Series, twice: Flags, before: pd.Series, date_apart: bool) -> pd.Series:
        """Choose the reading that does not lie before what it follows: the second of an hour that comes twice, the next day."""
        back_s = (before - moments).dt.total_seconds().to_numpy()
        again = twice & (back_s > self.mapping.clock_tolerance_s)
        moments = moments.where(~again, moments + pd.Timedelta(hours=1))
        if self.mapping.past_midnight or date_apart:
            wrong_day = (back_s > _DAY_S / 2) & (back_s < _DAY_S)
            local = moments.dt.tz_convert(self.zone)
            moments = local.where(~wrong_day, local + pd.DateOffset(days=1)).dt.tz_convert("UTC")
        return moments

    def _durations(self, rows: _Rows) -> dict[str, NDArray[np.float64]]:
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
                    rows.reject(filled & (seconds > _DAY_S), "too_long", source, shown)
            found[name] = seconds
        return found

    # What follows from what -------------------------------------------------------------------

    def _derive(
        self,
        rows: _Rows,
        outcome: NDArray[np.object_],
        moments: dict[str, pd.Series],
        seconds: dict[str, NDArray[np.float64]],
    ) -> None:
        """Fill what follows from the rest, put clocks right within the tolerance, reject contradictions; in place."""
        answered, abandoned = outcome == "answered", outcome == "abandoned"
        asked = answered | abandoned

        def later(moment: pd.Series, *parts: NDArray[np.float64]) -> pd.Series:
            return moment + pd.to_timedelta(pd.Series(np.round(np.sum(parts, axis=0), 3)), unit="s")

        def fill(name: str, value: pd.Series, where: Flags | None = None) -> None:
            missing = moments[name].isna() if where is None else moments[name].isna() & where
            moments[name] = moments[name].where(~missing, value).astype("datetime64[ns, UTC]")

        ivr_s, wait_s, hold_s = np.nan_to_num(seconds["ivr_s"]), seconds["wait_s"], np.nan_to_num(seconds["hold_s"])
        for name, counts in (("queued_at", asked), ("answered_at", answered)):
            moments[name] = moments[name].where(counts, pd.NaT)
        fill("arrived_at", later(moments["queued_at"], -ivr_s))
        fill("arrived_at", later(moments["answered_at"], -ivr_s, -np.nan_to_num(wait_s)))
        column = self.columns.arrived_at or self.columns.queued_at or self.columns.answered_at
        names = "" if column is None else " / ".join(column.read[: len(column.names) or 2])
        rows.reject(moments["arrived_at"].isna().to_numpy(), "no_time", names)
        fill("queued_at", later(moments["arrived_at"], ivr_s), asked)
        fill("answered_at", later(moments["queued_at"], wait_s), answered)
        fill("answered_at", later(moments["ended_at"], -seconds["talk_s"], -hold_s), answered)
        rows.reject(answered & moments["answered_at"].isna().to_numpy(), "no_answer_time")
        fill("ended_at", later(moments["answered_at"], seconds["talk_s"], hold_s), answered)
        fill("ended_at", later(moments["queued_at"], wait_s), abandoned)
        fill("ended_at", later(moments["arrived_at"], seconds["ivr_s"]), ~asked)
        rows.reject(abandoned & moments["ended_at"].isna().to_numpy(), "no_end")
        self._put_in_order(rows, moments)
        call_s = (moments["ended_at"] - moments["answered_at"]).dt.total_seconds().to_numpy()
        whole_s = (moments["ended_at"] - moments["arrived_at"]).dt.total_seconds().to_numpy()
        rows.reject(whole_s > _DAY_S, "too_long", "ended_at", lambda at: _seconds_shown(whole_s[at]))
        told_s = seconds["talk_s"] + hold_s
        slack_s = max(1.0, self.mapping.clock_tolerance_s)
        rows.reject(
            answered & (told_s > call_s + slack_s),
            "talk_longer",
            "talk_s",
            lambda at: _seconds_shown(told_s[at]),
            lambda at: _seconds_shown(call_s[at]),
        )
        for name in ("talk_s", "hold_s", "wrap_s", "ring_s"):
            seconds[name] = np.where(answered, seconds[name], np.nan)
        missing = answered & np.isnan(seconds["talk_s"]) & ~np.isnan(call_s)
        seconds["talk_s"] = np.where(missing, np.maximum(call_s - hold_s, 0.0), seconds["talk_s"])

    def _put_in_order(self, rows: _Rows, moments: dict[str, pd.Series]) -> None:
        """Move a moment up to the one that it follows when clocks explain it; reject the row when they do not."""
        latest, latest_name = moments["arrived_at"], np.full(rows.size, "arrived_at", dtype=object)
        for name in (*_MOMENTS[1:], "called_back_at"):
            back_s = (latest - moments[name]).dt.total_seconds().to_numpy()
            wrong = back_s > self.mapping.clock_tolerance_s

            def words(at: int, name: str = name) -> str:
                return self._moment_words(moments[name].iloc[at])

            def limit(at: int, latest: pd.Series = latest, named: NDArray[np.object_] = latest_name) -> str:
                return f"{named[at]} {self._moment_words(latest.iloc[at])}"

            rows.reject(wrong, "order", name, words, limit)
            moments[name] = moments[name].where(~(back_s > 0), latest)
            known = moments[name].notna()
            latest = latest.where(~known, moments[name])
            latest_name = np.where(known, name, latest_name)

    def _moment_words(self, moment: pd.Timestamp) -> str:
        return f"{moment.tz_convert(self.hotline.time_zone):%Y-%m-%d %H:%M:%S}"

    def _name_calls(self, calls: pd.DataFrame) -> None:
        """Identifiers for calls that carry none, the same in every export that holds the row; in place.

        Rows that agree in line, arrival, caller, agent and end tell the same call if the caller or the agent
        is known; where neither is, equal rows are as many calls.
        """
        nameless = calls["call"].isna().to_numpy()
        parts = calls.loc[nameless]
        arrived, ended = (
            parts[name]
            .dt.tz_convert("UTC")
            .dt.tz_localize(None)
            .to_numpy(dtype="datetime64[ms]")
            .astype(np.int64)
            .tolist()
            for name in ("arrived_at", "ended_at")
        )
        callers, agents = parts["caller_key"].tolist(), parts["agent"].tolist()
        names = []
        for values in zip(parts["line"].tolist(), arrived, ended, callers, agents, strict=True):
            digest = hashlib.blake2b("\0".join(map(str, values)).encode(), digest_size=12).hexdigest()
            if not isinstance(values[3], str) and not isinstance(values[4], str):
                self._seen[digest] += 1
                if self._seen[digest] > 1:
                    digest = f"{digest}-{self._seen[digest]}"
            names.append(digest)
        calls.loc[nameless, "call"] = np.array(names, dtype=object)
