"""Bad input to the commands of rosters and shifts: one clear sentence in both languages, exit code 2, nothing written."""

from __future__ import annotations

import shutil

import pytest

from wfm.cli import main
from wfm.hotline import library_folder

POSTS = "date,group,shift,posts_a,posts_b\n2026-09-14,court,day-1,2,2\n2026-09-15,court,day-1,2,2\n"
BUILD = [
    "roster",
    "build",
    "{h}",
    "--start",
    "2026-09-14",
    "--weeks",
    "1",
    "--seconds",
    "1",
    "--posts",
    "{p}/posts.csv",
]


@pytest.fixture
def centre(tmp_path, monkeypatch):
    """The court line's folder, posts beside it, and a home of its own."""
    shutil.copytree(library_folder() / "nanxun-12368", tmp_path / "h")
    (tmp_path / "posts.csv").write_text(POSTS, encoding="utf-8")
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    return tmp_path


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def refused(centre, capsys, arguments):
    """What the command says in both languages; it fails with exit code 2 and leaves nothing behind."""
    before = sorted(p.relative_to(centre) for p in centre.rglob("*") if "home" not in p.parts)
    told = []
    for language in ("en", "zh"):
        given = [a.replace("{h}", str(centre / "h")).replace("{p}", str(centre)) for a in arguments]
        assert main(["--lang", language, *given]) == 2
        out = capsys.readouterr()
        assert out.out == ""
        assert "Traceback" not in out.err
        told.append(out.err.strip())
    assert sorted(p.relative_to(centre) for p in centre.rglob("*") if "home" not in p.parts) == before
    assert told[0].startswith("error: ")
    assert told[1].startswith("错误：")
    return told


def people(centre):
    return [line.split(",")[0] for line in (centre / "h/agents.csv").read_text(encoding="utf-8").splitlines()[1:]]


def test_nobody_able_to_serve_a_line(centre, capsys):
    change(centre / "h/agents.csv", ",duty-officer,", ",maintainer,")
    en, zh = refused(centre, capsys, [*BUILD, "--out", "{p}/x"])
    assert en.count("\n") == zh.count("\n") == 0
    assert "nobody is able to answer all lines of Court agents: all its posts (8) stay unfilled" in en
    assert "法院座席" in zh


def test_leave_covering_everyone(centre, capsys):
    rows = "".join(f"{agent},2026-09-01,2026-09-30\n" for agent in people(centre))
    (centre / "h/leave.csv").write_text("agent,first,last\n" + rows, encoding="utf-8")
    en, zh = refused(centre, capsys, [*BUILD, "--out", "{p}/x"])
    assert en.startswith("error: everybody is on leave from 2026-09-14 to 2026-09-20: there is nobody to roster")
    assert "2026-09-14" in zh
    given = [a.replace("{h}", str(centre / "h")).replace("{p}", str(centre)) for a in BUILD]
    assert main(["--lang", "en", *given, "--allow-gaps"]) == 0
    assert "0 of 12 people" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("pins", "sentence"),
    [
        ("A001,2026-09-14,day-1\nA001,2026-09-14,off\n", "pins.csv:3: A001 has a pin for 2026-09-14 already in line 2"),
        (
            "".join(f"A00{n},2026-09-14,day-1\n" for n in range(1, 6)),
            "5 people are to work day-1 on 2026-09-14, which has 4 posts",
        ),
        ("A001,2026-09-20,day-1\n", "A001 is to work day-1 on 2026-09-20, which has no such post"),
    ],
)
def test_contradictory_pins(centre, capsys, pins, sentence):
    (centre / "h/pins.csv").write_text("agent,date,shift\n" + pins, encoding="utf-8")
    en, zh = refused(centre, capsys, [*BUILD, "--out", "{p}/x"])
    assert sentence in en
    assert en.count("\n") == 0
    assert zh != en


def test_an_id_that_stands_twice(centre, capsys):
    path = centre / "h/agents.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    en, zh = refused(centre, capsys, [*BUILD, "--out", "{p}/x"])
    assert "the agent 'A001' stands already in line 2" in en
    assert "A001" in zh
    assert en.count("\n") == 0


