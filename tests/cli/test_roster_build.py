"""``wfm roster build`` and ``wfm roster patterns`` as a person types them: what they print, write and refuse."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from scenarios.roster_folder import read_roster
from wfm.cli import main

COURT = ["roster", "build", "nanxun-12368", "--start", "2026-09-14"]
POSTS = "date,group,shift,posts_a,posts_b\n" + "".join(
    f"2026-09-{day},court,{shift},1,1\n" for day in range(14, 20) for shift in ("day-1", "day-2")
)


@pytest.fixture
def posts(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text(POSTS, encoding="utf-8")
    return path


def test_json_says_what_is_filled_what_it_costs_and_from_what(posts, tmp_path, capsys):
    out = tmp_path / "roster"
    arguments = ["--weeks", "1", "--posts", str(posts), "--seconds", "5", "--out", str(out), "--json"]
    assert main([*COURT, *arguments]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["hotline"] == told["scenario"] == "nanxun-12368"
    assert told["legal"] is True
    assert told["status"] in ("optimal", "feasible")
    assert told["bound"] <= told["objective"]
    assert (told["status"] == "optimal") == (told["gap"] == 0)
    assert set(told["inputs"]) >= {"hotline", "agents", "leave", "posts", "calendar"}
    assert told["quality"]["fairness"][0]["people"] == 12
    assert told["folder"] == str(out)
    result = read_roster(out)
    assert result.unfilled.empty
    assert len(result.duties) == 24
    assert result.duties.groupby("date").size().tolist() == [4] * 6


def test_a_reproducible_roster_is_the_same_to_the_byte(posts, tmp_path):
    for name in ("one", "two"):
        arguments = ["--weeks", "1", "--posts", str(posts), "--seconds", "3", "--reproducible"]
        assert main([*COURT, *arguments, "--out", str(tmp_path / name)]) == 0
    files = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert files == ["duties.csv", "posts.csv", "roster.json"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_the_summary_speaks_both_languages(posts, capsys):
    arguments = ["--weeks", "1", "--posts", str(posts), "--seconds", "3"]
    assert main([*COURT, *arguments]) == 0
    english = capsys.readouterr().out
    for words in ("24 duties for 24 posts; unfilled: 0 A, 0 B", "legal", "Objective", "bound", "nights", "Made from"):
        assert words in english
    assert main([*COURT, *arguments, "--lang", "zh"]) == 0
    chinese = capsys.readouterr().out
    for words in ("24个岗位排了24个班次", "独立检查：合规", "目标值", "夜班", "来源："):
        assert words in chinese


def test_rules_reach_across_the_border(tmp_path):
    """After six days in a row in the week before, nobody works a seventh: the tail of the last roster counts."""
    rows = [f"2026-09-{day},court,day-1,1,0\n" for day in range(14, 28) if day != 20]
    posts = tmp_path / "posts.csv"
    posts.write_text("date,group,shift,posts_a,posts_b\n" + "".join(rows[6:]), encoding="utf-8")
    before = tmp_path / "before"
    assert main([*COURT, "--weeks", "1", "--pattern", "fixed-week", "--out", str(before)]) == 0
    out = tmp_path / "after"
    start = ["roster", "build", "nanxun-12368", "--start", "2026-09-21", "--weeks", "1", "--after", str(before)]
    assert main([*start, "--posts", str(posts), "--seconds", "3", "--out", str(out)]) == 0
    tired = set(pd.read_csv(before / "duties.csv", encoding="utf-8-sig")["agent"])
    fresh = pd.read_csv(out / "duties.csv", encoding="utf-8-sig")
    monday = set(fresh.loc[fresh["date"] == "2026-09-21", "agent"])
    assert len(tired) == 2
    assert monday.isdisjoint(tired)  # they worked from Monday to the make-up Sunday
    assert read_roster(out).inputs["history"]


def test_a_pattern_is_a_roster_of_its_own(tmp_path, capsys):
    out = tmp_path / "pattern"
    arguments = ["roster", "build", "jiangsu-12348", "--start", "2026-09-14", "--weeks", "2"]
    assert main([*arguments, "--pattern", "四班三运转", "--out", str(out)]) == 0
    assert "laid out by the pattern four-crews-three-shifts" in capsys.readouterr().out
    result = read_roster(out)
    assert (result.status, result.objective, result.gap) == ("pattern", None, None)
    assert result.posts["posts_a"].tolist() == [3] * 14 * 3  # a crew of three on each of the three shifts
    assert len(result.duties) + int(result.unfilled["missing"].sum()) == 14 * 9


def test_patterns_are_listed_with_hours_people_and_flags(capsys):
    assert main(["roster", "patterns", "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)["patterns"]}
    four = rows["four-crews-three-shifts"]
    assert four["name"]["zh"] == "四班三运转"
    assert four["parts"][0]["hours_per_week"] == 42
    assert four["parts"][0]["people_per_post"] == 4
    assert "Order 146" in four["parts"][0]["flags"][0]["en"]
    assert main(["roster", "patterns", "nanxun-12368", "--lang", "zh"]) == 0
    chinese = capsys.readouterr().out
    assert "固定周班" in chinese
    assert "没有类似16:00–24:00的班次" in chinese


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--start", "14.9.2026"], ["--start", "14.9.2026"]),
        (["--weeks", "0"], ["--weeks", "0", "1 to 13"]),
        (["--weeks", "14"], ["--weeks", "14", "1 to 13"]),
        (["--weeks", "many"], ["--weeks", "many", "whole number"]),
        (["--posts", "nowhere.csv"], ["nowhere.csv"]),
        (["--posts", "{wrong}"], ["wrong.csv:2", "group", "nobody", "court"]),
        (["--after", "nowhere"], ["nowhere", "roster.json"]),
        (["--after", "{foreign}"], ["foreign", "jiangsu-12348", "nanxun-12368"]),
        (["--after", "{same}"], ["same", "2026-09-14"]),
        (["--pattern", "五班四运转"], ["五班四运转", "fixed-week"]),
        (["--pattern", "fixed-weak"], ["did you mean fixed-week"]),
        (["--pattern", "four-crews-three-shifts"], ["16:00–24:00"]),
        (["--pattern", "rotating-lawyers"], ["--posts"]),
        (["--pattern", "fixed-week", "--start-from", "fixed-week"], ["--start-from"]),
        (["--start-from", "nowhere"], ["nowhere"]),
        (["--seconds", "0"], ["--seconds", "0"]),
        (["--seed", "-1"], ["--seed", "-1"]),
        (["--workers", "0"], ["--workers", "0"]),
        (["--level", "month"], ["--level", "month"]),
        (["--start", "2028-01-03"], ["2028", "State Council"]),
        (["--out", "{wrong}"], ["wrong.csv", "is a file"]),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(arguments, words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    places = {name: tmp_path / name for name in ("foreign", "same")} | {"wrong": tmp_path / "wrong.csv"}
    places["wrong"].write_text("date,group,shift,posts_a\n2026-09-14,nobody,day-1,1\n", encoding="utf-8")
    if "{foreign}" in arguments:
        other = ["roster", "build", "jiangsu-12348", "--start", "2026-09-07", "--weeks", "1", "--pattern", "fixed-week"]
        assert main([*other, "--out", str(places["foreign"])]) == 0
    if "{same}" in arguments:
        assert main([*COURT, "--weeks", "1", "--pattern", "fixed-week", "--out", str(places["same"])]) == 0
    capsys.readouterr()
    before = {p.name for p in tmp_path.iterdir()}
    assert main([*COURT, *(a.format(**places) for a in arguments)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.strip().splitlines()) == 1
    for word in words:
        assert word in printed.err
    assert {p.name for p in tmp_path.iterdir()} == before


@pytest.mark.parametrize("arguments", [["roster"], ["roster", "build"], ["roster", "patterns"]])
def test_help_is_there_in_both_languages(arguments, capsys):
    for language, words in (("en", "Options"), ("zh", "选项")):
        assert main(["--lang", language, *arguments, "--help"]) == 0
        assert words in capsys.readouterr().out


def test_what_was_collected_for_the_month_is_taken_in(tmp_path, monkeypatch, capsys):
    """Leave asked for in time keeps somebody off; asked for late it does so only with --late-requests."""
    from wfm.store import MonthRequest, open_store

    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    everyday = "date,group,shift,posts_a\n" + "".join(f"2026-09-{d},court,day-1,6\n" for d in range(14, 19))
    (tmp_path / "posts.csv").write_text(everyday, encoding="utf-8")
    asked = {"first": "2026-09-14", "last": "2026-09-20", "reason": ""}
    received = datetime(2026, 8, 20, 9, tzinfo=UTC)
    store = open_store()
    month = store.months.open_month("nanxun-12368", date(2026, 9, 14), date(2026, 10, 11))
    store.months.collect(
        month,
        [
            MonthRequest("leave", "A001", asked, received, late=False),
            MonthRequest("leave", "A003", asked, received, late=True),
        ],
    )

    def absent(*more):
        out = tmp_path / "out"
        arguments = ["--weeks", "1", "--posts", str(tmp_path / "posts.csv"), "--seconds", "2", "--out", str(out)]
        assert main([*COURT, *arguments, *more]) == 0
        people = {f"A{n:03d}" for n in range(1, 13)}
        return people - set(read_roster(out).duties["agent"]), read_roster(out).inputs["requests"]

    missing, one = absent()
    assert "A001" in missing
    assert "the month's requests: 1" in capsys.readouterr().out
    missing, two = absent("--late-requests")
    assert {"A001", "A003"} <= missing
    assert one != two


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_keeps_the_best_roster_so_far(tmp_path):
    """A real signal while the search runs: exit code 130, and a whole folder that says so."""
    days = [f"2026-09-{day}" for day in range(14, 28)]
    rows = [
        f"{day},{group},{shift},6,1\n" for day in days for group, shift in (("day-advice", "day"), ("night", "night"))
    ]
    posts = tmp_path / "posts.csv"
    posts.write_text("date,group,shift,posts_a,posts_b\n" + "".join(rows), encoding="utf-8")
    out = tmp_path / "roster"
    code = f"""
