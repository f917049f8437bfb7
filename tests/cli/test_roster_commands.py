"""``wfm roster`` as a person types it: export, check, compare, who, and the month's commands."""

from __future__ import annotations

import json
from pathlib import Path

import icalendar
import openpyxl
import pytest

from wfm.cli import main

HOTLINE = "nanxun-12368"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def roster(home: Path) -> Path:
    """A week by hand: two people a day, A and B, from two pairs of the court line."""
    rows = ["工号,2026-09-14,2026-09-15,2026-09-16,2026-09-17,2026-09-18"]
    rows += ["A001,day-1,day-1B,day-1,day-1B,day-1", "A002,day-1B,day-1,day-1B,day-1,day-1B"]
    (home / "week.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return home / "week.csv"


def run(capsys: pytest.CaptureFixture[str], *words: str, exits: int = 0) -> str:
    code = main([*words])
    found = capsys.readouterr()
    assert code == exits, found.err
    return found.out if exits == 0 else found.err


def test_a_roster_made_elsewhere_is_judged(roster, capsys):
    out = run(capsys, "roster", "check", "week.csv", "--hotline", HOTLINE)
    assert "✓ week.csv: 10 duties of 2 people keep every rule." in out
    assert "Which posts were to fill is not known" in out
    told = json.loads(run(capsys, "roster", "check", "week.csv", "--hotline", HOTLINE, "--json"))
    assert (told["legal"], told["duties"], told["first"], told["days"]) == (True, 10, "2026-09-14", 5)


def test_every_violation_is_a_sentence_and_the_exit_code_stays_zero(home, capsys):
    rows = ["工号,9/14,9/15,9/16,9/17,9/18,9/19,9/20", "A001,早,早,早,早,早,早,早".replace("早", "day-1")]
    (home / "bad.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    asked = ("roster", "check", "bad.csv", "--hotline", HOTLINE, "--start", "2026-09-14")
    out = run(capsys, *asked)
    assert "✕ bad.csv" in out
    assert "A001 works 7 days in a row to 2026-09-20; 6 are allowed" in out
    assert "A001 has 0 days off in the week of 2026-09-14" in out
    chinese = run(capsys, "--lang", "zh", *asked)
    assert "A001" in chinese
    assert "违反" in chinese


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("check", "none.xlsx"), "none.xlsx: there is no such file"),
        (("check", "week.csv"), "week.csv: the file does not say whose roster it is; name the hotline with --hotline"),
        (("check", "guizhou-12348"), "guizhou-12348 is a hotline; name the first day"),
        (
            ("check", "guizhou-12348", "--start", "2026-09-14"),
            "the planning store holds no roster of guizhou-12348 from 2026-09-14 on",
        ),
        (
            ("export", "week.csv", "--hotline", HOTLINE, "--out", "x.doc"),
            "allowed are names that end in .xlsx, .pdf, .ics, .csv",
        ),
        (
            ("export", "week.csv", "--hotline", HOTLINE, "--out", "x.csv", "--person", "Z9"),
            "no agent 'Z9' in this roster",
        ),
        (("export", "week.csv", "--hotline", HOTLINE, "--out", "x.csv", "--line", "z"), "no line or group 'z'; known:"),
        (
            ("export", "week.csv", "--hotline", HOTLINE, "--out", "x.csv", "--before", "week.csv"),
            "--before: goes with calendars only",
        ),
        (("who", "week.csv", "--hotline", HOTLINE, "--at", "morgens"), "--at: found 'morgens'"),
        (
            ("who", "week.csv", "--hotline", HOTLINE, "--at", "2026-09-14T10:00", "--absent", "A99"),
            "unknown agent A99",
        ),
        (
            ("export", "week.csv", "--hotline", HOTLINE, "--each", "person", "--out", "x.ics"),
            "--out: x.ics names a file; with --each a folder is needed",
        ),
        (
            ("export", "week.csv", "--hotline", HOTLINE, "--out", "x.ics", "--as-version", "0"),
            "--as-version: found 0, allowed are whole numbers from 1",
        ),
        (
            ("month", HOTLINE, "--start", "2026-09-14", "--requests-out", "week.csv"),
            "--requests-out: week.csv is a file; a folder is needed",
        ),
        (
            ("leave", "week.csv", "--hotline", HOTLINE, "--agent", "A001", "--from", "2027-09-15"),
            "A001 is away 2027-09-15 to 2027-09-15, outside the roster (2026-09-14 to 2026-09-18)",
        ),
        (
            ("build", HOTLINE, "--start", "2026-09-14", "--start-from", "lastweek"),
            "lastweek: there is no such folder or file; unknown pattern 'lastweek'",
        ),
        (("swap", HOTLINE, "--start", "", "--giver", "a", "--date", "2026-09-14", "--taker", "b"), "--start: is empty"),
        (("settle", HOTLINE, "--start", "2026-09-14"), "no roster of nanxun-12368 from 2026-09-14 on is published"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(roster, capsys, words, sentence):
    complaint = run(capsys, "roster", *words, exits=2)
    assert sentence in complaint
    assert len(complaint.strip().splitlines()) == 1


def test_every_format_is_written_whole(roster, capsys):
    for name in ("r.xlsx", "r.pdf", "r.ics", "r.csv"):
        out = run(capsys, "roster", "export", "week.csv", "--hotline", HOTLINE, "--out", name)
        assert f"Written to {name}." in out
    assert openpyxl.load_workbook("r.xlsx").sheetnames[0] == "Roster"
    assert Path("r.pdf").read_bytes().startswith(b"%PDF-")
    assert len(icalendar.Calendar.from_ical(Path("r.ics").read_bytes()).walk("VEVENT")) == 10
    assert "keep every rule" in run(capsys, "roster", "check", "r.csv", "--hotline", HOTLINE)
    assert sorted(p.name for p in Path().iterdir() if p.name.startswith(".")) == []


def test_calendars_of_one_person_and_of_each(roster, capsys):
    asked = ("roster", "export", "week.csv", "--hotline", HOTLINE)
    run(capsys, *asked, "--person", "A001", "--out", "a.ics")
    own = icalendar.Calendar.from_ical(Path("a.ics").read_bytes()).walk("VEVENT")
    assert len(own) == 5
    assert "2 calendars written to all" in run(capsys, *asked, "--each", "person", "--out", "all")
    assert sorted(p.name for p in Path("all").iterdir()) == ["A001.ics", "A002.ics"]
    each = icalendar.Calendar.from_ical(Path("all/A001.ics").read_bytes()).walk("VEVENT")
    assert {str(e["UID"]) for e in each} == {str(e["UID"]) for e in own}
    run(capsys, *asked, "--each", "line", "--out", "lines")
    assert [p.name for p in Path("lines").iterdir()] == ["litigation.ics"]


def test_an_excel_file_edited_by_hand_is_read_compared_and_judged(roster, capsys):
    run(capsys, "roster", "export", "week.csv", "--hotline", HOTLINE, "--out", "r.xlsx")
    book = openpyxl.load_workbook("r.xlsx")
    sheet = book["Roster"]
    rows = {c.value: c.row for c in sheet["A"]}
    sheet.cell(rows["A001"], 6).value = None
    sheet.cell(rows["A005"], 6).value = "day-1"
    book.save("edited.xlsx")
    out = run(
        capsys,
        "roster",
        "check",
        "edited.xlsx",
        "--original",
        "week.csv",
        "--hotline",
        HOTLINE,
        "--duties-out",
        "d.csv",
    )
    assert "2 days of 2 people differ:" in out
    assert "2026-09-14 A001 座席001: loses day-1 A (court)" in out
    assert "2026-09-14 A005 座席005: gains day-1 A (court)" in out
    assert "A005" in Path("d.csv").read_text(encoding="utf-8-sig")
    told = json.loads(run(capsys, "roster", "compare", "week.csv", "edited.xlsx", "--hotline", HOTLINE, "--json"))
    assert [(c["agent"], len(c["lost"]), len(c["gained"])) for c in told["changes"]] == [("A001", 1, 0), ("A005", 0, 1)]
    assert [r["people"] for r in told["rosters"]] == [2, 3]
    assert "people with a duty" in run(capsys, "roster", "compare", "week.csv", "edited.xlsx", "--hotline", HOTLINE)


def test_a_cell_that_cannot_be_read_names_its_address(roster, capsys):
    run(capsys, "roster", "export", "week.csv", "--hotline", HOTLINE, "--out", "r.xlsx")
    book = openpyxl.load_workbook("r.xlsx")
    book["Roster"]["F7"].value = "早早"
    book.save("edited.xlsx")
    complaint = run(capsys, "roster", "check", "edited.xlsx", exits=2)
    assert "edited.xlsx: Roster!F7: unknown shift '早早'; known: " in complaint


def test_who_covers_a_post(roster, capsys):
    out = run(capsys, "roster", "who", "week.csv", "--hotline", HOTLINE, "--at", "2026-09-14T10:00", "--absent", "A001")
    assert "the A, A001, is absent" in out
    assert "Takes over: A002" in out
    told = json.loads(
        run(
            capsys,
            "roster",
            "who",
            "week.csv",
            "--hotline",
            HOTLINE,
            "--at",
            "2026-09-14T10:00",
            "--post",
            "day-1/court/01",
            "--json",
        )
    )
    assert [a["covered_by"] for a in told] == ["A001"]
    nobody = run(capsys, "roster", "who", "week.csv", "--hotline", HOTLINE, "--at", "2026-09-14T03:00")
    assert "Nobody is on duty at 2026-09-14 03:00." in nobody
    assert "The roster runs" not in nobody
    later = run(capsys, "roster", "who", "week.csv", "--hotline", HOTLINE, "--at", "2027-09-14T10:00")
    assert "The roster runs from 2026-09-14 to 2026-09-18." in later


def test_the_month_from_the_first_request_to_the_last_fee(roster, capsys):
    month = ("--start", "2026-09-14")
    Path("in.csv").write_text(
        "agent,kind,first,last,received\nA005,leave,2026-09-16,,2026-08-01 08:00\n"
        "A003,busy,2026-09-17 09:00,2026-09-17 12:00,2026-08-01 09:00\nA004,leave,2027-09-16,,2026-08-01 10:00\n",
        encoding="utf-8",
    )
    out = run(
        capsys,
        "roster",
        "month",
        HOTLINE,
        *month,
        "--last",
        "2026-09-18",
        "--collect",
        "in.csv",
        "--requests-out",
        "asked",
        "--now",
        "2026-08-02",
    )
    assert "in.csv: 3 new requests, 0 late." in out
    assert "2026-08-01 08:00 A005: leave 2026-09-16\n" in out
    assert "2026-08-01 09:00 A003: busy 2026-09-17 09:00 – 2026-09-17 12:00\n" in out
    assert "2026-08-01 10:00 A004: leave 2027-09-16 (outside the month)\n" in out
    assert "collecting requests." in out
    assert "1. 2026-08-01 08:00 A005" in out
    withdraw = ("roster", "withdraw", HOTLINE, "--now", "2026-08-03")
    assert "Request 3 is withdrawn." in run(capsys, *withdraw, "--request", "3")
    assert "request 3: there is none that stands" in run(capsys, *withdraw, "--request", "3", exits=2)
    assert "name one number above 0" in run(capsys, *withdraw, exits=2)
    assert "swap 7: there is none that waits" in run(capsys, *withdraw, "--swap", "7", exits=2)
    assert "A005,2026-09-16,2026-09-16," in Path("asked/leave.csv").read_text(encoding="utf-8-sig")
    publish = ("roster", "publish", "week.csv", "--hotline", HOTLINE, "--now", "2026-09-01")
    told = run(capsys, *publish)
    assert "Published as version 1." in told
    assert told.count("△ 2026-09-1") == 12
    assert "… and 13 more, all told by wfm roster check" in told, "five of six pairs are away on five days"
    assert "Nothing differs from version 1" in run(capsys, *publish)
    swap = ("roster", "swap", HOTLINE, *month, "--giver", "A001", "--date", "2026-09-14", "--now", "2026-09-10")
    refused = run(capsys, *swap, "--taker", "A002", "--agree")
    assert "✕ The swap is not possible:" in refused
    assert "after 0 h of rest" in refused, "the duties overlap"
    assert "Could take the duty over, best first:" in refused
    late = run(capsys, *swap[:-1], "2026-09-14", "--taker", "A005")
    assert "could be swapped until 2026-09-13 08:30" in late
    assert "take the duty over" not in late, "no rule speaks against it, only the clock"
    assert "agree to it with --agree" in run(capsys, *swap, "--taker", "A005")
    assert "✓ Swapped; published as version 2." in run(capsys, *swap, "--taker", "A005", "--agree")
    assert "--over 2" in run(capsys, *publish, exits=2)
    run(capsys, "roster", "export", HOTLINE, *month, "--person", "A001", "--out", "a.ics")
    events = icalendar.Calendar.from_ical(Path("a.ics").read_bytes()).walk("VEVENT")
    assert sorted(str(e["STATUS"]) for e in events) == ["CANCELLED"] + ["CONFIRMED"] * 4
    assert {int(e["SEQUENCE"]) for e in events} == {2}
    assert Path("a.cancelled.ics").is_file()
    Path("att.csv").write_text("工号,签到,签退\nA005,2026-09-14 08:30,2026-09-14 17:30\n", encoding="utf-8")
    assert "att.csv: 1 records, 1 of them new." in run(capsys, "roster", "attend", HOTLINE, "att.csv")
    settle = ("roster", "settle", HOTLINE, *month, "--now", "2026-09-20")
    assert "400.00 in all" in run(capsys, *settle)  # 8 h at 50
    told = json.loads(run(capsys, *settle, "--final", "--out", "fees.xlsx", "--json"))
    assert (told["amount"], told["final"]) == ("400.00", True)
    assert "Settlement" in openpyxl.load_workbook("fees.xlsx").sheetnames
    shown = json.loads(run(capsys, "roster", "month", HOTLINE, *month, "--json"))
    assert (shown["state"], shown["amount"], [s["state"] for s in shown["swaps"]]) == (
        "settled",
        "400.00",
        ["refused", "agreed"],
    )
    told = run(capsys, "--lang", "zh", "roster", "month", HOTLINE, *month)
    assert "已结算" in told
    assert "A005：请假 2026-09-16" in told


def test_a_roster_is_judged_and_repaired_with_what_was_collected_and_published_before(roster, capsys):
    """Leave collected for the month holds for every command, as does the rest after the roster published before it."""
    Path("in.csv").write_text("agent,kind,first,received\nA001,leave,2026-09-16,2026-08-01 08:00\n", encoding="utf-8")
    asked = ("check", "week.csv", "--hotline", HOTLINE)
    assert "keep every rule" in run(capsys, "roster", *asked)
    run(capsys, "roster", "month", HOTLINE, "--start", "2026-09-14", "--collect", "in.csv", "--now", "2026-08-02")
    assert "✕ A001 is on leave on 2026-09-16, but has a duty" in run(capsys, "roster", *asked)
    told = json.loads(run(capsys, "roster", "repair", *asked[1:], "--now", "2026-09-13", "--reproducible", "--json"))
    moved = {(m["agent"], m["date"]) for m in told["alternatives"][0]["moves"] if m["after"] is None}
    assert moved == {("A001", "2026-09-16")}
    Path("before.csv").write_text(
        "工号," + ",".join(f"2026-09-{d:02}" for d in range(7, 14)) + "\nA002" + ",day-1" * 7 + "\n", encoding="utf-8"
    )
    run(capsys, "roster", "publish", "before.csv", "--hotline", HOTLINE, "--despite-rules", "--now", "2026-09-01")
    assert "A002 works 12 days in a row" in run(capsys, "roster", *asked)


def test_duties_are_given_to_firms_and_named_later(home, capsys):
    rows = ["工号,2026-09-14", "L001,早", "L003,早·B"]
    (home / "day.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    out = run(capsys, "roster", "publish", "day.csv", "--hotline", "guizhou-12348", "--to-firms", "--now", "2026-09-01")
    assert "2 duties are given to firms" in out
    run(capsys, "roster", "export", "guizhou-12348", "--start", "2026-09-14", "--out", "d.csv")
    assert "firm:律所54#1" in Path("d.csv").read_text(encoding="utf-8-sig")
    assert "1 duties of 1 people" not in run(capsys, "roster", "check", "guizhou-12348", "--start", "2026-09-14")
    post = next(
        line.split(",")[4] for line in Path("d.csv").read_text(encoding="utf-8-sig").splitlines() if "律所54" in line
    )
    named = ("roster", "name", "guizhou-12348", "--start", "2026-09-14", "--post", post)
    assert "is for 律所54 to name; L003 is of 律所20" in run(capsys, *named, "--agent", "L003", exits=2)
    assert "Published as version 2." in run(capsys, *named, "--agent", "L001")
