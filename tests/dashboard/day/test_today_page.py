"""The page of the day: what it says against calls counted by hand, how it keeps up, and who may do what."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.callbacks import drawn_page
from dashboard.figures.today import calls_table, people_table
from dashboard.pages.today import PAGE
from dashboard.pages.today.looking import looked
from dashboard.person import Person, remember
from wfm.i18n import use_language

SEARCH = "?hotline=nanxun-12368&at=2026-11-24T10:00"


def _drawn(site: Any, words: Callable[[Any], str], **query: str) -> str:
    return words(PAGE.show(site.asked("/today", **query), site.desk))


def test_the_numbers_are_those_of_the_morning(site: Any, words: Callable[[Any], str]) -> None:
    with use_language("en"):
        told = _drawn(site, words)
    assert "Until 10:00 5 calls came." in told
    assert "Calls 5" in told
    assert "Answered 3 1 given up" in told
    assert "Waiting now 1 1 in conversation" in told
    assert "✕ 80.0 %" in told  # (3 + 1) ÷ 5
    assert "missed so far · ≥ 90 %" in told
    assert "9.3 s" in told  # (6 + 10 + 12) ÷ 3
    assert "Now: 1 A, 1 B" in told
    assert "座席001" in told
    assert "published roster 2026-11-01 – 2026-11-30, version 1" in told
    assert "No forecast holds this day" in told


def test_it_speaks_chinese_throughout(site: Any, words: Callable[[Any], str]) -> None:
    import re

    with use_language("zh"):
        told = _drawn(site, words)
    assert "截至 10:00 来电 5 通" in told
    assert "当前排队" in told
    assert re.findall(r"[A-Za-z]{3,} [a-z]{2,}", told) == []


def test_the_end_of_the_day_comes_from_the_kept_look(looked_at_ten: Any, words: Callable[[Any], str]) -> None:
    with use_language("en"):
        told = _drawn(looked_at_ten, words)
    assert "The day ends within the limit of Total connection rate with a probability of 61 %." in told
    assert "88.0 % – 94.0 %" in told
    assert "rest of the day forecast anew from the calls until 10:00" in told
    seen = looked(looked_at_ten.asked("/today"), looked_at_ten.desk)
    # Four calls were planned in every half-hour, opening or not: 20 of them are over.
    assert seen.today.line().expected == pytest.approx(80)
    # Five are expected in each of the 28 still to come.
    assert seen.today.line().rest == pytest.approx(140)
    table = calls_table(seen.today)
    assert table.loc[20, ["mean", "p10", "p90"]].tolist() == [5, 3, 7]
    assert table["recorded"].dropna().sum() == 6  # the one that waits has come too
    people = people_table(seen.today).set_index("interval")
    assert people.loc["2026-11-24 14:00", "needed"] == 2
    assert people.loc["2026-11-24 14:00", "on_duty"] == 1
    assert [(s.missing, f"{s.start:%H:%M}") for s in seen.today.spells] == [(1.0, "14:00")]


def test_a_day_without_anything_says_what_to_do(site: Any, words: Callable[[Any], str]) -> None:
    with use_language("en"):
        told = _drawn(site, words, hotline="guizhou-12348", at="2027-03-03T10:00")
    assert "Nothing of today is known yet" in told
    assert "No calls were ever imported for this hotline." in told
    assert "Import records" in told
    assert "No roster holds this day" in told


def test_attention_leads_to_the_page_where_it_is_dealt_with(site: Any, words: Callable[[Any], str]) -> None:
    with use_language("en"):
        page = PAGE.show(site.asked("/today", hotline="convenience-lines"), site.desk)
    items = next(c for c in page if getattr(c, "id", "") == "today-attention").children[1].children
    first = words(items[0])
    assert first.startswith("✕ Overdue work orders: 1.")
    link = items[0].children[-1]
    assert link.href.startswith("/orders?")
    assert "state=overdue" in link.href
    assert "kind=order" in link.href


def test_only_what_has_changed_is_drawn_again(site: Any) -> None:
    values = {"today-tick.n_intervals": 1, "today-url.search": SEARCH, "today-seen.data": {}}
    first = site.press("refresh", values, "today-tick.n_intervals")
    assert first.status_code == 200
    seen = first.json["response"]["today-seen"]["data"]
    again = site.press("refresh", {**values, "today-seen.data": seen}, "today-tick.n_intervals")
    assert set(again.json["response"]) == {"today-seen"}
    other = {**seen, "tiles": "older"}
    once_more = site.press("refresh", {**values, "today-seen.data": other}, "today-tick.n_intervals")
    assert set(once_more.json["response"]) == {"today-seen", "today-tiles"}


def test_tables_are_downloads_of_what_is_drawn(site: Any) -> None:
    answer = site.client.get("/download/today/lines.csv?hotline=nanxun-12368&at=2026-11-24T10:00")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["line"] for row in rows] == ["", "litigation"]
    assert float(rows[0]["calls"]) == 5
    assert float(rows[0]["connection_share"]) == pytest.approx(0.8)
    duty = site.client.get("/download/today/duty.csv?hotline=nanxun-12368&at=2026-11-24T10:00")
    held = list(csv.DictReader(io.StringIO(duty.data.decode("utf-8-sig"))))
    assert [(r["when"], r["agent"], r["role"]) for r in held[:2]] == [("now", "A001", "A"), ("now", "A002", "B")]
    assert site.client.get("/download/today/nothing.csv").status_code == 404
    assert site.client.get("/download/today/calls.csv?hotline=none").status_code == 404


def test_who_only_looks_cannot_ask_for_a_forecast(site: Any, words: Callable[[Any], str]) -> None:
    site.who[0] = Person("zhao", ("viewer",))
    values = {"today-again.n_clicks": 1, "today-url.search": SEARCH}
    assert site.press("following._again.<locals>.again", values, "today-again.n_clicks").status_code == 403
    assert site.desk.jobs.recent(kind="intraday") == []
    site.who[0] = Person("agent", ("agent",), "nanxun-12368:A001")
    assert site.press("refresh", {"today-url.search": SEARCH}, "today-tick.n_intervals").status_code == 403
    assert site.client.get("/download/today/duty.csv?hotline=nanxun-12368").status_code == 403


def test_asking_for_the_rest_of_the_day_is_a_job(site: Any) -> None:
    values = {"today-again.n_clicks": 1, "today-url.search": SEARCH}
    answer = site.press("following._again.<locals>.again", values, "today-again.n_clicks")
    assert answer.status_code == 200
    (job,) = site.desk.jobs.recent(kind="intraday")
    assert job.hotline == "nanxun-12368"
    assert job.owner == "zhang"
    assert job.parameters["at"].startswith("2026-11-24T10:00")


def test_another_moment_is_a_day_and_a_time(site: Any) -> None:
    drawn = {"today-drawn.data": "2026-11-24T10:00", "today-url.search": SEARCH}
    values = {**drawn, "today-day.value": "2026-11-24", "today-clock.value": "10:00"}
    assert site.press("look_from", values, "today-clock.value").status_code == 204  # as it is drawn
    moved = site.press("look_from", {**values, "today-day.value": "2026-11-23"}, "today-day.value")
    assert "at=2026-11-23T10:00" in str(moved.json)
    for clock, at in (("9:15", "09:15"), ("23：59", "23:59")):
        moved = site.press("look_from", {**values, "today-clock.value": clock}, "today-clock.value")
        assert f"at=2026-11-24T{at}" in str(moved.json)
    for clock in ("tomorrow", "24:00", "10", ""):
        refused = site.press("look_from", {**values, "today-clock.value": clock}, "today-clock.value")
        assert f"Time: found “{clock}”, needed is a time such as 10:30" in str(refused.json)


@pytest.mark.parametrize("at", ["yesterday", "2026-11-24T25:00", "2026-02-30", "0001-01-01", "9999-12-31T23:59"])
def test_a_moment_of_the_address_that_is_none_is_told(site: Any, words: Callable[[Any], str], at: str) -> None:
    with site.app.server.test_request_context(), use_language("en"):
        remember(site.who[0])
        shown = words(drawn_page(PAGE, site.asked("/today", at=at), site.desk))
    assert f"Address, at: found “{at}”, needed is a moment such as 2026-09-14T10:30 (1970 to 2199)" in shown
    assert "Open the page without these choices" in shown
    answer = site.client.get(f"/download/today/lines.csv?hotline=nanxun-12368&at={at}")
    assert (answer.status_code, at in answer.text) == (404, True)


def test_who_takes_a_table_along_stands_in_the_audit(site: Any) -> None:
    assert site.client.get("/download/today/duty.csv?hotline=nanxun-12368&at=2026-11-24T10:00").status_code == 200
    entry = site.desk.store.audit(limit=1)[0]
    assert (entry.who, entry.action) == ("zhang", "export table")
    assert entry.object == "table nanxun-12368-2026-11-24-duty.csv"
    assert entry.details["at"] == "2026-11-24T10:00"
