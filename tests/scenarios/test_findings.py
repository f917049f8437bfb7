"""Weak spots are runs of neighbouring intervals short of agents, worst first by agent-hours."""

from dataclasses import replace

import pandas as pd
import pytest

from scenarios.back_office import office_note
from scenarios.findings import headline, limit_text, value_text, weak_spots
from scenarios.plan import ScoreRow
from scenarios.scenario import load_scenario
from wfm.i18n import Text
from wfm.staffing import BackOfficeCover


def _frames(short_by_hour):
    hotline = load_scenario("guizhou-12348").hotline
    group = hotline.groups[0].id
    start = pd.Timestamp("2026-09-15 08:00", tz=hotline.time_zone)
    times = [start + pd.Timedelta(minutes=30 * i) for i in range(len(short_by_hour))]
    requirement = pd.DataFrame({"group": group, "interval": times, "interval_s": 1800.0, "heads": 5.0})
    cover = pd.DataFrame(
        {"group": group, "interval": times, "rostered_a": [5.0 - s for s in short_by_hour], "rostered_b": 0.0}
    )
    return hotline, requirement, cover


def test_runs_are_joined_and_ordered_by_missing_hours():
    hotline, requirement, cover = _frames([1, 0, 1, 1, 1, 0, 2, -1])
    spots = weak_spots(hotline, requirement, cover)
    assert [(f"{s.start:%H:%M}", f"{s.end:%H:%M}", s.short) for s in spots] == [
        ("09:00", "10:30", 1.0),  # 1.5 h
        ("11:00", "11:30", 2.0),  # 1.0 h
        ("08:00", "08:30", 1.0),  # 0.5 h
    ]
    assert "周二" in spots[0].where.zh
    assert "Tue" in spots[0].where.en


def test_a_group_that_is_not_rostered_at_all_is_short_by_everything():
    hotline, requirement, cover = _frames([0, 0])
    spots = weak_spots(hotline, requirement, cover.iloc[0:0])
    assert [s.short for s in spots] == [5.0]


def test_values_carry_their_unit_as_each_language_writes_it():
    assert value_text(0.9451, "share") == Text("94.5 %", "94.5%")
    assert value_text(12.34, "s") == Text("12.3 s", "12.3 秒")
    assert value_text(None, "s").en == "–"
    assert limit_text(">=", 0.9, "share").en == "≥ 90.0 %"


def _row(name, p_met):
    status = "met" if p_met >= 0.9 else "at risk" if p_met >= 0.5 else "missed"
    text = Text(name, name)
    return ScoreRow(
        target=name, name=text, kpi="asa_s", value=1.0, low=1.0, high=1.0, p_met=p_met, mc_half_width=0.0, operator="<",
        limit=2.0, unit="s", clause="", source="published", status=status, definition=text, quote=text,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("chances", "severity", "sentence"),
    [
        ((1.0, 1.0), "good", "All 2 targets are kept in every simulated period."),
        ((1.0, 0.95), "good", "All 2 targets are kept; the least sure, t1, with 95 % probability."),
        ((0.6, 0.95), "warning", "1 of 2 targets at risk; weakest: t0, kept with 60 % probability."),
        ((0.6, 0.1), "problem", "1 of 2 targets missed; worst: t1, kept with 10 % probability."),
        ((), "notice", "The standard sets no limit that a simulation could decide."),
    ],
)
def test_the_headline_names_the_weakest_target(chances, severity, sentence):
    found = headline(tuple(_row(f"t{n}", p) for n, p in enumerate(chances)))
    assert (found.severity, found.text.en) == (severity, sentence)
    assert found.text.zh != found.text.en


def test_the_back_office_is_told_in_hours_and_people():
    columns = {"class": ["a", "b"], "office_h_per_day": [12.0, 8.0]}
    office = BackOfficeCover(
        heads=3,
        watches=pd.DataFrame(),
        classes=pd.DataFrame(columns),
        schedule=pd.DataFrame(),
        backlog=pd.DataFrame(),
        p_met=0.95,
        confidence=0.9,
        proven=True,
        bottleneck=Text("b", "b"),
        unreachable=(Text("never", "never"),),
    )
    note, never = office_note(office)
    assert never.en == "never"
    assert "20 h" in note.en
    assert "3 people at work at once" in note.en
    assert "95 %" in note.en
    assert "3人" in note.zh
    assert office_note(replace(office, heads=0, unreachable=())) == ()
