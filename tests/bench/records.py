"""Counting stored calls by line and interval: time and memory, beside a bare DuckDB count of the same files."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from row import RUNS, Row

FIRST, ZONE, LINES = date(2025, 1, 1), "Asia/Shanghai", 6
MILLIONS = (10, 100)
LIMITS = {10: (10.0, 1.0), 100: (60.0, 2.0)}
"""Seconds and GiB allowed by millions of calls."""
HOTLINE = "generated"


def rows() -> Iterator[Row]:
    """Ten million calls of a year as often as every figure, a hundred million once; each in a process of its own."""
    for millions in MILLIONS:
        runs = RUNS if millions == 10 else 1
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            if shutil.disk_usage(home).free < millions * 80_000_000:
                yield Row(f"{millions} million stored calls", "not measured", "the disk is too full")
                continue
            write_year(home, millions * 1_000_000)
            read = bytes_of(home)
            measured = {name: [measure(home, name) for _ in range(runs)] for name in ("count", "actuals", "quantiles")}
        bare = statistics.median(m["cpu_s"] for m in measured["count"])
        yield Row(f"bare DuckDB count by cell, {millions} million calls", f"{bare:.1f} CPU-s", "the peer")
        for name, words in (("actuals", "interval actuals"), ("quantiles", "quantiles of waits by time of day")):
            cpu_s, wall_s, peak = (
                statistics.median(m[key] for m in measured[name]) for key in ("cpu_s", "wall_s", "peak")
            )
            most_s, most_gib = LIMITS[millions]
            yield Row(
                f"{words}, {millions} million calls of a year, {LINES} lines",
                f"{wall_s:.1f} s",
                f"under {most_s:.0f} s; {cpu_s:.1f} CPU-s ({cpu_s / bare:.1f} times the peer); "
                f"{peak / 2**30:.2f} GiB, under {most_gib:.0f}; files of {read / 2**20:,.0f} MiB",
            )


def measure(home: Path, name: str) -> dict[str, float]:
    """CPU and wall seconds and peak bytes of a fresh process that does one thing."""
    done = subprocess.run([sys.executable, "-c", _SCRIPT, str(home), name], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def bytes_of(home: Path) -> int:
    """Bytes of the stored files."""
    return sum(path.stat().st_size for path in home.rglob("*.parquet"))


def write_year(home: Path, calls: int, days: int = 365, batch: str = "generated") -> None:
    """About as many made-up calls in the layout of the store: busy hours, quiet weekends, every outcome, redials.

    One day is drawn; the others are that day with its callers renamed, thinned by a factor of their own.
    """
    import duckdb

    folder = home / "records" / HOTLINE
    levels = [(1.0, 0.98, 0.96, 0.97, 0.93, 0.5, 0.42)[(FIRST + timedelta(days=n)).weekday()] for n in range(days)]
    a_day = round(calls / sum(levels))
    counts = {}
    with duckdb.connect(config={"threads": 1, "memory_limit": "1GB"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SELECT setseed(0.5)")
        connection.execute(_DRAWN_DAY.format(calls=a_day, pool=a_day // 700))
        for n, level in enumerate(levels):
            day = FIRST + timedelta(days=n)
            path = folder / f"date={day}" / f"{batch}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)).timestamp()
            connection.execute(
                f"CREATE OR REPLACE TEMP MACRO moment(ms) AS to_timestamp(({1000 * midnight:.0f} + ms) / 1000.0)"
            )
            done = connection.execute(_ONE_DAY.format(day=f"{day:%Y%m%d}", level=level, path=path, lines=LINES))
            counts[day.isoformat()] = done.fetchall()[0][0]
    manifest = {
        "hotline": HOTLINE,
        "content_hash": batch,
        "source_hash": "",
        "label": "synthetic",
        "time_zone": ZONE,
        "sequence": 1,
        "added_at": "2026-01-01T00:00:00+00:00",
        "calls": sum(counts.values()),
        "days": counts,
        "moved": [],
    }
    (folder / "manifests").mkdir(exist_ok=True)
    (folder / "manifests" / f"{batch}.json").write_text(json.dumps(manifest), encoding="utf-8")


_DRAWN_DAY = """
CREATE TABLE drawn AS
WITH chances AS (
    SELECT random() AS a, random() AS b, random() AS c, random() AS d, random() AS e, random() AS f, random() AS g
    FROM range({calls})
), fates AS (
    SELECT *, CAST(86400000 * least(0.9999, greatest(0, 0.54 + 0.3 * (a + b - 1) + 0.15 * (g - 0.5))) AS BIGINT) AS at_ms,
        CASE WHEN d < .03 THEN 'blocked' WHEN d < .05 THEN 'ivr_abandoned' WHEN d < .12 THEN 'ivr_completed'
             WHEN d < .17 THEN 'abandoned' WHEN d < .18 THEN 'closed' ELSE 'answered' END AS outcome,
        CAST(8000 + 20000 * e AS BIGINT) AS ivr_ms, CAST(-30000 * ln(1 - f) AS BIGINT) AS wait_ms,
        round(-180 * ln(1 - c), 3) AS talk
    FROM chances
)
SELECT row_number() OVER (ORDER BY at_ms) AS place, *, random() AS keep,
    outcome IN ('answered', 'abandoned') AS asked,
    ivr_ms + CASE WHEN outcome IN ('answered', 'abandoned') THEN wait_ms ELSE 0 END AS left_ms,
    -- Every tenth caller is one of those who gave up about that time.
    to_hex(hash(CASE WHEN d < .17 AND d > .12 OR d > .9 THEN at_ms // 600000 * 1000 + CAST({pool} * b AS BIGINT)
                     ELSE 10000000000 + row_number() OVER (ORDER BY at_ms) END)) AS caller
