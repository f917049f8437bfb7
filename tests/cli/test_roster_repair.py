"""``wfm roster repair`` and ``wfm roster why`` as a user meets them: what they print, write and refuse."""

from __future__ import annotations

import json

import pytest

from scheduler import alternatives
from wfm.cli.app import run

POSTS = "date,group,shift,posts_a,posts_b\n" + "".join(f"2026-09-{d},court,day-1,3,3\n" for d in range(14, 19))
SHORT = """\
extends: nanxun-12368
name: {en: Two days a week each, zh: 每人每周两天}
set:
  contracts.*.hours_per_week_max: 16
"""


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """A roster of one week on the court line, in a folder of its own."""
    folder = tmp_path_factory.mktemp("repair")
    (folder / "posts.csv").write_text(POSTS, encoding="utf-8")
    (folder / "short.yaml").write_text(SHORT, encoding="utf-8")
    build = ["roster", "build", "nanxun-12368", "--start", "2026-09-14", "--weeks", "1"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WFM_HOME", str(folder / "home"))
        code = run(
            [
                *build,
                *("--posts", str(folder / "posts.csv")),
                *("--seconds", "2", "--reproducible", "--out", str(folder / "week")),
            ]
        )
    assert code == 0
    return folder


def asked(capsys, *words, code=0):
    capsys.readouterr()
    assert run(["roster", *map(str, words)]) == code
    return capsys.readouterr()


def answer(capsys, *words):
    return json.loads(asked(capsys, *words, "--json").out)


NOW = ("--now", "2026-09-13T12:00", "--reproducible", "--seconds", "4")


def an_agent(week):
    """Somebody with an A duty on Wednesday."""
    lines = (week / "week" / "duties.csv").read_text(encoding="utf-8-sig").splitlines()
    return next(line.split(",")[0] for line in lines if ",2026-09-16," in line and ",A," in line)


def test_alternatives_are_told_alike_in_words_and_json(week, capsys):
    agent = an_agent(week)
    found = answer(capsys, "repair", week / "week", "--ill", f"{agent}:2026-09-16", *NOW)
    ways = found["alternatives"]
    assert ways[0]["name"] == "fewest_changes"
    assert 2 <= len(ways) <= 3
    first = ways[0]
    assert first["changed_cells"] == len(first["moves"]) == 2
    assert first["legal"]
    assert first["unfilled"] == []
    gone = next(m for m in first["moves"] if m["agent"] == agent)
    assert gone["before"] == {"shift": "day-1", "group": "court", "role": "A"}
    assert gone["after"] is None
    printed = asked(capsys, "repair", week / "week", "--ill", f"{agent}:2026-09-16", *NOW)
    for move in first["moves"]:
        assert move["text"]["en"] in printed.out
    assert "Nothing is written yet" in printed.out
    spoken = asked(capsys, "repair", week / "week", "--ill", f"{agent}:2026-09-16", *NOW, "--lang", "zh")
    asked(capsys, "repair", week / "week", *NOW, "--lang", "en")
    assert "改动最少" in spoken.out
    assert not any(word in spoken.out for word in ("fewest", "changed", "kept", "off"))


def test_taking_an_alternative_writes_a_roster_and_nothing_else_does(week, capsys):
    agent = an_agent(week)
    before = sorted(p.name for p in week.iterdir())
    old = (week / "week" / "duties.csv").read_bytes()
    asked(capsys, "repair", week / "week", "--ill", f"{agent}:2026-09-16", *NOW)
    assert sorted(p.name for p in week.iterdir()) == before
    taken = ("--take", "1", "--out", week / "mended")
    told = answer(capsys, "repair", week / "week", "--ill", f"{agent}:2026-09-16", *NOW, *taken)
    assert told["folder"] == str(week / "mended")
    assert (week / "week" / "duties.csv").read_bytes() == old
    verdict = answer(capsys, "check", week / "mended")
    assert verdict["legal"]
    rows = (week / "mended" / "duties.csv").read_text(encoding="utf-8-sig").splitlines()
    assert not any(row.startswith(f"{agent},2026-09-16") for row in rows)
    was = old.decode("utf-8-sig").splitlines()
    assert len(set(was) - set(rows)) == 1
    assert len(rows) == len(was)


def test_a_shift_that_moves_has_its_new_times_in_the_new_roster(week, capsys):
    out = week / "later"
    asked(capsys, "repair", week / "week", "--move-shift", "day-1=9:30-18:30", *NOW, "--take", "1", "--out", out)
    rows = (out / "duties.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert all("T09:30:00+08:00" in row and "T18:30:00+08:00" in row for row in rows)
    assert answer(capsys, "check", out)["legal"]


def test_added_posts_are_filled_and_who_is_gone_is_gone(week, capsys):
    more = week / "more.csv"
    more.write_text(POSTS.replace("18,court,day-1,3,3", "18,court,day-1,4,4"), encoding="utf-8")
    agent = an_agent(week)
    found = answer(capsys, "repair", week / "week", "--posts", more, "--gone", f"{agent}:2026-09-16", *NOW)
    first = found["alternatives"][0]
    assert first["unfilled"] == []
    assert first["legal"]
    assert all(m["after"] is None for m in first["moves"] if m["agent"] == agent)
    assert sum(m["date"] == "2026-09-18" and m["before"] is None for m in first["moves"]) >= 2


def test_nothing_wrong_is_said_so(week, capsys):
    assert "Nothing has to change" in asked(capsys, "repair", week / "week", *NOW).out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--ill", "A003"], "--ill: found 'A003', allowed is AGENT:2026-09-14[:2026-09-18]"),
        (["--ill", "A003:tomorrow"], "--ill: found 'A003:tomorrow'"),
        (["--gone", "A003:2026-09-14:2026-09-15"], "--gone: found"),
        (["--ill", "nobody:2026-09-15"], "unknown agent nobody"),
        (["--ill", "A003:2026-09-18:2026-09-15"], "ends (2026-09-15) before it starts (2026-09-18)"),
        (["--ill", "A003:2027-01-01"], "outside the roster (2026-09-14 to 2026-09-20)"),
        (["--move-shift", "day-1"], "--move-shift: found 'day-1', allowed is SHIFT=09:00-17:00"),
        (["--move-shift", "late=09:00-17:00"], "unknown shift late; known: day-1, day-2"),
        (["--move-shift", "day-1=08:30-09:30"], "the shift day-1 cannot last from 08:30 to 09:30 with its breaks"),
        (["--take", "1"], "--take and --out go together"),
        (["--now", "noon"], "--now: found 'noon'"),
        (["--seconds", "0"], "--seconds: found 0.0"),
        (["--workers", "0"], "--workers: found 0, allowed are whole numbers from 1"),
        (["--seed", "-1"], "--seed: found -1, allowed are whole numbers from 0"),
        (["--notice-h", "nan"], "--notice-h: found nan, allowed are 0 to 8760 hours"),
        (["--take", "0", "--out", "x"], "--take: found 0, allowed are whole numbers from 1"),
        (["--now", "2026-09-19"], "its last duty has ended by now (2026-09-19 00:00)"),
        (
            ["--ill", "A003:2026-09-14:2026-09-15", "--now", "2026-09-16"],
            "A003 is away 2026-09-14 to 2026-09-15, which is over by now (2026-09-16 00:00)",
        ),
        (["--hotline", "jiangsu-12348"], "week is a roster of nanxun-12368, not of jiangsu-12348"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(week, capsys, words, sentence):
    printed = asked(capsys, "repair", week / "week", *words, code=2)
    assert sentence in printed.err
    assert len(printed.err.strip().splitlines()) == 1


def test_an_alternative_that_is_not_there_is_refused_and_nothing_written(week, capsys):
    out = week / "ninth"
    printed = asked(capsys, "repair", week / "week", *NOW, "--take", "9", "--out", out, code=2)
    assert "--take: found 9, allowed are 1 to 1" in printed.err
    assert not out.exists()


def test_ways_found_before_an_interruption_are_told_and_can_be_taken(week, capsys, monkeypatch):
    repair_work, calls = alternatives.repair_work, []

    def interrupted(*given, **more):
        calls.append(1)
        if len(calls) > allowed:
            raise KeyboardInterrupt
        return repair_work(*given, **more)

    monkeypatch.setattr(alternatives, "repair_work", interrupted)
    words = ("repair", week / "week", "--ill", f"{an_agent(week)}:2026-09-16", *NOW, "--take", "1", "--out")
    allowed = 0
    assert "1. fewest changes" not in asked(capsys, *words, week / "none", code=130).out
    assert not (week / "none").exists()
    calls.clear()
    allowed = 1
    assert "1. fewest changes" in asked(capsys, *words, week / "kept", code=130).out
    assert (week / "kept" / "roster.json").is_file()


def test_the_roster_to_repair_stays(week, capsys):
    before = sorted((p.name, p.read_bytes()) for p in (week / "week").iterdir())
    place = week / "elsewhere" / ".." / "week"
    words = ("--ill", f"{an_agent(week)}:2026-09-16", *NOW, "--take", "1", "--out", place)
    assert "holds the roster to repair, which stays" in asked(capsys, "repair", week / "week", *words, code=2).err
    assert sorted((p.name, p.read_bytes()) for p in (week / "week").iterdir()) == before


def test_a_conflict_is_told_with_what_would_help(week, capsys):
    """Twelve people with two duties each make 24; 30 are needed."""
    words = ("why", week / "short.yaml", "--start", "2026-09-14", "--weeks", "1", "--posts", week / "posts.csv")
    found = answer(capsys, *words, "--reproducible")
    assert found["undecided"] == 0
    conflict = found["conflicts"][0]
    assert conflict["minimal"]
    assert len(conflict["people"]) == 12
    assert "hours_per_week" in {r["rule"] for r in conflict["rules"]}
    needed = sum(p["needed"] for p in conflict["posts"])
    assert needed > 24
    ways = conflict["relaxations"]
    assert {ways[0]["changes"][0]["rule"], ways[-1]["changes"][0]["rule"]} == {"hours_per_week", "posts_filled"}
    assert sum(int(c["after"]) for c in ways[-1]["changes"]) == 30 - 24
    printed = asked(capsys, *words, "--reproducible").out
    assert "hours a week" in printed
    assert "leaving open" in printed
    spoken = asked(capsys, *words, "--reproducible", "--lang", "zh").out
    asked(capsys, *words, "--reproducible", "--lang", "en")
    assert "每周最多16小时" in spoken


def test_why_of_a_full_roster_and_of_a_hotline_without_a_day(week, capsys):
    assert "No post is open" in asked(capsys, "why", week / "week").out
    printed = asked(capsys, "why", "nanxun-12368", code=2)
    assert "name the first day of the period with --start" in printed.err
    assert "--weeks: found 14" in asked(capsys, "why", "nanxun-12368", "--weeks", "14", code=2).err