def test_a_shift_longer_than_a_day(centre, capsys):
    path = centre / "h/hotline.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('end: "17:30"', 'end: "34:30"', 1), encoding="utf-8")
    en, zh = refused(centre, capsys, [*BUILD, "--out", "{p}/x"])
    assert "shifts.0.end: should be a time of day from 00:00 to 24:00, as HH:MM (found '34:30')" in en
    assert "34:30" in zh
    assert en.count("\n") == 0


FILES = {
    "wrong.csv": b"datum,gruppe\n1,2\n",
    "negative.csv": "日期,组,班次,A岗\n2026-09-14,court,day-1,-2\n".encode("gbk"),
    "empty.csv": b"",
    "rubbish.csv": bytes(range(256)) * 20,
    "rubbish.xlsx": bytes(range(256)) * 20,
    "half/roster.json": b'{"hotline": "nan',
    "grid.csv": "工号,2026-09-14\nA001,早早\n".encode("gbk"),
}


@pytest.mark.parametrize(
    "arguments",
    [
        ["roster", "check", "{p}/missing.csv", "--hotline", "{h}"],
        ["roster", "check", "{p}/half"],
        ["roster", "check", "{p}/rubbish.xlsx", "--hotline", "{h}"],
        ["roster", "check", "{p}/grid.csv", "--hotline", "{h}"],
        ["roster", "export", "{p}/half", "--out", "{p}/x.xlsx"],
        ["roster", "export", "{p}/grid.csv", "--hotline", "{h}", "--out", "{p}/x.xlsx"],
        ["roster", "compare", "{p}/missing.csv", "{p}/half", "--hotline", "{h}"],
        ["roster", "who", "{p}/half", "--at", "2026-09-14T10:00"],
        ["roster", "leave", "{p}/half", "--agent", "A001", "--from", "2026-09-14"],
        ["roster", "repair", "{p}/half", "--ill", "A001:2026-09-14"],
        ["roster", "why", "{p}/half"],
        ["roster", "why", "{h}", "--start", "2026-09-14", "--posts", "{p}/wrong.csv"],
        ["roster", "build", "{h}", "--start", "2026-09-14", "--posts", "{p}/negative.csv", "--out", "{p}/x"],
        ["roster", "build", "{h}", "--start", "2026-09-14", "--posts", "{p}/empty.csv", "--out", "{p}/x"],
        ["roster", "build", "{h}", "--start", "2026-09-14", "--posts", "{p}/rubbish.csv", "--out", "{p}/x"],
        [*BUILD, "--after", "{p}/half", "--out", "{p}/x"],
        ["roster", "patterns", "{p}/half"],
        ["roster", "month", "{h}", "--start", "2026-09-14", "--collect", "{p}/wrong.csv"],
        ["roster", "publish", "{p}/grid.csv", "--hotline", "{h}"],
        [
            "roster",
            "swap",
            "{h}",
            "--start",
            "2026-09-14",
            "--giver",
            "A001",
            "--date",
            "2026-09-14",
            "--taker",
            "A002",
        ],
        ["roster", "attend", "{h}", "{p}/wrong.csv"],
        ["roster", "settle", "{h}", "--start", "2026-09-14"],
        ["shifts", "{p}/half"],
        ["shifts", "{h}", "--days", "0"],
        ["shifts", "{h}", "--seconds", "-1"],
        ["shifts", "{h}", "--grid-min", "7"],
    ],
    ids=lambda a: " ".join(a[:3]).replace("{p}/", "").replace("{h}", "hotline"),
)
def test_every_command_refuses_what_it_cannot_read(centre, capsys, arguments):
    for name, content in FILES.items():
        (centre / name).parent.mkdir(exist_ok=True)
        (centre / name).write_bytes(content)
    en, zh = refused(centre, capsys, arguments)
    assert en != zh
    assert en.count("\n") <= 1