FROM fates ORDER BY at_ms"""

_ONE_DAY = """
COPY (
    SELECT '{day}-' || place AS call, 'line-' || (1 + CAST(floor(e * {lines}) AS INTEGER)) AS line,
        moment(at_ms) AS arrived_at,
        CASE WHEN outcome NOT IN ('blocked', 'closed') THEN ivr_ms / 1000.0 END::DOUBLE AS ivr_s,
        CASE WHEN asked THEN moment(at_ms + ivr_ms) END AS queued_at,
        CASE WHEN outcome = 'answered' THEN 3.0 END::DOUBLE AS ring_s,
        CASE WHEN outcome = 'answered' THEN moment(at_ms + left_ms) END AS answered_at,
        moment(at_ms + CASE outcome WHEN 'answered' THEN left_ms + CAST(1000 * talk AS BIGINT) WHEN 'blocked' THEN 0
                                    WHEN 'closed' THEN 0 ELSE left_ms END) AS ended_at,
        outcome, CASE WHEN outcome = 'answered' THEN talk END::DOUBLE AS talk_s,
        CASE WHEN outcome = 'answered' AND f < .1 THEN 20.0 END::DOUBLE AS hold_s,
        CASE WHEN outcome = 'answered' THEN 30.0 END::DOUBLE AS wrap_s,
        CASE WHEN outcome = 'answered' THEN 'agent-' || CAST(58 * c AS INTEGER) END AS agent,
        caller || '{day}' AS caller_key,
        CASE WHEN outcome = 'abandoned' AND f < .5 THEN moment(at_ms + 7200000) END AS called_back_at,
        NULL::VARCHAR AS topic, CASE WHEN outcome = 'answered' AND f < .4 THEN 'satisfied' END AS satisfaction
    FROM drawn WHERE keep < {level}
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""

_SCRIPT = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
home, name = Path(sys.argv[1]), sys.argv[2]
began, cpu = time.perf_counter(), time.process_time()
if name == "count":
    import duckdb
    with duckdb.connect(config={"threads": 2, "memory_limit": "512MB"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.sql(
            "SELECT line, epoch_us(arrived_at) // 1800000000 AS place, count(*) FROM read_parquet(?) GROUP BY ALL",
            params=[str(home / "records" / "generated" / "*" / "*.parquet")],
        ).fetchall()
else:
    from wfm.calendar import TimeGrid
    from wfm.records import RecordStore
    store = RecordStore(home, "generated")
    grid = TimeGrid(date(2025, 1, 1), 365, 30, "Asia/Shanghai")
    lines = [f"line-{n + 1}" for n in range(6)]
    if name == "actuals":
        store.actuals(grid, lines, 5)
    else:
        store.quantiles("wait", grid, lines, by="time_of_day")
wall, cpu = time.perf_counter() - began, time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"wall_s": wall, "cpu_s": cpu, "peak": peak}))
"""
