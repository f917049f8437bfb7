"""The month's grid, its drafts, versions and cover: drawn and answered over a small published month."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dashboard.pages.roster import coverage, month, versions
from dashboard.pages.roster.coverage import cover_table, of_day, of_month
from dashboard.pages.roster.layout import roster_page
from dashboard.pages.roster.pairs import pair_rows
from dashboard.pages.roster.sheet import Sheet
from dashboard.pages.roster.showing import live_of, sheet_of
from dashboard.pages.roster.view import look
from dashboard.person import Person
from wfm.i18n import Text, use_language

VIEWER = Person("zhao", ("viewer",))
OTHER = Person("li", ("scheduler",))
PLACE = "?hotline=nanxun-12368&at=2026-09-13T12:00&month=2026-09-14"


def view_of(site: Any, **query: str) -> Any:
    return look(site.asked(month="2026-09-14", **query), site.desk)


def page_of(site: Any, language: str = "en", **query: str) -> list[Any]:
    with use_language(language):
        return roster_page(site.asked(month="2026-09-14", **query), site.desk)


def part(drawn: Any, wanted: str) -> Any:
    """The component of this id."""
    if getattr(drawn, "id", None) == wanted:
        return drawn
    children = drawn if isinstance(drawn, (list, tuple)) else getattr(drawn, "children", None)
    for child in children if isinstance(children, (list, tuple)) else [children]:
        if child is not None and not isinstance(child, str):
            found = part(child, wanted)
            if found is not None:
                return found
    return None


def do(site: Any, what: str, cells: list[list[str]], *, draft: int, based_on: int = 0, text: str = "") -> Any:
    """What the browser sends when somebody types or drags."""
    asked = {"n": 1, "what": what, "cells": cells, "text": text, "draft": draft, "based_on": based_on}
    search = PLACE + (f"&draft={draft}" if draft else "")
    return site.press("roster/change", {"roster-do.data": asked, "roster-url.search": search})


def told(answer: Any) -> Any:
    return answer.json["response"]["roster-told"]["data"]


def test_the_month_is_drawn_as_people_and_days(site, words):
    drawn = page_of(site)
    assert "Version 1 keeps every rule; every post is filled." in words(part(drawn, "roster-headline"))
    grid = part(drawn, "roster-grid")
    rows = {row["id"]: row for row in grid.rowData}
    assert list(rows)[:2] == ["A001", "A002"]
    assert len(rows) == 13
    # A001 answers in day-1 on the 14th, 16th, 18th, 22nd and 24th: five duties of 8 paid hours.
    assert sorted(key for key in rows["A001"] if re.fullmatch(r"d\d+", key)) == ["d0", "d10", "d2", "d4", "d8"]
    assert (rows["A001"]["hours"], rows["A001"]["duties"], rows["A001"]["nights"]) == (40.0, 5, 0)
    assert rows["A001"]["d0"][0][:2] == [0, 0]
    assert rows["A003"]["d0"][0][:2] == [0, 1]
    assert rows["A001"]["d0"][0][5] == rows["A003"]["d0"][0][5]  # A and B of one post
    heads = [c for c in grid.columnDefs if "children" in c]
    assert [c["headerName"] for c in heads] == ["People", "week 38", "week 39", "Mid-Autumn Festival", "In all"]
    heads = heads[1:-1]
    # Sunday the 20th is worked, for the National Day; Friday the 25th is a public holiday.
    assert [c["headerClass"] for c in heads[0]["children"]] == ["day"] * 5 + ["day rest", "day makeup"]
    assert heads[2]["headerClass"] == "holiday"
    (cover,) = grid.dashGridOptions["pinnedBottomRowData"]
    assert cover["d0"][:3] == [1, 1, "right"]
    assert "D1" not in cover["d0"][3]
    assert (
        cover["d0"][3].splitlines()[1:] == ["Day shift 1 A: 1 of 1", "Day shift 1 B: 1 of 1"]
        or "A: 1 of 1" in cover["d0"][3]
    )
    assert cover.get("d5") is None
    assert part(drawn, "roster-context").data["draft"] == 0


def test_the_first_change_begins_a_draft(site, notice):
    answer = do(site, "type", [["A002", "2026-09-15"]], draft=0, text="D2B")
    data = told(answer)
    assert data["draft"] == 1
    assert "draft=1" in answer.json["response"]["roster-url"]["search"]
    (row,) = data["rows"]
    assert row["id"] == "A002"
    assert row["d1"][0][:2] == [1, 1]
    assert data["cover"][0]["d1"][2] == "over"
    (edit,) = site.desk.store.drafts.edits(1)
    assert (edit.agent, edit.date, edit.who) == ("A002", date(2026, 9, 15), "wang")
    assert edit.after == {"duties": [["day-2", "court", "B", False]], "pinned": False}
    assert [e.action for e in site.desk.store.audit(2)] == ["change roster draft", "begin roster draft"]
    # The published version is as it was, and a second first change leads to the draft.
    assert "A draft of this month is open already" in notice(
        do(site, "type", [["A002", "2026-09-16"]], draft=0, text="D1")
    )
    assert len(site.desk.store.drafts.drafts("nanxun-12368")) == 1
    assert view_of(site).shown == "published"
    assert view_of(site, draft="1").draft == 1


def test_a_broken_rule_is_told_with_the_change_and_gone_with_undo(site, words):
    do(site, "type", [["A001", "2026-09-15"]], draft=0, text="D1")
    do(site, "type", [["A001", "2026-09-17"]], draft=1, based_on=1, text="D1")
    # 14th to 18th are 40 h; the sixth duty of the week makes 48 h.
    answer = do(site, "type", [["A001", "2026-09-19"]], draft=1, based_on=2, text="D1")
    (row,) = told(answer)["rows"]
    sentences = [s for of_day in row["broken"].values() for s in of_day]
    assert "A001 works 48 h in the week of 2026-09-14; 40 h are allowed" in sentences
    assert answer.json["response"]["roster-headline"]["className"] == "headline missed"
    assert row["hours"] == 64.0
    back = do(site, "undo", [], draft=1, based_on=3)
    (row,) = told(back)["rows"]
    assert "d5" not in row
    assert not any("48 h" in s for of_day in row["broken"].values() for s in of_day)
    assert back.json["response"]["roster-redo"]["disabled"] is False
    again = do(site, "redo", [], draft=1, based_on=4)
    assert told(again)["rows"][0]["d5"][0][:2] == [0, 0]
    kinds = [(e.kind, e.of_step) for e in site.desk.store.drafts.edits(1)]
    assert kinds == [("change", None)] * 3 + [("undo", 3), ("redo", 3)]


def test_dragging_moves_to_a_free_day_and_exchanges_with_another_duty(site):
    first, free = ["A001", "2026-09-14"], ["A002", "2026-09-15"]
    rows = {r["id"]: r for r in told(do(site, "drag", [first, free], draft=0))["rows"]}
    assert "d0" not in rows["A001"]
    assert rows["A002"]["d1"][0][:2] == [0, 0]
    # An A and a B of one day exchange: who answered stands by.
    do(site, "drag", [["A005", "2026-09-15"], ["A007", "2026-09-15"]], draft=1, based_on=2)
    cells = {(e.agent, e.date.day): e.after["duties"] for e in site.desk.store.drafts.edits(1)}
    assert cells["A005", 15] == [["day-1", "court", "B", False]]
    assert cells["A007", 15] == [["day-1", "court", "A", False]]


def test_a_pinned_day_is_not_changed(site, notice):
    pinned = told(do(site, "pin", [["A001", "2026-09-14"]], draft=0))
    assert pinned["rows"][0]["pins"] == [0]
    answer = do(site, "type", [["A001", "2026-09-14"]], draft=1, based_on=1, text="D2")
    assert notice(answer) == "the day 2026-09-14 of A001 is pinned; unpin it before it is changed"
    assert told(do(site, "pin", [["A001", "2026-09-14"]], draft=1, based_on=1))["rows"][0]["pins"] == []


@pytest.mark.parametrize(
    ("text", "sentence"), [("Q", "“Q” is no shift; known: D1, D2"), ("D1+D1", "a day holds each shift once")]
)
def test_what_is_no_shift_is_said_and_changes_nothing(site, notice, text, sentence):
    answer = do(site, "type", [["A001", "2026-09-15"]], draft=0, text=text)
    assert notice(answer) == sentence
    assert all(d.edits == 0 for d in site.desk.store.drafts.drafts("nanxun-12368"))


def test_two_schedulers_on_one_cell_the_second_sees_and_chooses(site, words):
    cell = [["A002", "2026-09-15"]]
    do(site, "type", cell, draft=0, text="D1")  # wang: edit 1
    site.who[0] = OTHER
    # li saw only edit 0; elsewhere that merges, in the same cell it does not.
    merged = told(do(site, "type", [["A004", "2026-09-15"]], draft=1, text="D2"))
    assert {row["id"] for row in merged["rows"]} == {"A002", "A004"}
    assert merged["fresh"] == [["A002", 1]]
    answer = do(site, "type", cell, draft=1, text="D2")
    assert told(answer)["conflict"] is True
    assert answer.json["response"]["roster-conflict"]["opened"] is True
    said = words(answer.json["response"]["roster-conflict-words"]["children"])
    assert re.search(r"Tue 15 Sep, 座席002: wang changed free to D1 at \d+ \w+ \d\d:\d\d\. You want: D2\.", said)
    assert site.desk.store.drafts.draft(1).edits == 2
    # Having seen it, li takes her own.
    do(site, "type", cell, draft=1, based_on=2, text="D2")
    assert [(e.who, e.after["duties"][0][0]) for e in site.desk.store.drafts.edits(1)] == [
        ("wang", "day-1"),
        ("li", "day-2"),
        ("li", "day-2"),
    ]
    # Undo takes back one's own: wang's first change was overwritten, so nothing of his is left to take back.
    site.who[0] = Person("wang", ("scheduler",))
    answer = do(site, "undo", [], draft=1, based_on=3)
    assert told(answer)["latest"] == 3


def test_others_changes_are_followed(site, notice):
    do(site, "type", [["A002", "2026-09-15"]], draft=0, text="D1")
    site.who[0] = VIEWER
    ask = {"roster-ask.data": {"draft": 1, "latest": 0}, "roster-url.search": PLACE + "&draft=1"}
    answer = site.press("roster/follow", ask)
    assert told(answer)["latest"] == 1
    assert notice(answer) == "wang changed one cell."
    same = site.press("roster/follow", ask | {"roster-ask.data": {"draft": 1, "latest": 1}})
    assert same.status_code == 204


def test_viewers_change_nothing(site, words):
    site.who[0] = VIEWER
    assert do(site, "type", [["A002", "2026-09-15"]], draft=0, text="D1").status_code == 403
    assert site.desk.store.drafts.drafts("nanxun-12368") == []
    for function in ("publish", "discard", "restore", "reopen", "build", "open_dialog"):
        assert site.press(f"roster/{function}", {"patterns": []}).status_code == 403


def publish(site: Any, seen: dict[str, Any], *, draft: int = 1, despite: bool = False) -> Any:
    values = {
        "roster-publish-now.n_clicks": 1,
        "roster-publish-of.data": seen,
        "roster-despite.checked": despite,
        "roster-note.value": "for the sick note",
        "roster-url.search": PLACE + f"&draft={draft}",
    }
    return site.press("roster/publish", values, changed="roster-publish-now.n_clicks")


def test_a_draft_is_published_after_its_changes_were_told(site, words, notice):
    do(site, "drag", [["A001", "2026-09-14"], ["A002", "2026-09-14"]], draft=0)
    opened = site.press(
        "roster/open_dialog",
        {"roster-publish.n_clicks": 1, "roster-url.search": PLACE + "&draft=1"},
        changed="roster-publish.n_clicks",
    ).json["response"]
    said = words(opened["roster-publish-words"]["children"])
    assert "It replaces version 1. Every post is filled." in said
    assert "2 days of 2 people differ. Mon 14 Sep A001 座席001: D1 taken away A002 座席002: D1 added" in said
    assert "Every rule is kept." in said
    assert opened["roster-publish-of"]["data"] == {"latest": 2, "over": 1}
    answer = publish(site, opened["roster-publish-of"]["data"])
    assert notice(answer) == "Version 2 is published."
    assert "draft" not in answer.json["response"]["roster-url"]["search"]
    view = view_of(site)
    assert [(p.version, p.who, p.note) for p in view.month.publications] == [
        (1, "", ""),
        (2, "wang", "for the sick note"),
    ]
    assert site.desk.store.drafts.draft(1).closed == "published"
    shown = words(versions.TAB.show(site.asked(tab="versions", month="2026-09-14"), site.desk, view))
    assert "Version 2 is published, by wang" in shown
    assert "A001 座席001: D1 taken away" in shown


def test_who_publishes_late_sees_what_was_published_and_chooses(site, words, notice):
    do(site, "drag", [["A001", "2026-09-14"], ["A002", "2026-09-14"]], draft=0)
    restored = site.press(
        "roster/restore",
        {"patterns": [({"part": "roster-restore", "version": 1}, 1)], "roster-url.search": PLACE},
        changed='{"part":"roster-restore","version":1}.n_clicks',
    )
    assert "draft=2" in restored.json["response"]["roster-url"]["search"]
    do(site, "drag", [["A003", "2026-09-14"], ["A004", "2026-09-14"]], draft=2)
    publish(site, {"latest": 2, "over": 1}, draft=1)
    site.who[0] = OTHER
    answer = publish(site, {"latest": 2, "over": 1}, draft=2)
    said = words(answer.json["response"]["roster-publish-words"]["children"])
    assert "wang published version 2 at" in said
    assert "A003 座席003: D1·B taken away" in said
    assert answer.json["response"]["roster-publish-of"]["data"] == {"latest": 2, "over": 2}
    assert [p.version for p in view_of(site).month.publications] == [1, 2]
    publish(site, {"latest": 2, "over": 2}, draft=2)
    assert [(p.version, p.who) for p in view_of(site).month.publications] == [(1, ""), (2, "wang"), (3, "li")]


def test_a_draft_that_changed_since_the_dialog_is_not_published(site, words):
    do(site, "drag", [["A001", "2026-09-14"], ["A002", "2026-09-14"]], draft=0)
    do(site, "pin", [["A005", "2026-09-15"]], draft=1, based_on=2)
    answer = publish(site, {"latest": 2, "over": 1})
    assert "below stands what it holds now" in words(answer.json["response"]["roster-publish-words"]["children"])
    assert [p.version for p in view_of(site).month.publications] == [1]


def test_broken_rules_need_a_second_word(site, words, notice):
    do(site, "type", [["A002", "2026-09-15"]], draft=0, text="D1")  # one beyond the posts
    answer = publish(site, {"latest": 1, "over": 1})
    assert "Rules are broken; tick the box" in words(answer.json["response"]["roster-publish-words"]["children"])
    assert notice(publish(site, {"latest": 1, "over": 1}, despite=True)) == "Version 2 is published."


def test_a_discarded_draft_is_taken_up_again(site, words):
    do(site, "type", [["A002", "2026-09-15"]], draft=0, text="D1")
    values = {"roster-discard-now.n_clicks": 1, "roster-url.search": PLACE + "&draft=1"}
    site.press("roster/discard", values, changed="roster-discard-now.n_clicks")
    assert site.desk.store.drafts.draft(1).closed == "discarded"
    site.press(
        "roster/reopen",
        {"patterns": [({"part": "roster-reopen", "draft": 1}, 1)], "roster-url.search": PLACE},
        changed='{"draft":1,"part":"roster-reopen"}.n_clicks',
    )
    assert site.desk.store.drafts.draft(1).closed == ""
    history = words(part(page_of(site, tab="versions", draft="1"), "roster-edits"))
    assert "wang: A002 座席002, Tue 15 Sep: free → D1" in history


def test_cover_says_where_people_are_lacking(site, words):
    do(site, "type", [["A001", "2026-09-14"]], draft=0, text="")
    view = view_of(site, draft="1")
    cover, plan = cover_table(site.desk, view)
    assert plan == ""
    day = of_day(cover, date(2026, 9, 14), ["court"]).loc["court"]
    # Day shift 1 is 08:30 to 17:30 with a meal from 12:00 on; one post, nobody there.
    assert (day["09:00"], day["17:00"]) == (-1.0, -1.0)
    assert day.isna()["18:00"]
    assert of_month(cover, "court").loc[9].tolist()[:3] == [-1.0, 0.0, 0.0]
    with use_language("en"):
        drawn = coverage.TAB.show(site.asked(tab="coverage", day="2026-09-14", draft="1"), site.desk, view)
        assert "Mon 14 Sep 08:30: 1 of 1 are lacking" in words(drawn)
        rows = pair_rows(sheet_of(site.desk, view), live_of(site.desk, view), date(2026, 9, 16))
    assert [(a, b) for _, _, a, b in rows] == [(["座席001"], ["座席003"])]
    table = site.client.get("/download/roster/cover.csv" + PLACE + "&draft=1").data.decode("utf-8-sig").splitlines()
    assert table[0] == "group,interval,required,rostered,gap"
    assert any(line.startswith("court,2026-09-14 09:00:00+08:00,1.0,0.0,-1.0") for line in table)


def test_a_month_without_a_roster_offers_the_first_step(site, words):
    drawn = roster_page(site.asked(month="2027-03-01"), site.desk)
    assert "This month has no roster yet." in words(drawn)
    assert "Build the roster from Mon 1 Mar on" in words(drawn)


def test_what_is_not_there_is_said_in_a_sentence(site):
    from wfm.errors import BadInput

    with pytest.raises(BadInput, match="no roster draft 99"):
        view_of(site, draft="99")
    with pytest.raises(BadInput, match="no plan “x”"):
        view_of(site, plan="x")


def test_a_phone_shows_a_day_and_a_person_as_lists(site, words):
    from dashboard.colours import Screen

    narrow = replace(site.asked(month="2026-09-14", day="2026-09-16"), screen=Screen(narrow=True))
    said = words(roster_page(narrow, site.desk))
    assert "Wed 16 Sep" in said
    assert "A 座席001 B 座席003" in said
    mine = replace(site.asked(month="2026-09-14", person="A001"), screen=Screen(narrow=True))
    assert "座席001: 5 duties, 40.0 h, 0 nights, 0 weekends, 0 holidays" in words(roster_page(mine, site.desk))


def test_chinese_is_whole(site, words):
    do(site, "type", [["A002", "2026-09-15"]], draft=0, text="D1")
    for tab in ("", "coverage", "versions"):
        said = words(page_of(site, "zh", tab=tab, draft="1"))
        assert re.findall(r"[A-Za-z]{3,} [a-z]{2,}", said) == [], tab
    context = part(page_of(site, "zh", draft="1"), "roster-context").data
    assert re.findall(r"[A-Za-z]{3,} [a-z]{2,}", json.dumps(context["words"], ensure_ascii=False)) == []
    assert context["shifts"][0]["label"] == "白1"


def test_a_roster_is_built_in_the_background_and_becomes_a_draft(site, words):
    do(site, "pin", [["A001", "2026-09-14"]], draft=0)
    values = {
        "roster-build.n_clicks": 1,
        "roster-build-days.value": 14,
        "roster-build-seconds.value": 5,
        "roster-build-like.value": "1",
        "roster-url.search": PLACE + "&tab=versions",
    }
    site.press("roster/build", values, changed="roster-build.n_clicks")
    (job,) = site.desk.jobs.recent(kind="roster")
    assert (job.hotline, job.owner, job.title.en) == ("nanxun-12368", "wang", job.title.en)
    ended = site.desk.jobs.run_here(job.id)
    assert (ended.state, ended.error) == ("done", None)
    draft = int(ended.result["draft"])
    live = live_of(site.desk, view_of(site, draft=str(draft)))
    assert live.cell("A001", date(2026, 9, 14)).pinned  # the pin was kept, and with it the duty
    assert live.cell("A001", date(2026, 9, 14)).duties[0].shift == "day-1"
    assert not [v for v in live.violations if v.breaks_law or v.rule == "posts_filled"]
    shown = site.press(
        "roster/show_built", {"roster-job-done.data": {"job": job.id, "state": "done"}, "roster-url.search": PLACE}
    )
    assert f"draft={draft}" in shown.json["response"]["roster-url"]["search"]


def test_who_is_shown_stands_in_the_address_and_stays_when_another_roster_is_chosen(site):
    chosen = {"q": "座席00", "firm": "", "group": "court", "broken": "yes"}
    drawn = page_of(site, **chosen)
    found = {name: part(drawn, f"roster-{name}").value for name in chosen}
    assert found == {"q": "座席00", "firm": "all", "group": "court", "broken": ["yes"]}
    (which,) = {value for value in [part(drawn, "roster-which").value] if value}
    assert all(f"{key}=" in which for key in ("q", "group", "broken"))
    # A first change begins a draft, whose address keeps who is shown.
    asked = {"n": 1, "what": "type", "cells": [["A002", "2026-09-15"]], "text": "D1", "draft": 0, "based_on": 0}
    answer = site.press("roster/change", {"roster-do.data": asked, "roster-url.search": f"{PLACE}&group=court"})
    assert "group=court" in answer.json["response"]["roster-url"]["search"]


def test_a_hotline_whose_shift_is_called_p_says_that_the_key_does_not_pin(site, words):
    sheet = sheet_of(site.desk, view_of(site))
    with use_language("en"):
        assert "P pins a day." in words(month._tools(sheet, None, shown=True))
        hotline = sheet.problem.hotline
        first = hotline.shifts[0].model_copy(update={"short": Text("P", "P")})
        problem = replace(sheet.problem, hotline=hotline.model_copy(update={"shifts": (first, *hotline.shifts[1:])}))
        told = month._tools(Sheet(problem), None, shown=True)
        assert "P is a shift here and pins nothing; use the button with the pin." in words(told)
        assert part(told, "roster-pin").title == "Pin or unpin"


def test_the_month_may_be_typed_into_only_by_schedulers(site):
    assert month.may_change(view_of(site))
