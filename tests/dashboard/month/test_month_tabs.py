"""The tabs of a month: requests, swaps, repairs, fairness and files, drawn and answered over a small published month."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from dashboard.pages.roster import downloads, fairness, month, repair, requests
from dashboard.pages.roster.view import look
from dashboard.person import Person, remember
from wfm.i18n import use_language

VIEWER = Person("zhao", ("viewer",))


def show(site: Any, tab: Any, **query: str) -> Any:
    asked = site.asked(tab=tab.TAB.key, month="2026-09-14", **query)
    with use_language("en"):
        return tab.TAB.show(asked, site.desk, look(asked, site.desk))


# Requests


def request_values(**more: str | None) -> dict[str, Any]:
    usual: dict[str, Any] = {"person": "A009", "kind": "leave", "first": "2026-09-16", "reason": "年假"}
    return {f"roster-requests-{k}.value": v for k, v in (usual | more).items()} | {"roster-requests-add.n_clicks": 1}


def test_a_request_is_entered_listed_and_stands_in_the_audit(site, words, notice):
    answer = site.press("roster/add", request_values())
    # Nanxun's requests are due fourteen days before the month; the fixture's clock stands on its eve.
    assert notice(answer) == "Entered, and marked as late: the deadline has passed."
    (row,) = site.desk.store.months.requests(site.desk.store.months.months("nanxun-12368")[0])
    assert (row.agent, row.kind, row.who, row.late) == ("A009", "leave", "wang", True)
    assert row.details == {"first": "2026-09-16", "last": "2026-09-16", "reason": "年假"}
    listed = words(answer.json["response"]["roster-requests-list"]["children"])
    assert "A009 座席009 leave Wed 16 Sep 年假" in listed
    assert "late: left out unless you take late ones in" in listed
    assert site.desk.store.audit()[0].action == "collect"
    assert "1 requests came in, 1 of them after" in words(show(site, requests)[1])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"person": None}, "Choose the person, the kind and the first day."),
        ({"last": "2026-09-15"}, "2026-09-15 lies before 2026-09-16"),
        ({"kind": "busy", "begin": "12:00", "end": "09:00"}, "2026-09-16 09:00 is not after 2026-09-16 12:00"),
        ({"person": "A999"}, "unknown agent A999"),
    ],
)
def test_a_mistake_is_one_sentence_and_keeps_nothing(site, notice, changes, sentence):
    answer = site.press("roster/add", request_values(**changes))
    assert sentence in notice(answer)
    assert show(site, requests)  # and the page is drawn as before
    assert site.desk.store.months.requests(site.desk.store.months.months("nanxun-12368")[0]) == []


def test_a_file_of_requests_is_read_as_by_the_command(site, notice):
    text = "工号,类别,开始日期,结束日期,收到时间\nA009,请假,2026-09-16,2026-09-17,2026-08-01 08:00\n"
    contents = "data:text/csv;base64," + base64.b64encode(text.encode()).decode()
    values = {"roster-requests-file.contents": contents, "roster-requests-file.filename": "九月.csv"}
    assert notice(site.press("roster/upload", values)) == "九月.csv: 1 new requests, 0 late."
    bad = values | {"roster-requests-file.filename": "../../九月.exe"}
    assert notice(site.press("roster/upload", bad)) == "九月.exe: a CSV or Excel file is needed"
    wrong = base64.b64encode("工号,开始日期\nA999,2026-09-16\n".encode()).decode()
    said = notice(site.press("roster/upload", values | {"roster-requests-file.contents": f"data:;base64,{wrong}"}))
    assert "九月.csv:2: agent: unknown agent 'A999'" in said


def test_only_schedulers_enter_and_decide(site):
    site.who[0] = VIEWER
    assert site.press("roster/add", request_values()).status_code == 403
    assert site.press("roster/ask", {"roster-repair-ask.n_clicks": 1}).status_code == 403
    asked = site.asked(tab="requests", month="2026-09-14")
    with site.app.server.test_request_context():
        remember(VIEWER)
        drawn = str(requests.TAB.show(asked, site.desk, look(asked, site.desk)))
    assert "roster-requests-add" not in drawn
    assert "roster-requests-keep" not in drawn


def withdraw(site: Any, what: str, number: int, page: str = "roster", **more: Any) -> Any:
    button = {"part": f"{page}-withdraw", "what": what, "number": number}
    changed = json.dumps(button, sort_keys=True, separators=(",", ":")) + ".n_clicks"
    return site.press(f"{page}/withdraw", {"patterns": [(button, 1)]}, changed=changed, **more)


def test_a_request_is_withdrawn_by_the_scheduler_and_told_as_such(site, words, notice):
    site.press("roster/add", request_values())
    kept = site.desk.store.months
    (row,) = kept.requests(kept.months("nanxun-12368")[0])
    answer = withdraw(site, "request", row.id)
    assert notice(answer) == "Withdrawn."
    said = words(answer.json["response"]["roster-requests-list"]["children"])
    assert "No request has come in yet." in said
    assert "A009 座席009, leave, Wed 16 Sep: withdrawn by wang at" in said
    assert "there is none that stands" in notice(withdraw(site, "request", row.id))
    site.who[0] = VIEWER
    assert withdraw(site, "request", row.id).status_code == 403


def test_a_swap_that_waits_is_withdrawn(site, words, notice):
    site.press("roster/keep", swap_values("A001", "2026-09-16", "A011", "keep"))
    answer = withdraw(site, "swap", 1)
    assert notice(answer) == "Swap 1 is withdrawn."
    assert "– withdrawn" in words(answer.json["response"]["roster-requests-swaps"]["children"])


# Swaps


def swap_values(giver: str, day: str, taker: str, button: str) -> dict[str, Any]:
    parts = {"giver": giver, "day": day, "taker": taker, "back": None}
    return {f"roster-requests-{k}.value": v for k, v in parts.items()} | {f"roster-requests-{button}.n_clicks": 1}


def test_a_swap_is_weighed_kept_agreed_to_and_published(site, words, notice):
    weighed = site.press("roster/weigh", swap_values("A001", "2026-09-16", "A011", "weigh"))
    assert "every rule is kept" in words(weighed.json["response"]["roster-requests-weighed"]["children"])
    assert site.desk.store.months.swaps(site.desk.store.months.months("nanxun-12368")[0]) == []
    kept = site.press("roster/keep", swap_values("A001", "2026-09-16", "A011", "keep"))
    assert notice(kept) == "Swap 1 waits for a decision."
    agree = {
        "patterns": [({"part": "roster-swap-agree", "swap": 1}, 1), ({"part": "roster-swap-refuse", "swap": 1}, None)]
    }
    done = site.press("roster/decide", agree, changed='{"part":"roster-swap-agree","swap":1}.n_clicks')
    assert notice(done) == "Swapped; published as version 2."
    assert "version=2" in done.json["response"]["roster-requests-url"]["href"]
    duties = look(site.asked(month="2026-09-14"), site.desk).roster.duties
    assert set(duties[duties["date"] == "2026-09-16"]["agent"]) == {"A011", "A003"}
    assert "publish roster" in [e.action for e in site.desk.store.audit()]


def test_a_swap_against_the_rules_says_why_and_who_could(site, words):
    weighed = site.press("roster/weigh", swap_values("A001", "2026-09-16", "A003", "weigh"))
    said = words(weighed.json["response"]["roster-requests-weighed"]["children"])
    assert "A003 has 2 duties on 2026-09-16; one is allowed" in said
    assert "Could take the duty instead, best first:" in said


def test_a_swap_is_refused_once(site, notice, words):
    site.press("roster/keep", swap_values("A001", "2026-09-16", "A011", "keep"))
    refuse = {
        "patterns": [({"part": "roster-swap-agree", "swap": 1}, None), ({"part": "roster-swap-refuse", "swap": 1}, 1)]
    }
    changed = '{"part":"roster-swap-refuse","swap":1}.n_clicks'
    assert notice(site.press("roster/decide", refuse, changed=changed)) == "Swap 1 is refused."
    again = site.press("roster/decide", refuse, changed=changed)
    assert "there is none that waits for a decision" in notice(again)
    assert "refused" in words(show(site, requests)[3])


# Repairs


def ill_values(agent: str | None, first: str, last: str | None = None) -> dict[str, Any]:
    parts = {"person": agent, "first": first, "last": last}
    return {f"roster-repair-{k}.value": v for k, v in parts.items()} | {"roster-repair-ask.n_clicks": 1}


def press_way(site: Any, part: str, job: int, **more: int) -> Any:
    """Press a button of the first way; ids stand in answers with their keys in order."""
    button = {"part": f"roster-repair-{part}", "job": job, "number": 1, **more}
    changed = json.dumps(button, sort_keys=True, separators=(",", ":")) + ".n_clicks"
    function = "take_at_once" if part == "publish" else "take"
    return site.press(f"roster/{function}", {"patterns": [(button, 1)]}, changed=changed)


def test_a_way_out_goes_into_the_draft_and_shows_in_its_grid(site, words, notice):
    site.press("roster/ask", ill_values("A005", "2026-09-15"))
    (job,) = site.desk.jobs.recent(kind="repair")
    (stand_in,) = job.result["proposals"][0]["people"]
    done = press_way(site, "take", job.id)
    assert notice(done) == "The repair stands in draft 1; the absence is noted."
    href = done.json["response"]["roster-repair-url"]["href"]
    assert all(part in href for part in ("draft=1", "day=2026-09-15", "compare=v1", "step=1"))
    asked = site.asked(month="2026-09-14", draft="1", step="1", compare="v1")
    view = look(asked, site.desk)
    assert (view.published, view.shown) == (1, "draft")
    there = view.roster.duties[view.roster.duties["date"] == "2026-09-15"]
    assert set(there["agent"]) == {stand_in, "A007"}
    with use_language("en"):
        drawn = month.TAB.show(asked, site.desk, view)
    told = next(words(part) for part in drawn if getattr(part, "id", "") == "roster-put-in")
    assert "A005 座席005, Tue 15 Sep: D1 → free" in told
    assert "nothing is published until you say so" in told
    assert [(x.agent, str(x.first)) for x in view.roster.problem.leave if x.agent == "A005"] == [("A005", "2026-09-15")]
    assert "change roster draft" in [e.action for e in site.desk.store.audit()]
    assert notice(press_way(site, "take", job.id)) == "Draft 1 holds these changes already."


def test_a_draft_that_disagrees_is_left_as_it_is_until_somebody_insists(site, words, notice):
    site.press("roster/ask", ill_values("A005", "2026-09-15"))
    (job,) = site.desk.jobs.recent(kind="repair")
    typed = {"n": 1, "what": "type", "cells": [["A005", "2026-09-15"]], "text": "D2", "draft": 0, "based_on": 0}
    search = "?hotline=nanxun-12368&at=2026-09-13T12:00&month=2026-09-14"
    site.press("roster/change", {"roster-do.data": typed, "roster-url.search": search})
    answer = press_way(site, "take", job.id)
    said = words(answer.json["response"]["roster-repair-differs"]["children"])
    assert "Nothing was changed: draft 1 no longer holds there what this was found for." in said
    assert "Tue 15 Sep, A005 座席005: the draft has D2, not D1; this would bring free" in said
    assert "changed by wang at" in said
    assert len(site.desk.store.drafts.edits(1)) == 1
    insisted = press_way(site, "insist", job.id, seen=1)
    assert notice(insisted) == "The repair stands in draft 1; the absence is noted."
    assert {e.agent for e in site.desk.store.drafts.edits(1, after=1)} >= {"A005"}


def test_ways_out_of_an_illness_are_found_compared_and_one_is_published_at_once(site, words, notice):
    answer = site.press("roster/ask", ill_values("A005", "2026-09-15"))
    shown = words(answer.json["response"]["roster-repair-result"]["children"])
    assert "leaves no post open" in shown
    assert "1. fewest changes" in shown
    assert "A005 座席005 Tue 15 Sep" in shown
    (job,) = site.desk.jobs.recent(kind="repair")
    assert (job.state, job.owner) == ("done", "wang")
    assert f"job={job.id}" in answer.json["response"]["roster-repair-url"]["search"]
    best = job.result["proposals"][0]
    assert [best["removed"], len(best["moves"]), best["open_posts"]] == [
        [["A005", "2026-09-15/day-1/court/01", "A"]],
        2,
        [],
    ]
    # Whoever opens the address later sees the same ways.
    assert "1. fewest changes" in words(show(site, repair, job=str(job.id)))
    done = press_way(site, "publish", job.id)
    assert notice(done) == "Published as version 2. The version before stays in the history."
    view = look(site.asked(month="2026-09-14"), site.desk)
    assert view.published == 2
    there = view.roster.duties[view.roster.duties["date"] == "2026-09-15"]
    assert "A005" not in set(there["agent"])
    assert len(there) == 2
    assert [(x.agent, str(x.first)) for x in view.roster.problem.leave if x.agent == "A005"] == [("A005", "2026-09-15")]
    late = press_way(site, "publish", job.id)
    assert "look at it again" in notice(late)
    assert "These ways belong to version 1; version 2 is published by now." in words(
        show(site, repair, job=str(job.id))
    )


def test_who_stands_in_right_now(site, words):
    search = "?hotline=nanxun-12368&month=2026-09-14&at=2026-09-14T09:30"
    answer = site.press("roster/stands_in", {"roster-repair-person.value": "A001"}, search=search)
    said = words(answer.json["response"]["roster-repair-now"]["children"])
    assert "Right now A003 座席003 takes over (the B of the post), after 2 min." in said
    nobody = site.press("roster/stands_in", {"roster-repair-person.value": "A009"}, search=search)
    assert "nobody has to stand in" in words(nobody.json["response"]["roster-repair-now"]["children"])


def test_a_duty_that_has_begun_stays_and_the_page_says_so(site, words):
    search = "?hotline=nanxun-12368&month=2026-09-14&at=2026-09-14T09:30"
    answer = site.press("roster/ask", ill_values("A001", "2026-09-14"), search=search)
    shown = words(answer.json["response"]["roster-repair-result"]["children"])
    assert "Nothing has to change while A001 座席001 is away" in shown
    assert "The duty of A001 座席001 that has begun stays in the roster" in shown


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (ill_values(None, "2026-09-15"), "Choose who cannot come, and from which day on."),
        (
            ill_values("A005", "2026-09-16", "2026-09-15"),
            "The absence ends (2026-09-15) before it starts (2026-09-16).",
        ),
    ],
)
def test_an_absence_that_cannot_be_is_one_sentence(site, notice, values, sentence):
    assert notice(site.press("roster/ask", values)) == sentence
    assert site.desk.jobs.recent(kind="repair") == []


def test_why_somebody_cannot_take_a_duty(site, words):
    values = {
        "roster-repair-why.n_clicks": 1,
        "roster-repair-why-person.value": "A003",
        "roster-repair-why-day.value": "2026-09-16",
        "roster-repair-why-duty.value": "day-1|court|A",
    }
    said = words(site.press("roster/why", values).json["response"]["roster-repair-why-answer"]["children"])
    assert "A003 has 2 duties on 2026-09-16; one is allowed" in said
    free = values | {"roster-repair-why-person.value": "A011"}
    said = words(site.press("roster/why", free).json["response"]["roster-repair-why-answer"]["children"])
    assert "Nothing speaks against it: A011 座席011 may take this duty." in said


def test_without_a_published_roster_the_first_step_is_offered(site, words):
    asked = site.asked(tab="repair", month="2026-10-01")
    with use_language("zh"):
        said = words(repair.TAB.show(asked, site.desk, look(asked, site.desk)))
    assert "请先发布本月排班表" in said


# Fairness


def test_the_fairness_table_says_who_carries_more(site, words):
    found = show(site, fairness)
    said = words(found[1])
    assert said.startswith("△ Outside the even share: hours: ")
    rows = fairness.fairness_table(fairness._fairness(site.desk, look(site.asked(month="2026-09-14"), site.desk)))
    first = next(r for r in rows if r["agent"] == "A001")
    # Of ten weekdays A001 answers on those two days apart: 14, 16, 18, 22 and 24 September.
    assert (first["duties"], first["hours"], first["standbys"]) == (5, 40, 0)
    # Twenty posts of eight hours (a standby's count whole) over twelve people are 13 h 20 min each.
    assert first["hours_share"] == pytest.approx(13.3, abs=0.7)
    assert first["hours_beyond"] == pytest.approx(40 - 16, abs=0.1)


def test_fairness_goes_out_as_csv_and_excel(site):
    url = "/download/roster/{}?hotline=nanxun-12368&month=2026-09-14"
    csv = site.client.get(url.format("fairness.csv"))
    assert csv.data.startswith(b"\xef\xbb\xbf")
    assert csv.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    book = load_workbook(BytesIO(site.client.get(url.format("fairness.xlsx")).data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 13
    assert [e.action for e in site.desk.store.audit()][:2] == ["export fairness", "export fairness"]
    assert site.client.get(url.format("fairness.pdf")).status_code == 404


# Files


def test_the_calendar_of_one_person_holds_only_that_persons_duties(site):
    got = site.client.get("/download/roster/ics?hotline=nanxun-12368&month=2026-09-14&person=A001")
    assert got.mimetype == "text/calendar"
    events = Calendar.from_ical(got.data).walk("VEVENT")
    days = [e["DTSTART"].dt.strftime("%m-%d %H:%M") for e in events]
    assert days == ["09-14 08:30", "09-16 08:30", "09-18 08:30", "09-22 08:30", "09-24 08:30"]
    entry = site.desk.store.audit()[0]
    assert (entry.action, entry.who, entry.details["part"]) == ("export roster", "wang", "A001")


def test_whole_files_have_neat_names_in_both_languages(site):
    base = "/download/roster/{}?hotline=nanxun-12368&month=2026-09-14"
    book = site.client.get(base.format("xlsx"), headers={"Accept-Language": "en"})
    assert "nanxun-12368-roster-2026-09-14-v1.xlsx" in book.headers["Content-Disposition"]
    assert load_workbook(BytesIO(book.data)).sheetnames[0] == "Roster"
    zh = site.client.get(base.format("csv"), headers={"Accept-Language": "zh-CN"})
    assert "班表-2026-09-14-v1.csv" in unquote(zh.headers["Content-Disposition"])
    assert zh.data.decode("utf-8-sig").count("\n") == 21  # a heading and twenty duties
    assert site.client.get(base.format("pdf")).data[:5] == b"%PDF-"
    assert site.client.get(base.format("docx")).status_code == 404
    unknown = site.client.get(base.format("csv") + "&person=A999", headers={"Accept-Language": "en"})
    assert (unknown.status_code, unknown.text) == (404, "no agent 'A999' in this roster")


def test_the_settlement_is_made_of_attendance(site):
    got = site.client.get("/download/roster/settlement?hotline=nanxun-12368&month=2026-09-14")
    assert load_workbook(BytesIO(got.data)).sheetnames
    assert site.desk.store.audit()[0].action == "export settlement"


def test_files_offer_parts_and_say_what_they_hold(site, words):
    said = words(show(site, downloads))
    assert "The files hold version 1, published: 20 duties of 4 people, 14 Sep – 27 Sep." in said
    links = site.press("roster/links", {"roster-downloads-person.value": "A001"})
    drawn = str(links.json["response"]["roster-downloads-links"]["children"])
    assert "/download/roster/ics?hotline=nanxun-12368&month=2026-09-14" in drawn
    assert "person=A001" in drawn
