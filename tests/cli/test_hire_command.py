"""``wfm hire`` as a person and as a program meet it."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from itertools import pairwise

import pytest

from scenarios.hire import plan_hires
from scenarios.scenario import load_scenario
from wfm.cli import app
from wfm.cli.hire_shown import hire_json, print_hire
from wfm.i18n import use_language


@pytest.fixture(autouse=True)
def _only_this_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "COMMANDS", ("hire", "seats"))


def run(capsys, *arguments):
    code = app.run(["hire", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.fixture(scope="module")
def nanxun(tmp_path_factory):
    """What ``--json`` prints, and the CSV file beside it."""
    out = tmp_path_factory.mktemp("hire") / "months.csv"
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "COMMANDS", ("hire", "seats"))
        patch.setattr("sys.stdout", printed)
        code = app.run(["hire", "nanxun-12368", "--start", "2026-10", "--months", "6", "--json", "--out", str(out)])
    assert code == 0
    return json.loads(printed.getvalue()), out


def test_json_is_one_document_whose_heads_add_up(nanxun):
    found, _ = nanxun
    rows = found["by_month"]
    assert [row["month"] for row in rows] == ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03"]
    assert [row["provisional"] for row in rows] == [False] * 3 + [True] * 3
    # Working days by the notice for 2026: 18, 21, 23.
    assert [row["weekday_days"] + row["makeup_days"] for row in rows[:3]] == [18, 21, 23]
    for before, after in pairwise(rows):
        assert after["heads"] == pytest.approx(before["heads"] - before["leaving"] + after["joining"], abs=2e-3)
    assert rows[0]["heads"] == 12 + rows[0]["joining"]
    assert found["pool"] is None
    assert found["teams"][0]["contracts"][0]["status"] == "optimal"


def test_hours_are_those_of_whole_shifts_of_a_and_b(nanxun):
    """Eight-hour days, as many B as A in the same building: duties × 8 h on working days only."""
    found, _ = nanxun
    for row, work in zip(found["by_month"], found["work"], strict=True):
        assert work["counted_h"] == pytest.approx(8 * work["duties"])
        assert work["duty_a_h"] == pytest.approx(work["duty_b_h"])
        days = row["weekday_days"] + row["makeup_days"]
        assert work["duties"] % 2 == 0
        assert 4 * days <= work["duties"] <= 8 * days
        assert work["nights"] == 0


def test_every_number_says_where_it_comes_from(nanxun):
    found, _ = nanxun
    kinds = {key["key"]: numbers["kind"] for numbers in found["numbers"] for key in numbers["keys"]}
    assert kinds["growth_per_year"] == "assumed"
    assert kinds["induction_h"] == "secondary"
    assert kinds["employee.hours_per_month"] == "published"
    assert kinds["employee.attrition_per_month"] == "assumed"
    assert all(numbers["why"] for numbers in found["numbers"])


def test_the_file_holds_the_same_months(nanxun):
    found, out = nanxun
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["month"] for row in rows] == [row["month"] for row in found["by_month"]]
    assert [float(row["needed"]) for row in rows] == [row["needed"] for row in found["by_month"]]


@pytest.fixture(scope="module")
def guizhou(tmp_path_factory):
    """A view of two months, the second in a year that is not announced."""
    scenario = load_scenario("guizhou-12348")
    return plan_hires(scenario, date(2026, 12, 1), 2, tmp_path_factory.mktemp("home")), scenario


def test_people_read_a_table_and_its_notes(capsys, guizhou):
    print_hire(guizhou[0], None)
    out = capsys.readouterr().out
    assert re.search(r"2026-12 +\d+ +[\d,]+ +\d+\.\d +380\.0 +380–380 +100%", out)
    assert re.search(r"2027-01\* ", out)
    assert "* 2027: holidays are not announced yet" in out
    assert "growth_per_year 0.06" in out
    assert "70 other firms" in out


def test_everything_is_said_in_chinese_too(capsys, guizhou):
    with use_language("zh"):
        print_hire(guizhou[0], None)
    out = capsys.readouterr().out
    for words in ("月份", "决定招聘", "到岗", "律师池", "其余70家律所", "最紧的一天", "本展望所用数值"):
        assert words in out
    prose = re.sub(r"[a-z_-]+(?:\.[a-z_]+)? [\d. ]+|hotline\.yaml|long_view", "", out)
    assert re.findall(r"[A-Za-z]{4,}", prose) == []


def test_a_hotline_of_lawyers_has_its_pool_by_firm(guizhou):
    pool = hire_json(*guizhou)["pool"]
    assert pool["people"] == 380 == sum(firm["people"] for firm in pool["firms"])
    assert len(pool["firms"]) == 80
    assert sum(firm["needed"] for firm in pool["firms"]) == pool["needed"]
    # A named B for every A duty, as the hotline says.
    assert pool["duties_a_per_4_weeks"] == pool["duties_b_per_4_weeks"]
    duties = pool["duties_a_per_4_weeks"] + pool["duties_b_per_4_weeks"]
    assert sum(firm["duties"] for firm in pool["firms"]) == pytest.approx(duties)
    # 295 lawyers take up three quarters of 12 duties, 85 of 18, where their weekdays leave as many.
    assert pool["duties_per_head"] == pytest.approx((295 * 9 + 85 * 13.5) / 380, rel=0.02)
    assert pool["needed"] == pytest.approx(duties / pool["duties_per_head"], rel=0.03)
    assert pool["tightest"]["p_enough"] > 0.99


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--months", "0"], "--months: found 0, allowed is a whole number from 1 to 36"),
        (["--months", "37"], "--months: found 37, allowed is a whole number from 1 to 36"),
        (["--start", "2026-13"], "--start: found '2026-13', allowed is a month such as 2026-10"),
        (["--start", "October"], "--start: found 'October', allowed is a month such as 2026-10"),
        (["--confidence", "1"], "--confidence: found '1', must be a probability from 0.5 to 0.999"),
        (["--out", "months.xlsx"], "months.xlsx: the name must end in .csv"),
    ],
)
def test_wrong_input_is_one_sentence(capsys, arguments, sentence):
    code, out, err = run(capsys, "nanxun-12368", *arguments)
    assert (code, out, err) == (2, "", f"error: {sentence}\n")
