"""The data page: what is there in words, an upload from its stream to the store, a mapping made in the form, and who may."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pytest

from dashboard.asked import Asked
from dashboard.jobs.import_job import import_parameters
from dashboard.pages.data import PAGE
from dashboard.pages.data.mapping_wiring import draft_of_form
from dashboard.person import Person
from wfm.i18n import both, use_language
from wfm.records import RecordStore
from wfm.records.kept_mappings import kept_mapping
from wfm.records.uploads import Uploads

COURT = "nanxun-12368"
OPERATIONS, VIEWER = Person("zhang", ("operations",)), Person("li", ("viewer",))
ROWS = """专线,来电时间,接通时间,挂机时间,结果,座席工号,主叫号码,满意度
诉讼服务,2026-11-21 09:00:00,2026-11-21 09:00:10,2026-11-21 09:05:10,接通,A001,13800000001,满意
诉讼服务,2026-11-21 09:10:00,,2026-11-21 09:10:40,放弃,,13800000002,
"""


def send(site: Any, content: bytes, name: str = "话单.csv") -> Any:
    headers = {"X-File-Name": quote(name), "Content-Type": "application/octet-stream"}
    return site.client.post(f"/upload/data?hotline={COURT}", data=content, headers=headers)


def shown(site: Any, **query: str) -> list[Any]:
    return PAGE.show(Asked("/data", {"hotline": COURT, "at": "2026-11-21T10:00", **query}), site.desk)


def imported(site: Any, token: str, **more: Any) -> Any:
    number = site.desk.jobs.submit(
        "import", import_parameters(COURT, token, **more), title=both("Import"), who="zhang", hotline=COURT
    )
    return site.desk.jobs.run_here(number)


def test_an_empty_store_offers_the_first_step(site: Any, words: Any) -> None:
    told = words(shown(site))
    assert "No records yet: bring in the first file" in told
    assert "Import the first file" in told
    site.who[0] = VIEWER
    with site.app.server.test_request_context():
        from dashboard.person import remember

        remember(VIEWER)
        seen = words(shown(site, tab="import"))
    assert "Bring in a file" not in seen  # the part is not opened for who may not import


def test_the_calendar_tells_every_day_in_words(reviewed: Any, words: Any) -> None:
    """Records from Monday 2 to Friday 20 November; the court is closed at weekends: generated calls of closed days are there."""
    told = words(shown(reviewed))
    assert "Records of 19 days, Mon 2 Nov 2026 to Fri 20 Nov 2026. No day is missing." in told
    with use_language("zh"):
        assert "已有19天数据" in words(shown(reviewed))
    found = reviewed.client.get(f"/download/data/days.csv?hotline={COURT}&at=2026-11-25T10:00")
    rows = {r["date"]: r for r in csv.DictReader(io.StringIO(found.data.decode("utf-8-sig")))}
    assert rows["2026-11-16"]["state"] == "whole"
    assert [rows[f"2026-11-{day}"]["state"] for day in (21, 22, 23, 24)] == ["closed", "closed", "missing", "missing"]
    calls = RecordStore(reviewed.desk.home, COURT).calls(
        pd.Timestamp("2026-11-16").date(), pd.Timestamp("2026-11-16").date()
    )
    assert int(rows["2026-11-16"]["calls"]) == len(calls)
    entry = reviewed.desk.store.audit(limit=1)[0]
    assert (entry.who, entry.action, entry.object) == ("zhang", "export table", f"table {COURT}-days.csv")


def test_the_day_under_way_is_told_as_such(reviewed: Any, words: Any) -> None:
    asked = reviewed.asked("/data", at="2026-11-20T10:30")
    told = words(PAGE.show(asked, reviewed.desk))
    assert "Records of 19 days, Mon 2 Nov 2026 to Fri 20 Nov 2026. No day is missing." in told
    found = reviewed.client.get(f"/download/data/days.csv?hotline={COURT}&at=2026-11-20T10:30")
    rows = {r["date"]: r for r in csv.DictReader(io.StringIO(found.data.decode("utf-8-sig")))}
    assert (rows["2026-11-19"]["state"], rows["2026-11-20"]["state"]) == ("whole", "under way")
    assert rows["2026-11-20"]["what"].endswith("calls so far, the day is under way")


def test_a_file_goes_from_the_stream_to_the_store_once_and_is_then_gone(site: Any, words: Any) -> None:
    token = send(site, ROWS.encode("gbk")).get_json()["token"]
    told = words(shown(site, tab="import", file=token))
    assert "2 of 2 rows can be taken. All 1 days are new." in told
    assert "13800000001" not in told
    assert "•••" in told
    job = imported(site, token)
    assert (job.state, job.result["new_days"]) == ("done", ["2026-11-21"])
    told = words(shown(site, tab="import", file=token))
    assert "2 calls are stored." in told
    assert "Review these days" in told
    assert not (site.desk.home / "uploads" / token / "话单.csv").exists()
    again = imported(site, send(site, ROWS.encode("gbk")).get_json()["token"])
    assert again.result["already_imported"] is True
    assert any(e.action == "import" and e.who == "zhang" for e in site.desk.store.audit())
    everything = b"".join(p.read_bytes() for p in site.desk.home.rglob("*") if p.is_file())
    assert b"13800000001" not in everything


def test_rows_that_cannot_be_used_are_listed_and_hold_the_import_up(site: Any, words: Any) -> None:
    token = send(site, ROWS.replace("2026-11-21 09:10:00", "昨天").encode()).get_json()["token"]
    told = words(shown(site, tab="import", file=token))
    assert "1 rows: unreadable time" in told
    assert "line 3" in told
    assert "Leave out the rejected rows" in told
    found = site.client.get(f"/download/data/problems.csv?file={token}")
    rows = list(csv.reader(io.StringIO(found.data.decode("utf-8-sig"))))
    assert rows[1][:2] == ["3", "bad_time"]
    job = imported(site, token)
    assert job.state == "failed"
    assert "1 of 2 rows rejected, nothing imported" in job.error.en
    assert RecordStore(site.desk.home, COURT).days() == []
    assert imported(site, token, rejected_max=1.0).result["accepted"] == 1


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "leer.csv", "is empty"),
        (b"%PDF-1.7", "话单.pdf", "kind PDF"),
        (b"PK\x03\x04nothing", "话单.xlsx", "not an Excel workbook"),
    ],
)
def test_what_is_no_such_file_is_refused_and_leaves_nothing(site: Any, content: bytes, name: str, told: str) -> None:
    answer = send(site, content, name)
    assert answer.status_code == 422
    assert told in answer.get_json()["problem"]
    assert list((site.desk.home / "uploads").iterdir()) == []


def test_a_file_beyond_the_bound_is_refused(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(site.app.server.config, "WFM_UPLOAD_BYTES", 2**20)
    answer = send(site, b"a,b\n" * 300_000)
    assert answer.status_code == 422
    assert "larger than 1 MiB" in answer.get_json()["problem"]
    assert list((site.desk.home / "uploads").iterdir()) == []


def test_only_those_with_the_right_bring_files_in(site: Any) -> None:
    site.who[0] = VIEWER
    assert send(site, ROWS.encode()).status_code == 403
    assert site.client.get("/download/data/problems.csv?file=0123456789abcdef").status_code == 403
    assert site.client.get(f"/download/data/days.csv?hotline={COURT}").status_code == 200
    site.who[0] = OPERATIONS
    assert site.client.get("/download/data/problems.csv?file=../../etc/passwd").status_code == 404


def test_a_form_filled_in_becomes_a_mapping_that_is_remembered(site: Any, words: Any) -> None:
    own = ROWS.replace("来电时间", "进线时刻").replace("结果", "处理情况").replace("放弃", "流失")
    token = send(site, own.encode()).get_json()["token"]
    told = words(shown(site, tab="import", file=token))
    assert "no layout that is known" in told
    columns = {
        "arrived_at": "进线时刻",
        "answered_at": "接通时间",
        "ended_at": "挂机时间",
        "outcome": "处理情况",
        "agent": "座席工号",
    }

    ids = [{"part": "data-map", "name": name, "what": "source"} for name in columns]
    word_ids = [{"part": "data-word", "name": "outcome", "at": at} for at in (0, 1)]
    every = {"part": "data-map", "name": ["ALL"], "what": ["ALL"]}
    each_word = {"part": "data-word", "name": ["ALL"], "at": ["ALL"]}

    def states(key: dict[str, Any], prop: str, found: list[dict[str, Any]], values: list[Any]) -> dict[str, Any]:
        name = json.dumps(key, sort_keys=True, separators=(",", ":"))
        return {f"{name}.{prop}": [{"id": i, "property": prop, "value": v} for i, v in zip(found, values, strict=True)]}

    values = {
        "data-map-apply.n_clicks": 1,
        "data-map-kind.value": "calls",
        "data-map-header.value": 1,
        "data-words.data": {"outcome": ["接通", "流失"]},
        "data-queues.data": [],
        "data-token.data": token,
        "data-url.search": f"?hotline={COURT}&tab=import&file={token}",
        **states(every, "id", ids, ids),
        **states(every, "value", ids, list(columns.values())),
        **states(each_word, "id", word_ids, word_ids),
        **states(each_word, "value", word_ids, ["answered", "abandoned"]),
    }
    answer = site.press("_apply.<locals>.apply", values, "data-map-apply.n_clicks")
    assert "made=1" in answer.get_data(as_text=True)
    told = words(shown(site, tab="import", file=token, made="1"))
    assert "2 of 2 rows can be taken." in told
    mappings = list((site.desk.home / "mappings").glob("*.yaml"))
    assert len(mappings) == 1
    assert kept_mapping(site.desk.home, mappings[0].stem) is not None


def test_a_form_says_columns_words_and_queues() -> None:
    draft = draft_of_form(
        "calls",
        2,
        [
            ({"name": "arrived_at", "what": "source"}, "日期"),
            ({"name": "arrived_at", "what": "clock"}, "时刻"),
            ({"name": "arrived_at", "what": "format"}, "-"),
            ({"name": "talk_s", "what": "source"}, "通话"),
            ({"name": "talk_s", "what": "unit"}, "min"),
            ({"name": "hold_s", "what": "source"}, "-"),
            ({"name": "line", "what": "source"}, "队列"),
        ],
        {"outcome": ["接通"]},
        [({"name": "outcome", "at": 0}, "-"), ({"name": "line", "at": 1}, "court")],
        ["甲", "乙"],
    )
    assert (draft.columns["arrived_at"].source, draft.columns["arrived_at"].clock) == ("日期", "时刻")
    assert draft.columns["talk_s"].unit == "min"
    assert "hold_s" not in draft.columns
    assert draft.lines == {"乙": "court"}


def test_the_privacy_notice_names_every_place(site: Any, words: Any) -> None:
    told = words(shown(site, tab="privacy"))
    for place in ("records", "secret.key", "mappings", "uploads"):
        assert str(Path(site.desk.home) / place) in told
    assert Uploads(site.desk.home).folder == Path(site.desk.home) / "uploads"
    with use_language("zh"):
        assert "来电号码以带密钥的散列代替" in words(shown(site, tab="privacy"))
