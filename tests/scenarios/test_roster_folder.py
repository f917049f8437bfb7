"""Rosters on disk: whole or not at all, read back as the same bytes, and other layouts refused in a sentence."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from scenarios.posts_file import posts_csv, read_posts
from scenarios.roster import RosterAsked, history_before, pattern_roster
from scenarios.roster_folder import check_roster_target, read_any_roster, read_roster, roster_files, write_roster
from scenarios.roster_result import unfilled_posts
from scenarios.scenario import load_scenario
from wfm.errors import BadInput
from wfm.i18n import use_language

FIRST = date(2026, 9, 14)


@pytest.fixture(scope="module")
def court():
    return load_scenario("nanxun-12368")


@pytest.fixture(scope="module")
def result(court):
    return pattern_roster(court, RosterAsked(FIRST, 14), "fixed-week", name="nanxun-12368")


def test_a_roster_comes_back_as_it_was(result, tmp_path):
    folder = tmp_path / "roster"
    write_roster(result, folder)
    assert sorted(p.name for p in folder.iterdir()) == ["duties.csv", "posts.csv", "roster.json"]
    back = read_roster(folder)
    assert roster_files(back) == roster_files(result) == {p.name: p.read_bytes() for p in folder.iterdir()}
    pd.testing.assert_frame_equal(back.duties, result.duties, check_dtype=False)
    pd.testing.assert_frame_equal(back.posts, result.posts, check_dtype=False)
    for field in ("scenario", "first", "days", "inputs", "status", "legal", "violations", "reasons", "quality"):
        assert getattr(back, field) == getattr(result, field)


def test_the_head_says_where_it_came_from(result):
    head = json.loads(roster_files(result)["roster.json"])
    assert set(head["inputs"]) >= {"hotline", "agents", "leave", "posts", "calendar"}
    assert (head["first"], head["days"], head["seed"], head["status"]) == ("2026-09-14", 14, 1, "pattern")
    assert head["hotline"]["id"] == "nanxun-12368"
    assert "律师" not in json.dumps(head["quality"], ensure_ascii=False)


def test_an_older_roster_is_replaced_whole(result, tmp_path):
    folder = tmp_path / "roster"
    write_roster(result, folder)
    write_roster(dataclasses.replace(result, seed=9), folder)
    assert read_roster(folder).seed == 9
    assert [p.name for p in tmp_path.iterdir()] == ["roster"]


def test_an_interruption_between_files_leaves_nothing(result, tmp_path, monkeypatch):
    folder = tmp_path / "roster"
    write = Path.write_bytes

    def stop(path, content):
        if path.name == "posts.csv":
            raise KeyboardInterrupt
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", stop)
    with pytest.raises(KeyboardInterrupt):
        write_roster(result, folder)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
@pytest.mark.parametrize("older", [False, True])
def test_a_kill_between_files_leaves_the_older_roster_or_nothing(result, tmp_path, older):
    folder = tmp_path / "roster"
    if older:
        write_roster(dataclasses.replace(result, seed=9), folder)
    before = {p.name: p.read_bytes() for p in folder.iterdir()} if older else None
    source = tmp_path / "source"
    write_roster(result, source)
    code = f"""
import os, signal
from pathlib import Path
from scenarios.roster_folder import read_roster, write_roster
result, write = read_roster({str(source)!r}), Path.write_bytes
def stop(path, content):
    write(path, content)
    if path.name == "duties.csv":
        os.kill(os.getpid(), signal.SIGKILL)
Path.write_bytes = stop
write_roster(result, Path({str(folder)!r}))
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert (folder.exists() and {p.name: p.read_bytes() for p in folder.iterdir()}) == (before or False)
    assert {p.name for p in tmp_path.iterdir() if not p.name.startswith(".")} == {
        "source",
        *(["roster"] if older else []),
    }