import os, signal, sys
from wfm.cli import main
from wfm.cli.console import StageBars
heard = []
def remark(self, stage, words):
    heard.append(words)
    if len(heard) == 2:
        os.kill(os.getpid(), signal.SIGINT)
StageBars.remark = remark
arguments = ["roster", "build", "jiangsu-12348", "--start", "2026-09-14", "--weeks", "2"]
code = main([*arguments, "--posts", {str(posts)!r}, "--seconds", "600", "--out", {str(out)!r}])
print(heard[0])
sys.exit(code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 130, done.stderr
    assert "interrupted" in done.stdout
    assert re.search(r"best [\d,]+, bound [\d,]+, gap [\d.]+%", done.stdout)
    result = read_roster(out)
    assert result.status == "interrupted"
    assert result.legal
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_search_begins_from_a_pattern_or_a_roster(tmp_path):
    out = tmp_path / "crews"
    arguments = ["roster", "build", "jiangsu-12348", "--start", "2026-03-02", "--weeks", "1"]
    assert main([*arguments, "--pattern", "fixed-week", "--out", str(out)]) == 0
    posts = ["--posts", str(out / "posts.csv"), "--seconds", "1"]
    for begin in ("fixed-week", str(out), str(out / "duties.csv")):
        there = tmp_path / "found"
        assert main([*arguments, *posts, "--start-from", begin, "--out", str(there)]) == 0
        result = read_roster(there)
        assert result.inputs["start"]
        assert result.unfilled.empty
        assert result.status in ("optimal", "feasible")


def test_open_posts_come_with_their_conflict_and_the_ways_out(tmp_path, capsys):
    """Twelve people cannot hold thirteen posts at once: by --json, in words of both languages, and in the folder."""
    posts, out = tmp_path / "short.csv", tmp_path / "short"
    posts.write_text("date,group,shift,posts_a,posts_b\n2026-09-14,court,day-1,13,0\n", encoding="utf-8")
    arguments = [*COURT, "--weeks", "1", "--posts", str(posts), "--seconds", "2", "--reproducible"]
    assert main([*arguments, "--out", str(out), "--json"]) == 0
    (conflict,) = json.loads(capsys.readouterr().out)["conflicts"]
    assert len(conflict["people"]) == 12
    assert conflict["posts"][0]["needed"] == 13
    assert conflict["relaxations"][0]["changes"][0]["after"] == "1"  # one post left open
    assert read_roster(out).conflicts == (conflict,)
    for language, words in (("en", "leaving open"), ("zh", "空缺，即可解决")):
        assert main([*arguments, "--lang", language]) == 0
        told = capsys.readouterr().out
        assert conflict["text"][language].strip() in told
        assert words in told


def test_posts_by_circuits_are_an_a_and_a_b_for_each(tmp_path, capsys):
    """DB330503/T 02.3: A and B posts by the number of telephone circuits; the court line has four, and opens on weekdays and the make-up Sunday."""
    out = tmp_path / "roster"
    assert main([*COURT, "--weeks", "1", "--by-circuits", "--seconds", "3", "--out", str(out)]) == 0
    posts = read_roster(out).posts
    assert posts.groupby("date")["posts_a"].sum().tolist() == [4] * 6
    assert posts.groupby("date")["posts_b"].sum().tolist() == [4] * 6
    capsys.readouterr()
    assert main([*COURT, "--by-circuits", "--posts", str(tmp_path / "any.csv")]) == 2
    assert "--by-circuits makes the posts; leave --posts out" in capsys.readouterr().err