def test_places_that_are_no_roster_are_left_alone(result, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear")
    for place, words in ((tmp_path / "letters", "no roster"), (tmp_path / "letters" / "a.txt", "is a file")):
        with pytest.raises(BadInput, match=words):
            write_roster(result, place)
        with pytest.raises(BadInput, match=words):
            check_roster_target(place)
    assert (tmp_path / "letters" / "a.txt").read_text() == "dear"


def test_damaged_and_foreign_folders_are_one_sentence(result, court, tmp_path):
    folder = tmp_path / "roster"
    write_roster(result, folder)
    head = folder / "roster.json"
    good = head.read_text(encoding="utf-8")
    for content, words in (
        (good.replace('"format": 1', '"format": 99'), "layout 99"),
        (good[: len(good) // 2], "damaged"),
        ("[]", "damaged"),
        (good.replace('"seed"', '"seeds"'), "damaged"),
    ):
        head.write_text(content, encoding="utf-8")
        with pytest.raises(BadInput, match=words) as told:
            read_roster(folder)
        assert "\n" not in str(told.value)
        with use_language("zh"), pytest.raises(BadInput, match=r"版式|布局|损坏|格式"):
            read_roster(folder)
    head.write_text(good, encoding="utf-8")
    with pytest.raises(BadInput, match="roster of nanxun-12368, not of guizhou-12348"):
        read_any_roster(folder, load_scenario("guizhou-12348").hotline)
    with pytest.raises(BadInput, match="neither a roster folder"):
        read_any_roster(tmp_path / "nowhere", court.hotline)
    with pytest.raises(BadInput, match="no roster"):
        read_roster(tmp_path)


def test_a_bare_duties_file_needs_its_hotline(result, court, tmp_path):
    folder = tmp_path / "roster"
    write_roster(result, folder)
    bare = folder / "duties.csv"
    with pytest.raises(BadInput, match="--hotline"):
        read_any_roster(bare)
    with pytest.raises(BadInput, match="no shift day-1"):
        read_any_roster(bare, load_scenario("guizhou-12348").hotline)
    found = read_any_roster(bare, court.hotline)
    assert (found.first, found.last) == (FIRST, date(2026, 9, 24))  # the 25th is the Mid-Autumn Festival
    assert found.posts is None
    assert len(found.duties) == len(result.duties)


def test_the_roster_before_is_the_part_before_the_first_day(result, court, tmp_path):
    folder = tmp_path / "roster"
    write_roster(result, folder)
    history = history_before(folder, court, FIRST + timedelta(7))
    assert history["date"].max() < pd.Timestamp(FIRST + timedelta(7))
    assert len(history) == 2 * 6  # two people; Sunday the 20th makes up for the festival
    with pytest.raises(BadInput, match="no duty before 2026-09-14"):
        history_before(folder, court, FIRST)


def test_posts_come_back_and_may_be_written_by_hand(result, court, tmp_path):
    path = tmp_path / "posts.csv"
    path.write_bytes(posts_csv(result.posts))
    pd.testing.assert_frame_equal(read_posts(path, court.hotline, FIRST, 14), result.posts, check_dtype=False)
    path.write_text("日期,组,班次,A岗,B岗\n2026/9/14,court,day-1,2,\n", encoding="gbk")
    row = read_posts(path, court.hotline, FIRST, 14).iloc[0]
    assert (row["date"], row["posts_a"], row["posts_b"]) == (pd.Timestamp(FIRST), 2, 0)
    path.write_text("日期,组,班次,A岗\n2026/9/14,法院座席,白班（先用餐）,2\n2026/9/15,court,白2,1\n", encoding="utf-8")
    assert read_posts(path, court.hotline, FIRST, 14)[["group", "shift"]].to_numpy().tolist() == [
        ["court", "day-1"],
        ["court", "day-2"],
    ]
    path.write_text("date,group,shift,posts_a,short_cost\n2026-09-14,court,day-1,2,7.5\n", encoding="utf-8")
    costly = read_posts(path, court.hotline, FIRST, 14)
    assert costly["short_cost"].tolist() == [7.5]
    assert posts_csv(costly).decode("utf-8-sig").splitlines()[1] == "2026-09-14,court,day-1,2,0,7.5"


@pytest.mark.parametrize(
    ("row", "english", "chinese"),
    [
        ("2026-09-14,nobody,day-1,1", "posts.csv:2: group: found 'nobody'", "允许：court"),
        ("2026-09-14,court,noon,1", "posts.csv:2: shift: found 'noon'", "允许：day-1"),
        ("14.9.,court,day-1,1", "posts.csv:2: date: should be a date", "应为日期"),
        ("2026-10-14,court,day-1,1", "outside the period 2026-09-14 to 2026-09-27", "排班期"),
        ("2026-09-14,court,day-1,-1", "must be a whole number", "整数"),
        (
            "2026-09-14,court,day-1,1\n2026-09-14,court,day-1,1",
            "posts.csv:3: 2026-09-14, court, day-1 stands twice",
            "两次",
        ),
        ("", "names no post", "没有任何岗位"),
    ],
)
def test_a_posts_file_that_cannot_be_is_one_sentence(court, tmp_path, row, english, chinese):
    path = tmp_path / "posts.csv"
    path.write_text(f"date,group,shift,posts_a\n{row}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=english):
        read_posts(path, court.hotline, FIRST, 14)
    with use_language("zh"), pytest.raises(BadInput, match=chinese):
        read_posts(path, court.hotline, FIRST, 14)


def test_unfilled_posts_are_counted_from_posts_and_duties(result):
    assert result.unfilled.empty
    gone = result.duties.iloc[[0, 1, 5]]
    left = unfilled_posts(result.posts, result.duties.drop(gone.index))
    assert int(left["missing"].sum()) == 3
    keys = {(d, s) for d, s in zip(gone["date"], gone["shift"], strict=True)}
    assert {(d, s) for d, s in zip(left["date"], left["shift"], strict=True)} == keys
